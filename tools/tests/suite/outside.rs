//! Code that the machine does not see: refused before anything is built, or found where it waits in the system; never a hang, and never a
//! green gate.

use crate::common;
use common::{GateFolder, check_in, lockstep_in, root, said_in, write_in};
use std::path::{Path, PathBuf};

/// A reported input: a module, its subject, and a series.
fn reported(name: &str) -> PathBuf {
    root().join("tools/tests/data/reported").join(name)
}

#[track_caller]
fn check_refused(input: &Path, base: &str, expected: &[&str]) {
    let options = ["--base", base, "--series", "series"];
    let folder = tempfile::tempdir().expect("a folder");
    let (build, steps) = (folder.path().join("build"), folder.path().join("steps"));
    let (build, steps) = (build.to_str().expect("UTF-8"), steps.to_str().expect("UTF-8"));
    let token = "lk1.x.x.sc.m1.x.548b58";
    let mutate = ["mutate", "--base", base, "--build", build];
    for command in [
        &[&["series", "check"], &options[..], &["--build", build]].concat()[..],
        &[&["series", "materialize", steps], &options[..], &["--build", build]].concat(),
        &[&["gate"], &options[..], &["--build", build]].concat(),
        &[&["replay", token], &options[..], &["--build", build]].concat(),
        &[&["audit", "--observe"], &options[..], &["--build", build]].concat(),
        &mutate,
    ] {
        let said = said_in(input, command, 104, "the machine sees what lockstep::sync and lockstep::thread");
        let of_module = |line: &&&str| command[0] != "mutate" || !line.contains("brought by");
        for expected in expected.iter().filter(of_module) {
            let expected = if command[0] == "mutate" {
                expected.replace("the base", "the module")
            } else {
                (*expected).to_owned()
            };
            assert!(said.contains(&expected), "{command:?}: expected '{expected}' in\n{said}");
        }
        assert!(!said.contains("steps/step_"), "the files are the user's own: {said}");
    }
    assert!(!PathBuf::from(build).exists() && !PathBuf::from(steps).exists(), "nothing was written");
}

/// A copy of a reported input in which something is written for something else.
fn reported_with(name: &str, file: &str, (old, new): (&str, &str)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in walk(&reported(name)) {
        let text = std::fs::read_to_string(&entry).expect("it is there");
        let path = entry.strip_prefix(reported(name)).expect("it is below").to_str().expect("UTF-8").to_owned();
        let text = if path == file { text.replacen(old, new, 1) } else { text };
        write_in(folder.path(), &path, &text);
    }
    folder
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("it is there").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn what_the_machine_does_not_have_of_the_standard_library_is_refused_at_its_line() {
    let used = ("{AtomicUsize, Ordering}", "{AtomicUsize, Ordering, AtomicPtr}");
    check_refused(
        reported_with("std-by-mistake", "src/ring.rs", used).path(),
        "src/ring.rs",
        &["ring.rs:4:48: std::sync::atomic::AtomicPtr, in the base: use AtomicUsize with the index"],
    );
    check_refused(
        reported_with(
            "std-thread-scope",
            "src/subject.rs",
            ("std::thread::scope", "std::thread::park(); std::thread::scope"),
        )
        .path(),
        "src/thrlock.rs",
        &["subject.rs:7:5: std::thread::park, in the trait and scenarios: there is no time in the machine"],
    );
    check_refused(
        reported_with("std-mutex-held", "src/heldlock.rs", ("std::sync::Mutex", "std::sync::LazyLock")).path(),
        "src/heldlock.rs",
        &["heldlock.rs:2:16: std::sync::LazyLock, in the base: use OnceLock"],
    );
}

#[test]
fn threads_locks_and_atomics_of_the_standard_library_are_those_of_the_machine() {
    let build = tempfile::tempdir().expect("a folder");
    let build = build.path().to_str().expect("UTF-8");
    for (name, module, expected) in [
        (
            "std-by-mistake",
            "ring",
            &["7/4 (exhaustive)", "removed by 1-relax", "data race: read of slot0 by consumer"][..],
        ),
        // The patch lets the ticket lock serve the one after the next, so both wait for ever.
        ("std-thread-scope", "thrlock", &["2/2 (exhaustive)", "data race: read of count", "1-y ends: livelock"]),
        ("std-mutex-held", "heldlock", &["2/2 (exhaustive)", "in every step, outcomes end in a race"]),
        ("compare-exchange-weak", "apilock", &["1/2 (exhaustive)", "1-x ends: sim: data race: read of count"]),
    ] {
        let base = format!("src/{module}.rs");
        let options = ["series", "check", "--base", &base, "--series", "series", "--build", build];
        let said = said_in(&reported(name), &options, 0, "memory model: sc");
        for expected in expected {
            assert!(said.contains(expected), "{name}: expected '{expected}' in\n{said}");
        }
    }
}

#[test]
fn a_patch_that_brings_it_is_named_and_what_stands_in_tests_alone_is_not_refused() {
    let gate = GateFolder::new("[gate]\nbase = \"ring.rs\"\nseries = \"x.patch\"\n");
    let ring = std::fs::read_to_string(reported("race-in-every-step").join("src/ring.rs")).expect("it is there");
    let subject = std::fs::read_to_string(reported("race-in-every-step").join("src/subject.rs")).expect("it is there");
    gate.write("ring.rs", &format!("{ring}\n#[cfg(test)]\nmod tests {{ use std::sync::Mutex; }}\n"));
    gate.write("subject.rs", &subject);
    gate.write(
        "x.patch",
        "Subject: ring: wait a little\n\n--- a/ring.rs\n+++ b/ring.rs\n@@ -34,3 +34,4 @@\n         true\n     }\n \n+    // std::thread::sleep is a comment.\n",
    );
    // Nothing is refused, so that the patch is applied, and the compiler is asked.
    gate.write("subject.rs", &format!("{subject}fn broken() -> u32 {{ nothing }}\n"));
    gate.check(&["gate", "--config", "gate.toml"], 104, "does not compile");
    gate.write(
        "x.patch",
        "Subject: ring: wait a little\n\n--- a/ring.rs\n+++ b/ring.rs\n@@ -34,3 +34,4 @@\n         true\n     }\n \n+    fn wait(&self) { std::thread::sleep(std::time::Duration::ZERO) }\n",
    );
    let expected =
        "ring.rs:37:22: std::thread::sleep, brought by the patch 'wait a little': there is no time in the machine";
    gate.check(&["gate", "--config", "gate.toml"], 104, &expected.replace("'wait", "'ring: wait"));
}

/// A wait in the system that is nowhere in the module: a function of another language, by a macro.
const READER: &str = "
use crate::subject::Lock;
use lockstep::sync::Atomic;
pub struct Reader { count: Atomic<u32> }
impl Default for Reader {
    fn default() -> Reader { Reader { count: Atomic::named(\"count\", 0) } }
}
impl Lock for Reader {
    fn lock(&self) { self.count.write_once(1); if self.count.read_once() == 2 { pause(); } }
}
// What a macro makes of its parts is not known before the build.
macro_rules! foreign { ($language:literal) => { unsafe extern $language { safe fn pause() -> i32; } } }
foreign!(\"C\");
";

const LOCKS: &str = "
use lockstep::thread;
pub trait Lock: Sync { fn lock(&self); }
/// Do both get it?
pub fn both(lock: &dyn Lock) {
    thread::scope(|scope| for n in 0..2 { scope.spawn((\"t\", n), || lock.lock()); });
}
";

#[test]
fn a_lock_of_the_system_that_never_comes_is_named_with_thread_and_token() {
    let folder = tempfile::tempdir().expect("a folder");
    write_in(folder.path(), "reader.rs", READER);
    write_in(folder.path(), "subject.rs", LOCKS);
    write_in(
        folder.path(),
        "x.patch",
        "Subject: two\n\n--- a/reader.rs\n+++ b/reader.rs\n@@ -9 +9 @@\n-    fn lock(&self) { self.count.write_once(1); if self.count.read_once() == 2 { pause(); } }\n+    fn lock(&self) { self.count.write_once(2); if self.count.read_once() == 2 { pause(); } }\n",
    );
    let options = ["--base", "reader.rs", "--series", "x.patch", "--jobs", "2"];
    let command = [&["series", "check"], &options[..]].concat();
    let said =
        check_in(folder.path(), &command, 104, "slept for 5 seconds: it waits for something that is not simulated");
    assert!(said.contains("both, one of base, 1-two: thread "), "{said}");
    let token = said.split_whitespace().find(|word| word.starts_with("lk1.reader.both.sc.")).expect("a token");
    let replayed = lockstep_in(folder.path(), &[&["replay", token], &options[..4]].concat());
    assert_eq!(replayed.status.code(), Some(104), "{}", String::from_utf8_lossy(&replayed.stderr));
}
