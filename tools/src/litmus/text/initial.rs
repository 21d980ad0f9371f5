//! The initial state, and the names that the whole test knows.

use super::super::ast::{Location, LocationId, LocationKind, Program, Register, RegisterId, Thread};
use super::super::error::{LitmusError, Place};
use super::condition::Asked;
use super::lexer::WordKind;
use super::words::{Words, thread_number};
use super::{LOCATIONS_MAX, REGISTERS_MAX};

/// Types of words; herd has no others for the kernel.
const WORD_TYPES: [&str; 14] = [
    "int",
    "long",
    "char",
    "atomic_t",
    "int8_t",
    "uint8_t",
    "int16_t",
    "uint16_t",
    "int32_t",
    "uint32_t",
    "int64_t",
    "uint64_t",
    "intptr_t",
    "uintptr_t",
];

/// The type of locks.
const LOCK_TYPE: &str = "spinlock_t";

/// What a shared variable is, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Nothing is known yet.
    Unknown,
    /// It was declared or used as a word.
    Word,
    /// It was declared or used as a lock.
    Lock,
}

/// A shared variable.
struct Shared {
    name: String,
    kind: Use,
    initial: i64,
    initialized: bool,
    place: Place,
}

/// The names that the whole test knows.
#[derive(Default)]
pub struct Symbols {
    shared: Vec<Shared>,
    /// The threads read so far.
    pub threads: Vec<Thread>,
    /// Registers that the initial state sets: thread, name and value.
    registers: Vec<(usize, String, i64, Place)>,
}

impl Symbols {
    /// The shared variable of that name.
    pub fn shared(&self, name: &str) -> Option<LocationId> {
        self.shared.iter().position(|shared| shared.name == name)
    }

    /// The shared variable of that name, made if there is none yet.
    pub fn declare_shared(&mut self, name: &str, place: Place) -> Result<LocationId, LitmusError> {
        if let Some(found) = self.shared(name) {
            return Ok(found);
        }
        if self.shared.len() == LOCATIONS_MAX {
            return Err(LitmusError::limit(place, format!("more shared variables than the limit of {LOCATIONS_MAX}")));
        }
        self.shared.push(Shared { name: name.to_owned(), kind: Use::Unknown, initial: 0, initialized: false, place });
        Ok(self.shared.len() - 1)
    }

    /// The variable is used as a word or a lock; nothing can be both.
    pub fn use_as(&mut self, location: LocationId, kind: Use, place: Place) -> Result<(), LitmusError> {
        let shared = &mut self.shared[location];
        match (shared.kind, kind) {
            (_, Use::Unknown) => {}
            (Use::Unknown, _) => shared.kind = kind,
            (Use::Word, Use::Lock) | (Use::Lock, Use::Word) => {
                let message = format!("'{}' is used both as a spin lock and as a word", shared.name);
                return Err(LitmusError::refused(place, message));
            }
            (Use::Word, Use::Word) | (Use::Lock, Use::Lock) => {}
        }
        if shared.kind == Use::Lock && shared.initial != 0 {
            let message = format!("the lock '{}' is not free in the initial state", shared.name);
            return Err(LitmusError::refused(shared.place, message));
        }
        Ok(())
    }

    /// Whether it is a lock.
    pub fn is_lock(&self, location: LocationId) -> bool {
        self.shared[location].kind == Use::Lock
    }

    fn initialize(&mut self, location: LocationId, value: i64, place: Place) -> Result<(), LitmusError> {
        let shared = &mut self.shared[location];
        if shared.initialized {
            return Err(LitmusError::syntax(place, format!("'{}' has an initial value already", shared.name)));
        }
        shared.initialized = true;
        shared.initial = value;
        shared.place = place;
        self.use_as(location, Use::Unknown, place)
    }

    /// The registers with which the next thread begins.
    pub fn initial_registers(&self) -> Vec<Register> {
        let mine = self.registers.iter().filter(|(thread, ..)| *thread == self.threads.len());
        mine.map(|(_, name, initial, _)| Register { name: name.clone(), initial: *initial }).collect()
    }

    /// The initial state sets no register of a thread that does not exist.
    pub fn all_registers_belong_to_threads(&self) -> Result<(), LitmusError> {
        match self.registers.iter().find(|(thread, ..)| *thread >= self.threads.len()) {
            Some((thread, name, _, place)) => {
                Err(LitmusError::syntax(*place, format!("'{thread}:{name}': there is no thread P{thread}")))
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
        let location = |shared: Shared| Location {
            name: shared.name,
            kind: if shared.kind == Use::Lock { LocationKind::Lock } else { LocationKind::Word },
            initial: shared.initial,
        };
        Program {
            name: name.to_owned(),
            locations: self.shared.into_iter().map(location).collect(),
            threads: self.threads,
            locations_shown: asked.locations,
            filter: asked.filter,
            condition: asked.condition,
        }
    }
}

/// Whether a declaration begins with this word.
pub fn is_type(name: &str) -> bool {
    let known = WORD_TYPES.contains(&name) || name == LOCK_TYPE;
    known || ["const", "volatile", "unsigned", "signed", "short", "struct", "void", "_Atomic", "bool"].contains(&name)
}

/// Reads the name of a type, without the stars behind it.
pub fn parse_type(words: &mut Words<'_>) -> Result<Use, LitmusError> {
    words.accept_name("const");
    let place = words.place();
    let kind = match words.name("a type, such as 'int'")?.text {
        LOCK_TYPE => Use::Lock,
        name if WORD_TYPES.contains(&name) => Use::Word,
        name => {
            let message = format!("type '{name}'; supported are {} and {LOCK_TYPE}", WORD_TYPES.join(", "));
            return Err(LitmusError::refused(place, message));
        }
    };
    words.accept_name("const");
    Ok(kind)
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
    let typed = words.peek().kind == WordKind::Name && is_type(words.peek().text);
    let kind = if typed { parse_type(words)? } else { Use::Unknown };
    if words.is_mark("*") {
        return Err(LitmusError::refused(words.place(), "pointers: a shared variable holds a number"));
    }
    let place = words.place();
    let thread = match words.peek().kind {
        WordKind::Number(_) => Some(words.number("a thread")?),
        WordKind::Name if words.second().text == ":" => thread_number(words.take().text).map(|thread| thread as i64),
        WordKind::Name | WordKind::Mark | WordKind::End => None,
    };
    if let Some(thread) = thread {
        words.mark(":")?;
        return register(words, symbols, thread, place);
    }
    let bracketed = words.accept("[");
    let name = words.name("a shared variable")?;
    if bracketed {
        words.mark("]")?;
    } else if words.is_mark("[") {
        return Err(LitmusError::refused(words.place(), "arrays"));
    }
    let location = symbols.declare_shared(name.text, name.place)?;
    symbols.use_as(location, kind, name.place)?;
    let value = if words.accept("=") { value(words)? } else { 0 };
    symbols.initialize(location, value, name.place)
}

fn register(words: &mut Words<'_>, symbols: &mut Symbols, thread: i64, place: Place) -> Result<(), LitmusError> {
    let thread = usize::try_from(thread).unwrap_or(usize::MAX);
    let name = words.name("a register")?.text;
    let value = if words.accept("=") { value(words)? } else { 0 };
    if symbols.registers.iter().any(|(other, known, ..)| *other == thread && known == name) {
        return Err(LitmusError::syntax(place, format!("'{thread}:{name}' has an initial value already")));
    }
    if symbols.registers.len() == REGISTERS_MAX {
        let message = format!("the initial state sets more registers than the limit of {REGISTERS_MAX}");
        return Err(LitmusError::limit(place, message));
    }
    symbols.registers.push((thread, name.to_owned(), value, place));
    Ok(())
}

fn value(words: &mut Words<'_>) -> Result<i64, LitmusError> {
    if words.accept_name("ATOMIC_INIT") {
        words.mark("(")?;
        let value = words.signed_number("a number")?;
        words.mark(")")?;
        return Ok(value);
    }
    if words.is_mark("&") || words.peek().kind == WordKind::Name {
        return Err(LitmusError::refused(
            words.place(),
            "the address of a variable as an initial value: a shared variable holds a number",
        ));
    }
    if words.is_mark("{") {
        return Err(LitmusError::refused(words.place(), "arrays"));
    }
    words.signed_number("a number")
}
