//! What `cfg` leaves out of a module that is compiled in a package of Lockstep.
//!
//! Promise: what is left out for certain is not read: code for tests, for Miri, and behind a
//! feature, of which a generated package has none. Limit: of every other condition nothing is
//! known, and what it guards is read.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// Whether these attributes keep what they stand at from being compiled.
pub fn are_left_out(attributes: &[Attribute]) -> bool {
    let conditions = attributes.iter().filter(|one| one.path().is_ident("cfg"));
    conditions.filter_map(|one| one.parse_args::<Meta>().ok()).any(|condition| holds(&condition) == Some(false))
}

/// Whether a condition holds in a generated package; nothing if that is not known.
fn holds(condition: &Meta) -> Option<bool> {
    match condition {
        Meta::Path(name) if name.is_ident("test") || name.is_ident("miri") => Some(false),
        Meta::NameValue(pair) if pair.path.is_ident("feature") => Some(false),
        Meta::List(list) => {
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
            let parts: Vec<Option<bool>> = parts.iter().map(holds).collect();
            let decides = |value: bool| parts.contains(&Some(value)).then_some(value);
            let is_sure = !parts.contains(&None);
            match list.path.get_ident()?.to_string().as_str() {
                "not" => parts.first().copied().flatten().map(|value| !value),
                "all" => decides(false).or(is_sure.then_some(true)),
                "any" => decides(true).or(is_sure.then_some(false)),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::are_left_out;

    #[track_caller]
    fn check(condition: &str, expected: bool) {
        let item: syn::ItemUse = syn::parse_str(&format!("#[cfg({condition})] use a::b;")).expect("it is Rust");
        assert_eq!(are_left_out(&item.attrs), expected, "{condition}");
    }

    #[test]
    fn only_what_is_surely_left_out_is() {
        for condition in ["test", "all(test, unix)", "feature = \"std\"", "not(not(test))", "any(test, miri)", "any()"]
        {
            check(condition, true);
        }
        for condition in ["not(test)", "unix", "any(test, loom)", "not(loom)", "all()", "not(feature = \"loom\")"] {
            check(condition, false);
        }
    }
}
