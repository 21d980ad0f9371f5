//! Packages that are built: where, how long that may take, and what becomes of what is saved.

use crate::common;
use assert_cmd::Command;
use common::{copy_files, git, lockstep_in, root, said_in, write_in};
use std::path::Path;
use std::time::{Duration, Instant};

const SERIES: [&str; 6] = ["series", "check", "--base", "src/ring.rs", "--series", "series"];

/// A subject outside of the workspace that was never compiled before.
fn new_subject() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a folder");
    let reported = root().join("tools/tests/data/reported/spsc-race");
    for name in ["src", "series"] {
        copy_files(&reported.join(name), &place.path().join(name));
    }
    let subject = std::fs::read_to_string(place.path().join("src/subject.rs")).expect("it was copied");
    let number = Instant::now().elapsed().as_nanos() ^ u128::from(std::process::id());
    let path = place.path().display();
    write_in(place.path(), "src/subject.rs", &format!("{subject}\nconst _NEW: &str = \"{number} {path}\";\n"));
    place
}

#[test]
fn compiling_does_not_use_the_time_budget() {
    let place = new_subject();
    // The compiler takes longer than that; the few executions do not.
    let said = said_in(place.path(), &[&SERIES[..], &["--time", "400ms"]].concat(), 0, "memory model: sc");
    assert!(said.contains("(exhaustive)"), "{said}");
}

#[test]
#[cfg(unix)]
fn a_build_that_is_interrupted_says_so() {
    let place = new_subject();
    let program = Command::cargo_bin("lockstep").expect("the program is built");
    let mut child = std::process::Command::new(program.get_program())
        .args(SERIES)
        .current_dir(place.path())
        .env("XDG_CACHE_HOME", root().join("target"))
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    std::thread::sleep(Duration::from_millis(250));
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.is_ok_and(|status| status.success()), "it is still there");
    let ended = child.wait().map(|status| status.code());
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().expect("it is piped"), &mut said).expect("UTF-8");
    assert_eq!(ended.ok().flatten(), Some(103), "{said}");
    assert!(said.contains("lockstep: interrupted: nothing was explored yet"), "{said}");
}

/// Builds with a cargo that does nothing but to say where.
#[cfg(unix)]
fn builds_in(folder: &Path, cache: &Path, options: &[&str]) -> String {
    use std::os::unix::fs::PermissionsExt;
    let cargo = cache.join("cargo");
    write_in(cache, "cargo", "#!/bin/sh\necho \"built $*\" >&2\nexit 1\n");
    std::fs::set_permissions(&cargo, PermissionsExt::from_mode(0o755)).expect("it is ours");
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LOCKSTEP_")) {
        command.env_remove(name);
    }
    command.env_remove("CARGO_TARGET_DIR").env("XDG_CACHE_HOME", cache).env("CARGO", &cargo);
    let output = command.args(SERIES).args(options).current_dir(folder).output().expect("it starts");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
#[cfg(unix)]
fn outside_of_the_workspace_packages_are_built_in_the_users_cache() {
    let (place, cache) = (new_subject(), tempfile::tempdir().expect("a folder"));
    let said = builds_in(place.path(), cache.path(), &[]);
    let expected = cache.path().join("lockstep/lockstep-ring/Cargo.toml");
    assert!(said.contains(&format!("--manifest-path {}", expected.display())), "{said}");
    assert!(expected.is_file());
    let said = builds_in(place.path(), cache.path(), &["--build", "here"]);
    let expected = place.path().join("here/lockstep-ring/Cargo.toml");
    assert!(said.contains(&format!("--manifest-path {}", expected.display())), "{said}");
    let inside = root().join("tools/tests/data/reported/spsc-race");
    let said = builds_in(&inside, cache.path(), &[]);
    assert!(said.contains(&format!("--manifest-path {}", root().join("target/lockstep").display())), "{said}");
}

#[test]
fn places_on_this_machine_stay_out_of_what_others_read() {
    let place = new_subject();
    let [base, series] = ["src/ring.rs", "series"].map(|name| place.path().join(name).display().to_string());
    let private = place.path().display().to_string();
    let compare = ["compare", "--memory", "weak", "--save", "run.json", "--base", &base, "--series", &series];
    said_in(place.path(), &compare, 0, "cause ring.cause-");
    for form in ["text", "markdown", "html", "json", "sarif", "github"] {
        let said = said_in(place.path(), &["report", "--from", "run.json", "--format", form], 0, "ring");
        assert!(!said.contains(&private), "{form} names {private}:\n{said}");
        assert!(said.contains("--base src/ring.rs --series series") || ["json", "text"].contains(&form), "{form}");
    }
    // From elsewhere a source goes by its repository.
    git(place.path(), &["init", "-q"]);
    let other = tempfile::tempdir().expect("a folder");
    let said =
        said_in(other.path(), &["series", "check", "--memory", "weak", "--base", &base, "--series", &series], 0, "");
    assert!(said.contains("consumer: read slot0 = 1, at src/ring.rs:43"), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_saved_to_a_stream_goes_through_it() {
    let compare = ["compare", "--scenario", "S3", "--executions", "50", "--preemptions", "0", "--exhaustive-max", "0"];
    let output = lockstep_in(&root(), &[&compare[..], &["--quiet", "--save", "/dev/stderr"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let document: serde_json::Value = serde_json::from_str(&said).expect("the pipe has all of it");
    assert_eq!(document["scenarios"][0]["id"], "S3");
    let output = lockstep_in(&root(), &[&compare[..], &["--save", "/dev/full"]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("cause ") || !output.stdout.is_empty());
    assert!(Path::new("/dev/full").metadata().is_ok_and(|full| !full.is_file()), "it is still a device");
}
