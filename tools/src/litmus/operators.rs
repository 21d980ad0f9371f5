//! What operators make of values.

use super::operation::{BinaryOperator, Operation, UnaryOperator};
use super::types::Type;

/// An operation of which C says nothing: a division by zero, or a shift by more than there are
/// bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undefined;

/// C's value of a comparison.
pub fn truth(holds: bool) -> i64 {
    i64::from(holds)
}

/// The value of an operator with one operand, computed in that type.
pub fn unary(operator: UnaryOperator, ty: Type, operand: i64) -> i64 {
    match operator {
        UnaryOperator::Negate => ty.wrap(ty.wrap(operand).wrapping_neg()),
        UnaryOperator::Not => truth(operand == 0),
        UnaryOperator::Complement => ty.wrap(!ty.wrap(operand)),
    }
}

/// The value of an operator with two, computed in that type, if C says anything of it.
pub fn binary(operator: BinaryOperator, ty: Type, left: i64, right: i64) -> Result<i64, Undefined> {
    let (left, right) = (ty.wrap(left), ty.wrap(right));
    let is_less = |one: i64, other: i64| {
        if ty.is_signed { one < other } else { one.cast_unsigned() < other.cast_unsigned() }
    };
    let value = match operator {
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::Divide | BinaryOperator::Remainder if right == 0 => return Err(Undefined),
        BinaryOperator::Divide if ty.is_signed => left.wrapping_div(right),
        BinaryOperator::Divide => (left.cast_unsigned() / right.cast_unsigned()).cast_signed(),
        BinaryOperator::Remainder if ty.is_signed => left.wrapping_rem(right),
        BinaryOperator::Remainder => (left.cast_unsigned() % right.cast_unsigned()).cast_signed(),
        BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight if !(0..i64::from(ty.bits)).contains(&right) => {
            return Err(Undefined);
        }
        BinaryOperator::ShiftLeft => left << right,
        BinaryOperator::ShiftRight if ty.is_signed => left >> right,
        BinaryOperator::ShiftRight => (left.cast_unsigned() >> right).cast_signed(),
        BinaryOperator::BitAnd => left & right,
        BinaryOperator::BitOr => left | right,
        BinaryOperator::BitXor => left ^ right,
        BinaryOperator::Equal => truth(left == right),
        BinaryOperator::NotEqual => truth(left != right),
        BinaryOperator::Less => truth(is_less(left, right)),
        BinaryOperator::LessOrEqual => truth(!is_less(right, left)),
        BinaryOperator::Greater => truth(is_less(right, left)),
        BinaryOperator::GreaterOrEqual => truth(!is_less(left, right)),
    };
    Ok(ty.wrap(value))
}

/// The new value of a read-modify-write of a location of that type. The operand is one of its
/// values.
pub fn changed(operation: Operation, ty: Type, old: i64, operand: i64) -> i64 {
    match operation {
        Operation::Exchange => operand,
        Operation::Add => ty.narrow(old.wrapping_add(operand)),
        Operation::Subtract => ty.narrow(old.wrapping_sub(operand)),
        Operation::And => old & operand,
        Operation::Or => old | operand,
        Operation::Xor => old ^ operand,
        Operation::AndNot => old & !operand,
    }
}
