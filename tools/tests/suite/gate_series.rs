//! The gate on a patch series of the user's own: red, green, stale; every status that only a subject of one's own can bring about; and what the
//! configuration may not say.

use crate::common;
use common::{GateFolder, copy_files, git, lockstep_in, root, said_in};
use std::ops::Deref;
use std::path::Path;

const CONFIG: &str = "[gate]\nbase = \"mailbox.rs\"\nseries = \"series\"\nledger = \"accepted.toml\"\n";

const GATE: [&str; 3] = ["gate", "--config", "gate.toml"];

/// The mailbox in a folder of its own, where its gate runs.
struct Mailbox(GateFolder);

impl Deref for Mailbox {
    type Target = GateFolder;

    fn deref(&self) -> &GateFolder {
        &self.0
    }
}

impl Mailbox {
    fn new(config: &str) -> Mailbox {
        let folder = GateFolder::new(config);
        let example = root().join("variants/examples/mailbox");
        copy_files(&example, folder.folder.path());
        copy_files(&example.join("series"), &folder.path("series"));
        Mailbox(folder)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("it is there")
    }

    /// Replaces a text in a file that holds it.
    fn edit(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{name} holds '{old}'");
        self.write(name, &text.replace(old, new));
    }

    /// Accepts what was proposed, as 'cargo insta review' does.
    fn accept_snapshots(&self) -> Vec<String> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.path("snaps")).expect("the folder was made").flatten() {
            if let Some(stem) = entry.path().to_string_lossy().strip_suffix(".new") {
                std::fs::rename(entry.path(), stem).expect("it can be renamed");
                names.push(Path::new(stem).file_name().expect("it has a name").to_string_lossy().into_owned());
            }
        }
        names.sort();
        names
    }

    #[track_caller]
    fn gate(&self, more: &[&str], status: i32, expected: &str) -> String {
        self.check(&[&GATE[..], more].concat(), status, expected)
    }
}

/// Ids of the divergences that somebody is asked to accept.
fn ids(said: &str) -> Vec<String> {
    let words = said.split_whitespace().map(|word| word.trim_matches([',', ';', '\'']));
    let mut ids: Vec<String> =
        words.filter(|word| word.starts_with("mailbox.two_of_each.")).map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[test]
fn a_series_is_red_then_accepted_green_then_stale_red() {
    let mailbox = Mailbox::new(CONFIG);
    let said = mailbox.gate(&["--save", "run.json"], 100, "red: 3 comparisons; divergences: 4 unaccepted");
    let replay = "--base mailbox.rs --series series', then 'lockstep accept --cause mailbox.cause-";
    assert!(said.contains(replay) && said.contains("2-wake-one-sleeper-not ends: stuck"), "{said}");
    let ids = ids(&said);
    assert_eq!(ids.len(), 4, "{said}");
    // The first is looked for anew, the others are read off what was saved.
    for (nth, id) in ids.iter().enumerate() {
        let accept = ["accept", id, "--config", "gate.toml", "--reason", "repaired by the next patch"];
        let from: &[&str] = if nth == 0 { &[] } else { &["--from", "run.json"] };
        mailbox.check(&[&accept[..], from].concat(), 0, "accepted in accepted.toml");
    }
    mailbox.gate(&[], 0, "green: 3 comparisons; divergences: 4 accepted");
    mailbox.gate(&["--from", "run.json"], 0, "4 accepted");
    mailbox.gate(&["--scenario", "in_order"], 0, "green: 1 comparison;");
    mailbox.write("gate.toml", &format!("{CONFIG}scenarios = [\"in_order\"]\n"));
    mailbox.gate(&[], 100, "matches nothing any more");
    // Less was explored than is required.
    mailbox.write("gate.toml", &format!("{CONFIG}required = \"exhaustive\"\nexhaustive-max = 1\nexecutions = 50\n"));
    mailbox.gate(&["--scenario", "in_order"], 103, "required is 'exhaustive'");
    mailbox.write("gate.toml", &format!("{CONFIG}exhaustive-max = 0\nexecutions = 0\nenumerated = 0\n"));
    mailbox.gate(&["--scenario", "in_order"], 4, "nothing was explored");
}

#[test]
fn the_command_that_accepts_works_as_it_is_printed() {
    let mailbox = Mailbox::new(CONFIG);
    let own = ["--base", "mailbox.rs", "--series", "series"];
    for options in [&["--config", "gate.toml"][..], &own, &["--config", "gate.toml", "--from", "saved.json"]] {
        let said = mailbox.check(&[&["gate", "--save", "saved.json"], options].concat(), 100, "unaccepted");
        let printed = said.split("then 'lockstep ").nth(1).and_then(|rest| rest.split_once(" --reason …'"));
        let command: Vec<&str> = printed.expect("it says how to accept").0.split(' ').collect();
        mailbox.check(&[&command[..], &["--reason", "meant"]].concat(), 0, "accepted in ");
        // All of the one cause is accepted by it.
        mailbox.check(&[&["gate"], options].concat(), 0, "4 accepted");
        let ledger = if options.contains(&"--config") { "accepted.toml" } else { "snapshots/accepted.toml" };
        assert!(mailbox.read(ledger).contains("meant"), "the folder of the ledger was made");
        std::fs::remove_file(mailbox.folder.path().join(ledger)).expect("it was made");
    }
    let id = ids(&mailbox.check(&[&["gate"], &own[..]].concat(), 100, "unaccepted")).remove(0);
    mailbox.check(&["accept", &id, "--reason", "meant"], 2, "name its series with --base FILE --series PATCHES");
    mailbox.write("gate.toml", &format!("{CONFIG}snapshots = \"snaps\"\n"));
    mailbox.gate(&[], 100, "'lockstep gate --config gate.toml --propose' writes the new one");
}

#[test]
fn what_nobody_accepted_comes_first_and_with_both_traces() {
    let mailbox = Mailbox::new(CONFIG);
    let id = ids(&mailbox.gate(&["--save", "run.json"], 100, "4 unaccepted")).remove(0);
    let of = ["--config", "gate.toml", "--from", "run.json"];
    let count = |report: &str, what: &str| report.matches(what).count();
    let report = || mailbox.check(&["report", "--from", "run.json", "--format", "text"], 0, "");
    let traces = "  --------------------------------- |";
    assert_eq!((count(&report(), traces), count(&report(), "\n  unaccepted\n")), (4, 4), "{}", report());
    mailbox.check(&[&["accept", &id, "--reason", "meant"], &of[..]].concat(), 0, "accepted");
    mailbox.gate(&["--save", "run.json"], 100, "1 accepted, 3 unaccepted");
    let report = report();
    assert_eq!((count(&report, traces), count(&report, "\n  unaccepted\n")), (3, 3), "{report}");
    let accepted = report.find("\n  accepted on ").expect("it is there");
    assert!(report.rfind("\n  unaccepted\n").is_some_and(|last| last < accepted), "{report}");
    assert_eq!(count(&report[accepted..], "lk1.mailbox."), 1, "its token is there: {report}");
}

#[test]
fn reports_on_a_series_point_at_the_users_own_files() {
    let mailbox = Mailbox::new(CONFIG);
    mailbox.gate(&["--save", "run.json", "--scenario", "two_of_each"], 100, "4 unaccepted");
    let report = |format| mailbox.check(&["report", "--from", "run.json", "--format", format], 0, "");
    let replay = "--base mailbox.rs --series series";
    let github = report("github");
    assert!(github.contains("::error file=mailbox.rs,line=") && github.contains(replay), "{github}");
    let text = report("text");
    assert!(text.contains(&format!("\n  lockstep replay TOKEN {replay}\n")), "{text}");
    for format in ["markdown", "junit", "sarif", "html"] {
        let said = report(format);
        assert!(said.contains(replay) && !said.contains("steps/step_"), "{format}");
    }
    let sheet = report("sheet");
    assert!(sheet.contains("lines of code of its own"), "{sheet}");
    let schema =
        std::fs::read_to_string(root().join("tools/docs/comparison.schema.json")).expect("the schema is documented");
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is JSON");
    let validator = jsonschema::validator_for(&read(&schema)).expect("the schema is one");
    let offences: Vec<String> =
        validator.iter_errors(&read(&mailbox.read("run.json"))).map(|one| one.to_string()).collect();
    assert_eq!(offences, Vec::<String>::new());
}

#[test]
fn snapshots_of_a_series_are_proposed_accepted_and_of_these_very_steps() {
    let config = format!("{CONFIG}snapshots = \"snaps\"\nmemory = [\"sc\", \"tso\"]\n");
    let mailbox = Mailbox::new(&config);
    mailbox.gate(&[], 100, "in_order has no snapshot: 'lockstep gate --config gate.toml --propose'");
    mailbox.gate(&["--propose"], 100, "two_of_each-tso.snap.new: accept it with 'cargo insta review'");
    // What is only proposed is not accepted.
    mailbox.gate(&[], 100, "two_of_each tso has no snapshot");
    let names = ["in_order-tso.snap", "in_order.snap", "no_waiting-tso.snap", "no_waiting.snap"];
    assert_eq!(mailbox.accept_snapshots(), [&names[..], &["two_of_each-tso.snap", "two_of_each.snap"]].concat());
    mailbox.gate(&[], 0, "green: 6 comparisons; divergences: 8 committed");
    let said = mailbox.gate(&["--propose"], 0, "green");
    assert!(!said.contains(".snap.new"), "{said}");
    // An outcome that the snapshot does not know, and one that was not seen again.
    let whole = mailbox.read("snaps/in_order.snap");
    let (before, outcome) = whole.split_once("shown by all:\n  ").expect("all show something");
    mailbox.write("snaps/in_order.snap", &format!("{before}shown by all:\n  00000000{}", &outcome[8..]));
    let said = mailbox.gate(&["--propose"], 100, "outcome 00000000 of snaps/in_order.snap was not seen");
    assert!(said.contains("which snaps/in_order.snap does not know"), "{said}");
    assert_eq!(mailbox.read("snaps/in_order.snap.new"), whole, "the proposal is what was committed before");
    mailbox.write("snaps/in_order.snap", before);
    mailbox.gate(&[], 2, "snaps/in_order.snap is cut off");
    mailbox.write("snaps/in_order.snap", &whole);
    mailbox.gate(&["--propose"], 0, "green");
    assert!(!mailbox.path("snaps/in_order.snap.new").exists(), "what is as committed is proposed no more");
    // A scenario that nobody compares.
    mailbox.write("snaps/gone.snap", &whole.replace("in_order", "out_of_order"));
    mailbox.gate(&[], 100, "snaps/gone.snap is of out_of_order under sc, which nobody compares: remove it");
    std::fs::remove_file(mailbox.path("snaps/gone.snap")).expect("it is there");
    // Under another subject a patch is another step.
    mailbox.edit("series/0002-mailbox-wake-one-sleeper-not-all.patch", "wake one sleeper", "wake a single sleeper");
    mailbox.gate(
        &[],
        100,
        "in_order: snaps/in_order.snap is of other steps, base, 1-look-before-taking-the, 2-wake-one",
    );
}

#[test]
fn a_subject_that_runs_differently_next_time_ends_the_gate_whatever_else_is_wrong() {
    let mailbox =
        Mailbox::new(&format!("{CONFIG}subject = \"counting.rs\"\nscenarios = [\"in_order\"]\nexecutions = 50\n"));
    let counting = "fn place() -> u64 { 1 << 60 | std::ptr::from_ref(Box::leak(Box::new(0_u8))).addr() as u64 }\n";
    let taken = "{ mailbox.take(); probe::observe(place()) }";
    let text = mailbox.read("subject.rs").replacen("probe::observe(u64::from(mailbox.take()))", taken, 1) + counting;
    assert!(text.contains(taken));
    mailbox.write("counting.rs", &text);
    let entry = "version = 1\n[[accepted]]\nid = \"mailbox.in_order.0a0a0a0a\"\nshown-by = [\"base\"]\nnot-by = [\"x\"]\nreason = \"x\"\ndate = \"2026-01-01\"\n";
    mailbox.write("accepted.toml", entry);
    let said =
        mailbox.gate(&["--save", "run.json"], 102, "102  nondeterminism: in_order on base, lk1.mailbox.in_order.");
    assert!(
        said.contains("the same schedule ran differently: event ") && said.contains("'receiver: observes 1"),
        "{said}"
    );
    assert!(said.contains("100  accepted.toml:2: mailbox.in_order.0a0a0a0a matches nothing"), "{said}");
    mailbox.gate(&["--from", "run.json"], 102, "nondeterminism: in_order on base");
    let accept =
        ["accept", "mailbox.in_order.0a0a0a0a", "--config", "gate.toml", "--reason", "x", "--from", "run.json"];
    mailbox.check(&accept, 2, "nothing was accepted, for what runs differently");
}

#[test]
fn a_subject_that_does_not_build_or_end_is_its_own_status() {
    let mailbox = Mailbox::new(CONFIG);
    mailbox.write("subject.rs", &(mailbox.read("subject.rs") + "fn broken() -> u32 { nothing }\n"));
    mailbox.gate(&[], 104, "does not compile");
    let data = root().join("tools/tests/data/unending");
    let gate = ["gate", "--base", "worker.rs", "--series", "overrun.patch"];
    let said = said_in(&data, &gate, 104, "overran its stack between two choice points");
    assert!(said.contains("the execution is lk1.worker.two.sc."), "{said}");
}

#[test]
fn a_range_of_revisions_is_judged_and_its_base_commit_kept() {
    let mailbox = Mailbox::new(&CONFIG.replace("\"series\"", "\"start..\""));
    let folder = mailbox.folder.path();
    git(folder, &["init", "-q"]);
    git(folder, &["add", "mailbox.rs", "subject.rs"]);
    git(folder, &["commit", "-q", "-m", "base"]);
    git(folder, &["tag", "start"]);
    mailbox.edit("mailbox.rs", "self.changed.wake_all();", "self.changed.wake_one();");
    git(folder, &["commit", "-q", "-a", "-m", "wake one sleeper"]);
    mailbox.gate(&["--save", "run.json"], 100, "1-wake-one-sleeper brings 4 outcomes, in two_of_each");
    let saved: serde_json::Value = serde_json::from_str(&mailbox.read("run.json")).expect("it is JSON");
    assert_eq!(saved["base_commit"].as_str().map(str::len), Some(40), "{}", saved["base_commit"]);
    assert_eq!((&saved["series"]["base"], &saved["series"]["series"]), (&"mailbox.rs".into(), &"start..".into()));
    assert!(
        saved["changes"][0]["diff"].as_str().is_some_and(|diff| diff.contains("+        self.changed.wake_one();"))
    );
    // The command line names another one; what was saved is not of that.
    let mails = ["--series", "series"];
    let said = lockstep_in(folder, &[&GATE[..], &mails, &["--from", "run.json"]].concat());
    assert_ne!(said.status.code(), Some(0), "the mails do not fit the changed base, or the saved steps are others");
    mailbox.gate(&["--series", "start..start"], 2, "holds no commits");
}

#[test]
fn a_saved_comparison_of_other_steps_or_scenarios_is_not_enough() {
    let mailbox = Mailbox::new(CONFIG);
    mailbox.gate(&["--save", "run.json", "--scenario", "in_order"], 0, "green");
    mailbox.gate(&["--from", "run.json", "--scenario", "in_order"], 0, "green");
    mailbox.gate(
        &["--from", "run.json"],
        103,
        "the saved comparison lacks two_of_each sc, no_waiting sc, or variants of it",
    );
    let patch = "series/0003-mailbox-a-queue-for-each-direction.patch";
    let text = mailbox.read(patch);
    mailbox.edit(patch, "+        self.emptied.wake_one();", "+        self.filled.wake_one();");
    mailbox.gate(&["--from", "run.json", "--scenario", "in_order"], 103, "the saved comparison is of other sources");
    mailbox.write(patch, &text);
    mailbox.gate(&["--from", "run.json", "--scenario", "in_order"], 0, "green");
    mailbox.edit("series/0002-mailbox-wake-one-sleeper-not-all.patch", "wake one sleeper", "wake a single sleeper");
    mailbox.gate(&["--from", "run.json", "--scenario", "in_order"], 103, "lacks in_order sc, or variants of it");
}

#[track_caller]
fn check_config(config: &str, expected: &[&str]) {
    let mailbox = Mailbox::new(config);
    let said = mailbox.gate(&[], 2, expected[0]);
    assert!(expected.iter().all(|part| said.contains(part)), "expected {expected:?} in\n{said}");
}

#[test]
fn errors_in_what_names_a_series_have_file_line_and_the_nearest_key() {
    let gate = |keys: &str| format!("[gate]\n{keys}");
    let both = "base = \"mailbox.rs\"\nseries = \"series\"\n";
    check_config(&gate("bsae = \"mailbox.rs\"\n"), &["gate.toml:2:1", "the nearest key is 'base'"]);
    check_config(&gate("base = \"mailbox.rs\"\nserie = \"x\"\n"), &["gate.toml:3:1", "the nearest key is 'series'"]);
    check_config(&gate("series = \"series\"\n"), &["gate.toml:2:10", "'series' needs 'base' beside it"]);
    check_config(&gate("base = \"mailbox.rs\"\n"), &["gate.toml:2:8", "'base' needs 'series' beside it"]);
    check_config(&gate("subject = \"subject.rs\"\n"), &["gate.toml:2:11", "'subject' is of a series"]);
    check_config(
        &gate(&format!("{both}variants = [\"stopped-locked\"]\n")),
        &["gate.toml:3:10", "'variants' are designs of this repository, and 'series' names steps"],
    );
    check_config(
        &gate(&format!("{both}repairs = \"both\"\n")),
        &["gate.toml:4:11", "mean nothing to a module of your"],
    );
    check_config(&gate(&format!("{both}scenarios = [\"in_ordre\"]\n")), &["gate.toml:4:14", "the nearest: in_order"]);
    check_config(&gate(&format!("{both}required-of.two_of_eac = \"any\"\n")), &["gate.toml:4:13", "two_of_each"]);
    check_config(&gate("base = \"../mailbox.rs\"\nseries = \"series\"\n"), &["gate.toml:2:8", "leaves the tree"]);
    check_config(&gate("base = \"mailbox.rs\"\nseries = \"/etc\"\n"), &["gate.toml:3:10", "leaves the tree"]);
    check_config(&gate("base = \"mailbox.rs\"\nseries = \"series/../..\"\n"), &["gate.toml:3:10", "leaves the tree"]);
    check_config(&gate("base = \"\"\nseries = \"series\"\n"), &["gate.toml:2:8", "the path is empty"]);
    check_config(&gate("base = \"mailbox.rs\"\nseries = \"nowhere\"\n"), &["gate.toml:3:10", "no series 'nowhere'"]);
    check_config(
        &gate(&format!("{both}subject = \"nowhere.rs\"\n")),
        &["gate.toml:2:8", "nowhere.rs: there is no such"],
    );
    check_config(&gate(&format!("{both}ledger = \"../accepted.toml\"\n")), &["gate.toml:4:10", "leaves the tree"]);
    check_config(&gate(&format!("{both}snapshots = \"/tmp\"\n")), &["gate.toml:4:13", "leaves the tree"]);
    check_config(&gate("base = \"nowhere.rs\"\nseries = \"series\"\nsubject = \"subject.rs\"\n"), &["nowhere.rs"]);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_tree_is_not_followed() {
    let mailbox = Mailbox::new(CONFIG);
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::rename(mailbox.path("series"), outside.path().join("series")).expect("it is moved");
    std::os::unix::fs::symlink(outside.path().join("series"), mailbox.path("series")).expect("it is made");
    mailbox.gate(&[], 2, "'series' leaves the tree");
    // Who runs the program may name what he likes.
    let series = outside.path().join("series").display().to_string();
    mailbox.gate(&["--series", &series, "--scenario", "in_order"], 0, "green");
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let mailbox = Mailbox::new(CONFIG);
    mailbox.gate(&["--variants", "base"], 2, "--variants means nothing to a series");
    mailbox.gate(&["--repairs", "all"], 2, "--repairs means nothing to a module of your own");
    mailbox.gate(&["--propose"], 2, "--propose needs 'snapshots' in the configuration");
    mailbox.gate(&["--propose", "--from", "run.json"], 2, "cannot be used with");
    mailbox.gate(&["--scenario", "in_ordre"], 2, "the nearest: in_order");
    mailbox.write("gate.toml", "[gate]\n");
    mailbox.gate(&["--propose"], 2, "--propose is for a series");
    mailbox.gate(&["--series", "series"], 2, "'series' needs 'base' beside it");
}

#[test]
fn the_gate_of_the_example_is_green_as_committed() {
    let said =
        said_in(&root(), &["gate", "--config", "variants/examples/mailbox/lockstep.toml"], 0, "green: 3 comparisons");
    assert!(
        said.contains("divergences: 4 committed")
            && said.contains("evidence of 3 comparisons: exhaustive")
            && said.contains("preemptions of a witness: 0 at most, the median is 0\n"),
        "{said}"
    );
}
