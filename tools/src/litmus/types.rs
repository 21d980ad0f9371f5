//! What values are: the integers of C by their width and sign, and addresses of shared variables.
//!
//! Promise: an integer wraps as its C type does on a machine of 64 bits (`int` has 32), under every
//! memory model. The result of an operator has the type that C's promotions give it, and wraps as
//! well, where C says nothing of signed overflow; so does herd.
//!
//! Deviations: an address is a value that any type can hold, as in herd, because tests keep
//! addresses in `int`. Adding 1 to one gives the next element of an array, whatever the element's
//! size.

/// An integer type of C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// Its width: 1 for `bool`, 8, 16, 32 or 64.
    pub bits: u8,
    /// Whether it has negative values.
    pub is_signed: bool,
}

/// Addresses begin here, beyond what programs count to.
const ADDRESS_MIN: i64 = 0x6c6f_636b_0000_0000;

/// Addresses that one variable can have.
const ADDRESSES: i64 = 1 << 16;

/// One more than the highest address.
const ADDRESS_END: i64 = ADDRESS_MIN + ADDRESSES * ADDRESSES;

/// The address of an element of a variable, by their numbers; a variable that is no array has one.
pub fn address(variable: usize, element: usize) -> i64 {
    let number = |nth: usize| i64::try_from(nth).expect("variables and elements are limited");
    ADDRESS_MIN + number(variable) * ADDRESSES + number(element)
}

/// Whether a value is an address, or close to one.
pub fn is_address(value: i64) -> bool {
    (ADDRESS_MIN..ADDRESS_END).contains(&value)
}

impl Type {
    /// `int`
    pub const INT: Type = Type { bits: 32, is_signed: true };

    /// `long`, and what holds anything.
    pub const LONG: Type = Type { bits: 64, is_signed: true };

    /// A pointer.
    pub const POINTER: Type = Type { bits: 64, is_signed: false };

    /// The value that a variable of this type holds when it is given `value`.
    pub fn wrap(self, value: i64) -> i64 {
        if self.bits == 1 {
            return i64::from(value != 0);
        }
        if is_address(value) { value } else { self.narrow(value) }
    }

    /// The same for what is no address.
    pub fn narrow(self, value: i64) -> i64 {
        if self.bits >= 64 {
            return value;
        }
        let shift = 64 - u32::from(self.bits);
        let high = value << shift;
        if self.is_signed { high >> shift } else { (high.cast_unsigned() >> shift).cast_signed() }
    }

    /// What it becomes in an expression.
    pub fn promoted(self) -> Type {
        if self.bits < 32 { Type::INT } else { self }
    }

    /// The type in which an operator computes with operands of both types.
    pub fn common(self, other: Type) -> Type {
        let (one, other) = (self.promoted(), other.promoted());
        match one.bits.cmp(&other.bits) {
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => one,
            std::cmp::Ordering::Equal => Type { bits: one.bits, is_signed: one.is_signed && other.is_signed },
        }
    }

    /// A value of this type as a number.
    pub fn text(self, value: i64) -> String {
        if self.is_signed || self.bits < 64 { value.to_string() } else { value.cast_unsigned().to_string() }
    }
}
