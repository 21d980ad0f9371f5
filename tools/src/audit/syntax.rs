//! What the syntax of a condition or a call says by itself.

use syn::Expr;

/// Whether a condition is decided by a call at its end: `f()`, `!f()`, `a && f()`.
pub(super) fn is_asked(condition: &Expr) -> bool {
    match condition {
        Expr::Call(_) | Expr::MethodCall(_) => true,
        Expr::Binary(one) if matches!(one.op, syn::BinOp::And(_)) => is_asked(&one.right) && !is_negated(&one.right),
        Expr::Unary(_) => is_negated(condition),
        _ => false,
    }
}

pub(super) fn is_negated(condition: &Expr) -> bool {
    match condition {
        Expr::Unary(one) => {
            matches!(one.op, syn::UnOp::Not(_)) && matches!(*one.expr, Expr::Call(_) | Expr::MethodCall(_))
        }
        _ => false,
    }
}

/// `Err(…)`, or `true`.
pub(super) fn is_err(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(literal) => matches!(&literal.lit, syn::Lit::Bool(value) if value.value),
        Expr::Call(call) => matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Err")),
        _ => false,
    }
}

pub(super) fn label(label: &Option<syn::Label>) -> Option<String> {
    label.as_ref().map(|label| label.name.to_string())
}

pub(super) fn line_of(call: &syn::ExprMethodCall) -> usize {
    call.method.span().start().line
}

/// The ordering that an access has by its name or by an argument.
pub(super) fn ordering(call: &syn::ExprMethodCall) -> Option<&'static str> {
    match call.method.to_string().as_str() {
        "load_acquire" => return Some("acquire"),
        "store_release" => return Some("release"),
        "xchg" | "cmpxchg" | "test_and_set" => return Some("full"),
        _ => {}
    }
    let names = call.args.iter().filter_map(|argument| match argument {
        Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    });
    names.into_iter().find_map(|name| match name.as_str() {
        "Acquire" => Some("acquire"),
        "Release" => Some("release"),
        "AcqRel" => Some("acquire-release"),
        "SeqCst" => Some("full"),
        _ => None,
    })
}

/// The bits that are named in an argument: `Bit::Stopped`, or a list of such.
pub(super) fn bits(call: &syn::ExprMethodCall) -> Vec<String> {
    fn names(expression: &Expr, found: &mut Vec<String>) {
        match expression {
            Expr::Path(path) if path.path.segments.len() > 1 => {
                found.extend(path.path.segments.last().map(|segment| segment.ident.to_string().to_lowercase()));
            }
            Expr::Reference(inner) => names(&inner.expr, found),
            Expr::Array(list) => list.elems.iter().for_each(|one| names(one, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    call.args.iter().for_each(|argument| names(argument, &mut found));
    found
}
