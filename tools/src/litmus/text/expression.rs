//! Expressions, their types, and the shared variables that they name.

use super::super::ast::{Expression, Lvalue};
use super::super::error::LitmusError;
use super::super::operation::{BinaryOperator, Order, UnaryOperator};
use super::super::types::{self, Type};
use super::code::Code;
use super::declared::{self, Declared, is_type};
use super::initial::Use;
use super::lexer::{Word, WordKind};
use super::primitive::{Primitive, primitive, why_not};
use super::typed::Typed;
use super::words::Words;

impl Code<'_> {
    /// How an access without further words orders.
    pub fn plain(pointee: Declared) -> Order {
        if pointee.is_atomic() { Order::SeqCst } else { Order::Plain }
    }

    /// The shared variable that has this address, and what it holds.
    pub fn lvalue_at(&mut self, address: Typed, kind: Use, word: Word<'_>) -> Result<(Lvalue, Declared), LitmusError> {
        let Expression::Constant(constant) = address.expression else {
            return Ok((Lvalue::At(Box::new(address.expression)), address.declared.pointee()));
        };
        let Some(location) = self.symbols.at(constant) else {
            let message = if types::is_address(constant) {
                "an address behind the end of a variable".to_owned()
            } else {
                format!("the number {constant} as an address: only shared variables have one")
            };
            return Err(LitmusError::refused(word.position, message));
        };
        self.symbols.use_as(location, kind);
        let declared = address.declared.pointee();
        let known = if declared == Declared::UNKNOWN { self.symbols.declared(location) } else { declared };
        Ok((Lvalue::Location(location), known))
    }

    /// `*x`, `*(x)`, `x[1]`: a shared variable as a value.
    pub fn lvalue(&mut self, words: &mut Words<'_>) -> Result<(Lvalue, Declared), LitmusError> {
        let word = words.peek();
        if words.is_mark("(") {
            words.take();
            let found = words.nested(|words| self.lvalue(words))?;
            words.mark(")")?;
            return Ok(found);
        }
        if words.accept("*") {
            let address = words.nested(|words| self.unary(words))?;
            return self.lvalue_at(address, Use::Word, word);
        }
        if word.kind == WordKind::Name && words.second().text == "[" {
            let name = words.take();
            let base = self.named(name)?;
            let address = self.element(base, words)?;
            return self.lvalue_at(address, Use::Word, word);
        }
        if word.kind == WordKind::Name && self.parameters.iter().any(|(known, _)| known == word.text) {
            return Err(words.expected(&format!("'*{}'", word.text)));
        }
        Err(words.expected("'*' and a shared variable"))
    }

    /// `[1]` behind an address.
    fn element(&mut self, base: Typed, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        words.mark("[")?;
        let nth = words.nested(|words| self.expression(words))?;
        words.mark("]")?;
        Ok(sum(base, nth))
    }

    /// `x`: a shared variable by its address, as most primitives take it.
    pub fn pointer(&mut self, words: &mut Words<'_>, kind: Use) -> Result<(Lvalue, Declared), LitmusError> {
        let word = words.peek();
        let address = words.nested(|words| self.expression(words))?;
        self.lvalue_at(address, kind, word)
    }

    /// A whole expression.
    pub fn expression(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let condition = self.either(words)?;
        if !words.is_mark("?") {
            return Ok(condition);
        }
        words.take();
        words.deepen()?;
        let then = self.expression(words)?;
        words.mark(":")?;
        let otherwise = self.expression(words)?;
        let is_pointer = then.declared.stars > 0 || otherwise.declared.stars > 0;
        let declared = match is_pointer {
            true if then.declared.stars > 0 => then.declared,
            true => otherwise.declared,
            false => Declared::word(then.declared.ty().common(otherwise.declared.ty())),
        };
        let parts = [condition, then, otherwise].map(|part| Box::new(part.expression));
        let [condition, then, otherwise] = parts;
        let chosen = Expression::Choose(condition, then, otherwise);
        Ok(Typed { expression: Expression::Convert(declared.ty(), Box::new(chosen)), declared })
    }

    fn either(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let mut left = self.both(words)?;
        while words.is_mark("||") {
            words.take();
            words.deepen()?;
            let right = self.both(words)?;
            left = Typed::truth(Expression::Either(Box::new(left.expression), Box::new(right.expression)));
        }
        Ok(left)
    }

    fn both(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let mut left = self.binary(words, 0)?;
        while words.is_mark("&&") {
            words.take();
            words.deepen()?;
            let right = self.binary(words, 0)?;
            left = Typed::truth(Expression::Both(Box::new(left.expression), Box::new(right.expression)));
        }
        Ok(left)
    }

    /// Operators of at least this level, which bind to the left.
    fn binary(&mut self, words: &mut Words<'_>, level: u8) -> Result<Typed, LitmusError> {
        let mut left = self.unary(words)?;
        while let Some((operator, found)) = operator(words.peek()).filter(|(_, found)| *found >= level) {
            words.take();
            words.deepen()?;
            let right = self.binary(words, found + 1)?;
            left = match operator {
                BinaryOperator::Add => sum(left, right),
                operator => Typed::binary(operator, left, right),
            };
        }
        let word = words.peek();
        if word.kind == WordKind::Mark && ["++", "--", "->", ".", "="].contains(&word.text) {
            let message = format!("the operator '{}' in an expression: make it a statement of its own", word.text);
            return Err(LitmusError::refused(word.position, message));
        }
        Ok(left)
    }

    fn unary(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let operators = [("-", UnaryOperator::Negate), ("!", UnaryOperator::Not), ("~", UnaryOperator::Complement)];
        for (mark, operator) in operators {
            if words.accept(mark) {
                words.deepen()?;
                let operand = self.unary(words)?;
                let ty = match operator {
                    UnaryOperator::Not => Type::INT,
                    UnaryOperator::Negate | UnaryOperator::Complement => operand.declared.ty().promoted(),
                };
                let expression = Expression::Unary(operator, ty, Box::new(operand.expression));
                return Ok(Typed { expression, declared: Declared::word(ty) });
            }
        }
        if words.accept("+") {
            words.deepen()?;
            return self.unary(words);
        }
        if words.is_mark("*") {
            words.deepen()?;
            let (lvalue, pointee) = self.lvalue(words)?;
            return Ok(Typed {
                expression: Expression::Read { lvalue, order: Self::plain(pointee) },
                declared: pointee,
            });
        }
        if words.is_mark("&") {
            return self.address(words);
        }
        let primary = self.primary(words)?;
        if !words.is_mark("[") {
            return Ok(primary);
        }
        let word = words.peek();
        let address = self.element(primary, words)?;
        let (lvalue, pointee) = self.lvalue_at(address, Use::Word, word)?;
        Ok(Typed { expression: Expression::Read { lvalue, order: Self::plain(pointee) }, declared: pointee })
    }

    /// `&*x`, `&x[1]`, which are addresses of shared variables.
    fn address(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let mark = words.take();
        let word = words.peek();
        if words.is_mark("*") || words.second().text == "[" {
            words.deepen()?;
            let (lvalue, pointee) = self.lvalue(words)?;
            let declared = pointee.pointer();
            return Ok(match lvalue {
                Lvalue::Location(location) => {
                    Typed { expression: Expression::Constant(self.symbols.address(location)), declared }
                }
                Lvalue::At(address) => Typed { expression: *address, declared },
            });
        }
        let message = if self.parameters.iter().any(|(known, _)| known == word.text) {
            format!("'&{0}', the address of a pointer: '{0}' itself is the address of the shared variable", word.text)
        } else {
            format!(
                "'&{}', the address of a local variable: it is only taken for what a compare-and-exchange expects",
                word.text
            )
        };
        Err(LitmusError::refused(mark.position, message))
    }

    fn primary(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let word = words.peek();
        match word.kind {
            WordKind::Number(number) => {
                words.take();
                Ok(Typed {
                    expression: Expression::Constant(number),
                    declared: Declared::word(literal(number, word.text)),
                })
            }
            WordKind::Name if words.second().text == "(" => self.call(words),
            WordKind::Name => {
                words.take();
                self.named(word)
            }
            WordKind::Mark if words.is_mark("(") => {
                words.take();
                words.deepen()?;
                if words.is_name(is_type) {
                    return self.cast(words);
                }
                let inner = self.expression(words)?;
                words.mark(")")?;
                Ok(inner)
            }
            WordKind::Mark | WordKind::End => Err(words.expected("an expression")),
        }
    }

    /// A name by itself: a local variable, a shared one by its address, or one of C's constants.
    fn named(&mut self, name: Word<'_>) -> Result<Typed, LitmusError> {
        if let Some((_, declared)) = self.parameters.iter().find(|(known, _)| known == name.text) {
            let declared = *declared;
            let location = self.symbols.declare_shared(name.text, name.position)?;
            return Ok(Typed { expression: Expression::Constant(self.symbols.address(location)), declared });
        }
        match name.text {
            "true" => Ok(Typed::truth(Expression::Constant(1))),
            "false" | "NULL" => Ok(Typed::truth(Expression::Constant(0))),
            _ => {
                let register = self.register(name)?;
                Ok(self.of_register(register))
            }
        }
    }

    fn cast(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let declared = declared::parse(words)?;
        words.mark(")")?;
        let operand = self.unary(words)?;
        let expression = match operand.expression {
            Expression::Constant(constant) => Expression::Constant(declared.ty().wrap(constant)),
            other if declared == (Declared { base: declared::Base::Void, stars: 0 }) => other,
            other => Expression::Convert(declared.ty(), Box::new(other)),
        };
        Ok(Typed { expression, declared })
    }

    /// A call that gives back a value.
    fn call(&mut self, words: &mut Words<'_>) -> Result<Typed, LitmusError> {
        let name = words.take();
        let found = known(name)?;
        words.deepen()?;
        words.mark("(")?;
        let Some(typed) = self.value_of(found, words)? else {
            return Err(LitmusError::syntax(name.position, format!("'{}' gives back no value", name.text)));
        };
        words.mark(")")?;
        Ok(typed)
    }
}

/// A sum; of an address and a number that is known another address.
fn sum(left: Typed, right: Typed) -> Typed {
    let (Expression::Constant(one), Expression::Constant(other)) = (&left.expression, &right.expression) else {
        return Typed::binary(BinaryOperator::Add, left, right);
    };
    if !types::is_address(*one) && !types::is_address(*other) {
        return Typed::binary(BinaryOperator::Add, left, right);
    }
    let declared = if types::is_address(*one) { left.declared } else { right.declared };
    Typed { expression: Expression::Constant(one.wrapping_add(*other)), declared }
}

/// The type of a number as C gives it.
fn literal(number: i64, text: &str) -> Type {
    let is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let suffix = if is_hexadecimal { &text[2..] } else { text }.trim_start_matches(|character: char| {
        if is_hexadecimal { character.is_ascii_hexdigit() } else { character.is_ascii_digit() }
    });
    let is_unsigned = suffix.contains(['u', 'U']);
    let is_long = suffix.contains(['l', 'L']) || number > i64::from(u32::MAX);
    let fits_int = number <= i64::from(i32::MAX);
    match (is_long, is_unsigned) {
        (true, unsigned) => Type { bits: 64, is_signed: !unsigned },
        (false, true) => Type { bits: 32, is_signed: false },
        (false, false) if fits_int => Type::INT,
        (false, false) if is_hexadecimal => Type { bits: 32, is_signed: false },
        (false, false) => Type::LONG,
    }
}

/// The primitive that a call names.
pub fn known(name: Word<'_>) -> Result<Primitive, LitmusError> {
    primitive(name.text).ok_or_else(|| LitmusError::refused(name.position, why_not(name.text)))
}

/// C's operators with two operands and how close they bind.
fn operator(word: Word<'_>) -> Option<(BinaryOperator, u8)> {
    if word.kind != WordKind::Mark {
        return None;
    }
    let (operator, level) = match word.text {
        "|" => (BinaryOperator::BitOr, 1),
        "^" => (BinaryOperator::BitXor, 2),
        "&" => (BinaryOperator::BitAnd, 3),
        "==" => (BinaryOperator::Equal, 4),
        "!=" => (BinaryOperator::NotEqual, 4),
        "<" => (BinaryOperator::Less, 5),
        "<=" => (BinaryOperator::LessOrEqual, 5),
        ">" => (BinaryOperator::Greater, 5),
        ">=" => (BinaryOperator::GreaterOrEqual, 5),
        "<<" => (BinaryOperator::ShiftLeft, 6),
        ">>" => (BinaryOperator::ShiftRight, 6),
        "+" => (BinaryOperator::Add, 7),
        "-" => (BinaryOperator::Subtract, 7),
        "*" => (BinaryOperator::Multiply, 8),
        "/" => (BinaryOperator::Divide, 8),
        "%" => (BinaryOperator::Remainder, 8),
        _ => return None,
    };
    Some((operator, level))
}
