//! Expressions with their types, by the rules of C.

use super::super::ast::Expression;
use super::super::operation::BinaryOperator;
use super::super::types::Type;
use super::declared::Declared;

/// An expression with its type.
pub struct Typed {
    pub expression: Expression,
    pub declared: Declared,
}

impl Typed {
    /// A truth value.
    pub fn truth(expression: Expression) -> Typed {
        Typed { expression, declared: Declared::word(Type::INT) }
    }

    /// The operator with these operands.
    pub fn binary(operator: BinaryOperator, left: Typed, right: Typed) -> Typed {
        use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, ShiftLeft, ShiftRight};
        let ty = match operator {
            ShiftLeft | ShiftRight => left.declared.ty().promoted(),
            _ => left.declared.ty().common(right.declared.ty()),
        };
        let expression = Expression::Binary(operator, ty, Box::new(left.expression), Box::new(right.expression));
        let declared = match operator {
            Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual => Declared::word(Type::INT),
            // A pointer and a number are a pointer.
            _ if left.declared.stars > 0 && right.declared.stars == 0 => left.declared,
            _ if right.declared.stars > 0 && left.declared.stars == 0 => right.declared,
            _ => Declared::word(ty),
        };
        Typed { expression, declared }
    }
}
