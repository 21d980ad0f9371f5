//! The second fence: under the names `std`, `core`, `alloc` and `lockstep` a subject finds what the machine sees, and the compiler finds
//! nothing else, whatever leads there.

use crate::common;
use common::{root, write_in};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Lines of a module that compile, or end with `//~` and do not.
const SUBJECT: &str = r#"
use std::collections::{BTreeMap, HashMap};
use lockstep::sync::{Arc, std_atomic::AtomicU32};
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
enum Kind { #[default] None, Some(u32) }
fn usual(words: &[String]) -> Result<Vec<u32>, Box<dyn std::error::Error + Send + Sync>> {
    let lengths: BTreeMap<usize, String> = words.iter().map(|word| (word.len(), format!("{word:?}"))).collect();
    let shared = Arc::new(AtomicU32::new(0));
    assert_eq!(shared.load(std::sync::atomic::Ordering::Relaxed), 0, "{lengths:?} {:?}", Kind::Some(1));
    let caught = std::panic::catch_unwind(|| if lengths_are(0) { panic!("no {}", 1) });
    let _ = core::mem::size_of::<HashMap<u8, u8>>() + std::time::Duration::ZERO.as_secs() as usize;
    println!("{} {}", include_str!("part.txt"), caught.is_ok());
    words.iter().map(|word| Ok(word.parse()?)).chain([Ok(u32::try_from(5_u64)?)]).collect()
}
fn lengths_are(length: usize) -> bool { length > 1 }
mod conditions {
    #[cfg(not(loom))] use std::sync::atomic;
    #[cfg(loom)] use loom::sync::atomic;
    static HITS: atomic::AtomicU64 =
        atomic::AtomicU64::new(0); //~
}
mod shadows {
    #[cfg(windows)] mod std {}
    macro_rules! std { () => {} }
    fn f() { std::thread::park(); } //~
}
mod functions { pub fn std() {} }
mod namespaces {
    use super::functions::std;
    fn f() { std::thread::sleep(std::time::Duration::ZERO); } //~
}
mod raw {
    extern crate std as r#s;
    fn f() { s::thread::park(); } //~
}
mod renames {
    use std as a0; use a0 as a1; use a1 as a2; use a2 as a3; use a3 as a4; use a4 as a5; use a5 as a6;
    fn f() { a6::env::var("HOME"); } //~
}
mod parts {
    macro_rules! of { ($a:ident, $b:ident) => { std::$a::$b } }
    fn f() { of!(process, id)(); } //~
}
mod globs {
    use std::time::*;
    use std::hash::*;
    fn f() { SystemTime::now(); } //~
    fn g() { RandomState::new(); } //~
}
mod preludes {
    fn f() { std::prelude::v1::env!("HOME"); } //~
    fn g() { core::prelude::v1::option_env!("HOME"); } //~
    fn h() { core::env!("HOME"); } //~
    fn i() { env!("HOME"); } //~
}
mod inner {
    use std::collections::hash_map;
    fn f() { hash_map::RandomState::new(); } //~
    fn g() { std::path::Path::new("/").exists(); } //~
    fn h() { core::cell::UnsafeCell::new(0); } //~
    fn i() { core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst); } //~
    fn j() { std::io::stdin().lock(); } //~
    fn k() { std::panic::take_hook(); } //~
    fn l() { core::arch::asm!(""); } //~
    extern crate alloc;
    fn m() { alloc::alloc::handle_alloc_error(); } //~
    fn n() { core::intrinsics::likely(true); } //~
}
mod locals { thread_local! { static HITS: u32 = 0; } } //~
mod harness {
    static ENDED: lockstep::Control = //~
        lockstep::Control::new(); //~
    fn f() { lockstep::explore(); } //~
}
mod packages {
    fn f() { rustix::time::clock_gettime(); } //~
    fn g() { lockstep_facade_std::real::thread::spawn(|| ()); } //~
}
fn main() {}
"#;

fn dependency(name: &str) -> String {
    let folder = root().join("harness/facades").join(name);
    format!("{name} = {{ package = \"lockstep-facade-{name}\", path = {folder:?} }}\n")
}

#[test]
fn what_the_machine_does_not_see_has_no_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let dependencies = ["lockstep", "std", "core", "alloc"].map(dependency).concat();
    let manifest = format!(
        "[package]\nname = \"subject\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n[workspace]\n"
    );
    write_in(folder.path(), "Cargo.toml", &manifest);
    std::fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("it is there");
    write_in(folder.path(), "src/part.txt", "a part");
    write_in(folder.path(), "src/main.rs", SUBJECT);
    assert_eq!(lines_that_fail(folder.path()), marked());
    // The rest is fine by itself.
    let rest: String = SUBJECT
        .lines()
        .take_while(|line| !line.starts_with("mod conditions"))
        .map(|line| format!("{line}\n"))
        .collect();
    write_in(folder.path(), "src/main.rs", &(rest + "fn main() {}\n"));
    assert_eq!(lines_that_fail(folder.path()), BTreeSet::new());
}

/// Lines of the subject that must not compile, from 1.
fn marked() -> BTreeSet<usize> {
    SUBJECT.lines().enumerate().filter(|(_, line)| line.ends_with("//~")).map(|(at, _)| at + 1).collect()
}

/// Lines that the compiler refuses.
fn lines_that_fail(package: &Path) -> BTreeSet<usize> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["check", "--quiet", "--message-format", "short", "--color", "never", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(root().join("target/lockstep/facades"))
        .output()
        .expect("cargo is there");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let place = |line: &str| line.strip_prefix("src/main.rs:")?.split(':').next()?.parse().ok();
    let lines: BTreeSet<usize> = said.lines().filter(|line| line.contains(": error")).filter_map(place).collect();
    assert!(output.status.success() == lines.is_empty(), "{said}");
    lines
}
