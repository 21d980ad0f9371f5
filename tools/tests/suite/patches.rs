//! Mails as they arrive: what git and mailers make of them is read, and what is damaged is refused with its mailbox, in one line.

use crate::common;
use common::{check_in, copy_files, lockstep_in, root};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The mailbox with its series, in a folder of its own.
struct MailboxFolder {
    folder: TempDir,
}

/// The second of the series.
const SECOND: &str = "series/0002-mailbox-wake-one-sleeper-not-all.patch";

impl MailboxFolder {
    fn new() -> MailboxFolder {
        let mailbox = MailboxFolder { folder: tempfile::tempdir().expect("a folder") };
        copy_files(&root().join("variants/examples/mailbox"), mailbox.folder.path());
        copy_files(&root().join("variants/examples/mailbox/series"), &mailbox.path("series"));
        mailbox
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("it is there")
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("it is written");
    }

    /// Each mail of the series, changed.
    fn change(&self, change: impl Fn(&str) -> String) {
        for entry in std::fs::read_dir(self.path("series")).expect("it is there").flatten() {
            let name = format!("series/{}", entry.file_name().to_string_lossy());
            self.write(&name, &change(&self.read(&name)));
        }
    }

    #[track_caller]
    fn is_read(&self, series: &str) {
        let arguments = ["audit", "--base", "mailbox.rs", "--series", series];
        check_in(self.folder.path(), &arguments, 0, "oneslot.changed is touched no more");
    }

    #[track_caller]
    fn is_refused(&self, series: &str, expected: &str) {
        let arguments = ["audit", "--base", "mailbox.rs", "--series", series];
        let said = check_in(self.folder.path(), &arguments, 2, expected);
        assert!(said.starts_with(&format!("lockstep: {series}")) && said.trim_end().lines().count() == 1, "{said}");
    }
}

#[test]
fn an_mbox_is_read_whatever_stands_between_the_patches() {
    let mailbox = MailboxFolder::new();
    let names = ["0001-mailbox-look-before-taking-the-lock-in-try_take", "0002-mailbox-wake-one-sleeper-not-all"];
    let [first, second] = names.map(|name| mailbox.read(&format!("series/{name}.patch")));
    let third = mailbox.read("series/0003-mailbox-a-queue-for-each-direction.patch");
    let head = "From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@lockstep.invalid>\n";
    let cover = format!("{head}Subject: [PATCH 0/3] mailbox: cheaper\n\nFrom here on.\n\n-- \n2.0\n\n");
    let reply = format!("{head}Subject: Re: [PATCH 1/3] mailbox: look\n\n> diff --git a/x b/x\n> +y\nFine.\n\n");
    mailbox.write("all.mbox", &format!("{cover}{first}{reply}{second}{third}"));
    mailbox.is_read("all.mbox");
    mailbox.write("turned.mbox", &format!("{second}{first}{third}"));
    mailbox.is_read("turned.mbox");
}

#[test]
fn ends_of_line_and_footers_of_mailers_do_no_harm() {
    let mailbox = MailboxFolder::new();
    mailbox.change(|mail| {
        mail.replace("\nlockstep\n", "\nlockstep\n_____\nlist@lockstep.invalid\n").replace('\n', "\r\n")
    });
    mailbox.is_read("series");
    let base = mailbox.read("mailbox.rs");
    mailbox.write("mailbox.rs", &base.replace('\n', "\r\n"));
    mailbox.is_refused("series", "differs in its end of line: one is CRLF, and the other LF");
}

#[test]
fn a_mail_without_a_patch_is_not_passed_over() {
    let mailbox = MailboxFolder::new();
    let mail = mailbox.read(SECOND);
    mailbox.write(SECOND, "");
    mailbox.is_refused("series", "holds no diff: the mail is cut off");
    mailbox.write(SECOND, &mail[..mail.find("diff --git").expect("it has a diff")]);
    mailbox.is_refused("series", "is cut off: its statistics promise 1 files, 3 insertions and 3 deletions");
    std::fs::remove_file(mailbox.path(SECOND)).expect("it is there");
    mailbox.is_refused("series", "patch 2 of 3 is missing");
}

#[test]
fn a_mail_that_ends_early_is_refused_wherever_it_ends() {
    let mailbox = MailboxFolder::new();
    let mail = mailbox.read(SECOND);
    let end = mail.rfind("-- \n").expect("it has a signature");
    for at in (0..end).step_by(7) {
        mailbox.write(SECOND, &mail[..at]);
        let output = lockstep_in(mailbox.folder.path(), &["audit", "--base", "mailbox.rs", "--series", "series"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "cut at {at} it was taken");
        assert!(said.trim_end().lines().count() == 1 && said.contains("series/000"), "cut at {at}: {said}");
    }
}

#[test]
fn versions_are_not_mixed() {
    let mailbox = MailboxFolder::new();
    mailbox.write(SECOND, &mailbox.read(SECOND).replace("[PATCH 2/3]", "[PATCH v2 2/3]"));
    mailbox.is_refused("series", "is of version 2 and series/0001");
}

#[test]
fn another_file_names_what_may_change() {
    let mailbox = MailboxFolder::new();
    let header =
        "Subject: x\n\ndiff --git a/notes.rs b/notes.rs\nnew file mode 100644\n--- /dev/null\n+++ b/notes.rs\n";
    mailbox.write("one.patch", &format!("{header}@@ -0,0 +1 @@\n+//! Notes.\n"));
    mailbox.is_refused(
        "one.patch",
        "makes 'notes.rs', and the module is 'mailbox.rs': only it and the Rust files in 'mailbox/'",
    );
}

/// Writes the package into a folder, and says how that ended.
#[track_caller]
fn materialize(mailbox: &MailboxFolder, folder: &str, status: i32, expected: &str) {
    let arguments = ["series", "materialize", folder, "--base", "mailbox.rs", "--series", "series"];
    check_in(mailbox.folder.path(), &arguments, status, expected);
}

#[test]
fn what_somebody_has_put_into_a_materialized_folder_is_not_lost() {
    let mailbox = MailboxFolder::new();
    materialize(&mailbox, "made", 0, "written to made");
    // What was written takes the mailbox of what was written; what cargo makes of it is kept.
    mailbox.write("made/Cargo.lock", "version = 4\n");
    std::fs::create_dir(mailbox.path("made/target")).expect("it can be made");
    materialize(&mailbox, "made", 0, "written to made");
    assert!(mailbox.path("made/Cargo.lock").exists() && mailbox.path("made/target").exists());
    let step = std::fs::read_to_string(mailbox.path("made/src/steps/step_1.rs")).expect("it was written");
    mailbox.write("made/src/steps/step_1.rs", &format!("{step}// a thought\n"));
    materialize(&mailbox, "made", 2, "made: somebody has changed or added files since it was written");
    mailbox.write("made/src/steps/step_1.rs", &step);
    materialize(&mailbox, "made", 0, "written to made");
    mailbox.write("made/NOTES", "precious\n");
    materialize(&mailbox, "made", 2, "made: somebody has changed or added files");
    std::fs::write(mailbox.path("made/NOTES"), [0xff, 0xfe]).expect("it can be written");
    materialize(&mailbox, "made", 2, "made: holds something else, NOTES: name a new folder");
    assert!(mailbox.path("made/NOTES").exists());
}

#[test]
#[cfg(unix)]
fn nothing_is_written_or_removed_behind_a_link_or_over_something_else() {
    use std::os::unix::fs::symlink;
    let mailbox = MailboxFolder::new();
    std::fs::create_dir(mailbox.path("other")).expect("it can be made");
    mailbox.write("other/precious.rs", "fn precious() {}\n");
    materialize(&mailbox, "other", 2, "other: holds something else");
    materialize(&mailbox, "mailbox.rs", 2, "mailbox.rs: is a file");
    materialize(&mailbox, "mailbox.rs/inside", 2, "mailbox.rs/inside");
    symlink("other", mailbox.path("linked")).expect("it can be made");
    materialize(&mailbox, "linked", 2, "linked: is a link: it is not followed");
    materialize(&mailbox, "made", 0, "written to made");
    std::fs::remove_dir_all(mailbox.path("made/src/steps")).expect("it was made");
    symlink(mailbox.path("other"), mailbox.path("made/src/steps")).expect("it can be made");
    materialize(&mailbox, "made", 2, "made: holds something else, src/steps: name a new folder");
    assert_eq!(mailbox.read("other/precious.rs"), "fn precious() {}\n");
    assert_eq!(std::fs::read_dir(mailbox.path("other")).expect("it is there").count(), 1);
    assert!(mailbox.read("mailbox.rs").starts_with("//! A slot"));
}

/// The files below a folder; nothing if there is none.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries.flatten().flat_map(|entry| below(entry.path())).collect()
}

#[test]
fn a_package_is_there_whole_or_not_at_all_whenever_it_is_killed() {
    let mailbox = MailboxFolder::new();
    materialize(&mailbox, "whole", 0, "written");
    let whole = files_below(&mailbox.path("whole")).len();
    let mut seen = [0, 0];
    for microseconds in (0..12_000).step_by(150) {
        let made = mailbox.path("made");
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("lockstep"))
            .args(["series", "materialize", "made", "--base", "mailbox.rs", "--series", "series"])
            .current_dir(mailbox.folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(std::time::Duration::from_micros(microseconds));
        // If it cannot be killed it has ended.
        let _ = child.kill();
        child.wait().expect("it ended");
        let found = files_below(&made).len();
        assert!(found == 0 || found == whole, "{found} of {whole} files after {microseconds} microseconds");
        seen[usize::from(found == whole)] += 1;
        if made.exists() {
            std::fs::remove_dir_all(&made).expect("it can be removed");
        }
    }
    assert!(seen[0] > 0, "it was never killed in time: {seen:?}");
}
