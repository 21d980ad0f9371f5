//! Tokens: the text form of one execution, short enough for a mail.
//!
//! `lk1.SUBJECT.SCENARIO.MEMORY.MACHINE.SCHEDULE.CHECK`, for example
//! `lk1.mailbox.S2.sc.m1.x,9c01fe33=2.5d10a2`. Printable, without a space, safe in a shell and in a
//! URL. The schedule is one of
//!
//! - `uSEED`: uniform;
//! - `pDEPTH-LENGTH-SEED`: PCT;
//! - `oSEED`: partial-order sampling;
//! - `xORDER,KEY=CHOICE,…`: explicit; the order is a hexadecimal digit a thread and may be empty;
//! - `q,QUESTION=CHOICE,…`: a path, exact on one variant only; made when a run dies and there is no
//!   time for more.
//!
//! Seeds, keys and choices are hexadecimal. The form is frozen by tests. It has two version
//! numbers: `lk1` is that of the form, `m1` that of the machine, which changes when the same
//! schedule would no longer give the same execution.

use crate::schedule::{Decision, Explicit, Key, Schedule, Step, THREADS_MAX, hash_name};
use crate::sim::MemoryModel;
use std::fmt;
use std::str::FromStr;

/// Version of the machine: of what an execution does under a given schedule.
pub const MACHINE_VERSION: u32 = 1;

const FORM: &str = "lk1";

/// One execution, by name: of which subject and scenario, under which memory model and schedule.
/// The variant is not part of it: a token is replayed on all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The subject. Letters, digits, `-`, `_` and `+`.
    pub subject: String,
    /// The scenario. Letters, digits, `-`, `_` and `+`.
    pub scenario: String,
    /// The memory model.
    pub memory: MemoryModel,
    /// The schedule.
    pub schedule: Schedule,
}

/// Why a text is not a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenError {
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    NotAToken(String),
    Form(String),
    Machine(String),
    Cut(usize),
    Check { written: String, computed: String },
    Memory(String),
    Schedule(String),
}

impl TokenError {
    fn new(kind: Kind) -> TokenError {
        TokenError { kind }
    }

    /// Whether the token is of another version of the form or of the machine, rather than damaged.
    pub fn is_version(&self) -> bool {
        matches!(self.kind, Kind::Form(_) | Kind::Machine(_))
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::NotAToken(text) => {
                write!(f, "'{}' is not a token: tokens begin with {FORM}. and have seven parts", beginning(text))
            }
            Kind::Form(form) => write!(
                f,
                "the token is of form {form}, this program reads {FORM}: replay it with the version that made it"
            ),
            Kind::Machine(machine) => write!(
                f,
                "the token is of machine version {machine}, this one is m{MACHINE_VERSION}: replay it with the version that made it"
            ),
            Kind::Cut(parts) => write!(f, "the token is cut off: it has {parts} of 7 parts; copy it whole"),
            Kind::Check { written, computed } => {
                write!(
                    f,
                    "the token was cut or altered: its check is {written}, its text gives {computed}; copy it again"
                )
            }
            Kind::Memory(name) => {
                let known = MemoryModel::ALL.map(MemoryModel::name).join(", ");
                write!(f, "the token names the memory model '{name}', which does not exist here: there are {known}")
            }
            Kind::Schedule(text) => write!(f, "the token's schedule '{}' cannot be read", beginning(text)),
        }
    }
}

impl std::error::Error for TokenError {}

/// As much of a text as a message shows.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}

fn check(text: &str) -> String {
    format!("{:06x}", hash_name(text) >> 40)
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Token { subject, scenario, memory, schedule } = self;
        let text = format!("{FORM}.{subject}.{scenario}.{}.m{MACHINE_VERSION}.{schedule}", memory.name());
        write!(f, "{text}.{}", check(&text))
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Token, TokenError> {
        let text = text.trim();
        let parts: Vec<&str> = text.split('.').collect();
        let is_form = parts[0]
            .strip_prefix("lk")
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_form || !text.is_ascii() {
            return Err(TokenError::new(Kind::NotAToken(text.to_owned())));
        }
        if parts[0] != FORM {
            return Err(TokenError::new(Kind::Form(parts[0].to_owned())));
        }
        if parts.len() < 7 {
            return Err(TokenError::new(Kind::Cut(parts.len())));
        }
        let (body, written) = text.rsplit_once('.').unwrap_or((text, ""));
        let computed = check(body);
        if parts.len() > 7 || written != computed {
            return Err(TokenError::new(Kind::Check { written: written.to_owned(), computed }));
        }
        if parts[4] != format!("m{MACHINE_VERSION}") {
            return Err(TokenError::new(Kind::Machine(parts[4].to_owned())));
        }
        let memory = MemoryModel::from_name(parts[3]);
        let memory = memory.ok_or_else(|| TokenError::new(Kind::Memory(parts[3].to_owned())))?;
        let schedule = schedule(parts[5]).ok_or_else(|| TokenError::new(Kind::Schedule(parts[5].to_owned())))?;
        Ok(Token { subject: parts[1].to_owned(), scenario: parts[2].to_owned(), memory, schedule })
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Uniform { seed } => write!(f, "u{seed:x}"),
            Schedule::Pct { seed, depth, length } => write!(f, "p{depth:x}-{length:x}-{seed:x}"),
            Schedule::Pos { seed } => write!(f, "o{seed:x}"),
            Schedule::Explicit(Explicit { order, decisions }) => {
                f.write_str("x")?;
                for thread in order {
                    write!(f, "{:x}", thread % THREADS_MAX as u8)?;
                }
                for Decision { key, choice } in decisions {
                    write!(f, ",{:x}={choice:x}", key.0)?;
                }
                Ok(())
            }
            Schedule::Path(path) => {
                f.write_str("q")?;
                for Step { question, choice } in path {
                    write!(f, ",{question:x}={choice:x}")?;
                }
                Ok(())
            }
        }
    }
}

/// Reads `,NUMBER=CHOICE` repeated.
fn choices(text: &str) -> Option<Vec<(u32, u8)>> {
    let Some(text) = text.strip_prefix(',') else { return text.is_empty().then(Vec::new) };
    let choice = |part: &str| {
        let (number, choice) = part.split_once('=')?;
        Some((u32::from_str_radix(number, 16).ok()?, u8::from_str_radix(choice, 16).ok()?))
    };
    text.split(',').map(choice).collect()
}

/// Reads what `Display` of a schedule writes, and nothing else.
fn schedule(text: &str) -> Option<Schedule> {
    let (kind, rest) = text.split_at_checked(1)?;
    let read = match kind {
        "u" => Schedule::Uniform { seed: u64::from_str_radix(rest, 16).ok()? },
        "p" => {
            let mut parts = rest.split('-').map(|part| u64::from_str_radix(part, 16).ok());
            let mut number = || parts.next().flatten();
            let (depth, length, seed) = (number()?, number()?, number()?);
            Schedule::Pct { depth: u32::try_from(depth).ok()?, length: u32::try_from(length).ok()?, seed }
        }
        "o" => Schedule::Pos { seed: u64::from_str_radix(rest, 16).ok()? },
        "x" => {
            let (order, rest) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
            let order = order.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8));
            let order = order.collect::<Option<Vec<u8>>>()?;
            let decision = |(key, choice)| Decision { key: Key(key), choice };
            Schedule::Explicit(Explicit { order, decisions: choices(rest)?.into_iter().map(decision).collect() })
        }
        "q" => {
            let step = |(question, choice)| Step { question, choice };
            Schedule::Path(choices(rest)?.into_iter().map(step).collect())
        }
        _ => return None,
    };
    // One text for one schedule: signs, leading zeros and capitals are refused.
    (read.to_string() == text).then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(schedule: Schedule) -> Token {
        Token { subject: "mailbox".to_owned(), scenario: "S2b".to_owned(), memory: MemoryModel::Sc, schedule }
    }

    #[track_caller]
    fn check_error(text: &str, expected: &str) {
        let error = text.parse::<Token>().expect_err("the text is no token").to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn the_form_is_frozen() {
        let explicit = Explicit { order: vec![0, 2, 1, 15], decisions: vec![Decision { key: Key(0x9c01), choice: 2 }] };
        let texts = [
            Schedule::Uniform { seed: 0xfeed },
            Schedule::Pct { seed: 0xbeef, depth: 3, length: 40 },
            Schedule::Pos { seed: 0xcafe },
            Schedule::Explicit(explicit),
            Schedule::in_order(),
            Schedule::Path(vec![Step { question: 18, choice: 1 }]),
        ]
        .map(|schedule| token(schedule).to_string());
        assert_eq!(
            texts,
            [
                "lk1.mailbox.S2b.sc.m1.ufeed.b162b7",
                "lk1.mailbox.S2b.sc.m1.p3-28-beef.c92bc9",
                "lk1.mailbox.S2b.sc.m1.ocafe.d58b83",
                "lk1.mailbox.S2b.sc.m1.x021f,9c01=2.3e3b6b",
                "lk1.mailbox.S2b.sc.m1.x.88feda",
                "lk1.mailbox.S2b.sc.m1.q,12=1.a2031e",
            ]
        );
    }

    #[test]
    fn a_schedule_that_decides_at_every_step_is_read_back() {
        let decisions = (0..40_000).map(|number| Decision { key: Key(number), choice: 1 }).collect();
        let long = token(Schedule::Explicit(Explicit { order: Vec::new(), decisions }));
        assert_eq!(long.to_string().parse::<Token>().as_ref(), Ok(&long));
        let path = token(Schedule::Path((0..40_000).map(|question| Step { question, choice: 1 }).collect()));
        assert_eq!(path.to_string().parse::<Token>().as_ref(), Ok(&path));
    }

    #[test]
    fn damage_is_named() {
        let good = token(Schedule::Uniform { seed: 7 }).to_string();
        check_error("", "is not a token");
        check_error("hello", "is not a token");
        check_error(&good.replace("lk1", "lk2"), "of form lk2");
        check_error(&good[..good.len() - 8], "cut off");
        check_error(&good[..good.len() - 1], "cut or altered");
        check_error(&good.replace("u7", "u8"), "cut or altered");
        check_error(&format!("{good}.x"), "cut or altered");
        let resigned = |text: &str| format!("{text}.{}", check(text));
        check_error(&resigned("lk1.mailbox.S2b.sc.m9.u7"), "machine version m9");
        check_error(&resigned("lk1.mailbox.S2b.power.m1.u7"), "memory model 'power'");
        check_error(&resigned("lk1.mailbox.S2b.sc.m1.z7"), "schedule 'z7'");
        check_error(&resigned("lk1.mailbox.S2b.sc.m1.u07"), "schedule 'u07'");
        check_error(&resigned("lk1.mailbox.S2b.sc.m1.x,zz=1"), "schedule 'x,zz=1'");
        let long = format!("x{}", ",1=z".repeat(1000));
        check_error(&resigned(&format!("lk1.mailbox.S2b.sc.m1.{long}")), &format!("schedule '{}...'", &long[..80]));
    }
}
