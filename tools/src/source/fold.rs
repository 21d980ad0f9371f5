//! Putting a policy into a source file as a constant, and folding what becomes decided.
//!
//! Only what the designs use: boolean conditions, negation, `&&`, `||`, branches, and what stands
//! behind a `return`. Comments, documentation and imports are left out, so that two files compare
//! as code.

use crate::source::error::SourceError;
use quote::ToTokens;
use std::mem;
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Block, Expr, Lit, Member, Stmt, UnOp};

/// What is wrong where the designs no longer have it.
const NO_POLICY: &str = "the default policy NO_ALTERNATIVES is gone";

/// The file with the policy's field replaced by its value, folded and laid out, and how often the
/// field was asked.
pub fn fold(text: &str, field: &str, value: &str) -> Result<(String, usize), SourceError> {
    let mut file = syn::parse_file(text).map_err(SourceError::new)?;
    let uses = fold_in(&mut file, field, value)?;
    file.attrs.clear();
    file.items.retain(|item| !matches!(item, syn::Item::Use(_)));
    Ok((prettyplease::unparse(&file), uses))
}

/// The same in a parsed file.
pub fn fold_in(file: &mut syn::File, field: &str, value: &str) -> Result<usize, SourceError> {
    let value: Expr =
        syn::parse_str(value).map_err(|error| SourceError::new(format!("'{value}' is no value: {error}")))?;
    let mut folder = Folder { field: field.split('.').rev().map(str::to_owned).collect(), value, uses: 0 };
    folder.visit_file_mut(file);
    Ok(folder.uses)
}

/// The alternatives that are off in the designs as they are, by the names of their fields.
pub fn switched_off(text: &str) -> Result<Vec<String>, SourceError> {
    let file = syn::parse_file(text).map_err(SourceError::new)?;
    let is_off = |value: &Expr| decided(value) == Some(false);
    let policy = file.items.iter().find_map(|item| match item {
        syn::Item::Const(one) if one.ident == "NO_ALTERNATIVES" => Some(&*one.expr),
        _ => None,
    });
    match policy {
        Some(Expr::Struct(literal)) => {
            let off = literal.fields.iter().filter(|one| is_off(&one.expr));
            Ok(off.map(|one| one.member.to_token_stream().to_string()).collect())
        }
        _ => Err(SourceError::new(NO_POLICY)),
    }
}

/// What a field of the policy is in the designs that keep everything as it is.
pub fn default_policy(text: &str, field: &str) -> Result<String, SourceError> {
    let file = syn::parse_file(text).map_err(SourceError::new)?;
    let policy = file.items.iter().find_map(|item| match item {
        syn::Item::Const(one) if one.ident == "NO_ALTERNATIVES" => Some(&*one.expr),
        _ => None,
    });
    let mut value = policy.ok_or_else(|| SourceError::new(NO_POLICY))?;
    for part in field.split('.') {
        value = match value {
            Expr::Struct(literal) => literal
                .fields
                .iter()
                .find(|one| matches!(&one.member, Member::Named(name) if name == part))
                .map(|one| &one.expr)
                .ok_or_else(|| SourceError::new(format!("there is no policy '{field}'")))?,
            // Repairs::NONE, and whatever else is a named default: everything in it is off.
            _ => return Ok("false".to_owned()),
        };
    }
    Ok(value.to_token_stream().to_string())
}

struct Folder {
    /// The parts of the field's path, innermost first.
    field: Vec<String>,
    value: Expr,
    uses: usize,
}

impl Folder {
    /// `machine.policy.FIELD` or `policy.FIELD`; the policy of a part is asked there:
    /// `kernel.policy.FIELD`.
    fn is_use(&self, expression: &Expr) -> bool {
        let Some(inner) = behind(expression, &self.field[0]) else { return false };
        let mut whole = Some(inner);
        for part in &self.field[1..] {
            whole = whole.and_then(|inner| behind(inner, part));
        }
        let of_part = behind(inner, "policy").filter(|_| self.field.len() > 1);
        whole.is_some_and(|inner| is_named(inner, "policy"))
            || of_part.is_some_and(|inner| is_named(inner, &self.field[1]))
    }
}

/// What a field of that name is a field of.
fn behind<'a>(expression: &'a Expr, name: &str) -> Option<&'a Expr> {
    match expression {
        Expr::Field(access) if matches!(&access.member, Member::Named(member) if member == name) => Some(&access.base),
        _ => None,
    }
}

fn is_named(expression: &Expr, name: &str) -> bool {
    behind(expression, name).is_some() || matches!(expression, Expr::Path(path) if path.path.is_ident(name))
}

fn decided(expression: &Expr) -> Option<bool> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Bool(value) => Some(value.value),
            _ => None,
        },
        Expr::Paren(inner) => decided(&inner.expr),
        _ => None,
    }
}

/// What an expression is once its parts are folded, if that is simpler.
fn simpler(expression: &Expr) -> Option<Expr> {
    let truth = |value: bool| -> Expr { if value { syn::parse_quote!(true) } else { syn::parse_quote!(false) } };
    match expression {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => decided(&unary.expr).map(|value| truth(!value)),
        Expr::Binary(binary) => {
            let is_and = match binary.op {
                BinOp::And(_) => true,
                BinOp::Or(_) => false,
                _ => return None,
            };
            match (decided(&binary.left), decided(&binary.right)) {
                (Some(left), _) if left == is_and => Some((*binary.right).clone()),
                (Some(left), _) => Some(truth(left)),
                (None, Some(right)) if right == is_and => Some((*binary.left).clone()),
                _ => None,
            }
        }
        Expr::If(branch) => match (decided(&branch.cond)?, &branch.else_branch) {
            (true, _) => {
                let block = &branch.then_branch;
                Some(syn::parse_quote!(#block))
            }
            (false, Some((_, otherwise))) => Some((**otherwise).clone()),
            (false, None) => Some(syn::parse_quote!({})),
        },
        _ => None,
    }
}

/// A function that ends in `return x;` ends in `x`.
fn end_plainly(body: &mut Block) {
    if let Some(Stmt::Expr(Expr::Return(last), _)) = body.stmts.last()
        && let Some(value) = last.expr.clone()
    {
        body.stmts.pop();
        body.stmts.push(Stmt::Expr(*value, None));
    }
}

impl VisitMut for Folder {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if self.is_use(expression) {
            self.uses += 1;
            *expression = self.value.clone();
            return;
        }
        visit_mut::visit_expr_mut(self, expression);
        while let Some(folded) = simpler(expression) {
            *expression = folded;
        }
    }

    fn visit_item_fn_mut(&mut self, function: &mut syn::ItemFn) {
        visit_mut::visit_item_fn_mut(self, function);
        end_plainly(&mut function.block);
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut syn::ImplItemFn) {
        visit_mut::visit_impl_item_fn_mut(self, function);
        end_plainly(&mut function.block);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        visit_mut::visit_block_mut(self, block);
        let mut statements = Vec::new();
        for statement in mem::take(&mut block.stmts) {
            match statement {
                // A branch that became a block: its statements stand where it stood.
                Stmt::Expr(Expr::Block(inner), _) if inner.label.is_none() && inner.attrs.is_empty() => {
                    statements.extend(inner.block.stmts);
                }
                other => statements.push(other),
            }
            if let Some(Stmt::Expr(Expr::Return(_), end)) = statements.last_mut() {
                // Nothing behind it runs, and at the end of a block it reads the same with and
                // without a semicolon.
                *end = Some(syn::token::Semi::default());
                break;
            }
        }
        block.stmts = statements;
    }
}

#[cfg(test)]
mod tests {
    use super::{default_policy, fold};

    #[track_caller]
    fn check(switched: &str, value: &str, patched: &str) {
        let fold = |text: &str| fold(&format!("fn f() {{ {text} }}"), "p", value).expect("well-formed").0;
        assert_eq!(fold(switched), fold(patched));
    }

    #[test]
    fn what_a_policy_decides_is_folded() {
        check("if m.policy.p { a(); } b();", "true", "a(); b();");
        check("if m.policy.p { a(); } b();", "false", "b();");
        check("if !m.policy.p || x { a(); }", "true", "if x { a(); }");
        check("if !m.policy.p || x { a(); }", "false", "a();");
        check("if m.policy.p { a(); } else if x { b(); }", "false", "if x { b(); }");
        check("if m.policy.p { return; } b();", "true", "return;");
        check("x && m.policy.p", "true", "x");
        check("w(m.policy.p)", "U::Relaxed", "w(U::Relaxed)");
    }

    #[test]
    fn what_it_does_not_decide_stays() {
        let fold = |text: &str| fold(&format!("fn f() {{ {text} }}"), "p", "true").expect("well-formed");
        assert_eq!(fold("if m.policy.q { a(); }").1, 0);
        assert_ne!(fold("if m.policy.p { a(); } b();").0, fold("b(); a();").0);
    }

    #[test]
    fn a_default_is_found_by_its_path() {
        let text = "const NO_ALTERNATIVES: Policy = Policy { repairs: Repairs::NONE, kernel: K { a: true }, b: U::X };";
        assert_eq!(default_policy(text, "repairs.r1").as_deref(), Ok("false"));
        assert_eq!(default_policy(text, "kernel.a").as_deref(), Ok("true"));
        assert_eq!(default_policy(text, "b").as_deref(), Ok("U :: X"));
        assert!(default_policy(text, "c").is_err());
    }
}
