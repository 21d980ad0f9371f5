//! The shared things and locks that expressions denote.

use super::super::syntax::line_of;
use super::{Meaning, Walker};
use syn::Expr;

impl Walker<'_> {
    /// `lock.guard()`, or `mutex.lock().unwrap()` and its like whose result is kept.
    pub(super) fn guard(&self, init: &Expr) -> Option<(String, usize)> {
        let Expr::MethodCall(call) = init else { return None };
        match call.method.to_string().as_str() {
            "guard" => Some((self.sources.lock_name(&self.path(&call.receiver)?), line_of(call))),
            "unwrap" | "expect" => self.guard(&call.receiver),
            "lock" => Some((self.sources.lock_name(&self.path(&call.receiver)?), line_of(call))),
            _ => None,
        }
    }

    /// The shared thing that an expression denotes, by its path from its owner.
    pub(super) fn path(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Path(path) => {
                let name = path.path.get_ident()?.to_string();
                if name == "self" {
                    return self.current().of.as_ref().map(|of| of.to_lowercase());
                }
                match self.frames.last()?.names.get(&name)? {
                    Meaning::Path(path) => Some(path.clone()),
                    Meaning::Closure(_) => None,
                }
            }
            Expr::Field(field) => {
                let syn::Member::Named(member) = &field.member else { return None };
                let owner = self.path(&field.base).unwrap_or_default();
                let kernel_wide = self.sources.lock_name(&member.to_string());
                if owner.is_empty() && *member == kernel_wide && !self.sources.is_owner(&kernel_wide) {
                    return None;
                }
                Some(if owner.is_empty() { member.to_string() } else { format!("{owner}.{member}") })
            }
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                self.sources.is_owner(&name).then_some(name)
            }
            Expr::Reference(inner) => self.path(&inner.expr),
            Expr::Paren(inner) => self.path(&inner.expr),
            Expr::Unary(inner) if matches!(inner.op, syn::UnOp::Deref(_)) => self.path(&inner.expr),
            _ => None,
        }
    }
}
