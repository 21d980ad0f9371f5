//! Where an error is a bare text, which says neither of what kind it is nor where it arose.
//!
//! Read are all types and paths in code: signatures, aliases and closures. What is built for tests
//! only does not count. Limits: types that the compiler infers are not seen, nor code in macros.

use super::imports::is_tests_only;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{GenericArgument, PathArguments, Type};

/// The lines of a file in which the error of a result is a text.
pub fn texts_as_errors(file: &syn::File) -> Vec<usize> {
    let mut seen = Seen(Vec::new());
    seen.visit_file(file);
    seen.0.sort_unstable();
    seen.0.dedup();
    seen.0
}

struct Seen(Vec<usize>);

impl<'ast> Visit<'ast> for Seen {
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
