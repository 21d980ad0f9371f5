//! The statements of a source file, by the places in them.
//!
//! Promise: a statement is named by the function it is in, its text without layout, and how many
//! equal ones stand before it there, so its name stays when lines move. Limit: what a macro is
//! called with is one statement with it.

use crate::source::rust::type_text;
use proc_macro2::LineColumn;
use quote::ToTokens;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Stmt};

/// A statement, or the head of one that has a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The function it is in, behind the type that it is a method of.
    pub function: String,
    /// Its text, laid out in one line.
    pub text: String,
    /// How many statements of the function before it have this text.
    pub nth: usize,
    /// Its lines, from 1.
    pub lines: RangeInclusive<usize>,
    columns: (usize, usize),
}

impl Statement {
    /// Its name, which stays when lines move.
    pub fn name(&self) -> String {
        let Statement { function, text, nth, .. } = self;
        format!("{function}: {text} #{nth}")
    }

    fn contains(&self, line: usize, column: usize) -> bool {
        let (first, last) = (*self.lines.start(), *self.lines.end());
        (first, self.columns.0) <= (line, column) && (line, column) < (last, self.columns.1)
    }

    fn size(&self) -> (usize, usize) {
        (self.lines.end() - self.lines.start(), self.columns.1.saturating_sub(self.columns.0))
    }
}

/// The statements of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements(Vec<Statement>);

impl Statements {
    /// Reads them; none of what is no Rust.
    pub fn read(text: &str) -> Statements {
        let mut reader = Reader::default();
        if let Ok(file) = syn::parse_file(text) {
            reader.visit_file(&file);
        }
        Statements(reader.found)
    }

    /// The innermost statement at a place; line and column count from 1.
    pub fn at(&self, line: u32, column: u32) -> Option<&Statement> {
        let (line, column) = (line as usize, (column as usize).checked_sub(1)?);
        self.0.iter().filter(|one| one.contains(line, column)).min_by_key(|one| one.size())
    }

    /// The function around a line, if a statement of it is there.
    pub fn function(&self, line: usize) -> Option<&str> {
        let here = self.0.iter().filter(|one| one.lines.contains(&line));
        here.min_by_key(|one| one.size()).map(|one| one.function.as_str())
    }
}

#[derive(Default)]
struct Reader {
    /// The types and functions around.
    within: Vec<String>,
    seen: BTreeMap<(String, String), usize>,
    found: Vec<Statement>,
}

impl Reader {
    fn inside(&mut self, name: String, read: impl FnOnce(&mut Reader)) {
        self.within.push(name);
        read(self);
        self.within.pop();
    }

    fn take(&mut self, code: &(impl ToTokens + Spanned)) {
        let function = self.within.join("::");
        let text = laid_out(&code.to_token_stream().to_string());
        let text = text.trim_end_matches(';').trim_end().to_owned();
        let nth = self.seen.entry((function.clone(), text.clone())).or_default();
        let (LineColumn { line: first, column: from }, LineColumn { line: last, column: to }) =
            (code.span().start(), code.span().end());
        self.found.push(Statement { function, text, nth: *nth, lines: first..=last, columns: (from, to) });
        *nth += 1;
    }
}

/// Tokens as people write them, near enough.
fn laid_out(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (wide, narrow) in
        [(" . ", "."), (" :: ", "::"), (" ;", ";"), (" ,", ","), ("( ", "("), (" )", ")"), (" (", "(")]
    {
        text = text.replace(wide, narrow);
    }
    for (wide, narrow) in [(" [", "["), ("[ ", "["), (" ]", "]"), ("& ", "&"), ("! (", "!("), (" ?", "?")] {
        text = text.replace(wide, narrow);
    }
    text
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let name = type_text(&item.self_ty).unwrap_or_default();
        self.inside(name, |reader| visit::visit_item_impl(reader, item));
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.inside(item.ident.to_string(), |reader| visit::visit_item_trait(reader, item));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.inside(item.ident.to_string(), |reader| visit::visit_item_mod(reader, item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.inside(item.sig.ident.to_string(), |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.inside(item.sig.ident.to_string(), |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.inside(item.sig.ident.to_string(), |reader| visit::visit_trait_item_fn(reader, item));
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        // What has a block is named by its head.
        let has_block = |expression: &Expr| {
            use Expr::{Block, ForLoop, If, Loop, Match, Unsafe, While};
            matches!(expression, If(_) | While(_) | Match(_) | ForLoop(_) | Loop(_) | Block(_) | Unsafe(_))
        };
        match statement {
            Stmt::Expr(expression, _) if has_block(expression) => {}
            Stmt::Item(_) => {}
            _ => self.take(statement),
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
        self.take(&branch.cond);
        visit::visit_expr_if(self, branch);
    }

    fn visit_expr_while(&mut self, repeated: &'ast syn::ExprWhile) {
        self.take(&repeated.cond);
        visit::visit_expr_while(self, repeated);
    }

    fn visit_expr_match(&mut self, choice: &'ast syn::ExprMatch) {
        self.take(&choice.expr);
        visit::visit_expr_match(self, choice);
    }

    fn visit_expr_for_loop(&mut self, repeated: &'ast syn::ExprForLoop) {
        self.take(&repeated.expr);
        visit::visit_expr_for_loop(self, repeated);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if !matches!(*arm.body, Expr::Block(_)) {
            self.take(&arm.body);
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        if !matches!(*closure.body, Expr::Block(_)) {
            self.take(&closure.body);
        }
        visit::visit_expr_closure(self, closure);
    }
}

#[cfg(test)]
mod tests {
    use super::Statements;

    const SOURCE: &str = "\
impl Ring for Spsc {
    fn push(&self, value: u32) -> bool {
        let tail = self.tail.load(Ordering::Acquire);
        if tail - self.head.load(Ordering::Acquire) == SIZE {
            return false;
        }
        self.tail
            .store(tail + 1, Ordering::Release);
        self.wake.iter().for_each(|one| one.store(true, Relaxed));
        self.tail.store(tail + 1, Ordering::Release);
        true
    }
}
";

    #[track_caller]
    fn check(line: u32, column: u32, expected: Option<&str>) {
        let statements = Statements::read(SOURCE);
        assert_eq!(statements.at(line, column).map(super::Statement::name).as_deref(), expected);
    }

    #[test]
    fn a_place_is_in_its_innermost_statement() {
        check(3, 30, Some("Spsc::push: let tail = self.tail.load(Ordering::Acquire) #0"));
        check(4, 28, Some("Spsc::push: tail - self.head.load(Ordering::Acquire) == SIZE #0"));
        check(5, 13, Some("Spsc::push: return false #0"));
        check(8, 14, Some("Spsc::push: self.tail.store(tail + 1, Ordering::Release) #0"));
        check(9, 45, Some("Spsc::push: one.store(true, Relaxed) #0"));
        check(10, 19, Some("Spsc::push: self.tail.store(tail + 1, Ordering::Release) #1"));
        check(1, 1, None);
        check(40, 1, None);
    }

    #[test]
    fn a_name_stays_when_lines_move() {
        let moved = format!("// A comment.\n\n{SOURCE}");
        let names = |text: &str| Statements::read(text).0.iter().map(super::Statement::name).collect::<Vec<_>>();
        assert_eq!(names(SOURCE), names(&moved));
        assert_eq!(Statements::read(SOURCE).function(8), Some("Spsc::push"));
        assert_eq!(Statements::read("no Rust {"), Statements::default());
    }
}
