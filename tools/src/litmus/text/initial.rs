//! The initial state, and the names that the whole test knows.

use super::super::ast::{Asked, Location, LocationId, LocationKind, Program, Register, RegisterId, Thread};
use super::super::error::{LitmusError, TextPosition};
use super::super::types::{Type, address};
use super::declared::{self, Declared, is_type};
use super::lexer::WordKind;
use super::limits::{LOCATIONS_MAX, REGISTERS_MAX};
use super::words::{Words, thread_number};

/// How a shared variable is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// As a word.
    Word,
    /// As a lock.
    Lock,
}

/// One element of a shared variable.
struct Shared {
    name: String,
    declared: Declared,
    is_word: bool,
    is_lock: bool,
    initial: i64,
    /// The number of its variable, and its own in that.
    at: (usize, usize),
}

/// A register that the initial state sets.
struct Set {
    thread: usize,
    name: String,
    declared: Declared,
    value: i64,
    position: TextPosition,
}

/// The names that the whole test knows.
#[derive(Default)]
pub struct Symbols {
    shared: Vec<Shared>,
    /// Variables, of one element or many.
    variables: usize,
    initialized: Vec<String>,
    /// The threads read so far.
    pub threads: Vec<Thread>,
    registers: Vec<Set>,
    /// Whether something of C11 was used.
    pub is_c11: bool,
}

impl Symbols {
    /// The shared variable of that name; of an array its first element.
    pub fn shared(&self, name: &str) -> Option<LocationId> {
        self.element(name, 0)
    }

    /// An element of a shared variable.
    pub fn element(&self, name: &str, nth: usize) -> Option<LocationId> {
        self.shared.iter().position(|shared| shared.name == name && shared.at.1 == nth)
    }

    /// The shared variable of that name, made if there is none yet.
    pub fn declare_shared(&mut self, name: &str, position: TextPosition) -> Result<LocationId, LitmusError> {
        match self.shared(name) {
            Some(found) => Ok(found),
            None => self.make(name, 1, position),
        }
    }

    fn make(&mut self, name: &str, elements: usize, position: TextPosition) -> Result<LocationId, LitmusError> {
        if self.shared.len() + elements > LOCATIONS_MAX {
            return Err(LitmusError::limit(
                position,
                format!("more shared variables than the limit of {LOCATIONS_MAX}"),
            ));
        }
        let first = self.shared.len();
        for nth in 0..elements {
            let (name, at) = (name.to_owned(), (self.variables, nth));
            let declared = Declared::UNKNOWN;
            self.shared.push(Shared { name, declared, is_word: false, is_lock: false, initial: 0, at });
        }
        self.variables += 1;
        Ok(first)
    }

    /// The variable is declared with that type. What was said first counts, but something has to be
    /// said.
    pub fn declare_as(&mut self, location: LocationId, declared: Declared) {
        let variable = self.shared[location].at.0;
        for shared in self.shared.iter_mut().filter(|shared| shared.at.0 == variable) {
            if shared.declared == Declared::UNKNOWN {
                shared.declared = declared;
            }
            shared.is_lock |= declared.is_lock();
        }
        self.is_c11 |= declared.is_atomic();
    }

    /// The variable is used as a word or a lock.
    pub fn use_as(&mut self, location: LocationId, kind: Use) {
        let shared = &mut self.shared[location];
        match kind {
            Use::Word => shared.is_word = true,
            Use::Lock => shared.is_lock = true,
        }
    }

    /// The type of the variable, as far as is known.
    pub fn declared(&self, location: LocationId) -> Declared {
        self.shared[location].declared
    }

    /// What a final value of the variable can be.
    pub fn type_of(&self, location: LocationId) -> Type {
        self.shared[location].declared.ty()
    }

    /// Its address as a value.
    pub fn address(&self, location: LocationId) -> i64 {
        let (variable, element) = self.shared[location].at;
        address(variable, element)
    }

    /// The variable that has that address.
    pub fn at(&self, value: i64) -> Option<LocationId> {
        (0..self.shared.len()).find(|location| self.address(*location) == value)
    }

    /// The registers with which the next thread begins, and their types.
    pub fn initial_registers(&self) -> Vec<(Register, Declared)> {
        let mine = self.registers.iter().filter(|set| set.thread == self.threads.len());
        mine.map(|set| {
            let ty = if set.declared == Declared::UNKNOWN { Type::LONG } else { set.declared.ty() };
            (Register { name: set.name.clone(), ty, initial: ty.wrap(set.value) }, set.declared)
        })
        .collect()
    }

    /// The initial state sets no register of a thread that does not exist.
    pub fn all_registers_belong_to_threads(&self) -> Result<(), LitmusError> {
        match self.registers.iter().find(|set| set.thread >= self.threads.len()) {
            Some(Set { thread, name, position, .. }) => {
                Err(LitmusError::syntax(*position, format!("'{thread}:{name}': there is no thread P{thread}")))
            }
            None => Ok(()),
        }
    }

    /// The register of that name.
    pub fn register(&self, thread: usize, name: &str) -> Option<RegisterId> {
        self.threads.get(thread)?.registers.iter().position(|register| register.name == name)
    }

    /// Everything together.
    pub fn program(self, name: &str, asked: Asked) -> Program {
        let is_array = |variable: usize| self.shared.iter().any(|shared| shared.at == (variable, 1));
        let location = |shared: &Shared| Location {
            name: if is_array(shared.at.0) { format!("{}[{}]", shared.name, shared.at.1) } else { shared.name.clone() },
            kind: match (shared.is_lock, shared.is_word) {
                (false, _) => LocationKind::Word,
                (true, false) => LocationKind::Lock,
                (true, true) => LocationKind::Both,
            },
            ty: shared.declared.ty(),
            initial: shared.declared.ty().wrap(shared.initial),
            address: address(shared.at.0, shared.at.1),
        };
        Program {
            name: name.to_owned(),
            locations: self.shared.iter().map(location).collect(),
            threads: self.threads,
            locations_shown: asked.locations,
            filter: asked.filter,
            condition: asked.condition,
            is_c11: self.is_c11,
        }
    }
}

/// Reads `{ … }`.
pub fn parse(words: &mut Words<'_>, symbols: &mut Symbols) -> Result<(), LitmusError> {
    words.mark("{")?;
    while !words.accept("}") {
        if words.accept(";") {
            continue;
        }
        one(words, symbols)?;
        if !words.is_mark("}") {
            words.mark(";")?;
        }
    }
    Ok(())
}

/// Reads one variable.
fn one(words: &mut Words<'_>, symbols: &mut Symbols) -> Result<(), LitmusError> {
    let mut declared = declared_if_any(words)?;
    let position = words.position();
    let thread = match words.peek().kind {
        WordKind::Number(_) => Some(words.number("a thread")?),
        WordKind::Name if words.second().text == ":" => thread_number(words.peek().text).map(|thread| {
            words.take();
            i64::try_from(thread).unwrap_or(i64::MAX)
        }),
        WordKind::Name | WordKind::Mark | WordKind::End => None,
    };
    if let Some(thread) = thread {
        words.mark(":")?;
        if declared == Declared::UNKNOWN {
            declared = declared_if_any(words)?;
        }
        return register(words, symbols, thread, declared, position);
    }
    let is_bracketed = words.accept("[");
    if !is_bracketed {
        words.accept("*");
    }
    let name = words.name("a shared variable")?;
    let mut element = None;
    let mut elements = None;
    if words.is_mark("[") {
        words.take();
        let number = if words.is_mark("]") { None } else { Some(index(words)?) };
        words.mark("]")?;
        // Inside of brackets it is one element, and otherwise the length of an array.
        if is_bracketed { element = number } else { elements = Some(number) }
    }
    if is_bracketed {
        words.mark("]")?;
    }
    let values = if words.accept("=") { values(words, symbols)? } else { Vec::new() };
    let length = match elements {
        Some(Some(length)) => length,
        Some(None) | None => values.len().max(1),
    };
    if length < values.len() || length == 0 {
        let message = format!("'{}' has {length} elements and {} initial values", name.text, values.len());
        return Err(LitmusError::syntax(name.position, message));
    }
    if symbols.initialized.iter().any(|known| known == name.text) && element.is_none() {
        return Err(LitmusError::syntax(name.position, format!("'{}' has an initial value already", name.text)));
    }
    let first = match symbols.shared(name.text) {
        Some(found) if length == 1 => found,
        Some(_) => {
            let message = format!("'{}' was used before it was declared an array: declare it first", name.text);
            return Err(LitmusError::refused(name.position, message));
        }
        None => symbols.make(name.text, length, name.position)?,
    };
    let first = match element {
        Some(nth) => symbols.element(name.text, nth).ok_or_else(|| {
            LitmusError::syntax(name.position, format!("'{}' has no element {nth}: declare it an array", name.text))
        })?,
        None => first,
    };
    symbols.initialized.push(name.text.to_owned());
    symbols.declare_as(first, declared);
    for (nth, value) in values.into_iter().enumerate() {
        symbols.shared[first + nth].initial = value;
    }
    Ok(())
}

fn declared_if_any(words: &mut Words<'_>) -> Result<Declared, LitmusError> {
    if words.is_name(is_type) && words.second().text != ":" { declared::parse(words) } else { Ok(Declared::UNKNOWN) }
}

fn register(
    words: &mut Words<'_>,
    symbols: &mut Symbols,
    thread: i64,
    declared: Declared,
    position: TextPosition,
) -> Result<(), LitmusError> {
    let thread = usize::try_from(thread).unwrap_or(usize::MAX);
    let name = words.name("a register")?.text;
    let value = if words.accept("=") { value(words, symbols)? } else { 0 };
    if symbols.registers.iter().any(|set| set.thread == thread && set.name == name) {
        return Err(LitmusError::syntax(position, format!("'{thread}:{name}' has an initial value already")));
    }
    if symbols.registers.len() == REGISTERS_MAX {
        let message = format!("the initial state sets more registers than the limit of {REGISTERS_MAX}");
        return Err(LitmusError::limit(position, message));
    }
    symbols.registers.push(Set { thread, name: name.to_owned(), declared, value, position });
    Ok(())
}

/// The number of an element.
pub fn index(words: &mut Words<'_>) -> Result<usize, LitmusError> {
    let position = words.position();
    let number = words.number("the number of an element")?;
    usize::try_from(number).ok().filter(|number| *number <= LOCATIONS_MAX).ok_or_else(|| {
        LitmusError::limit(position, format!("an array with more elements than the limit of {LOCATIONS_MAX}"))
    })
}

/// One value, or those of an array.
fn values(words: &mut Words<'_>, symbols: &mut Symbols) -> Result<Vec<i64>, LitmusError> {
    if !words.accept("{") {
        return Ok(vec![value(words, symbols)?]);
    }
    let mut values = Vec::new();
    while !words.accept("}") {
        values.push(value(words, symbols)?);
        if !words.is_mark("}") {
            words.mark(",")?;
        }
    }
    Ok(values)
}

/// A number, or the address of a variable, which is made by that.
fn value(words: &mut Words<'_>, symbols: &mut Symbols) -> Result<i64, LitmusError> {
    if words.accept_name("ATOMIC_INIT") || words.accept_name("ATOMIC64_INIT") || words.accept_name("ATOMIC_VAR_INIT") {
        words.mark("(")?;
        let value = value_of_sign(words)?;
        words.mark(")")?;
        return Ok(value);
    }
    if words.accept("(") {
        let value = words.nested(|words| value(words, symbols))?;
        words.mark(")")?;
        return Ok(value);
    }
    words.accept("&");
    if words.peek().kind == WordKind::Name {
        let name = words.take();
        let location = symbols.declare_shared(name.text, name.position)?;
        if words.accept("[") {
            let nth = index(words)?;
            words.mark("]")?;
            let location = symbols.element(name.text, nth).ok_or_else(|| {
                LitmusError::syntax(name.position, format!("'{}' has no element {nth}: declare it first", name.text))
            })?;
            return Ok(symbols.address(location));
        }
        return Ok(symbols.address(location));
    }
    value_of_sign(words)
}

fn value_of_sign(words: &mut Words<'_>) -> Result<i64, LitmusError> {
    words.signed_number("a number, or the name of a variable for its address")
}
