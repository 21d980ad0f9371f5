//! Documents show what is printed, and their commands run.

use crate::common;
use common::{lockstep_in, root};

/// The commands of a document with what they print: `$ lockstep …` and the lines behind it. `…` stands for any lines.
fn examples(text: &str) -> Vec<(Vec<String>, String)> {
    let mut examples: Vec<(Vec<String>, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ lockstep ").filter(|_| inside) {
            examples.push((command.split_whitespace().map(str::to_owned).collect(), String::new()));
        } else if let Some((_, printed)) = examples.last_mut().filter(|_| inside) {
            *printed += line;
            *printed += "\n";
        }
    }
    examples
}

/// Whether the parts between `…` stand in the text in this order.
fn reads(text: &str, expected: &str) -> Result<(), String> {
    let mut rest = text;
    for part in expected.split("…\n") {
        let at = rest.find(part).ok_or_else(|| format!("expected\n{part}\nin\n{rest}"))?;
        rest = &rest[at + part.len()..];
    }
    Ok(())
}

/// The document shows at least so many commands, and each prints what stands below it.
#[track_caller]
fn check(document: &str, least: usize) {
    let text = std::fs::read_to_string(root().join(document)).expect("the document exists");
    let examples = examples(&text);
    assert!(examples.len() >= least, "{document} has commands");
    for (arguments, expected) in examples {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = lockstep_in(&root(), &arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if let Err(why) = reads(&printed, &expected) {
            panic!("{document}, {arguments:?}: {why}");
        }
    }
}

#[test]
fn the_first_page_shows_what_is_printed() {
    check("README.md", 2);
}

#[test]
fn the_tutorial_shows_what_is_printed() {
    check("variants/examples/mailbox/README.md", 4);
}

/// Commands stand in indented lines, with words for people behind `#`; `cd` holds for the rest of its block.
#[test]
fn every_command_of_the_first_page_runs() {
    let text = std::fs::read_to_string(root().join("README.md")).expect("it exists");
    let (mut folder, mut count, mut is_fenced) = (root(), 0, false);
    for line in text.lines() {
        is_fenced ^= line.starts_with("```");
        let Some(line) = line.strip_prefix("    ").filter(|_| !is_fenced) else {
            folder = root();
            continue;
        };
        let words: Vec<&str> = line.split(" #").next().unwrap_or_default().split_whitespace().collect();
        match words[..] {
            ["cd", path] => folder = root().join(path),
            ["lockstep", ref arguments @ ..] => {
                let output = lockstep_in(&folder, arguments);
                assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
                count += 1;
            }
            // These two are what CI runs.
            ["cargo", "run" | "test" | "install", ..] => {}
            _ => panic!("no command: {line}"),
        }
    }
    assert!(count >= 5, "only {count} commands ran");
}
