//! Examples for the help of each command.

/// What stands below the help of the command of that name; some commands need no example.
pub(super) fn examples(name: &str) -> Option<&'static str> {
    Some(match name {
        "list" => LIST,
        "run" => RUN,
        "litmus" => LITMUS,
        "series" => SERIES,
        "audit" => AUDIT,
        "mutate" => MUTATE,
        "explore" => EXPLORE,
        "claims" => CLAIMS,
        "hunt" => HUNT,
        "merge" => MERGE,
        "corpus" => CORPUS,
        "completions" => COMPLETIONS,
        "man" => MAN,
        "minimize" => MINIMIZE,
        "replay" => REPLAY,
        _ => return None,
    })
}

const LIST: &str = "\
Examples:
  lockstep list
  lockstep list --format json";

const RUN: &str = "\
Examples:
  lockstep run --scenario S3 --variants stopped-lockless --seed 7
  lockstep run --scenario S3 --variants stopped-lockless --memory weak";

const LITMUS: &str = "\
Examples:
  lockstep litmus tools/tests/data/litmus/sb.litmus
  lockstep litmus --memory tso tools/tests/data/litmus/*.litmus";

const SERIES: &str = "\
Examples:
  lockstep series verify
  lockstep series check --base variants/examples/mailbox/mailbox.rs --series variants/examples/mailbox/series";

const AUDIT: &str = "\
Examples:
  lockstep audit
  lockstep audit --format json > audit.json          for 'lockstep report --audit audit.json'";

const MUTATE: &str = "\
Examples:
  lockstep mutate --list
  lockstep mutate --time 10m --format json > mutants.json";

const EXPLORE: &str = "\
Examples:
  lockstep explore --scenario S3 --exhaustive
  lockstep explore --relax --memory weak --scenario S4,S8e
  lockstep explore --relax --check snapshots/orderings.txt";

const CLAIMS: &str = "\
Examples:
  lockstep claims
  lockstep claims C18 --explain
  lockstep claims --format json > claims.json        for 'lockstep report --claims claims.json'";

const HUNT: &str = "\
Examples:
  lockstep hunt --time 10m
  lockstep hunt --cases 10000 --shard 1/8 --directory part1";

const MERGE: &str = "\
Examples:
  lockstep merge part1 part2 --into whole";

const CORPUS: &str = "\
Examples:
  lockstep corpus list
  lockstep corpus replay";

const COMPLETIONS: &str = "\
Examples:
  lockstep completions bash > ~/.local/share/bash-completion/completions/lockstep
  lockstep completions fish > ~/.config/fish/completions/lockstep.fish";

const MAN: &str = "\
Examples:
  lockstep man gate | man -l -";

const MINIMIZE: &str = "\
Examples:
  lockstep minimize lk1.utrace.S7.sc.m1.x.548b58
  lockstep minimize TOKEN --variants stopped-removed";

const REPLAY: &str = "\
Examples:
  lockstep replay lk1.utrace.S7.sc.m1.x.548b58
  lockstep replay lk1.utrace.S7.sc.m1.x.548b58 --trace";
