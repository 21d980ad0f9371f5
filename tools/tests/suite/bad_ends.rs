//! Ends that nobody can want and that every step shows: no divergence tells them, and the gate is red all the same, until somebody accepts
//! them in the ledger or in a snapshot.

use crate::common;
use common::{GateFolder, copy_files, root};

const CONFIG: &str =
    "[gate]\nbase = \"src/ring.rs\"\nseries = \"series\"\nledger = \"accepted.toml\"\nmemory = [\"weak\"]\n";

const GATE: [&str; 3] = ["gate", "--config", "gate.toml"];

/// A reported input: the consumer reads a slot that no release has handed over, before the patch and behind it.
fn ring() -> GateFolder {
    let folder = GateFolder::new(CONFIG);
    let reported = root().join("tools/tests/data/reported/race-in-every-step");
    for name in ["src", "series"] {
        copy_files(&reported.join(name), &folder.path(name));
    }
    folder
}

/// The names of the ends that somebody is asked to accept.
fn ids(said: &str) -> Vec<String> {
    let words = said.split_whitespace().filter(|word| word.contains(".race-") && word.starts_with("ring."));
    let mut ids: Vec<String> = words.map(|word| word.trim_matches([',', ':']).to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[test]
fn races_that_every_step_shows_are_told_once_for_each_step_and_fail_the_gate_until_accepted() {
    let folder = ring();
    let options = ["--base", "src/ring.rs", "--series", "series"];
    let said = folder.check(
        &[&["series", "check", "--memory", "weak"], &options[..]].concat(),
        0,
        "every step shows the same outcomes",
    );
    for expected in [
        "  in every step, outcomes end in a race (",
        "    base: 3 of 4 outcomes\n    1-comment: 3 of 4 outcomes\n",
        "    base: 8 of 9 outcomes\n    1-comment: 8 of 9 outcomes\n",
        "every step, the base as well, shows outcomes that end in a race: in_order",
        "show a witness with 'lockstep replay TOKEN --base src/ring.rs --series series'",
    ] {
        assert!(said.contains(expected), "expected '{expected}' in\n{said}");
    }
    let token = said.split_whitespace().find(|word| word.starts_with("lk1.ring.in_order.")).expect("a witness");
    folder.check(&[&["replay", token], &options[..]].concat(), 0, "data race");
    let gate = |more: &[&str], status, expected: &str| folder.check(&[&GATE[..], more].concat(), status, expected);
    let said = gate(&["--save", "run.json"], 100, "bad ends that every step shows: 2 unaccepted");
    assert!(
        said.contains("every step shows outcomes that end in a race: base in 3 of 4, 1-comment in 3 of 4: "),
        "{said}"
    );
    let ids = ids(&said);
    assert_eq!(ids.len(), 2, "once for each scenario: {said}");
    let accept =
        format!("then 'lockstep accept {} --config gate.toml --reason …', or leave 'race' out of 'fail-on'", ids[0]);
    assert!(said.contains(&accept), "{said}");
    let saved = ["--from", "run.json"];
    gate(
        &[&saved[..], &["--fail-on", "panic,stuck,limit"]].concat(),
        0,
        "bad ends that every step shows: 2 not in 'fail-on'",
    );
    gate(&[&saved[..], &["--fail-on", "none"]].concat(), 0, "green");
    gate(&[&saved[..], &["--fail-on", "race"]].concat(), 100, "red");
    gate(&[&saved[..], &["--fail-on", "rase"]].concat(), 2, "rase");
    folder.write("gate.toml", &format!("{CONFIG}fail-on = [\"stuck\"]\n"));
    gate(&saved, 0, "2 not in 'fail-on'");
    folder.write("gate.toml", &format!("{CONFIG}fail-on = [\"stuck\", \"rase\"]\n"));
    let said = gate(&saved, 2, "gate.toml:6:21");
    assert!(said.contains("there is no kind of end 'rase'; the nearest: race"), "{said}");
    folder.write("gate.toml", CONFIG);
    // One by one, from what was saved: the gate stays red until both are accepted.
    for (id, status, classes) in [(&ids[0], 100, "1 accepted, 1 unaccepted"), (&ids[1], 0, "2 accepted")] {
        let accept = ["accept", id, "--config", "gate.toml", "--reason", "the ring is a draft", "--from", "run.json"];
        folder.check(&accept, 0, &format!("accepted in accepted.toml: {id}, every step ends in a race"));
        gate(&saved, status, classes);
        folder.check(&accept, 2, "has an entry for");
    }
    let ledger = std::fs::read_to_string(folder.path("accepted.toml")).expect("it was written");
    assert!(!ledger.contains("shown-by"), "all show it: {ledger}");
    // Another end is another name: then the old entry matches nothing, and the new end is nobody's.
    folder.write("accepted.toml", &ledger.replacen(".race-", ".race-0", 1));
    gate(&saved, 2, "is not the id of a divergence");
    let digits = &ids[0][ids[0].len() - 8..];
    folder.write("accepted.toml", &ledger.replacen(digits, "00000000", 1));
    let said = gate(&saved, 100, "1 accepted, 1 unaccepted");
    assert!(said.contains("race-00000000 matches nothing any more: remove the entry"), "{said}");
}

/// In this order.
#[track_caller]
fn stand_in_order(said: &str, parts: &[&str]) {
    let mut rest = said;
    for part in parts {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("expected '{part}' next in\n{said}")).1;
    }
}

#[test]
fn bad_ends_stand_before_differences_in_everything_that_explores() {
    let folder = ring();
    let options = ["--base", "src/ring.rs", "--series", "series", "--memory", "weak"];
    let said = folder.check(&[&["series", "check"], &options[..]].concat(), 0, "memory model: weak");
    stand_in_order(
        &said,
        &[
            "\n  in every step, outcomes end in a race",
            "\n  every step shows the same outcomes\n",
            "\nevery step, the base as well, shows outcomes that end in a race: ",
            "\n1-comment: the same outcomes in all",
        ],
    );
    let said = folder.check(&[&["compare"], &options[..]].concat(), 0, "base -> 1-comment: equal");
    assert!(said.starts_with("every variant shows outcomes that end in a race: in_order weak, full weak\n"), "{said}");
    let one = ["--scenario", "in_order", "--variants", "base"];
    let said = folder.check(&[&["explore"], &options[..], &one].concat(), 0, "4 outcomes; exhaustive");
    stand_in_order(
        &said,
        &["\n3 outcomes end in a race\n", "end: sim: data race", "end: sim: data race", "end: sim: data race"],
    );
    assert!(said.trim_end().lines().rev().nth(1).is_some_and(|line| line == "  end: completed"), "{said}");
    let said = folder.check(&[&["explore", "--format", "json"], &options[..], &one].concat(), 0, "explorations");
    assert_eq!(said.matches("\"bad\": \"race\"").count(), 3, "{said}");
}

#[test]
fn what_a_patch_brings_that_ends_badly_stands_before_its_other_differences() {
    let folder = GateFolder::new("[gate]\nbase = \"src/ring.rs\"\nseries = \"series\"\nmemory = [\"weak\"]\n");
    let reported = root().join("tools/tests/data/reported/spsc-race");
    for name in ["src", "series"] {
        copy_files(&reported.join(name), &folder.path(name));
    }
    let options = ["--base", "src/ring.rs", "--series", "series", "--memory", "weak"];
    let said = folder.check(&[&["series", "check"], &options[..]].concat(), 0, "memory model: weak");
    stand_in_order(
        &said,
        &[
            "\nfull: ",
            "  8 outcomes brought by 3-publish-the-tail-cheaply\n    8 of them end in a race\n",
            "  8 outcomes removed by 3-publish-the-tail-cheaply\n",
            "\n3-publish-the-tail-cheaply brings outcomes that end in a race: in_order weak +3, full weak +8",
            "\n1-acquire-and-release-are: other outcomes in",
        ],
    );
    let said = folder.check(&GATE, 100, "red");
    let unaccepted: Vec<bool> =
        said.lines().filter(|line| line.starts_with("100  ")).map(|line| line.contains(", a data race: ")).collect();
    assert_eq!(unaccepted, [true, false, false], "{said}");
}

#[test]
fn a_snapshot_that_lists_the_ends_knows_them_and_one_that_does_not_is_red() {
    let folder = ring();
    folder.write("gate.toml", &format!("{CONFIG}snapshots = \"snaps\"\nscenarios = [\"in_order\"]\n"));
    folder.check(&[&GATE[..], &["--propose", "--save", "run.json"]].concat(), 100, "1 unaccepted");
    let text = std::fs::read_to_string(folder.path("snaps/in_order-weak.snap.new")).expect("it was proposed");
    assert!(text.contains("\nends badly in all, race:\n  ") && text.contains("\n    sim: data race: "), "{text}");
    folder.write("snaps/in_order-weak.snap", &text);
    let judge = [&GATE[..], &["--from", "run.json"]].concat();
    folder.check(&judge, 0, "bad ends that every step shows: 1 committed");
    // A snapshot of before such ends were listed, and one that knows fewer of them.
    let (before, rest) = text.split_once("ends badly in all, race:\n  ").expect("it is there");
    folder.write("snaps/in_order-weak.snap", before);
    folder.check(&judge, 100, "1 unaccepted");
    folder.write("snaps/in_order-weak.snap", &format!("{before}ends badly in all, race:\n  {}", &rest[9..]));
    folder.check(&judge, 100, "1 unaccepted");
}
