//! Types as declarations name them.

use super::super::error::LitmusError;
use super::super::types::Type;
use super::primitive::{is_of_rcu, why_not};
use super::words::Words;

/// A declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What it is without the stars.
    pub base: Base,
    /// How many stars stand behind it.
    pub stars: u8,
}

/// A type without stars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing is said.
    Unknown,
    /// An integer.
    Word(Type),
    /// An integer of C11 that every access without further words treats as sequentially consistent.
    Atomic(Type),
    /// A spin lock.
    Lock,
    /// `void`
    Void,
}

impl Declared {
    /// Nothing is said.
    pub const UNKNOWN: Declared = Declared { base: Base::Unknown, stars: 0 };

    /// A number of that type.
    pub fn word(ty: Type) -> Declared {
        Declared { base: Base::Word(ty), stars: 0 }
    }

    /// What it holds as a value.
    pub fn ty(self) -> Type {
        match self.base {
            _ if self.stars > 0 => Type::POINTER,
            Base::Word(ty) | Base::Atomic(ty) => ty,
            Base::Unknown | Base::Lock | Base::Void => Type::INT,
        }
    }

    /// What a pointer of this type points to; nothing is known of that if it is declared a number.
    pub fn pointee(self) -> Declared {
        match self.stars {
            0 => Declared::UNKNOWN,
            stars => Declared { stars: stars - 1, ..self },
        }
    }

    /// What points to it.
    pub fn pointer(self) -> Declared {
        Declared { stars: self.stars.saturating_add(1), ..self }
    }

    /// Whether a plain access is a sequentially consistent one.
    pub fn is_atomic(self) -> bool {
        self.stars == 0 && matches!(self.base, Base::Atomic(_))
    }

    /// Whether it is a lock.
    pub fn is_lock(self) -> bool {
        self.stars == 0 && self.base == Base::Lock
    }
}

const fn of(bits: u8, is_signed: bool) -> Type {
    Type { bits, is_signed }
}

/// Integer types of one word.
const WORDS: [(&str, Type); 42] = [
    ("bool", of(1, false)),
    ("_Bool", of(1, false)),
    ("atomic_t", of(32, true)),
    ("atomic64_t", of(64, true)),
    ("atomic_long_t", of(64, true)),
    ("int8_t", of(8, true)),
    ("uint8_t", of(8, false)),
    ("int16_t", of(16, true)),
    ("uint16_t", of(16, false)),
    ("int32_t", of(32, true)),
    ("uint32_t", of(32, false)),
    ("int64_t", of(64, true)),
    ("uint64_t", of(64, false)),
    ("intptr_t", of(64, true)),
    ("uintptr_t", of(64, false)),
    ("size_t", of(64, false)),
    ("ssize_t", of(64, true)),
    ("ptrdiff_t", of(64, true)),
    ("s8", of(8, true)),
    ("u8", of(8, false)),
    ("s16", of(16, true)),
    ("u16", of(16, false)),
    ("s32", of(32, true)),
    ("u32", of(32, false)),
    ("s64", of(64, true)),
    ("u64", of(64, false)),
    ("__s8", of(8, true)),
    ("__u8", of(8, false)),
    ("__s16", of(16, true)),
    ("__u16", of(16, false)),
    ("__s32", of(32, true)),
    ("__u32", of(32, false)),
    ("__s64", of(64, true)),
    ("__u64", of(64, false)),
    ("uchar", of(8, false)),
    ("ushort", of(16, false)),
    ("uint", of(32, false)),
    ("ulong", of(64, false)),
    ("u_char", of(8, false)),
    ("u_short", of(16, false)),
    ("u_int", of(32, false)),
    ("u_long", of(64, false)),
];

/// Integer types of C11 that are atomic.
const ATOMICS: [(&str, Type); 20] = [
    ("atomic_bool", of(1, false)),
    ("atomic_char", of(8, true)),
    ("atomic_schar", of(8, true)),
    ("atomic_uchar", of(8, false)),
    ("atomic_short", of(16, true)),
    ("atomic_ushort", of(16, false)),
    ("atomic_int", of(32, true)),
    ("atomic_uint", of(32, false)),
    ("atomic_long", of(64, true)),
    ("atomic_ulong", of(64, false)),
    ("atomic_llong", of(64, true)),
    ("atomic_ullong", of(64, false)),
    ("atomic_intptr_t", of(64, true)),
    ("atomic_uintptr_t", of(64, false)),
    ("atomic_size_t", of(64, false)),
    ("atomic_ptrdiff_t", of(64, true)),
    ("atomic_int_least32_t", of(32, true)),
    ("atomic_uint_least32_t", of(32, false)),
    ("atomic_int_least64_t", of(64, true)),
    ("atomic_uint_least64_t", of(64, false)),
];

/// The words of C's own integer types.
const PARTS: [&str; 7] = ["signed", "unsigned", "char", "short", "int", "long", "__int128"];

/// Words that say nothing about the value.
const QUALIFIERS: [&str; 8] =
    ["const", "volatile", "_Atomic", "restrict", "__restrict", "register", "static", "extern"];

/// The types of locks.
const LOCKS: [&str; 2] = ["spinlock_t", "raw_spinlock_t"];

fn find(list: &[(&str, Type)], name: &str) -> Option<Type> {
    list.iter().find(|(known, _)| *known == name).map(|(_, ty)| *ty)
}

/// Whether a declaration begins with this word.
pub fn is_type(name: &str) -> bool {
    PARTS.contains(&name)
        || QUALIFIERS.contains(&name)
        || LOCKS.contains(&name)
        || find(&WORDS, name).or_else(|| find(&ATOMICS, name)).is_some()
        || ["struct", "union", "enum", "void", "float", "double"].contains(&name)
}

/// Reads a type with the stars behind it.
pub fn parse(words: &mut Words<'_>) -> Result<Declared, LitmusError> {
    let base = base(words)?;
    Ok(Declared { base, stars: stars(words)? })
}

/// Reads stars.
pub fn stars(words: &mut Words<'_>) -> Result<u8, LitmusError> {
    let mut stars = 0_u8;
    loop {
        if words.is_mark("*") {
            let star = words.take();
            stars = stars
                .checked_add(1)
                .filter(|stars| *stars < 8)
                .ok_or_else(|| LitmusError::limit(star.position, "more stars in one type than the limit of 7"))?;
        } else if words.is_name(|name| QUALIFIERS.contains(&name)) {
            words.take();
        } else {
            return Ok(stars);
        }
    }
}

/// Reads a type without the stars behind it.
pub fn base(words: &mut Words<'_>) -> Result<Base, LitmusError> {
    let position = words.position();
    let mut is_atomic = false;
    let mut parts: Vec<&str> = Vec::new();
    let mut found: Option<Base> = None;
    while words.is_name(is_type) {
        let name = words.peek().text;
        if QUALIFIERS.contains(&name) {
            is_atomic |= name == "_Atomic";
        } else if found.is_some() {
            break;
        } else if PARTS.contains(&name) {
            parts.push(name);
        } else if !parts.is_empty() {
            break;
        } else if let Some(ty) = find(&WORDS, name) {
            found = Some(Base::Word(ty));
        } else if let Some(ty) = find(&ATOMICS, name) {
            found = Some(Base::Atomic(ty));
        } else if LOCKS.contains(&name) {
            found = Some(Base::Lock);
        } else if name == "void" {
            found = Some(Base::Void);
        } else {
            words.take();
            let message = match words.peek().text {
                tag if name == "struct" && is_of_rcu(tag) => why_not(tag),
                _ => format!("type '{name}': there are integers, pointers to them and spinlock_t"),
            };
            return Err(LitmusError::refused(position, message));
        }
        words.take();
    }
    let base = match found {
        Some(base) => base,
        None if parts.is_empty() && is_atomic => {
            return Err(words.expected("a type behind '_Atomic', such as 'int'"));
        }
        None if parts.is_empty() => {
            let name = words.name("a type, such as 'int'")?;
            let message = format!("type '{}': there are integers, pointers to them and spinlock_t", name.text);
            return Err(LitmusError::refused(position, message));
        }
        None => Base::Word(integer(&parts).ok_or_else(|| {
            LitmusError::refused(position, format!("type '{}': C has no such integer of 64 bits", parts.join(" ")))
        })?),
    };
    Ok(match base {
        Base::Word(ty) if is_atomic => Base::Atomic(ty),
        other => other,
    })
}

/// The integer type that these words name, in any order.
fn integer(parts: &[&str]) -> Option<Type> {
    let count = |word: &str| parts.iter().filter(|part| **part == word).count();
    let is_signed = match (count("signed"), count("unsigned")) {
        (_, 0) => true,
        (0, _) => false,
        _ => return None,
    };
    let bits = match (count("char"), count("short"), count("long"), count("int"), count("__int128")) {
        (1, 0, 0, 0, 0) => 8,
        (0, 1, 0, 0 | 1, 0) => 16,
        (0, 0, 0, 0 | 1, 0) => 32,
        (0, 0, 1 | 2, 0 | 1, 0) => 64,
        _ => return None,
    };
    Some(Type { bits, is_signed })
}
