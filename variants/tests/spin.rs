//! A second opinion: small Promela models of the scenarios, written from the commits and not from
//! the designs here, and SPIN's full search of them. What a client can tell (callbacks, return
//! values, end states) is compared as sets, and exactly.
//!
//! The models are in `spin/`; each design is a variant of a model. Needed are `spin` and a C
//! compiler; without them the tests are skipped, but not in CI. The words of a model are those of
//! an outcome here, shortened, with these exceptions:
//!
//! - A broken rule is what a monitor of ours says of an outcome, no outcome of its own: left out.
//! - Engines are told of a death without an action: what "so far" says there is left out.
//! - A BUG ends the execution here, its thread there: what that thread said before it is compared.
//! - A data race ends the execution here and is nothing there, for SPIN knows no races: what was
//!   said before it must be the beginning of an outcome of SPIN's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lockstep::{Abandon, End, Entry, Exploration, ExploreConfig, MemoryModel, Outcome, Program, Strategy, explore};
use utrace_variants::{Repairs, describe, run, scenarios, variants};

#[path = "../../tools/tests/tool/mod.rs"]
mod tool;

/// Runs of an exhaustive search of one design, at most. None needs as many.
const EXECUTIONS: u64 = 5_000_000;

/// The three designs, as SPIN and as this repository call them.
const DESIGNS: [(&str, &str); 3] = [
    ("STOPPED_LOCKED", "stopped-locked"),
    ("STOPPED_LOCKLESS", "stopped-lockless"),
    ("UNLOCK_WAIT", "stopped-removed"),
];

/// The third without its waiting: the tree of the week between its two commits.
const NO_WAIT: (&str, &str) = ("NO_WAIT", "a6-no-finish-stop");

/// What can come out, one line each.
type Outcomes = BTreeSet<String>;

/// What the simulator found: whole outcomes, and what had been said where a data race ended the
/// execution.
struct Explored {
    whole: Outcomes,
    raced: Outcomes,
}

/// What SPIN finds in a model with these definitions. None: there is no SPIN.
fn searched(scenario: &str, defines: &[&str]) -> Option<Outcomes> {
    let spin = tool::find(&["spin"], "apt-get install spin")?;
    let compiler = tool::find(&["cc", "gcc", "clang"], "apt-get install gcc")?;
    let models = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/spin");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "spin-{scenario}-{}-{}",
        defines.join("-"),
        std::process::id()
    ));
    fs::create_dir_all(&folder).expect("the folder of a verifier is made");
    let defined = defines.iter().map(|define| format!("-D{define}"));
    run_in(&folder, Command::new(spin).args(defined).arg("-a").arg(models.join(format!("{scenario}.pml"))));
    // Partial-order reduction is left off: the process that prints waits for `timeout`.
    run_in(&folder, Command::new(compiler).args(["-w", "-O0", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"]));
    let found = run_in(&folder, Command::new(folder.join("pan")).args(["-E", "-m100000"]));
    assert!(found.contains("errors: 0"), "{scenario} {defines:?}: {found}");
    assert!(!found.contains("not completed") && !found.contains("too small"), "{scenario} {defines:?}: {found}");
    fs::remove_dir_all(&folder).expect("the folder of a verifier is removed");
    let outcomes: Outcomes = found.lines().filter_map(|line| line.strip_prefix("outcome |")).map(tidy).collect();
    assert!(!outcomes.is_empty(), "{scenario} {defines:?} has no outcome: {found}");
    Some(outcomes)
}

fn run_in(folder: &Path, command: &mut Command) -> String {
    let output = command.current_dir(folder).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// One space between words, none at the ends, and no column without words.
fn tidy(line: &str) -> String {
    let columns = line.split('|').map(|column| column.split_whitespace().collect::<Vec<_>>().join(" "));
    columns.filter(|column| !column.ends_with(':')).collect::<Vec<_>>().join(" | ")
}

/// What the simulator finds, in every execution.
fn explored(scenario: &str, variant: &str, memory: MemoryModel) -> Explored {
    let scenario = scenarios().iter().find(|known| known.id == scenario).expect("a scenario of this name");
    let variant = variants().iter().find(|known| known.name == variant).expect("a variant of this name");
    let body = || run(variant, Repairs::NONE, scenario);
    let program = Program { body: &body, abandon: Abandon::Unwind };
    let (strategy, executions) = (Strategy::Exhaustive, EXECUTIONS);
    let config = ExploreConfig { strategy, executions, memory, jobs: 2, ..ExploreConfig::default() };
    let exploration = explore(&program, &config);
    let Exploration { evidence, outcomes, .. } = &exploration;
    assert!(evidence.is_exhaustive(), "{} on {}: {evidence}", scenario.id, variant.name);
    let mut found = Explored { whole: Outcomes::new(), raced: Outcomes::new() };
    for seen in outcomes.iter() {
        let is_raced = matches!(seen.outcome.end, End::Race(_));
        let kind = if is_raced { &mut found.raced } else { &mut found.whole };
        kind.insert(in_words_of_spin(&seen.outcome));
    }
    found
}

/// An outcome as a model prints it.
fn in_words_of_spin(outcome: &Outcome) -> String {
    let (mut columns, mut ends) = (Vec::new(), Vec::new());
    for column in &outcome.columns {
        let mut words = Vec::new();
        for entry in &column.entries {
            match entry {
                Entry::Warning(_) => words.push("WARN".to_owned()),
                Entry::Word(word) => match describe(*word) {
                    broken if broken.starts_with("rule broken") => {}
                    end if end.contains(" ends ") => ends.push(in_end_of_spin(&end)),
                    said => words.push(in_word_of_spin(&said)),
                },
            }
        }
        if !words.is_empty() {
            let name = column.name.replace("task[", "T").replace(']', "");
            columns.push(format!("{name}: {}", words.join(" ")));
        }
    }
    columns.sort_by_key(|column| place(column));
    if matches!(outcome.end, End::Bug(_)) {
        // Of all BUGs that a model can come to, the task is the one to hit them.
        columns.truncate(1);
        return format!("{} BUG", columns[0]);
    }
    columns.append(&mut ends);
    columns.join(" | ")
}

/// The threads in the order of the models.
fn place(column: &str) -> usize {
    ["T0", "T1", "tracer", "killer", "parent"].iter().position(|name| column.starts_with(name)).unwrap_or(usize::MAX)
}

/// What one word says, shortened; a word that no model knows stays as it is.
fn in_word_of_spin(said: &str) -> String {
    let so_far = || said.split("so far ").nth(1).and_then(|rest| rest.split(')').next()).unwrap_or("?");
    match said.split('(').next().unwrap_or_default() {
        "report_syscall_entry" => format!("entry/{}", so_far()),
        "report_exit" => {
            let code = said.split("code 0x").nth(1).and_then(|rest| rest.split(';').next()).unwrap_or("?");
            format!("exit:{code}/{}", so_far())
        }
        "report_death" => "death".to_owned(),
        "control" => said.replace("control(engine 0, ", "").replace(") = ", "="),
        _ => match said {
            "system call 0 aborted" => "aborted".to_owned(),
            "system call 0 let through" => "let-through".to_owned(),
            "CLD_STOPPED from task 0" | "CLD_STOPPED from task 1" => "CLD_STOPPED".to_owned(),
            "CLD_KILLED from task 0, by SIGKILL" => "CLD_KILLED:9".to_owned(),
            "CLD_EXITED from task 0, status 0" => "CLD_EXITED:0".to_owned(),
            other => other.to_owned(),
        },
    }
}

fn in_end_of_spin(end: &str) -> String {
    let end = end.replacen("task ", "T", 1).replace(", though awake", " awake").replace(", lost wake-up", " lost");
    end.replace("dead by SIGKILL", "dead:9").replace("dead with code ", "dead:")
}

/// Whether each column of `part` is the beginning of the same column of `whole`.
fn is_beginning(part: &str, whole: &str) -> bool {
    let whole: Vec<&str> = whole.split(" | ").collect();
    part.split(" | ").all(|column| whole.iter().any(|other| other.starts_with(column)))
}

/// SPIN finds what the simulator finds.
#[track_caller]
fn agree(searched: &Outcomes, explored: &Explored, what: &str) {
    assert_eq!(searched, &explored.whole, "{what}: SPIN, the simulator");
    for part in &explored.raced {
        let is_known = searched.iter().any(|whole| is_beginning(part, whole));
        assert!(is_known, "{what}: a race ends what SPIN never begins: {part}");
    }
}

/// SPIN finds what the simulator finds, on every design, and the broken models differ.
#[track_caller]
fn check(model: &str, scenario: &str, mutants: [(&str, usize); 2]) -> Vec<Explored> {
    let mut found = Vec::new();
    for (define, variant) in DESIGNS {
        let Some(searched) = searched(model, &[define]) else { return found };
        let explored = explored(scenario, variant, MemoryModel::Sc);
        agree(&searched, &explored, &format!("{scenario} on {variant}"));
        found.push(explored);
    }
    for (mutant, design) in mutants {
        let Some(searched) = searched(model, &[DESIGNS[design].0, mutant]) else { return found };
        assert_ne!(searched, found[design].whole, "{scenario} on {}: {mutant} goes unnoticed", DESIGNS[design].1);
    }
    found
}

/// How many outcomes each design has, by SPIN and by the simulator.
fn counts(found: &[Explored]) -> Vec<usize> {
    found.iter().map(|explored| explored.whole.len()).collect()
}

#[test]
fn s3_comes_out_as_in_spin() {
    let found = check("s03", "S3", [("MUTANT_WAKEUP_KEEPS_FLAG", 0), ("MUTANT_IGNORES_THE_KILL", 2)]);
    assert!(found.iter().all(|explored| explored.whole == found[0].whole), "the designs are equal");
}

#[test]
fn s7_comes_out_as_in_spin() {
    check("s07", "S7", [("MUTANT_ASKS_FOR_THE_SIGNAL", 0), ("MUTANT_WAKEUP_FORGETS_GROUP_STOP", 2)]);
}

#[test]
fn s8_comes_out_as_in_spin() {
    check("s08", "S8", [("MUTANT_DETACH_KEEPS_FLAGS", 1), ("MUTANT_REPORTING_UNSET", 2)]);
}

#[test]
fn s15_comes_out_as_in_spin() {
    let found = check("s15", "S15", [("MUTANT_WAKEUP_KEEPS_FLAG", 1), ("MUTANT_NEVER_STOPPED", 0)]);
    assert!(found.is_empty() || counts(&found) == [3, 4, 2], "{:?}", counts(&found));
}

#[test]
fn s16_comes_out_as_in_spin() {
    let found = check("s16", "S16", [("MUTANT_DETACH_KEEPS_FLAGS", 0), ("MUTANT_REPORTING_UNSET", 2)]);
    let same = found.iter().all(|explored| explored.whole == found[0].whole && explored.raced == found[0].raced);
    assert!(same, "the designs are equal, in their races too");
}

#[test]
fn s8e_comes_out_as_in_spin() {
    check("s08e", "S8e", [("MUTANT_DO_STOP_LEAVES_STOPPED", 2), ("MUTANT_NEVER_STOPPED", 0)]);
}

/// S8e under store buffers: SPIN finds what the simulator finds. Returns what is found, and whether the task calls back by
/// SPIN while a tracer that has the lock takes it for stopped (C15), which is a word of the models alone.
#[track_caller]
fn check_store_buffers((define, variant): (&str, &str)) -> Option<(Outcomes, bool)> {
    const BELIEVED: &str = "believed-stopped ";
    let searched = searched("s08e", &[define, "TSO", "ASK_C15"])?;
    let is_refuted = searched.iter().any(|line| line.contains(BELIEVED));
    let searched: Outcomes = searched.iter().map(|line| line.replace(BELIEVED, "")).collect();
    agree(&searched, &explored("S8e", variant, MemoryModel::Tso), &format!("S8e on {variant} under tso"));
    Some((searched, is_refuted))
}

#[test]
fn s8e_comes_out_as_in_spin_under_store_buffers_where_the_lock_is_taken() {
    for design in [DESIGNS[0], DESIGNS[1], ("ALWAYS_LOCK", "a3-lock-always")] {
        let Some((_, is_refuted)) = check_store_buffers(design) else { return };
        assert!(!is_refuted, "C12 and C15 hold where the task takes the lock: {}", design.1);
    }
}

/// A task that looked at the lock too early lives on beside a tracer that takes it for stopped: as if it had not waited at all.
#[test]
fn s8e_comes_out_as_in_spin_under_store_buffers_where_the_lock_is_waited_for() {
    let Some((waited, is_refuted)) = check_store_buffers(DESIGNS[2]) else { return };
    assert!(is_refuted, "C12 and C15 are refuted where the task only looks at the lock");
    let Some((unwaited, _)) = check_store_buffers(NO_WAIT) else { return };
    assert_eq!(waited, unwaited, "under tso nobody can tell that the task waits");
    let by_order = explored("S8e", DESIGNS[2].1, MemoryModel::Sc).whole;
    assert_ne!(explored("S8e", NO_WAIT.1, MemoryModel::Sc).whole, by_order, "under sc somebody can");
}

#[test]
fn s8e_notices_broken_models_under_store_buffers() {
    for (mutant, (define, variant)) in
        [("MUTANT_DO_STOP_LEAVES_STOPPED", DESIGNS[2]), ("MUTANT_NEVER_STOPPED", DESIGNS[0])]
    {
        let Some(searched) = searched("s08e", &[define, "TSO", mutant]) else { return };
        let explored = explored("S8e", variant, MemoryModel::Tso);
        assert_ne!(searched, explored.whole, "S8e on {variant} under tso: {mutant} goes unnoticed");
    }
}
