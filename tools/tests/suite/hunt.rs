//! Hunting as its users do it: killed, in parts, and with nonsense.

use crate::common;
use assert_cmd::cargo::cargo_bin;
use common::lockstep;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A directory of this test, empty.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the directory for tests can be written");
    path
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the path is text")
}

/// Runs the program, checks its status, and returns all that it says.
#[track_caller]
fn check(arguments: &[&str], status: i32, expected: &str) -> String {
    let output = lockstep(arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
    assert!(said.contains(expected), "{arguments:?}: expected '{expected}' in\n{said}");
    said
}

/// A hunt that judges what it can search whole in few runs: enough to find what turns up in every other case.
fn hunt(directory: &Path, more: &[&str]) -> Vec<String> {
    let corpus = directory.join("no-corpus");
    let common = ["hunt", "--schedules", "24", "--search-max", "400", "--corpus", text(&corpus), "--directory"];
    let arguments = common.iter().copied().chain([text(directory)]).chain(more.iter().copied());
    arguments.map(str::to_owned).collect()
}

/// Runs a hunt to its end; it has found something or not.
#[track_caller]
fn run(directory: &Path, more: &[&str]) -> String {
    let arguments = hunt(directory, more);
    let output = lockstep(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 100)), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn ledger(directory: &Path) -> String {
    fs::read_to_string(directory.join("hunt.json")).expect("the hunt has written what it knows")
}

/// The cases of a directory, by name and text.
fn finds(directory: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(directory).expect("the directory exists").flatten().map(|entry| entry.path());
    let cases = entries.filter(|path| path.extension().is_some_and(|ending| ending == "case"));
    let mut finds: Vec<(String, String)> = cases
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    finds.sort();
    finds
}

#[test]
fn parts_merge_to_what_one_machine_finds() {
    let (whole, merged) = (directory("hunt-whole"), directory("hunt-merged"));
    run(&whole, &["--cases", "40", "--jobs", "2"]);
    let parts = ["1/3", "2/3", "3/3"].map(|shard| {
        let part = directory(&format!("hunt-part-{}", shard.replace('/', "-")));
        run(&part, &["--cases", "40", "--jobs", "1", "--shard", shard]);
        part
    });
    let [first, second, third] = parts.each_ref().map(|part| text(part));
    check(&["merge", third, first, second, "--into", text(&merged)], 0, "40 cases (1/1 up to case 40)");
    assert_eq!(ledger(&merged), ledger(&whole));
    assert_eq!(finds(&merged), finds(&whole));
    assert!(!finds(&whole).is_empty(), "the hunt finds what turns up in every other case");
    check(&["merge", first, first, "--into", text(&merged)], 2, "part 1/3 and part 1/3 have cases in common");
    check(&["corpus", "list", "--corpus", text(&whole)], 0, "seed 0, case");
    check(&["corpus", "replay", "--corpus", text(&whole)], 0, "as recorded");
}

#[test]
fn a_hunt_that_was_killed_goes_on_without_repeating() {
    let (killed, whole) = (directory("hunt-killed"), directory("hunt-not-killed"));
    let arguments = hunt(&killed, &["--jobs", "2"]);
    let mut command = std::process::Command::new(cargo_bin("lockstep"));
    let mut child = command.args(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let since = Instant::now();
    while !killed.join("hunt.json").exists() {
        assert!(since.elapsed() < Duration::from_secs(60), "nothing was written down");
        std::thread::sleep(Duration::from_millis(20));
    }
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    let before: serde_json::Value = serde_json::from_str(&ledger(&killed)).expect("what was written is whole");
    let done = before["cases"].as_u64().unwrap();
    assert!(done > 0);
    // All parts of the hunt that had been done stay done; those in flight are done now.
    let next = before["parts"][0]["next"].as_u64().unwrap();
    let beyond = before["parts"][0]["beyond"].as_array().unwrap().iter().filter_map(|case| case.as_u64()).max();
    let cases = (next.max(beyond.map_or(0, |case| case + 1)) + 5).to_string();
    run(&killed, &["--cases", &cases, "--jobs", "1"]);
    run(&whole, &["--cases", &cases, "--jobs", "2"]);
    assert_eq!(ledger(&killed), ledger(&whole));
    // Nothing is left to do.
    let said = run(&killed, &["--cases", &cases]);
    assert!(said.contains(&format!("{cases} cases")), "{said}");
    let mut other = hunt(&killed, &["--cases", "9"]);
    other.extend(["--seed".to_owned(), "7".to_owned()]);
    check(&other.iter().map(String::as_str).collect::<Vec<_>>(), 2, "holds a hunt of another seed");
}

#[test]
fn a_find_replays_by_its_token_and_by_its_file() {
    let corpus = directory("corpus");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../variants/corpus");
    let said = check(&["corpus", "replay", "--corpus", text(&committed)], 0, "as recorded");
    assert!(!said.contains("CHANGED"), "{said}");
    for (name, text) in finds(&committed).into_iter().take(2) {
        fs::write(corpus.join(name), text).unwrap();
    }
    let [(name, good), ..] = &finds(&corpus)[..] else { panic!("the corpus has cases") };
    let file = corpus.join(name);
    let damaged = |text: String, expected: &str| {
        fs::write(&file, text).unwrap();
        check(&["corpus", "replay", "--corpus", self::text(&corpus)], 2, expected);
    };
    damaged(good.replacen("lockstep-case 1", "lockstep-case 9", 1), "line 1: expected 'lockstep-case 1'");
    damaged(good.replacen("token lk1", "token lk7", 1), "line 8: the token is of form lk7");
    damaged(good.replacen("shown-by stopped", "shown-by started", 1), "line 3: there is no variant 'started-");
    damaged(
        good.replacen("\ntask 0", "\ntusk 0", 1),
        "behind line 8: line 7, column 1: expected a statement, found 'tusk'",
    );
    damaged(good.lines().take(4).collect::<Vec<_>>().join("\n"), "the file ends before its 'found'");
    damaged(String::new(), "line 1: expected 'lockstep-case 1'");
    // Another class than recorded is news.
    let class = good.lines().nth(1).unwrap();
    fs::write(&file, good.replacen(class, "class something else", 1)).unwrap();
    check(&["corpus", "replay", "--corpus", text(&corpus)], 100, "CHANGED");
    check(&["corpus", "prune", "--check", "--corpus", text(&corpus)], 100, "no divergence of its class is left");
    assert_eq!(finds(&corpus).len(), 2);
    check(&["corpus", "prune", "--corpus", text(&corpus)], 0, "removed: no divergence");
    assert_eq!(finds(&corpus).len(), 1);
    check(&["corpus", "prune", "--check", "--corpus", text(&corpus)], 0, "every case is needed");
}

#[test]
fn a_case_is_needed_as_long_as_its_schedule_shows_its_class() {
    // Judged anew, its divergence is minimized to another schedule, whose first difference is not the recorded one.
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../variants/corpus/da86d508.case");
    let corpus = directory("needed");
    fs::copy(case, corpus.join("da86d508.case")).unwrap();
    check(&["corpus", "prune", "--check", "--corpus", text(&corpus)], 0, "every case is needed");
}

#[test]
fn a_generated_scenario_replays_by_its_number() {
    let schedule = lockstep::Schedule::uniform(5);
    let memory = lockstep::MemoryModel::Sc;
    let scenario = utrace_variants::generate(0x2a).id.to_string();
    let token = lockstep::Token { subject: "utrace".to_owned(), scenario, memory, schedule }.to_string();
    check(&["replay", &token], 0, "generated, number 42");
    let scenario = "G0-2a".to_owned();
    let schedule = lockstep::Schedule::uniform(5);
    let token = lockstep::Token { subject: "utrace".to_owned(), scenario, memory, schedule }.to_string();
    check(&["replay", &token], 2, "the token's scenario is gone");
}

#[test]
fn a_soak_runs_everything_twice_and_remembers_what_differed() {
    let directory = directory("hunt-soak");
    let corpus = directory.join("no-corpus");
    let soak = ["hunt", "--soak", "--schedules", "8", "--cases", "6", "--corpus", text(&corpus), "--directory"];
    let arguments: Vec<&str> = soak.into_iter().chain([text(&directory)]).collect();
    let said =
        check(&arguments, 0, "144 of them made a second time, 18 comparisons of a variant with itself: no difference");
    assert!(said.contains("6 cases"), "{said}");
    // What differed once is not forgotten when the hunt goes on.
    let mut ledger: serde_json::Value = serde_json::from_str(&ledger(&directory)).expect("it is JSON");
    ledger["violations"] = 1.into();
    ledger["violation"] =
        serde_json::json!({ "case": 3, "what": "stopped-locked: execution 2 differs when run again" });
    fs::write(directory.join("hunt.json"), ledger.to_string()).unwrap();
    check(&arguments, 102, "nondeterminism: case 3: stopped-locked: execution 2 differs when run again");
    check(&hunt(&directory, &[]).iter().map(String::as_str).collect::<Vec<_>>(), 2, "holds a hunt of another seed");
}

#[test]
fn what_executions_have_missed_is_told_and_adds_up() {
    let merged = directory("hunt-gaps-merged");
    let parts = [("1/2", "cut", 2, 8), ("2/2", "left_out", 1, 3)].map(|(shard, kind, count, first)| {
        let part = directory(&format!("hunt-gaps-{}", shard.replace('/', "-")));
        let said = run(&part, &["--cases", "2", "--shard", shard]);
        assert!(said.contains("choice points; none missed anything"), "{said}");
        let mut ledger: serde_json::Value = serde_json::from_str(&ledger(&part)).expect("it is JSON");
        assert_eq!(ledger["gaps"][kind], 0);
        ledger["gaps"][kind] = count.into();
        ledger["gap_first"] = first.into();
        fs::write(part.join("hunt.json"), ledger.to_string()).unwrap();
        part
    });
    let [first, second] = parts.each_ref().map(|part| text(part));
    let expected = "2 executions cut by the step limit, alternatives left out in 1 execution; the first in case 3";
    check(&["merge", first, second, "--into", text(&merged)], 0, expected);
}

#[test]
fn nonsense_is_refused_in_one_line() {
    let directory = directory("hunt-nonsense");
    let directory = text(&directory);
    check(&["hunt", "--shard", "0/3", "--directory", directory], 2, "parts are counted from 1");
    check(&["hunt", "--shard", "4/3", "--directory", directory], 2, "part 4 of 3 does not exist");
    check(&["hunt", "--soak", "--search-max", "9", "--directory", directory], 2, "cannot be used with");
    check(&["hunt", "--repairs", "both", "--directory", directory], 2, "a hunt is with repairs or without");
    check(&["hunt", "--schedules", "0", "--directory", directory], 2, "0 is not in 1..");
    check(&["hunt", "--scenario", "S3", "--directory", directory], 2, "--scenario means nothing to 'hunt'");
    check(&["hunt", "--variants", "stopped-locked", "--directory", directory], 2, "there is nothing to compare");
    check(&["hunt", "--cases", "0", "--directory", directory], 4, "nothing was explored");
    check(&["corpus", "list", "--corpus", "no/such/directory"], 2, "name the directory with --corpus");
    let broken = self::directory("hunt-broken-corpus");
    fs::write(broken.join("x.case"), "lockstep-case 0\n").unwrap();
    check(&["corpus", "list", "--corpus", text(&broken)], 2, "x.case  cannot be read: ");
    check(&["merge", directory, "--into", directory], 0, "0 cases");
    fs::write(Path::new(directory).join("hunt.json"), "{\"terms\": 3}").unwrap();
    check(&["hunt", "--cases", "1", "--directory", directory], 2, "not written by this version");
}
