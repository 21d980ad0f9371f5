//! The program as its users call it: what it prints, and its exit status.

use crate::common;
use assert_cmd::Command;
use common::{check, lockstep, root, said_in};

const QUICK: [&str; 2] = ["--executions=200", "--exhaustive-max=0"];

#[test]
fn without_a_command_it_prints_the_matrix() {
    let text = check(&["--exhaustive-max", "0", "--executions", "50", "--preemptions", "0"], 0, "1>2");
    for number in 1..=13 {
        assert!(
            text.lines().any(|line| line.trim_start().starts_with(&format!("S{number} "))),
            "S{number} is missing:\n{text}"
        );
    }
    assert!(text.contains("evidence"), "{text}");
}

#[test]
fn a_comparison_shows_divergences_and_is_fine() {
    let text = check(&["compare", "--scenario", "S7", QUICK[0], QUICK[1]], 0, "divergence ");
    assert!(text.contains("witness, 0 preemptions: lk1.utrace.S7."), "{text}");
}

#[test]
fn an_exhaustive_exploration_says_never_about_what_is_missing() {
    let text =
        check(&["explore", "--scenario", "S2", "--exhaustive", "--variants", "stopped-lockless"], 0, "exhaustive");
    assert!(text.contains("goal, reached: it runs in the end"), "{text}");
    let text = check(&["explore", "--scenario", "S2", "--format", "json", QUICK[0]], 0, "explorations");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let token = document["explorations"][0]["outcomes"][0]["token"].as_str().expect("each outcome has a token");
    let id = document["explorations"][0]["outcomes"][0]["id"].as_str().expect("and an identity").to_owned();
    check(&["replay", token, "--variants", "stopped-locked"], 0, &format!("outcome {id}"));
}

#[test]
fn an_exhaustive_exploration_refuses_a_bound() {
    check(&["explore", "--exhaustive", "--preemptions", "2"], 2, "means nothing");
}

#[test]
fn tokens_name_the_memory_model_and_replay_under_it() {
    for memory in ["tso", "weak"] {
        let options = ["run", "--scenario", "S3", "--variants", "stopped-lockless", "--seed", "7", "--memory", memory];
        let text = check(&options, 0, &format!(".S3.{memory}."));
        let token = text.lines().find_map(|line| line.strip_prefix("token: ")).expect("each execution has a token");
        let same = text.lines().find_map(|line| line.strip_prefix("the same, written out: ")).expect("in two forms");
        let options = |token| ["replay", token, "--variants", "stopped-lockless"];
        let [first, second] = [token, same].map(|token| check(&options(token), 0, "stopped-lockless: outcome "));
        let outcome =
            |text: &str| text.lines().skip_while(|line| !line.starts_with("stopped-lockless")).collect::<String>();
        assert_eq!(outcome(&first), outcome(&second));
    }
    check(&["run", "--scenario", "S3", "--memory", "power"], 2, "there is no memory model 'power'");
}

#[test]
fn equal_options_give_equal_bytes_whatever_the_number_of_jobs() {
    let run = |jobs| {
        check(&["compare", "--scenario", "S8,S3", "--format", "json", "--jobs", jobs, QUICK[0], QUICK[1]], 0, "S8")
    };
    let first = run("1");
    assert_eq!(first, run("1"));
    assert_eq!(first, run("2"));
    assert_eq!(first, run("3"));
}

/// Of S8f more than a first look is needed.
#[test]
fn a_scenario_is_compared_alike_alone_and_among_others() {
    let scenarios = |named: &str| {
        let printed = check(&["compare", "--scenario", named, "--executions", "800", "--format", "json"], 0, "");
        let document: serde_json::Value = serde_json::from_str(&printed).expect("it is JSON");
        document["scenarios"].as_array().cloned().expect("a list")
    };
    let alone: Vec<serde_json::Value> = ["S2", "S8f", "S5"].map(scenarios).concat();
    assert_eq!(scenarios("S2,S8f,S5"), alone);
    assert!(alone.iter().all(|one| one["variants"][0]["evidence"]["exhaustive"] == true), "{alone:?}");
}

#[test]
fn json_names_scenarios_and_evidence() {
    let text = check(&["compare", "--scenario", "s2", "--format", "json", QUICK[0], QUICK[1]], 0, "\"id\": \"S2\"");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(document["schema"], 2);
    assert_eq!(document["scenarios"][0]["variants"].as_array().map(Vec::len), Some(3));
    assert!(document["scenarios"][0]["variants"][0]["evidence"]["text"].is_string());
}

#[test]
fn unknown_names_are_usage_errors_that_name_the_nearest() {
    check(&["compare", "--scenario", "S99"], 2, "the nearest: S9");
    check(&["compare", "--variants", "stopped-lokced"], 2, "the nearest: stopped-locked");
    check(&["compare", "--variants", "stopped-locked,stopped-locked"], 2, "named twice");
    check(&["compare", "--memory", "power"], 2, "there is no memory model 'power'");
    check(&["compair"], 2, "compare");
    check(&["compare", "--executoins", "3"], 2, "--executions");
    check(&["compare", "--time", "soon"], 2, "expected seconds");
    check(&["compare", "--time", "2 months"], 2, "as in 90s, 5m, 1h, 1h30m or '2h 5m'");
    check(&["compare", "--jobs", "0"], 2, "0 is not in 1..=1024");
    check(&["run"], 2, "run needs one scenario");
    check(&["compare", "S7"], 2, "a scenario is named with '--scenario S7'");
}

#[test]
fn names_are_known_before_anything_is_broken_or_built() {
    for options in [&["mutate", "--list"][..], &["mutate"]] {
        check(&[options, &["--scenario", "S99"]].concat(), 2, "the nearest: S9");
        check(&[options, &["--memory", "power"]].concat(), 2, "there is no memory model 'power'");
    }
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_missing() {
    for arguments in [
        &["gate", "--from", "missing.json"][..],
        &["gate", "--config", "missing.toml"],
        &["mutate", "--base", "missing.rs"],
        &["report", "--from", "missing.json", "--format", "markdown"],
    ] {
        check(arguments, 2, "there is no such file; a path begins at the folder");
    }
}

#[test]
fn options_that_would_be_ignored_are_refused() {
    check(&["replay", "lk1.utrace.S7.sc.m1.x.548b58", "--scenario", "S8"], 2, "--scenario means nothing to 'replay'");
    check(&["run", "--scenario", "S3", "--jobs", "2"], 2, "--jobs means nothing to 'run'");
    check(&["list", "--seed", "3"], 2, "--seed means nothing to 'list'");
    check(&["series", "verify", "--seed=3"], 2, "--seed means nothing to 'series verify'");
    check(&["corpus", "list", "--time", "1"], 2, "--time means nothing to 'corpus list'");
    check(&["explore", "--exhaustive-max", "3"], 2, "--exhaustive-max means nothing to 'explore'");
    check(&["explore", "--relax", "--repairs", "all"], 2, "--repairs means nothing to 'explore'");
    check(&["claims", "--explain", "--format", "json"], 2, "--format means nothing to 'claims'");
    check(&["--memory", "tso", "compare"], 2, "--memory is in front of 'compare'");
    check(&["--observe"], 2, "unexpected argument '--observe'");
    check(&["compare", "--scenario", "S3,S3"], 2, "named twice");
    check(&["compare", "--variants", "stopped-locked"], 2, "nothing to compare one variant with");
}

#[test]
fn a_run_that_ends_before_it_is_done_says_so() {
    let text = check(&["--time", "1", "--executions", "100000000"], 103, "the time is over");
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn damaged_tokens_are_named_as_such() {
    let good = "lk1.utrace.S7.sc.m1.x.548b58";
    check(&["replay", good], 0, "S7");
    check(&["replay", ""], 2, "is not a token");
    check(&["replay", &good[..20]], 2, "cut off");
    check(&["replay", &good.replace("S7", "S8")], 2, "cut or altered");
    check(&["replay", &good.replace("lk1", "lk7")], 2, "of form lk7");
    check(&["replay", "lk1.utrace.S77.sc.m1.x.0b11ce"], 2, "cut or altered");
    let body = "lk1.utrace.S7.power.m1.x";
    let message = check(&["replay", &format!("{body}.000000")], 2, "cut or altered");
    let (_, right) = message.split_once("its text gives ").expect("it says what the check would be");
    check(&["replay", &format!("{body}.{}", &right[..6])], 2, "there are sc, tso, tso-lax-locks, weak");
}

#[test]
fn nothing_explored_is_not_fine() {
    check(
        &["compare", "--scenario", "S2", "--exhaustive-max=0", "--executions=0", "--preemptions=0", "--enumerated=0"],
        4,
        "nothing was explored",
    );
}

#[test]
fn help_fits_and_shows_examples() {
    let text = check(&["--help"], 0, "Examples:");
    assert!(text.lines().count() < 70, "{} lines", text.lines().count());
    check(&["--version"], 0, "lockstep 0");
}

#[test]
fn the_environment_mirrors_the_options() {
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    let output =
        command.args(["compare", QUICK[0], QUICK[1]]).env("LOCKSTEP_SCENARIO", "S3").output().expect("it starts");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("S3: "));
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    let output = command.arg("compare").env("LOCKSTEP_SEED", "abc").output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("where LOCKSTEP_SEED is set"), "{said}");
    // What a command does not take is not looked at, nor is what 'explore' takes only now and then.
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    command.arg("list").env("LOCKSTEP_SEED", "abc").assert().success();
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    command.args(["explore", "--scenario", "S2", "--exhaustive"]).env("LOCKSTEP_SEED", "3").assert().success();
    let mut command = Command::cargo_bin("lockstep").expect("the program is built");
    let output = command.env("LOCKSTEP_SEED", "abc").output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("where LOCKSTEP_SEED is set"), "{said}");
}

#[test]
fn help_and_completions_list_the_memory_models() {
    let models = |more: &str| format!("[possible values: sc, tso, tso-lax-locks, weak{more}]");
    let shown = |command: &[&str]| {
        let text = check(&[command, &["--help"]].concat(), 0, "--memory");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for command in [&[][..], &["compare"], &["corpus", "add"], &["litmus"]] {
        assert!(shown(command).contains(&models("")), "{command:?}");
    }
    assert!(shown(&["claims"]).contains(&models(", all")));
    // What help has no room for completions have.
    for name in ["tso-lax-locks", "S13b", "stopped-lockless", "C10b"] {
        check(&["completions", "bash"], 0, name);
    }
}

#[test]
fn a_run_prints_its_trace_and_a_token_that_replays() {
    let text = check(
        &["run", "--scenario", "S3", "--variants", "stopped-lockless", "--seed", "7"],
        0,
        "token: lk1.utrace.S3.",
    );
    let token = text.lines().find_map(|line| line.strip_prefix("token: ")).expect("a token is printed");
    let outcome = check(&["replay", token, "--variants", "stopped-lockless"], 0, "outcome ");
    let written_out =
        text.lines().find_map(|line| line.strip_prefix("the same, written out: ")).expect("so is its long form");
    let again = check(&["replay", written_out, "--variants", "stopped-lockless"], 0, "outcome ");
    let id = |text: &str| text.split("outcome ").nth(1).map(|rest| rest[..8].to_owned());
    assert_eq!(id(&outcome), id(&again));
    // What a random schedule shows needs few decisions, and the smallest schedule cannot be made smaller.
    let minimized = |token: &str| check(&["minimize", token, "--variants", "stopped-lockless"], 0, "outcome ");
    let smallest = minimized(token);
    assert_eq!(id(&outcome), id(&smallest));
    let small = smallest.lines().nth(1).expect("a token is printed").trim();
    assert!(small.len() < written_out.len(), "{small}");
    assert_eq!(minimized(small), smallest);
    assert_eq!(id(&check(&["replay", small, "--variants", "stopped-lockless"], 0, "outcome ")), id(&outcome));
    check(&["minimize", &token[..token.len() - 1]], 2, "token");
}

#[test]
fn a_claim_is_decided_with_a_token_that_replays() {
    let text = check(&["claims", "c9", "--format", "json"], 0, "\"id\": \"C9\"");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let verdict = &document[0]["verdicts"][0];
    assert_eq!(verdict["verdict"], "holds");
    let token = verdict["token"].as_str().expect("what is shown has a token");
    check(&["replay", token, "--variants", "stopped-locked"], 0, "let through");
}

#[test]
fn the_token_of_a_claim_replays_in_the_variants_that_it_speaks_of() {
    let text = check(&["claims", "c20", "--format", "json", QUICK[0], QUICK[1]], 0, "\"id\": \"C20\"");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let token = document[0]["verdicts"].as_array().and_then(|all| all.iter().find_map(|one| one["token"].as_str()));
    let text = check(&["replay", token.expect("one shows it")], 0, "a6-no-finish-stop: outcome");
    assert!(!text.contains("stopped-locked: outcome"), "{text}");
}

#[test]
fn parts_of_a_claim_are_found_by_its_number() {
    let text = check(&["claims", "C10", "--enumerated", "50", QUICK[0], QUICK[1]], 0, "C10b");
    assert!(text.contains("open:"), "what was not seen and not exhausted is open:\n{text}");
}

#[test]
fn an_explanation_shows_two_traces() {
    check(&["claims", "C20", "--explain"], 0, "first observable difference");
}

#[test]
fn claims_that_do_not_exist_are_refused() {
    check(&["claims", "C99"], 2, "there is no claim 'C99'");
    check(&["claims", "C4", "c4"], 2, "named twice");
    check(&["claims", "--scenario", "S7"], 2, "means nothing");
    check(&["claims", "C4", "--memory", "power"], 2, "there is no memory model 'power'");
}

#[test]
fn orderings_that_something_depends_on_have_tokens_that_replay() {
    let relax = ["explore", "--relax", "--scenario", "S6", "--variants", "stopped-locked"];
    let text = check(&[&relax[..], &["--format", "json"]].concat(), 0, "\"needed\": true");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let sites = document.as_array().expect("a list of places");
    let siglock = sites.iter().find(|site| site["ordering"] == "lock" && site["function"] == "do_stop");
    let token =
        siglock.expect("do_stop takes siglock")["shown"][0]["token"].as_str().expect("and needs it for its plain data");
    check(&["replay", token, "--variants", "stopped-locked"], 0, "sim: data race");
    check(&["explore", "--relax", "--exhaustive"], 2, "cannot be used with");
}

#[test]
fn the_committed_orderings_hold_and_what_does_not_is_said() {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../snapshots/orderings.txt");
    check(&["explore", "--relax", "--check", committed], 0, "each shows what it says without its ordering");
    let text = std::fs::read_to_string(committed).expect("the table is committed");
    let folder = tempfile::tempdir().expect("there is room for a file");
    let path = folder.path().join("orderings.txt");
    let changed = |from: &str, to: &str| {
        std::fs::write(&path, text.replacen(from, to, 1)).expect("the file is written");
        path.to_str().expect("a path in letters").to_owned()
    };
    let otherwise = changed("  race", "  free");
    check(&["explore", "--relax", "--check", &otherwise], 2, "the table says 'free', its witnesses 'race'");
    let gone = changed("\nwakeup ", "\nwoken ");
    check(&["explore", "--relax", "--check", &gone], 2, "is not in the table");
    let cut = changed(" shows sim: data race: ", " shows sim: data race: no ");
    said_in(&root(), &["explore", "--relax", "--check", &cut], 100, "no longer shows it without the ordering");
    check(&["explore", "--relax", "--check", "Cargo.toml"], 2, "is no table of orderings");
    check(&["explore", "--check", committed], 2, "--relax");
}

#[test]
fn completions_and_manual_pages_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        check(&["completions", shell], 0, "compare");
    }
    check(&["man"], 0, ".TH lockstep 1");
    check(&["man", "gate"], 0, "lockstep gate");
    check(&["man", "gait"], 2, "the nearest: gate");
    check(&["completions", "tcshh"], 2, "possible values: bash");
}

#[test]
fn the_help_of_each_command_fits_a_screen() {
    let text = check(&["--help"], 0, "Commands:");
    let (_, commands) = text.split_once("Commands:\n").expect("the help lists commands");
    let names = commands.lines().take_while(|line| !line.is_empty());
    let names: Vec<&str> =
        names.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 18 && names.contains(&"gate"), "{names:?}");
    for command in names.into_iter().filter(|name| *name != "help") {
        let text = check(&[command, "--help"], 0, "Examples:\n  lockstep ");
        assert!(text.lines().count() <= 40, "{command}: {} lines", text.lines().count());
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{command}: {text}");
    }
}

#[test]
fn quiet_says_only_results_and_verbose_says_what_is_done() {
    let run = |flag: &str| {
        let output = lockstep(&["compare", "--scenario", "S3", QUICK[0], QUICK[1], flag]);
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert_eq!(run("--quiet"), "");
    assert!(run("-v").contains("S3 on utrace: "), "{}", run("-v"));
    check(&["compare", "-q", "-v"], 2, "cannot be used with");
}

#[test]
fn forms_of_reports_are_for_comparisons() {
    check(&["list", "--format", "html"], 2, "this form is for 'compare', 'gate' and 'report'");
    check(&["compare", "--scenario", "S3", QUICK[0], QUICK[1], "--format", "ktap"], 0, "KTAP version 1");
    check(
        &["compare", "--scenario", "S3", QUICK[0], QUICK[1], "--save", "no/such/folder/x.json"],
        2,
        "cannot be written",
    );
}
