//! Code that the machine does not see: refused before anything is built, or found where it waits in the system; never a hang, and never a
//! green gate.

use crate::common;
use common::{GateFolder, check_in, lockstep_in, root, said_in, write_in};
use std::path::PathBuf;

/// A reported input: a module, its subject, and a series.
fn reported(name: &str) -> PathBuf {
    root().join("tools/tests/data/reported").join(name)
}

#[track_caller]
fn check_refused(name: &str, base: &str, expected: &[&str]) {
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
        let said = said_in(&reported(name), command, 104, "the machine sees what lockstep::sync and lockstep::thread");
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

#[test]
fn atomics_threads_and_locks_of_the_standard_library_are_refused_at_their_lines() {
    let atomics =
        "src/ring.rs:4:25: std::sync::atomic::AtomicUsize, in the base: use lockstep::sync::std_atomic::AtomicUsize";
    check_refused("std-by-mistake", "src/ring.rs", &[&atomics.replace("src/ring.rs", "ring.rs")]);
    check_refused(
        "std-thread-scope",
        "src/thrlock.rs",
        &["subject.rs:7:5: std::thread::scope, in the trait and scenarios: use lockstep::thread::scope"],
    );
    check_refused(
        "std-mutex-held",
        "src/heldlock.rs",
        &["heldlock.rs:2:16: std::sync::Mutex, in the base: use lockstep::sync::Mutex"],
    );
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
