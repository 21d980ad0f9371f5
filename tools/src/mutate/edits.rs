//! The blocks and expressions of a body in order, and edits of one of them.

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr};

pub(super) type Edit = Box<dyn FnOnce(&mut Block)>;

/// Blocks in the order in which [`EditBlock`] meets them.
pub(super) struct Blocks<'ast>(pub Vec<&'ast Block>);

impl<'ast> Visit<'ast> for Blocks<'ast> {
    fn visit_block(&mut self, block: &'ast Block) {
        self.0.push(block);
        visit::visit_block(self, block);
    }
}

/// Edits the block at one place of that order.
pub(super) struct EditBlock {
    pub(super) left: usize,
    pub(super) edit: Option<Edit>,
}

impl VisitMut for EditBlock {
    fn visit_block_mut(&mut self, block: &mut Block) {
        if self.left == 0 {
            if let Some(edit) = self.edit.take() {
                edit(block);
            }
            return;
        }
        self.left -= 1;
        visit_mut::visit_block_mut(self, block);
    }
}

/// Expressions in the order in which [`EditExpression`] meets them.
pub(super) struct Expressions<'ast>(pub Vec<&'ast Expr>);

impl<'ast> Visit<'ast> for Expressions<'ast> {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        self.0.push(expression);
        visit::visit_expr(self, expression);
    }
}

/// Replaces the expression at one place of that order.
pub(super) struct EditExpression {
    pub(super) left: usize,
    pub(super) replacement: Option<Expr>,
}

impl VisitMut for EditExpression {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if self.left == 0 {
            if let Some(replacement) = self.replacement.take() {
                *expression = replacement;
            }
            return;
        }
        self.left -= 1;
        visit_mut::visit_expr_mut(self, expression);
    }
}
