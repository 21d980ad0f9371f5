//! Names of types that have one meaning each in the whole workspace.
//!
//! Read are structs, enums, aliases and traits, private ones and those inside of functions too, in
//! tests as well. Limit: code in macros is not seen.

use super::{check, files};
use syn::visit::{self, Visit};

/// Short words that would fit nearly everything.
const GUARDED: [&str; 8] = ["Place", "Seen", "Found", "Search", "Section", "Subject", "Part", "Deed"];

/// The types that a file defines under a guarded name, each with its line.
fn guarded(text: &str) -> Vec<(String, usize)> {
    let file = syn::parse_file(text).expect("sources are well-formed");
    let mut definitions = Definitions(Vec::new());
    definitions.visit_file(&file);
    definitions.0
}

struct Definitions(Vec<(String, usize)>);

impl<'ast> Visit<'ast> for Definitions {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let name = match item {
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            _ => None,
        };
        if let Some(name) = name.filter(|name| GUARDED.iter().any(|guarded| name == guarded)) {
            self.0.push((name.to_string(), name.span().start().line));
        }
        visit::visit_item(self, item);
    }
}

#[test]
fn a_short_name_of_a_type_has_one_meaning() {
    let mut defined: Vec<(String, String)> = Vec::new();
    for (path, text) in ["harness", "variants", "tools"].map(|folder| files(folder, "rs")).concat() {
        // Subjects of other people, as the tests and the documents have them.
        if path.iter().any(|folder| ["data", "examples"].iter().any(|other| folder == *other)) {
            continue;
        }
        let lines = guarded(&text).into_iter().map(|(name, line)| (name, format!("{}:{line}", path.display())));
        defined.extend(lines);
    }
    let several = GUARDED.iter().filter_map(|name| {
        let places: Vec<&str> = defined.iter().filter(|(known, _)| known == name).map(|(_, at)| &**at).collect();
        (places.len() > 1).then(|| format!("{name}: {}", places.join(", ")))
    });
    check("a name with several meanings: give each its own", &several.collect::<Vec<_>>());
    assert!(defined.iter().any(|(name, _)| name == "Place"), "types are found at all");
}

#[test]
fn definitions_are_seen_wherever_they_stand() {
    let names = |text: &str| guarded(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("struct Place; pub enum Found {} type Seen = u8; trait Subject {}").len(), 4);
    assert_eq!(names("mod tests { fn f() { struct Part<'a>(&'a u8); } }"), ["Part"]);
    assert_eq!(names("impl T { fn f() { type Deed = u8; } }"), ["Deed"]);
    assert!(names("enum E { Place, Section } fn f() -> Subject { Search::new() } // struct Part").is_empty());
}
