//! The sources under audit: functions by name, and what the shared fields are called in traces.

use crate::source::error::SourceError;
use crate::source::rust::{self, type_text};
use std::collections::BTreeMap;
use syn::visit::{self, Visit};
use syn::{Expr, ImplItem, Item, Member};

/// A function with a body.
#[derive(Clone, Debug)]
pub struct Function {
    /// The file it is in, below the source folder.
    pub file: String,
    pub name: String,
    /// The type it is a method of.
    pub of: Option<String>,
    pub signature: syn::Signature,
    pub body: syn::Block,
    /// Its accesses count where it is called, as its caller's place is what traces show.
    pub tracks_caller: bool,
    /// A free function for everybody.
    pub is_public: bool,
}

/// Everything that is read.
#[derive(Debug, Default)]
pub struct Sources {
    pub functions: Vec<Function>,
    /// What traces call a field: by type in lower case and field.
    labels: BTreeMap<(String, String), String>,
}

/// The label of a monitor's cell: no part of the protocol.
const GHOST: &str = "(ghost)";

impl Sources {
    /// Reads these files.
    pub fn read(files: &[(String, String)]) -> Result<Sources, SourceError> {
        let mut sources = Sources::default();
        for (path, text) in files {
            let file = rust::parse(path, text)?;
            Labels(&mut sources.labels).visit_file(&file);
            for item in &file.items {
                match item {
                    Item::Fn(one) => {
                        sources.add(path, None, &one.attrs, &one.sig, &one.block);
                        let is_public = matches!(one.vis, syn::Visibility::Public(_));
                        sources.functions.last_mut().expect("it was added").is_public = is_public;
                    }
                    Item::Impl(one) => {
                        let of = type_text(&one.self_ty);
                        for item in &one.items {
                            if let ImplItem::Fn(one) = item {
                                sources.add(path, of.clone(), &one.attrs, &one.sig, &one.block);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(sources)
    }

    fn add(
        &mut self,
        file: &str,
        of: Option<String>,
        attributes: &[syn::Attribute],
        signature: &syn::Signature,
        body: &syn::Block,
    ) {
        let tracks_caller = attributes.iter().any(|attribute| attribute.path().is_ident("track_caller"));
        self.functions.push(Function {
            file: file.to_owned(),
            name: signature.ident.to_string(),
            of,
            signature: signature.clone(),
            body: body.clone(),
            tracks_caller,
            is_public: false,
        });
    }

    /// Whether a type of that name, in lower case, has shared fields.
    pub fn is_owner(&self, name: &str) -> bool {
        self.labels.keys().any(|(owner, _)| owner == name)
    }

    /// Whether a path is that of a monitor's cell.
    pub fn is_ghost(&self, path: &str) -> bool {
        let mut parts = path.rsplit('.');
        let (field, owner) = (parts.next().unwrap_or(path), parts.next().unwrap_or(""));
        self.labels.get(&(owner.to_owned(), field.to_owned())).is_some_and(|label| label == GHOST)
    }

    /// What a lock is called: by its label, without the owner where that says nothing.
    pub fn lock_name(&self, path: &str) -> String {
        let mut parts = path.rsplit('.');
        let (field, owner) = (parts.next().unwrap_or(path), parts.next().unwrap_or(""));
        let known = self.labels.get(&(owner.to_owned(), field.to_owned()));
        // A field that is named alone, as through a reference, is known if only one type has it.
        let alone = || {
            let mut all = self.labels.iter().filter(|((_, name), _)| name == field);
            all.next().filter(|_| all.next().is_none()).map(|(_, label)| label)
        };
        known.or_else(alone).cloned().unwrap_or_else(|| path.to_owned())
    }
}

/// Collects `field: Kind::named(label, …)` from the expressions that make values.
struct Labels<'a>(&'a mut BTreeMap<(String, String), String>);

impl<'ast> Visit<'ast> for Labels<'_> {
    fn visit_item_impl(&mut self, one: &'ast syn::ItemImpl) {
        let own = type_text(&one.self_ty).unwrap_or_default();
        let mut found = Literals { own, labels: self.0 };
        visit::visit_item_impl(&mut found, one);
    }
}

struct Literals<'a> {
    /// The type that `Self` means.
    own: String,
    labels: &'a mut BTreeMap<(String, String), String>,
}

impl<'ast> Visit<'ast> for Literals<'_> {
    fn visit_expr_struct(&mut self, literal: &'ast syn::ExprStruct) {
        let name = literal.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let name = if name == "Self" { self.own.clone() } else { name };
        for field in &literal.fields {
            if let (Member::Named(member), Some(label)) = (&field.member, label(&field.expr)) {
                let label = if label.is_empty() { member.to_string() } else { label };
                self.labels.insert((name.to_lowercase(), member.to_string()), label);
            }
        }
        visit::visit_expr_struct(self, literal);
    }
}

/// The label in `Kind::named("label", …)` or `Kind::named(("label", n), …)`; empty for
/// `Kind::new(…)` of a shared kind.
fn label(expression: &Expr) -> Option<String> {
    const KINDS: [&str; 9] =
        ["Atomic", "Plain", "SpinLock", "ReadWriteLock", "RwLock", "WaitQueue", "Mutex", "Condvar", "ThreadFlag"];
    let Expr::Call(call) = expression else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let [.., kind, function] = &names[..] else { return None };
    if kind == "Ghost" {
        return Some(GHOST.to_owned());
    }
    if !KINDS.contains(&kind.as_str()) && !kind.starts_with("Atomic") {
        return None;
    }
    if function != "named" {
        return Some(String::new());
    }
    let text = |expression: &Expr| match expression {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    };
    match call.args.first()? {
        Expr::Tuple(tuple) => tuple.elems.first().and_then(text),
        other => text(other),
    }
}
