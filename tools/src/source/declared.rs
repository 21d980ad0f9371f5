//! Which files of a module Rust compiles: those that the root declares, and those that they declare
//! in turn.
//!
//! Limits: what [`crate::conditions`] leaves out is not followed, nor is a file that an attribute
//! puts somewhere else.

use crate::source::conditions::are_left_out;
use crate::source::error::SourceError;
use crate::source::module::Module;
use crate::source::rust;
use std::collections::BTreeSet;
use syn::{Item, ItemMod};

/// The inner files, by their path inside the module's folder. An error if one is declared and not
/// there.
pub fn declared(module: &Module) -> Result<BTreeSet<String>, SourceError> {
    let mut found = BTreeSet::new();
    read(module, (&module.path, &module.text), "", &mut found)?;
    Ok(found)
}

/// Follows one file, whose own modules stand in `folder`.
fn read(
    module: &Module,
    (path, text): (&str, &str),
    folder: &str,
    found: &mut BTreeSet<String>,
) -> Result<(), SourceError> {
    follow(module, path, &rust::parse(path, text)?.items, folder, found)
}

fn follow(
    module: &Module,
    path: &str,
    items: &[Item],
    folder: &str,
    found: &mut BTreeSet<String>,
) -> Result<(), SourceError> {
    for item in items {
        let Item::Mod(one) = item else { continue };
        if are_left_out(&one.attrs) || says(one, "path") {
            continue;
        }
        let name = one.ident.to_string();
        let stem = format!("{folder}{}", name.trim_start_matches("r#"));
        let below = format!("{stem}/");
        if let Some((_, items)) = &one.content {
            follow(module, path, items, &below, found)?;
            continue;
        }
        let places = [format!("{stem}.rs"), format!("{stem}/mod.rs")];
        match places.iter().find(|place| module.inner.contains_key(*place)) {
            Some(place) if found.insert(place.clone()) => {
                read(module, (&module.name(place), &module.inner[place]), &below, found)?;
            }
            Some(_) => {}
            // Whatever it depends on may not be so.
            None if says(one, "cfg") => {}
            None => {
                let [first, second] = places.map(|place| module.name(&place));
                let reason = format!("says 'mod {name};', and there is neither '{first}' nor '{second}'");
                return Err(SourceError::new(reason).of(path));
            }
        }
    }
    Ok(())
}

/// Whether it has an attribute of that name.
fn says(one: &ItemMod, attribute: &str) -> bool {
    one.attrs.iter().any(|one| one.path().is_ident(attribute))
}

#[cfg(test)]
mod tests {
    use super::declared;
    use crate::source::module::Module;

    /// A module with these files; expected are those that are compiled, or the error.
    #[track_caller]
    fn check(root: &str, inner: &[(&str, &str)], expected: Result<&[&str], &str>) {
        let mut module = Module::alone("m/box.rs", root);
        module.inner = inner.iter().map(|(inside, text)| ((*inside).to_owned(), (*text).to_owned())).collect();
        let found = declared(&module).map(|found| found.into_iter().collect::<Vec<_>>());
        match expected {
            Ok(expected) => {
                assert_eq!(found.as_deref(), Ok(&expected.iter().map(|&one| one.to_owned()).collect::<Vec<_>>()[..]))
            }
            Err(part) => assert!(found.as_ref().is_err_and(|error| error.to_string().contains(part)), "{found:?}"),
        }
    }

    #[test]
    fn files_are_followed_from_the_root() {
        let inner = [
            ("a.rs", "mod b;"),
            ("a/b.rs", ""),
            ("c/mod.rs", "mod d;"),
            ("c/d.rs", ""),
            ("e/f.rs", ""),
            ("lost.rs", ""),
        ];
        check("mod a; pub mod c; mod e { mod f; }", &inner, Ok(&["a.rs", "a/b.rs", "c/d.rs", "c/mod.rs", "e/f.rs"]));
        check("#[cfg(test)] mod lost; #[cfg(feature = \"x\")] mod none;", &inner, Ok(&[]));
        check("#[cfg(not(test))] mod lost; #[cfg(loom)] mod none;", &inner, Ok(&["lost.rs"]));
        check(
            "mod gone;",
            &inner,
            Err("m/box.rs: says 'mod gone;', and there is neither 'm/box/gone.rs' nor 'm/box/gone/mod.rs'"),
        );
        check("mod a", &inner, Err("m/box.rs:1:"));
    }
}
