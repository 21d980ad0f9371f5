//! What the tests of the command line share.

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use std::process::Output;

/// The workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace exists")
}

/// Runs the program with these arguments and nothing of the environment that mirrors them.
pub fn lockstep(arguments: &[&str]) -> Output {
    lockstep_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments)
}

/// Likewise, from another folder.
pub fn lockstep_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LOCKSTEP_")) {
        command.env_remove(name);
    }
    // Packages are built in one place, also from outside of the workspace.
    command.env("XDG_CACHE_HOME", root().join("target"));
    command.args(arguments).current_dir(folder).output().expect("the program starts")
}

/// Runs the program in the workspace and checks its status and a part of what it says: on standard output if it went well,
/// and else on standard error.
#[track_caller]
pub fn check(arguments: &[&str], status: i32, expected: &str) -> String {
    check_in(&root(), arguments, status, expected)
}

/// Likewise, from another folder.
#[track_caller]
pub fn check_in(folder: &Path, arguments: &[&str], status: i32, expected: &str) -> String {
    let output = lockstep_in(folder, arguments);
    let said = String::from_utf8_lossy(if status == 0 { &output.stdout } else { &output.stderr }).into_owned();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(expected), "{arguments:?}: expected '{expected}' in\n{said}");
    said
}

/// Runs the program from a folder and checks its status and a part of what it says, on either stream.
#[track_caller]
pub fn said_in(folder: &Path, arguments: &[&str], status: i32, expected: &str) -> String {
    let output = lockstep_in(folder, arguments);
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
    assert!(said.contains(expected), "{arguments:?}: expected '{expected}' in\n{said}");
    said
}

/// A folder with a configuration of the gate, and what is run in it.
pub struct GateFolder {
    pub folder: tempfile::TempDir,
}

impl GateFolder {
    pub fn new(config: &str) -> GateFolder {
        let folder = GateFolder { folder: tempfile::tempdir().expect("a folder") };
        folder.write("gate.toml", config);
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        write_in(self.folder.path(), name, text);
    }

    /// Runs and checks the status and a part of what is said, on either stream.
    #[track_caller]
    pub fn check(&self, arguments: &[&str], status: i32, expected: &str) -> String {
        said_in(self.folder.path(), arguments, status, expected)
    }
}

/// Writes a file at a path below a folder.
pub fn write_in(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("below the folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("it is written");
}

/// Copies the files of a folder, not those of folders in it.
pub fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder exists").flatten().filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("the file can be copied");
    }
}

/// Runs git with nobody's configuration.
#[track_caller]
pub fn git(folder: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "").env("GIT_CONFIG_SYSTEM", "");
    let named =
        ["-c", "user.name=Lockstep", "-c", "user.email=series@lockstep.invalid", "-c", "init.defaultBranch=main"];
    let output = command.args(named).args(arguments).output().expect("git is there");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
