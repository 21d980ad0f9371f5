//! Where an error is a bare text, which says neither of what kind it is nor where it arose.
//!
//! Read are all types and paths in code: signatures, aliases and closures. What is built for tests
//! only does not count. Limits: types that the compiler infers are not seen, nor code in macros.

use super::imports::{is_for_tests, is_tests_only};
use super::{SOURCES, check, files};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{GenericArgument, PathArguments, Type};

/// The lines of a file in which the error of a result is a text.
fn texts_as_errors(file: &syn::File) -> Vec<usize> {
    let mut errors = TextErrors(Vec::new());
    errors.visit_file(file);
    errors.0.sort_unstable();
    errors.0.dedup();
    errors.0
}

struct TextErrors(Vec<usize>);

impl<'ast> Visit<'ast> for TextErrors {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_tests_only(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        let is_result = ["Result", "Ok", "Err"].iter().any(|name| segment.ident == name);
        if let (true, PathArguments::AngleBracketed(arguments)) = (is_result, &segment.arguments) {
            let mut types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            if types.nth(1).is_some_and(is_text) {
                self.0.push(segment.span().start().line);
            }
        }
        visit::visit_path_segment(self, segment);
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        if (item.ident == "Err" || item.ident == "Error") && is_text(&item.ty) {
            self.0.push(item.span().start().line);
        }
        visit::visit_impl_item_type(self, item);
    }
}

/// `String`, `&str`, and what holds one of them, as `Box<str>` and `Cow<'_, str>`.
fn is_text(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_text(&reference.elem),
        Type::Paren(inner) => is_text(&inner.elem),
        Type::Group(inner) => is_text(&inner.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let holds = |argument: &GenericArgument| matches!(argument, GenericArgument::Type(ty) if is_text(ty));
            match &last.arguments {
                PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(holds),
                _ => last.ident == "String" || last.ident == "str",
            }
        }),
        _ => false,
    }
}

#[test]
fn errors_have_a_type_of_their_own() {
    let mut found = Vec::new();
    for source in SOURCES {
        let below = files(source, "rs");
        for (path, text) in below.iter().filter(|(path, _)| !is_for_tests(path, &below)) {
            let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.extend(texts_as_errors(&file).iter().map(|line| format!("{}:{line}", path.display())));
        }
    }
    check("errors that are bare texts: say of what kind they are, and where", &found);
}

#[test]
fn errors_that_are_texts_are_seen_wherever_they_stand() {
    let lines = |text: &str| texts_as_errors(&syn::parse_file(text).expect("well-formed"));
    for wrong in [
        "fn f() -> Result<u8, String> { g() }",
        "fn f() -> std::result::Result<Vec<u8>, &'static str> { g() }",
        "fn f() -> Option<Result<(), Box<str>>> { g() }",
        "fn f(ask: impl Fn(&u8) -> Result<u8, Cow<'_, str>>) {}",
        "impl FromStr for A { type Err = String; }",
        "type Read<T> = Result<T, std::string::String>;",
        "fn f() { let g = || -> Result<(), String> { Ok(()) }; }",
        "fn f() { g(Ok::<u8, String>(1)) }",
        "trait A { fn f(&self) -> Result<(), String>; }",
    ] {
        assert_eq!(lines(wrong), [1], "{wrong}");
    }
    for fine in [
        "fn f() -> Result<String, Trouble> { g() }",
        "fn f() -> Result<BTreeMap<String, String>, FileError> { g() }",
        "fn f() -> io::Result<String> { g() }",
        "#[cfg(test)] mod tests { fn f() -> Result<u8, String> { g() } }",
    ] {
        assert!(lines(fine).is_empty(), "{fine}");
    }
}
