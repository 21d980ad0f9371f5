//! The workflow for CI works as printed: its commands run, in their order, on one scenario.

use crate::common::{copy_files, root};
use std::path::Path;
use std::process::Command;

/// The commands of the workflow that call the program.
fn commands() -> Vec<String> {
    let page = std::fs::read_to_string(root().join("tools/docs/gate.md")).expect("the page exists");
    let (_, workflow) = page.split_once("```yaml\n").expect("the page has a workflow");
    let (workflow, _) = workflow.split_once("```").expect("it ends");
    let line = |line: &str| {
        let command = line.trim().trim_start_matches("- run: ");
        command.starts_with("lockstep ").then(|| command.to_owned())
    };
    workflow.lines().filter_map(line).collect()
}

#[test]
fn the_commands_of_the_workflow_run_as_printed() {
    let commands = commands();
    assert!(commands.len() >= 4 && commands[0].starts_with("lockstep gate --save"), "{commands:?}");
    let folder = tempfile::tempdir().expect("a folder");
    copy_files(&root().join(".config"), &folder.path().join(".config"));
    copy_files(&root().join("snapshots"), &folder.path().join("snapshots"));
    let program = Path::new(env!("CARGO_BIN_EXE_lockstep"));
    let path = std::env::join_paths(
        std::iter::once(program.parent().expect("it is in a folder").to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let output = Command::new("sh")
        .args(["-e", "-c", &commands.join("\n")])
        .current_dir(folder.path())
        .env("PATH", path.expect("folders without a colon"))
        .env("GITHUB_STEP_SUMMARY", folder.path().join("summary.md"))
        .env("LOCKSTEP_SCENARIO", "S7")
        .env("LOCKSTEP_REPAIRS", "none")
        .output()
        .expect("the shell starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stdout));
    for (file, expected) in [
        ("lockstep.json", "utrace.S7."),
        ("summary.md", "Gate: green"),
        ("lockstep.sarif", "2.1.0"),
        ("lockstep.html", "<svg"),
    ] {
        let text = std::fs::read_to_string(folder.path().join(file)).expect("the workflow wrote it");
        assert!(text.contains(expected), "{file}");
    }
}
