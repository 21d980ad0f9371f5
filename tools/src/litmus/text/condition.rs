//! What a test asks: locations, filter and condition.

use super::super::ast::{Asked, Condition, Item, Operand, Proposition, Quantifier};
use super::super::error::LitmusError;
use super::declared::{self, is_type};
use super::initial::{Symbols, index};
use super::lexer::WordKind;
use super::words::{Words, thread_number};

/// Reads everything behind the threads.
pub fn parse(words: &mut Words<'_>, symbols: &Symbols) -> Result<Asked, LitmusError> {
    let locations = if words.accept_name("locations") { locations(words, symbols)? } else { Vec::new() };
    let filter = if words.accept_name("filter") { Some(proposition(words, symbols)?) } else { None };
    let quantifier = quantifier(words)?;
    let condition = Condition { quantifier, proposition: proposition(words, symbols)? };
    words.accept(";");
    if words.is_name(|name| name == "with") {
        return Err(LitmusError::refused(words.position(), "'with' behind a condition"));
    }
    if words.peek().kind != WordKind::End {
        return Err(words.expected("'/\\', '\\/' or the end of the file"));
    }
    Ok(Asked { locations, filter, condition })
}

fn quantifier(words: &mut Words<'_>) -> Result<Quantifier, LitmusError> {
    if words.is_name(|name| ["observed", "Observed", "final", "cases"].contains(&name)) {
        return Err(LitmusError::refused(
            words.position(),
            "this kind of condition; write 'exists', '~exists' or 'forall'",
        ));
    }
    if words.accept_name("exists") {
        return Ok(Quantifier::Exists);
    }
    if words.accept_name("forall") {
        return Ok(Quantifier::Forall);
    }
    let negated = (words.is_mark("~") || words.is_name(|name| name == "not")) && words.second().text == "exists";
    if negated {
        words.take();
        words.take();
        return Ok(Quantifier::NotExists);
    }
    Err(words.expected("a condition: 'exists', '~exists' or 'forall'"))
}

/// `[x; 1:r0;]`, each with or without a type.
fn locations(words: &mut Words<'_>, symbols: &Symbols) -> Result<Vec<Item>, LitmusError> {
    words.mark("[")?;
    let mut items = Vec::new();
    while !words.accept("]") {
        items.push(item(words, symbols)?);
        if words.is_name(is_type) {
            declared::parse(words)?;
        }
        if !words.is_mark("]") {
            words.mark(";")?;
        }
    }
    Ok(items)
}

/// `1:r0`, `x`, `[x]` or `*x`.
fn item(words: &mut Words<'_>, symbols: &Symbols) -> Result<Item, LitmusError> {
    let position = words.position();
    let named = words.peek().kind == WordKind::Name && words.second().text == ":";
    let thread = match words.peek().kind {
        WordKind::Number(number) => usize::try_from(number).ok(),
        WordKind::Name if named => thread_number(words.peek().text),
        WordKind::Name | WordKind::Mark | WordKind::End => None,
    };
    if let Some(thread) = thread {
        words.take();
        words.mark(":")?;
        let name = words.name("a register")?.text;
        if thread >= symbols.threads.len() {
            return Err(LitmusError::syntax(position, format!("'{thread}:{name}': there is no thread P{thread}")));
        }
        let register = symbols.register(thread, name).ok_or_else(|| {
            LitmusError::syntax(
                position,
                format!("'{thread}:{name}' is undeclared: P{thread} has no variable '{name}'"),
            )
        })?;
        return Ok(Item::Register { thread, register });
    }
    let bracketed = words.accept("[");
    if !bracketed {
        words.accept("*");
    }
    let name = words.name("a register such as 1:r0, or a shared variable")?;
    let element = if words.accept("[") {
        let element = index(words)?;
        words.mark("]")?;
        element
    } else {
        0
    };
    if bracketed {
        words.mark("]")?;
    }
    let location = symbols.element(name.text, element);
    let undeclared = || match symbols.shared(name.text) {
        Some(_) => format!("'{}' has no element {element}", name.text),
        None => format!("the shared variable '{}' is undeclared", name.text),
    };
    let location = location.ok_or_else(|| LitmusError::syntax(name.position, undeclared()))?;
    Ok(Item::Location(location))
}

/// herd binds `~` closest, then `=>`, then `/\`, then `\/`.
fn proposition(words: &mut Words<'_>, symbols: &Symbols) -> Result<Proposition, LitmusError> {
    let first = both(words, symbols)?;
    if !words.is_mark("\\/") {
        return Ok(first);
    }
    let mut parts = vec![first];
    while words.accept("\\/") {
        parts.push(both(words, symbols)?);
    }
    Ok(Proposition::Or(parts))
}

fn both(words: &mut Words<'_>, symbols: &Symbols) -> Result<Proposition, LitmusError> {
    let first = implication(words, symbols)?;
    if !words.is_mark("/\\") {
        return Ok(first);
    }
    let mut parts = vec![first];
    while words.accept("/\\") {
        parts.push(implication(words, symbols)?);
    }
    Ok(Proposition::And(parts))
}

fn implication(words: &mut Words<'_>, symbols: &Symbols) -> Result<Proposition, LitmusError> {
    let first = negation(words, symbols)?;
    if !words.accept("=>") {
        return Ok(first);
    }
    let second = words.nested(|words| implication(words, symbols))?;
    Ok(Proposition::Implies(Box::new(first), Box::new(second)))
}

fn negation(words: &mut Words<'_>, symbols: &Symbols) -> Result<Proposition, LitmusError> {
    if words.accept("~") || words.accept_name("not") {
        let inner = words.nested(|words| negation(words, symbols))?;
        return Ok(Proposition::Not(Box::new(inner)));
    }
    if words.accept("(") {
        let inner = words.nested(|words| proposition(words, symbols))?;
        words.mark(")")?;
        return Ok(inner);
    }
    if words.accept_name("true") {
        return Ok(Proposition::Truth(true));
    }
    if words.accept_name("false") {
        return Ok(Proposition::Truth(false));
    }
    comparison(words, symbols)
}

fn comparison(words: &mut Words<'_>, symbols: &Symbols) -> Result<Proposition, LitmusError> {
    if words.is_name(|name| name == "fault" || name == "Fault") {
        return Err(LitmusError::refused(words.position(), "faults in a condition"));
    }
    let item = item(words, symbols)?;
    let negated = words.accept("!=") || words.accept("<>");
    if !negated && !words.accept("==") && !words.accept("=") {
        return Err(words.expected("'=' or '!='"));
    }
    let equal = Proposition::Equal(item, operand(item, words, symbols)?);
    Ok(if negated { Proposition::Not(Box::new(equal)) } else { equal })
}

/// A number, the address of a variable, which a bare name is to herd, or another item.
fn operand(of: Item, words: &mut Words<'_>, symbols: &Symbols) -> Result<Operand, LitmusError> {
    let is_item = words.second().text == ":" || words.is_mark("[") || words.is_mark("*");
    if is_item && !words.is_mark("-") {
        return Ok(Operand::Item(item(words, symbols)?));
    }
    words.accept("&");
    if words.peek().kind == WordKind::Name {
        let position = words.position();
        return match item(words, symbols)? {
            Item::Location(location) => Ok(Operand::Constant(symbols.address(location))),
            Item::Register { .. } => {
                Err(LitmusError::refused(position, "the address of a local variable, which has none"))
            }
        };
    }
    let number = words.signed_number("a number, the name of a variable for its address, or [x] for its value")?;
    let ty = match of {
        Item::Register { thread, register } => symbols.threads[thread].registers[register].ty,
        Item::Location(location) => symbols.type_of(location),
    };
    // A constant is converted to what it is compared with, as C does.
    Ok(Operand::Constant(ty.wrap(number)))
}
