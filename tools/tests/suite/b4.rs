//! b4 itself runs the checker on a small repository: `b4 prep --check`, and the checks of `b4 review`.

use crate::tool;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

const REMEDY: &str = "'pipx install b4' installs it";

/// A repository with a series of two patches on a branch that b4 made.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    fn new(b4: &Path) -> Repository {
        let repository = Repository { folder: tempfile::tempdir().expect("a folder") };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.git(&["config", "user.name", "A. Reviewer"]);
        repository.git(&["config", "user.email", "a@example.invalid"]);
        repository.commit("base");
        let report = format!(
            "'{}' report --from '{}/tests/data/reports/box.json' --format b4",
            env!("CARGO_BIN_EXE_lockstep"),
            env!("CARGO_MANIFEST_DIR")
        );
        repository.git(&["config", "b4.prep-perpatch-check-cmd", &format!("{report} --prep")]);
        repository.git(&["config", "b4.review-perpatch-check-cmd", &report]);
        repository.git(&["config", "b4.review-series-check-cmd", &report]);
        repository.run(b4.as_os_str(), &["prep", "-n", "topic", "-f", "main"]);
        repository.commit("box: rename the lock");
        repository.commit("box: do without the lock");
        repository
    }

    fn commit(&self, subject: &str) {
        std::fs::write(self.folder.path().join("file"), subject).expect("it is written");
        self.git(&["add", "file"]);
        self.git(&["commit", "-q", "-m", subject, "-m", "Why it changes."]);
    }

    fn git(&self, arguments: &[&str]) {
        self.run(OsStr::new("git"), arguments);
    }

    /// Runs a program there, with nobody's configuration, and returns what it said.
    fn run(&self, program: &OsStr, arguments: &[&str]) -> String {
        let home = self.folder.path().join(".git-home");
        std::fs::create_dir_all(&home).expect("a folder");
        let output = Command::new(program)
            .current_dir(self.folder.path())
            .args(arguments)
            .env("HOME", &home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("the program starts");
        let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
        assert!(output.status.success(), "{program:?} {arguments:?}: {said}");
        said
    }
}

#[test]
fn b4_prep_shows_the_first_patch_as_passed_and_warns_of_the_second() {
    let Some(b4) = tool::find(&["b4"], REMEDY) else { return };
    let said = Repository::new(&b4).run(b4.as_os_str(), &["prep", "--check"]);
    assert!(said.contains("box: rename the lock"), "{said}");
    assert!(said.contains("lockstep: box.M1.0b0b0b0b, brought by the step"), "{said}");
    assert!(said.contains("Success: 1, Warning: 3, Error: 0"), "{said}");
}

/// What `b4 review` does with its check commands, without its terminal.
const REVIEW: &str = "
import argparse, email, email.policy, b4
from b4.review import checks
b4.setup_config(argparse.Namespace(config={}))
topdir = b4.git_get_toplevel()
perpatch, series = checks.load_check_cmds()
def mail(subject):
    text = f'From: A <a@example.invalid>\\nSubject: {subject}\\n\\nbody\\n'
    return email.message_from_string(text, policy=email.policy.EmailPolicy())
for n in (1, 2):
    for found in checks.run_perpatch_checks([('x', mail(f'[PATCH v2 {n}/2] box: x'))], perpatch, topdir)['x']:
        print(n, found['tool'], found['status'], found['summary'])
for found in checks.run_series_checks(('x', mail('[PATCH v2 0/2] box')), series, topdir):
    print('series', found['tool'], found['status'], found['summary'])
";

/// The Python that runs b4, by the first line of its script.
fn python_of(b4: &Path) -> PathBuf {
    let script = std::fs::read_to_string(b4).expect("b4 is a script");
    let line = script.lines().next().unwrap_or_default();
    PathBuf::from(line.trim_start_matches("#!").trim())
}

#[test]
fn b4_review_takes_the_results_of_each_patch_and_of_the_series() {
    let Some(b4) = tool::find(&["b4"], REMEDY) else { return };
    let said = Repository::new(&b4).run(python_of(&b4).as_os_str(), &["-c", REVIEW]);
    let expected = "\
1 lockstep pass no outcome changes; exhaustive
1 lockstep-goals warn 1 goal was not reached: the comparison says less than it should
2 lockstep warn outcomes +2 -1 on 1 of 3 scenarios; exhaustive
2 lockstep-goals warn 1 goal was not reached: the comparison says less than it should
series lockstep warn outcomes +2 -1 on 1 of 3 scenarios; exhaustive
series lockstep-goals warn 1 goal was not reached: the comparison says less than it should
";
    assert_eq!(said, expected);
}
