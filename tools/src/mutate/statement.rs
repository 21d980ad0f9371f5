//! What a statement does, as far as breaking it goes. By names: of methods, and of the functions
//! that are called.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Stmt};

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// Takes the lock of this text.
    Lock(String),
    /// Releases it.
    Unlock(String),
    /// Takes a lock until the end of the block.
    Guard,
    Store,
    Wake,
    Barrier,
    /// Waits for somebody.
    Wait,
    /// Calls a function that does something.
    Call,
    /// Says something to a monitor or a reader: no part of the protocol.
    Says,
    Other,
}

const LOCKS: [&str; 3] = ["lock", "read_lock", "write_lock"];
const UNLOCKS: [&str; 3] = ["unlock", "read_unlock", "write_unlock"];
const STORES: [&str; 12] = [
    "write_once",
    "store",
    "store_release",
    "set",
    "clear",
    "swap",
    "xchg",
    "fetch_add",
    "fetch_sub",
    "fetch_or",
    "fetch_and",
    "set_notify_resume",
];
const WAKES: [&str; 6] = ["wake_one", "wake_all", "notify_one", "notify_all", "try_to_wake_up", "signal_wake_up"];
const WAITS: [&str; 3] = ["wait", "unlock_wait", "await_until"];
const BARRIERS: [&str; 4] = ["smp_mb", "smp_rmb", "smp_wmb", "fence"];
const SAYS: [&str; 8] = ["milestone", "stopping", "controlled", "remark", "observe", "reach", "warn", "bug"];

/// The name of what is called, and on what.
pub fn called(expression: &Expr) -> Option<(String, String)> {
    match expression {
        Expr::MethodCall(call) => Some((call.method.to_string(), text(&call.receiver))),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => Some((path.path.segments.last()?.ident.to_string(), String::new())),
            _ => None,
        },
        _ => None,
    }
}

/// What a statement does.
pub fn statement_kind(statement: &Stmt) -> StatementKind {
    match statement {
        Stmt::Expr(expression, Some(_)) => expression_kind(expression),
        Stmt::Local(local) => {
            let init = local.init.as_ref().map(|init| &*init.expr);
            let is_silent = matches!(&local.pat, syn::Pat::Ident(name) if name.ident.to_string().starts_with('_'));
            match init.and_then(called) {
                Some((name, _)) if is_silent && (name == "guard" || name == "lock") => StatementKind::Guard,
                Some((name, _)) if is_silent && name.starts_with("site") => StatementKind::Says,
                _ => StatementKind::Other,
            }
        }
        _ => StatementKind::Other,
    }
}

fn expression_kind(expression: &Expr) -> StatementKind {
    let Some((name, on)) = called(expression) else { return StatementKind::Other };
    let name = name.as_str();
    if SAYS.contains(&name) {
        StatementKind::Says
    } else if LOCKS.contains(&name) {
        StatementKind::Lock(on)
    } else if UNLOCKS.contains(&name) {
        StatementKind::Unlock(on)
    } else if STORES.contains(&name) || name.starts_with("set_") || name.starts_with("clear_") {
        StatementKind::Store
    } else if WAKES.contains(&name) {
        StatementKind::Wake
    } else if BARRIERS.contains(&name) {
        StatementKind::Barrier
    } else if WAITS.contains(&name) {
        StatementKind::Wait
    } else {
        StatementKind::Call
    }
}

/// Whether all that a block does is to say something.
pub fn only_says(block: &syn::Block) -> bool {
    !block.stmts.is_empty() && block.stmts.iter().all(|statement| statement_kind(statement) == StatementKind::Says)
}

/// Whether a statement does nothing that another thread or a client could tell: it calls nothing,
/// or only speaks.
pub fn is_private(statement: &Stmt) -> bool {
    struct Calls(bool);
    impl<'ast> Visit<'ast> for Calls {
        fn visit_expr_call(&mut self, _: &'ast syn::ExprCall) {
            self.0 = true;
        }

        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            // A monitor's look is no access.
            self.0 |= call.method != "peek";
        }

        fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
            self.visit_expr(&branch.cond);
            if !only_says(&branch.then_branch) || branch.else_branch.is_some() {
                visit::visit_expr_if(self, branch);
            }
        }
    }
    let mut calls = Calls(false);
    calls.visit_stmt(statement);
    !calls.0
}

/// Code in one line, spaced as people write it.
pub fn text(tokens: &impl ToTokens) -> String {
    let raw = tokens.to_token_stream().to_string();
    let mut text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    for (spaced, plain) in [
        (" . ", "."),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ;", ";"),
        (" ,", ","),
        (" :: ", "::"),
        ("& ", "&"),
        ("! ", "!"),
        ("[ ", "["),
        (" ]", "]"),
        (" ?", "?"),
        ("< '_ >", "<'_>"),
    ] {
        text = text.replace(spaced, plain);
    }
    for word in ["if", "while", "match", "return", "="] {
        text = text.replace(&format!("{word}("), &format!("{word} ("));
    }
    text
}

/// The same, cut to what fits a line of a table.
pub fn brief(tokens: &impl ToTokens) -> String {
    const LENGTH_MAX: usize = 68;
    let text = text(tokens);
    match text.char_indices().nth(LENGTH_MAX) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text,
    }
}

/// Where code begins.
pub fn line(tokens: &impl Spanned) -> usize {
    tokens.span().start().line
}
