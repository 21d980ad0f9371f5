//! What of the standard library the machine does not see, and what there is instead.

/// Crates whose names begin the paths of the standard library.
pub const ROOTS: [&str; 3] = ["std", "core", "alloc"];

/// A glob at the end of a path.
pub const GLOB: &str = "*";

/// What a macro puts at the end of a path.
pub const HOLE: &str = "$";

/// What is said of a file that stands in no folder of the module.
pub const ELSEWHERE: &str = " from elsewhere";

/// Collections whose order differs from process to process.
pub const UNORDERED: [&str; 4] = ["HashMap", "HashSet", "hash_map", "hash_set"];

/// Functions that tell what the system said last, to whomever.
pub const OF_THE_SYSTEM: [&str; 2] = ["last_os_error", "raw_os_error"];

/// So begin the names of a generated package and its crates. No file of a user's says one.
pub const PACKAGE: &str = "lockstep_";

/// Why the machine does not see all that something does which is built all the same.
pub fn unseen(construct: &str) -> &'static str {
    match construct {
        _ if UNORDERED.contains(&construct) => "its order differs from run to run",
        _ if OF_THE_SYSTEM.contains(&construct) => "what the system said last",
        UNSAFE => "what it does past the machine",
        _ => "how often an Arc is shared",
    }
}

/// Code that can do anything: follow pointers, whatever they were made of, and call what is written
/// elsewhere.
pub const UNSAFE: &str = "an unsafe block";

/// Functions of another language.
pub const FOREIGN: &str = "extern";

/// Items of `std::sync` that are the machine's in a subject, or that the machine need not see: they
/// order nothing between threads that could matter to an outcome.
const FINE_IN_SYNC: [&str; 18] = [
    "Arc",
    "Weak",
    "UniqueArc",
    "PoisonError",
    "TryLockError",
    "TryLockResult",
    "LockResult",
    "Mutex",
    "MutexGuard",
    "RwLock",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "Condvar",
    "Once",
    "OnceLock",
    "Barrier",
    "BarrierWaitResult",
    GLOB,
];

/// Items of `std::sync::atomic` that are the machine's in a subject.
const FINE_IN_ATOMIC: [&str; 14] = [
    "Ordering",
    "AtomicBool",
    "AtomicI8",
    "AtomicI16",
    "AtomicI32",
    "AtomicI64",
    "AtomicIsize",
    "AtomicU8",
    "AtomicU16",
    "AtomicU32",
    "AtomicU64",
    "AtomicUsize",
    "fence",
    GLOB,
];

/// Items of `std::thread` that are the machine's in a subject.
const FINE_IN_THREAD: [&str; 8] =
    ["spawn", "scope", "yield_now", "JoinHandle", "Scope", "ScopedJoinHandle", "Result", GLOB];

/// Modules that hold more than what is refused: naming one of them is no offence, all that is in it
/// may be one.
const MIXED: [&[&str]; 6] = [&["sync"], &["sync", "atomic"], &["thread"], &["cell"], &["io"], &["panic"]];

/// The streams of the process, and pipes: their locks and what they wait for are the system's.
const STREAMS: [&str; 12] = [
    "pipe",
    "PipeReader",
    "PipeWriter",
    "stdin",
    "stdout",
    "stderr",
    "Stdin",
    "Stdout",
    "Stderr",
    "StdinLock",
    "StdoutLock",
    "StderrLock",
];

/// Cells for one thread. Behind a promise that they may be shared they are shared memory.
const CELLS: [&str; 4] = ["Cell", "RefCell", "OnceCell", "LazyCell"];

/// The construct that a path of the standard library names, without `std`, if the machine does not
/// see it. `shares` says whether the module promises that something may be shared that is not so by
/// itself.
pub fn construct(path: &[String], shares: bool) -> Option<String> {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    let count = match words[..] {
        ["thread_local", ..] => 1,
        ["thread"] => return None,
        ["thread", item, ..] if FINE_IN_THREAD.contains(&item) => return None,
        ["thread", ..] => 2,
        ["sync", "atomic", item, ..] if FINE_IN_ATOMIC.contains(&item) => return None,
        ["sync", "atomic", _, ..] => 3,
        ["sync", "mpsc" | "mpmc" | "poison" | "nonpoison", _, ..] => 3,
        ["sync", "atomic"] => return None,
        ["sync", item, ..] if FINE_IN_SYNC.contains(&item) => return None,
        ["sync", _, ..] => 2,
        ["fs" | "env" | "net" | "os" | "process", ..] => 1,
        ["time", "Instant" | "SystemTime" | "UNIX_EPOCH", ..] => 2,
        ["hash", "RandomState", ..] => 2,
        ["env!" | "option_env" | "option_env!"] => 1,
        ["io", item, ..] if STREAMS.contains(&item) => 2,
        ["io" | "panic", GLOB | HOLE, ..] => 2,
        ["panic", "set_hook" | "take_hook" | "update_hook", ..] => 2,
        ["arch", _, ..] => 2,
        ["backtrace", ..] => 1,
        ["collections", "hash_map" | "hash_set", "RandomState", ..] => 3,
        ["cell", "UnsafeCell" | "SyncUnsafeCell" | GLOB | HOLE, ..] => 2,
        ["cell", cell, ..] if shares && CELLS.contains(&cell) => 2,
        [GLOB | HOLE] => 1,
        _ => return None,
    };
    let mark = if words[0] == "thread_local" { "!" } else { "" };
    Some(format!("std::{}{mark}", words[..count].join("::")))
}

/// Whether a path ends at a module some of whose items are refused.
pub fn is_mixed(path: &[String]) -> bool {
    path.is_empty() || MIXED.iter().any(|mixed| path.iter().map(String::as_str).eq(mixed.iter().copied()))
}

/// What to use instead of a construct.
pub fn remedy(construct: &str) -> String {
    let words: Vec<&str> = construct.split("::").collect();
    let one = |name: &str| format!("use {name}");
    match words[..] {
        ["std", "thread", "sleep" | "park" | "park_timeout"] => {
            "there is no time in the machine: use std::thread::yield_now, or wait with std::sync::Condvar".to_owned()
        }
        ["std", "thread", ..] => one("spawn, scope or yield_now, which are the machine's"),
        ["std", "sync", "atomic", item] => match item {
            "AtomicPtr" => "use AtomicUsize with the index of what the pointer points to".to_owned(),
            "compiler_fence" => "leave it out, or use fence where threads are to see it".to_owned(),
            _ => one("an atomic of numbers or bool, which are the machine's"),
        },
        ["std", "sync", "OnceState" | "LazyLock"] => one("OnceLock, which is filled by get_or_init"),
        ["std", "sync", "WaitTimeoutResult"] => {
            "there is no time in the machine: wait with Condvar until it is notified".to_owned()
        }
        ["std", "sync", "mpsc" | "mpmc", ..] => {
            "use Mutex around a queue, and Condvar".to_owned()
        }
        ["std", "cell", GLOB | HOLE] => "name what is meant; what threads share is a lockstep::sync::Plain".to_owned(),
        ["std", "cell", ..] => one("lockstep::sync::Plain, whose races are seen"),
        ["std", "io" | "panic", GLOB | HOLE] => "name what is meant".to_owned(),
        ["std", "io", ..] => {
            "their locks hold up no simulated thread: observe what is to be told with lockstep::probe::observe".to_owned()
        }
        ["std", "panic", ..] => {
            "the hook is one for all executions: catch a panic with std::panic::catch_unwind".to_owned()
        }
        ["std", "arch" | "backtrace", ..] => "it differs from machine to machine: write it in Rust, or leave it out".to_owned(),
        [FOREIGN] => "write it in Rust, or pass what it gives as a constant".to_owned(),
        ["std", "fs" | "env" | "net" | "os" | "env!" | "option_env" | "option_env!"] => {
            "nothing from outside reaches the machine: pass the value as a constant, or keep it in a lockstep::sync::Plain".to_owned()
        }
        ["std", "process"] => "end an execution with a panic".to_owned(),
        ["std", "time", ..] => "there is no time in the machine: count steps in a lockstep::sync::Plain".to_owned(),
        ["std", .., "RandomState"] => "nothing random reaches the machine: use a hasher without a seed".to_owned(),
        [own] if own.starts_with(PACKAGE) => "that is of the package around your code: leave it out".to_owned(),
        [included] if included.ends_with(ELSEWHERE) => {
            "put the file into the module's own folder, and name it from there".to_owned()
        }
        [changing] if changing.starts_with("static mut") => "use a field that is a lockstep::sync::Atomic or a lockstep::sync::Plain".to_owned(),
        ["std", "thread_local!"] => {
            "all simulated threads share one thread of the system: keep it in the closure that the thread runs".to_owned()
        }
        _ => one("lockstep::sync, item by item"),
    }
}

#[cfg(test)]
mod tests {
    use super::{construct, remedy};

    #[track_caller]
    fn check(path: &str, shares: bool, expected: Option<(&str, &str)>) {
        let words: Vec<String> = path.split("::").map(str::to_owned).collect();
        let found = construct(&words, shares);
        assert_eq!(found.as_deref(), expected.map(|(construct, _)| construct), "{path}");
        if let (Some(found), Some((_, part))) = (found, expected) {
            assert!(remedy(&found).contains(part), "{path}: {}", remedy(&found));
        }
    }

    #[test]
    fn what_the_machine_does_not_see_is_refused_and_nothing_else() {
        check("sync::atomic::AtomicPtr::new", false, Some(("std::sync::atomic::AtomicPtr", "AtomicUsize")));
        check("sync::atomic::compiler_fence", false, Some(("std::sync::atomic::compiler_fence", "use fence")));
        check("sync::mpsc::channel", false, Some(("std::sync::mpsc::channel", "Condvar")));
        check("sync::LazyLock", false, Some(("std::sync::LazyLock", "OnceLock")));
        check("sync::$", false, Some(("std::sync::$", "item by item")));
        check("thread::park", false, Some(("std::thread::park", "no time in the machine")));
        check("cell::UnsafeCell", false, Some(("std::cell::UnsafeCell", "Plain")));
        check("cell::Cell::new", true, Some(("std::cell::Cell", "Plain")));
        check("thread_local", false, Some(("std::thread_local!", "one thread of the system")));
        for fine in ["cell::Cell", "sync::Arc", "sync::Weak", "sync::PoisonError", "time::Duration", "sync::atomic"] {
            check(fine, false, None);
        }
        check("fs::write", false, Some(("std::fs", "as a constant")));
        check("env::set_current_dir", false, Some(("std::env", "as a constant")));
        check("process::exit", false, Some(("std::process", "with a panic")));
        check("time::Instant::now", false, Some(("std::time::Instant", "no time")));
        check("env!", false, Some(("std::env!", "as a constant")));
        check("io::stderr", false, Some(("std::io::stderr", "probe::observe")));
        check("panic::set_hook", false, Some(("std::panic::set_hook", "catch_unwind")));
        check("arch::asm", false, Some(("std::arch::asm", "in Rust")));
        check("hash::RandomState", false, Some(("std::hash::RandomState", "without a seed")));
        check(
            "collections::hash_map::RandomState::new",
            false,
            Some(("std::collections::hash_map::RandomState", "seed")),
        );
        for fine in [
            "sync::atomic::Ordering",
            "sync::atomic::Ordering::*",
            "sync::atomic::AtomicU32::new",
            "sync::atomic::fence",
            "sync::atomic::*",
            "sync",
            "sync::*",
            "sync::Mutex::new",
            "sync::RwLock",
            "thread",
            "thread::Result",
            "thread::scope",
            "rc::Rc",
            "io::Write",
            "panic::catch_unwind",
        ] {
            check(fine, false, None);
        }
    }
}
