//! Texts that are mutated at random: each is parsed or refused.

use super::super::ast::Program;
use super::super::text;
use super::super::verdict::ask;
use super::{read, search};
use proptest::prelude::*;

const SOURCES: [&str; 10] = [
    "atomics",
    "cmpxchg",
    "deadlock",
    "iriw",
    "lb",
    "locked-increments",
    "mp-forbidden",
    "racy-increments",
    "sb",
    "trylock-filter",
];

/// Words that the language knows, to be strewn into right texts.
const WORDS: [&str; 42] = [
    "{",
    "}",
    "(",
    ")",
    ";",
    "*",
    "&",
    "/*",
    "(*",
    "if",
    "else",
    "int",
    "spin_lock(s);",
    "READ_ONCE(*x)",
    "~",
    "/\\",
    "exists",
    "filter",
    "0:r0",
    "=",
    "-1",
    "/ 0",
    "9223372036854775808",
    "é",
    "while (r0)",
    "for (;;)",
    "do",
    "&x",
    "**",
    "[1]",
    "&& 1",
    "?",
    ": 2",
    "r9 = x;",
    "*r9 = 1;",
    "unsigned char",
    "<<= 3",
    "++",
    "smp_mb__after_atomic();",
    "atomic_load_explicit(x, memory_order_seq_cst)",
    "atomic_inc(x);",
    "x = &x;",
];

/// A text with pieces taken out, doubled and strewn in.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(WORDS.as_slice()), 0_u8..3);
    (prop::sample::select(SOURCES.as_slice()), prop::collection::vec(change, 1..6)).prop_map(|(name, changes)| {
        let mut text: Vec<char> = read(&format!("{name}.litmus")).chars().collect();
        for (at, length, word, kind) in changes {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            let piece: Vec<char> = if kind == 0 { text[at..end].to_vec() } else { word.chars().collect() };
            let removed = if kind == 1 { at..end } else { at..at };
            text.splice(removed, if kind == 1 { Vec::new() } else { piece });
        }
        text.into_iter().collect()
    })
}

/// What a text says runs, if it is a test at all.
fn run_if_right(text: &str) -> Option<Program> {
    let program = text::parse(text).ok()?;
    ask(&program, &search(50)).expect("the program is within the limits");
    Some(program)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = text::parse(&text);
        let _ = text::parse(&format!("C test\n{{}}\nP0(int *x) {{ {text}"));
    }

    #[test]
    fn a_mutated_test_is_run_or_refused(text in mutated()) {
        run_if_right(&text);
    }
}
