//! Every way by which a module can come to what the machine does not see, and what looks alike and
//! is fine.

use super::look;
use crate::source::module::Module;
use crate::source::steps::Step;

fn step(subject: &str, root: &str, inner: &[(&str, &str)]) -> Step {
    let mut module = Module::alone("m/ring.rs", root);
    module.inner = inner.iter().map(|(inside, text)| ((*inside).to_owned(), (*text).to_owned())).collect();
    Step { name: subject.to_owned(), subject: subject.to_owned(), module }
}

/// The constructs that are refused in a module of these files, by place.
fn constructs(root: &str, inner: &[(&str, &str)]) -> Vec<String> {
    let said = look(None, &[step("the base", root, inner)]).err().map_or(String::new(), |refusal| refusal.to_string());
    let places = said.lines().skip(1).map(|line| line.trim().split(", in the base: ").next().unwrap_or(line));
    places.map(str::to_owned).collect()
}

#[track_caller]
fn check(root: &str, expected: &[&str]) {
    assert_eq!(constructs(root, &[]), expected, "{root}");
}

#[test]
fn imports_are_followed_through_groups_names_and_globs() {
    check("use std::sync::LazyLock;", &["m/ring.rs:1:16: std::sync::LazyLock"]);
    check("use ::std::sync::LazyLock as M; fn f() { M::new(0); }", &["m/ring.rs:1:18: std::sync::LazyLock"]);
    check(
        "use std::{sync::{self, Arc, atomic::{AtomicPtr, Ordering}}, time::Duration};",
        &["m/ring.rs:1:38: std::sync::atomic::AtomicPtr"],
    );
    check("use std::sync::*; use core::sync::atomic::*; use std::thread::*;", &[]);
    check("use std::*;", &["m/ring.rs:1:5: std::*"]);
    check("use std::thread; fn f() { thread::park(); }", &["m/ring.rs:1:27: std::thread::park"]);
    check("use std::sync as s; fn f(x: s::LazyLock<u8>) {}", &["m/ring.rs:1:29: std::sync::LazyLock"]);
    check(
        "use std as a; use a::sync as b; use b::atomic as c; static X: c::AtomicPtr = c::AtomicPtr::new(0);",
        &["m/ring.rs:1:63: std::sync::atomic::AtomicPtr", "m/ring.rs:1:78: std::sync::atomic::AtomicPtr"],
    );
    check("extern crate std as s; fn f() { s::thread::park(); }", &["m/ring.rs:1:33: std::thread::park"]);
    check(
        "fn f() { use std::sync::atomic as a; a::compiler_fence(a::Ordering::SeqCst); }",
        &["m/ring.rs:1:38: std::sync::atomic::compiler_fence"],
    );
    check("use std::sync::atomic::{self, AtomicPtr as U};", &["m/ring.rs:1:31: std::sync::atomic::AtomicPtr"]);
}

#[test]
fn paths_are_found_in_expressions_types_and_between_modules() {
    check("struct A { m: ::core::cell::UnsafeCell<u8> }", &["m/ring.rs:1:15: std::cell::UnsafeCell"]);
    check("fn f() { let x: Vec<std::sync::LazyLock> = Vec::new(); }", &["m/ring.rs:1:21: std::sync::LazyLock"]);
    check("fn f() { <std::sync::LazyLock<u8>>::new(0); }", &["m/ring.rs:1:11: std::sync::LazyLock"]);
    check("type M = std::sync::mpsc::Sender<u8>;", &["m/ring.rs:1:10: std::sync::mpsc::Sender"]);
    check(
        "mod a { pub use std::sync; } fn f() { a::sync::LazyLock::new(2); }",
        &["m/ring.rs:1:39: std::sync::LazyLock"],
    );
    check("use std::sync; mod a { use super::sync::LazyLock; }", &["m/ring.rs:1:41: std::sync::LazyLock"]);
    check(
        "use std::sync; mod a { use super::*; fn f() { sync::LazyLock::new(|| 1); } }",
        &["m/ring.rs:1:47: std::sync::LazyLock"],
    );
    check("static mut X: u8 = 0;", &["m/ring.rs:1:1: static mut X"]);
    check("unsafe impl Sync for A {} struct A { c: std::cell::Cell<u8> }", &["m/ring.rs:1:41: std::cell::Cell"]);
    let inner = [
        ("a.rs", "pub mod b; pub use std::sync::atomic as words;"),
        ("a/b.rs", "use crate::source::steps::step::a;\nuse super::words::AtomicPtr;\nfn f() { self::g(); }"),
        ("lost.rs", "use std::sync::LazyLock;"),
        ("tests.rs", "use std::sync::LazyLock;"),
    ];
    let root = "mod a; #[cfg(test)] mod tests; fn f(x: &self::a::words::AtomicPtr) {}";
    assert_eq!(
        constructs(root, &inner),
        ["m/ring.rs:1:41: std::sync::atomic::AtomicPtr", "m/ring/a/b.rs:2:19: std::sync::atomic::AtomicPtr"]
    );
    // What a macro or an attribute brings may be any file of the folder.
    let found = constructs("mod a; include!(\"ring/lost.rs\");", &inner);
    assert!(found.contains(&"m/ring/lost.rs:1:16: std::sync::LazyLock".to_owned()), "{found:?}");
    let included = [("part.rs", "{ let x = std::sync::LazyLock::new(1); x }")];
    assert_eq!(
        constructs("fn f() { include!(\"ring/part.rs\"); }", &included),
        ["m/ring/part.rs:1:11: std::sync::LazyLock"]
    );
}

#[test]
fn tokens_of_macros_are_read() {
    check("fn f() { vec![std::sync::LazyLock::new(0)]; }", &["m/ring.rs:1:15: std::sync::LazyLock"]);
    check("use std::sync; fn f() { vec![(1, [sync::LazyLock::new(0)])]; }", &["m/ring.rs:1:35: std::sync::LazyLock"]);
    check("thread_local! { static X: u8 = 0; }", &["m/ring.rs:1:1: std::thread_local!"]);
    check("fn f() { std::thread_local!(static X: u8 = 0); }", &["m/ring.rs:1:10: std::thread_local!"]);
    check(
        "macro_rules! m { () => { use ::std::sync::{Arc, mpsc::channel, atomic::*}; } }",
        &["m/ring.rs:1:49: std::sync::mpsc::channel"],
    );
    check(
        "macro_rules! m { ($x:ident) => { std::sync::atomic::$x::new(0) } }",
        &["m/ring.rs:1:34: std::sync::atomic::$"],
    );
    check("macro_rules! m { () => { use std::sync as s; } }", &["m/ring.rs:1:30: std::sync::$"]);
    check("macro_rules! m { () => { static mut COUNT: u8 = 0; } }", &["m/ring.rs:1:26: static mut COUNT"]);
    check("macro_rules! m { () => { thread_local! { static X: u8 = 0; } } }", &["m/ring.rs:1:26: std::thread_local!"]);
}

#[test]
fn files_from_elsewhere_and_the_state_of_the_process_are_refused() {
    check("include!(\"/x.rs\");", &["m/ring.rs:1:1: include! from elsewhere"]);
    check("include!(\"../x.rs\");", &["m/ring.rs:1:1: include! from elsewhere"]);
    check("fn f() { let x = include_str!(concat!(\"a\", \"b\")); }", &["m/ring.rs:1:18: include_str! from elsewhere"]);
    check("macro_rules! m { () => { include!(\"/x.rs\"); } }", &["m/ring.rs:1:26: include! from elsewhere"]);
    check("#[path = \"/x.rs\"] mod x;", &["m/ring.rs:1:3: #[path] from elsewhere"]);
    check("#[cfg_attr(unix, path = \"/x.rs\")] mod x;", &["m/ring.rs:1:18: #[path] from elsewhere"]);
    check("macro_rules! m { () => { #[path = \"../x.rs\"] mod x; } }", &["m/ring.rs:1:28: #[path] from elsewhere"]);
    check("fn f() { std::fs::write(\"x\", \"\"); }", &["m/ring.rs:1:10: std::fs"]);
    check("use std::env; fn f() { env::var(\"X\"); }", &["m/ring.rs:1:10: std::env"]);
    check("use std::process::exit;", &["m/ring.rs:1:19: std::process"]);
    check("use std::time::{Duration, Instant};", &["m/ring.rs:1:27: std::time::Instant"]);
}

#[test]
fn blocks_that_can_do_anything_and_collections_without_an_order_are_told_and_built() {
    for block in [
        "fn f(p: *mut u8) { unsafe { *p = 1 } }",
        "use std::ptr::NonNull; fn f(p: NonNull<u8>) { unsafe { p.write(1) } }",
        "fn f(a: usize) -> u64 { *unsafe { std::mem::transmute::<usize, &mut u64>(a) } }",
        "fn f(a: usize) -> u64 { unsafe { *std::ptr::with_exposed_provenance::<u64>(a) } }",
        "union U { a: usize, b: &'static u64 } fn f(u: U) -> u64 { *unsafe { u.b } }",
        "macro_rules! m { () => { unsafe { *(1 as *mut u8) = 1 } } }",
    ] {
        check_counts(block, &["an unsafe block"]);
    }
    check_counts("fn f(p: &mut u8) -> usize { (&raw mut *p) as usize }", &[]);
    check_counts("unsafe fn f(p: *mut u8) {} struct S(*mut u8); unsafe impl Send for S {}", &[]);
    check_counts("use std::collections::HashMap;", &["HashMap"]);
    check_counts("use std::collections::{BTreeMap, VecDeque}; fn f(p: *const u8) {}", &[]);
}

#[test]
fn what_the_process_has_one_of_and_what_others_have_written_is_refused() {
    check("unsafe extern \"C\" { safe fn rand() -> i32; }", &["m/ring.rs:1:8: extern"]);
    check("extern \"C\" { fn rand() -> i32; }", &["m/ring.rs:1:1: extern"]);
    check("macro_rules! m { () => { extern \"C\" { fn rand() -> i32; } } }", &["m/ring.rs:1:26: extern"]);
    check("extern \"C\" fn f() {} extern crate alloc; type F = extern \"C\" fn();", &[]);
    check("fn f() { std::panic::set_hook(Box::new(|_| ())); }", &["m/ring.rs:1:10: std::panic::set_hook"]);
    check("use std::panic; fn f() { drop(panic::take_hook()); }", &["m/ring.rs:1:31: std::panic::take_hook"]);
    check("use std::io::{self, Write}; fn f() { io::stderr().lock(); }", &["m/ring.rs:1:38: std::io::stderr"]);
    check("use std::io::*; fn f() { stdout().lock(); }", &["m/ring.rs:1:5: std::io::*"]);
    check("core::arch::global_asm!(\"\");", &["m/ring.rs:1:1: std::arch::global_asm"]);
    check("const N: usize = env!(\"PATH\").len();", &["m/ring.rs:1:18: std::env!"]);
    check("const N: bool = std::option_env!(\"PATH\").is_some();", &["m/ring.rs:1:17: std::option_env"]);
}

#[test]
fn what_only_looks_alike_is_fine() {
    for fine in [
        "use std::sync::{Arc, Weak, PoisonError, atomic::Ordering}; use std::time::Duration; use std::cell::Cell;",
        "use std::sync::atomic::Ordering::{self, *}; use std::rc::Rc; use std::collections::*;",
        "use lockstep::sync::{Mutex, Condvar, std_atomic::{AtomicU32, fence}}; use lockstep::thread; fn f() { thread::scope(|s| ()); }",
        "use lockstep as std; fn f() { std::thread::yield_now(); }",
        "mod std { pub mod sync { pub struct Mutex; } } fn f() -> std::sync::Mutex { std::sync::Mutex }",
        "mod sync { pub use lockstep::sync::Mutex; } fn f(x: &sync::Mutex<u8>, thread: u8) {}",
        "#[cfg(test)] mod tests { use std::sync::Mutex; } #[cfg(test)] use std::thread;",
        "struct A { #[cfg(test)] m: std::sync::Mutex<u8> } impl A { #[cfg(test)] fn f() { std::thread::park(); } }",
        "fn f() { #[cfg(test)] let x = std::sync::Mutex::new(0); #[cfg(feature = \"std\")] { std::thread::park(); } }",
        "fn f<T: 'static>(x: &'static mut T) { println!(\"std::sync::Mutex {}\", x.thread.sync); }",
        "macro_rules! m { ($std:expr, &'static mut u8) => { $std.sync::<u8>(0..std) } } fn f(std: f64) { assert!(std > 1.0); }",
        "/// std::sync::Mutex\n#[doc = \"std::thread\"] fn f() -> std::thread::Result<()> { Ok(()) }",
        "use a::*; mod a { pub use super::*; pub use super::b::*; } mod b { pub use super::a::*; } fn f() { x::y(); }",
        "use std::vec::Vec as std_vec; use self::Mutex as M; struct Mutex; fn f(x: M) {}",
    ] {
        check(fine, &[]);
    }
}

#[test]
fn a_refusal_names_the_step_that_brings_it_and_what_to_use_instead() {
    let fine = "use lockstep::sync::Mutex;";
    let steps = [
        step("the base", "use std::sync::LazyLock;\nuse std::thread::park;", &[]),
        step("ring: count", "use std::sync::LazyLock;\nuse std::sync::mpsc::channel;\nuse std::thread::park;", &[]),
        step("ring: again", fine, &[]),
        step("ring: wait", "use std::thread::park;", &[]),
    ];
    let said = look(Some(("subject.rs", "static mut X: u8 = 0;")), &steps).expect_err("it is refused").to_string();
    for expected in [
        "  subject.rs:1:1: static mut X, in the trait and scenarios: use a field that is a lockstep::sync::Atomic",
        "  m/ring.rs:1:16: std::sync::LazyLock, in the base: use OnceLock",
        "  m/ring.rs:2:18: std::thread::park, in the base: there is no time in the machine",
        "  m/ring.rs:2:22: std::sync::mpsc::channel, brought by the patch 'ring: count': use Mutex around a queue",
        "  m/ring.rs:1:18: std::thread::park, brought by the patch 'ring: wait': there is no time",
    ] {
        assert!(said.lines().any(|line| line.starts_with(expected)), "expected '{expected}' in\n{said}");
    }
    assert_eq!(said.lines().count(), 6, "{said}");
    // What the subject brings under another name is known to the steps.
    let said = look(
        Some(("subject.rs", "pub use std::sync;")),
        &[step("the base", "use crate::subject::sync::LazyLock; use super::subject::sync::mpsc::Sender;", &[])],
    );
    assert_eq!(said.expect_err("it is refused").to_string().lines().count(), 3);
    assert_eq!(look(Some(("subject.rs", fine)), &[step("the base", fine, &[])]), Ok(vec![vec![]]));
    let many = (0..20).map(|nth| format!("static mut X{nth}: u8 = 0;\n")).collect::<String>();
    let said = look(None, &[step("the base", &many, &[])]).expect_err("it is refused").to_string();
    assert!(said.ends_with("\n  and 8 more"), "{said}");
}

#[track_caller]
fn check_counts(root: &str, expected: &[&str]) {
    let found = look(None, &[step("the base", root, &[])]).expect("it is not refused").remove(0);
    let constructs: Vec<&str> = found
        .iter()
        .filter_map(|line| line.splitn(4, ':').nth(3))
        .map(|line| line.rsplit_once(": ").map_or(line, |(construct, _)| construct).trim())
        .collect();
    assert_eq!(constructs, expected, "{root}");
}

#[test]
fn what_depends_on_how_often_an_arc_is_shared_is_told_and_built() {
    let alone = "use lockstep::sync::Arc; ";
    let check = |rest: &str, expected: &[&str]| check_counts(&format!("{alone}{rest}"), expected);
    check("fn f(a: Arc<u8>) { Arc::strong_count(&a); }", &["strong_count"]);
    check("fn f(a: Arc<u8>) { Arc::<u8>::try_unwrap(a); }", &["try_unwrap"]);
    check("fn f(a: &Weak<u8>) { a.upgrade(); }", &["upgrade"]);
    check("fn f(a: Weak<u8>) { assert!(a.upgrade().is_none()); }", &["upgrade"]);
    check("fn f(a: Arc<u8>) { assert!(Arc::into_inner(a).is_some()); }", &["into_inner"]);
    check("use lockstep::sync::Arc as A; fn f(a: A<u8>) { A::get_mut(a); }", &["get_mut"]);
    check("impl Drop for Ring { fn drop(&mut self) {} }", &["impl Drop for Ring"]);
    check("impl<T> Drop for Ring<T> { fn drop(&mut self) {} }", &["impl Drop for Ring<T>"]);
    check(
        "fn f(a: Arc<u8>) { <Arc<u8>>::into_inner(a); assert!(<Arc<u8>>::strong_count(&a) > 1); }",
        &["into_inner", "strong_count"],
    );
    check("use std::ops::Drop as End; impl End for Ring { fn drop(&mut self) {} }", &["impl Drop for Ring"]);
    // A macro that makes it; what borrows, where threads may share that.
    check(
        "macro_rules! m { ($t:ty) => { impl Drop for $t { fn drop(&mut self) {} } } } m!(Ring);",
        &["Drop in a macro"],
    );
    let guard = "impl Drop for Guard<'_> { fn drop(&mut self) {} }";
    check(&format!("use lockstep::thread::scope; {guard}"), &["impl Drop for Guard<'_>"]);
    check(&format!("static RING: Ring = Ring::new(); {guard}"), &["impl Drop for Guard<'_>"]);
    check(&format!("fn f(r: Box<Ring>) {{ Box::leak(r); }} {guard}"), &["impl Drop for Guard<'_>"]);
    check(&format!("fn f(name: &'static str) {{}} {guard}"), &[]);
    // What a macro puts together of its parts; a count that comes without the word.
    check(
        "macro_rules! m { ($f:ident, $a:expr) => { Arc::$f($a) } } fn f() { m!(strong_count, &a); }",
        &["strong_count"],
    );
    check("macro_rules! m { ($t:path) => { impl $t for Ring {} } } m!(Drop);", &["Drop in a macro"]);
    check_counts("fn f() { std::sync::Weak::<u8>::new().upgrade(); }", &["upgrade"]);
    // Guards, methods of other types, and what is left out.
    check("impl<'a> Drop for Guard<'a> { fn drop(&mut self) {} }", &[]);
    check("impl Drop for Guard<'_> { fn drop(&mut self) {} }", &[]);
    check("fn f(m: Mutex<u8>) { m.into_inner(); m.get_mut(); Arc::clone(&a); Arc::ptr_eq(&a, &b); }", &[]);
    check("#[cfg(test)] mod tests { fn f() { Arc::strong_count(&a); } }", &[]);
    // Without an `Arc` nobody counts.
    check_counts("impl Drop for Ring { fn drop(&mut self) {} }", &[]);
    let inner = [("part.rs", "fn f(a: Arc<u8>) { Arc::make_mut(&mut a); }")];
    let counting = ["m/ring/part.rs:1:20: make_mut: how often an Arc is shared".to_owned()];
    assert_eq!(
        look(None, &[step("the base", "mod part;", &inner), step("fewer", "", &[])]),
        Ok(vec![counting.to_vec(), vec![]])
    );
    let subject = ("subject.rs", "fn f(a: Arc<u8>) { Arc::weak_count(&a); }");
    assert_eq!(look(Some(subject), &[step("the base", "", &[])]).map(|counting| counting[0].len()), Ok(1));
}
