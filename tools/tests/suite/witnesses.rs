//! Each committed witness replays: `lockstep replay TOKEN` shows what its snapshot says.

use std::path::PathBuf;
use std::process::Command;

/// A divergence of a snapshot: who shows it and who does not, its witness, and the lines that describe it.
struct Committed {
    id: String,
    variants: [String; 2],
    token: String,
    lines: Vec<String>,
}

fn first_name(list: &str) -> String {
    list.split(", ").next().unwrap_or("").to_owned()
}

/// The divergences in the text of a snapshot.
fn committed(text: &str) -> Vec<Committed> {
    let mut found: Vec<Committed> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if let Some(id) = line.strip_prefix("divergence ") {
            found.push(Committed {
                id: id.to_owned(),
                variants: Default::default(),
                token: String::new(),
                lines: Vec::new(),
            });
            open = true;
            continue;
        }
        open &= line.starts_with("  ");
        let Some(divergence) = found.last_mut().filter(|_| open) else { continue };
        let line = line.trim();
        if let Some(shown) = line.strip_prefix("shown by ") {
            let (by, not_by) = shown.split_once("; ").expect("a divergence is not shown by all");
            let (_, not_by) = not_by.split_once(" by ").expect("the absence has its variants");
            divergence.variants = [first_name(by), first_name(not_by)];
        } else if line.starts_with("witness, ") {
            divergence.token = line.rsplit(": ").next().expect("a token follows").to_owned();
        } else if !line.starts_with("brought by") && !line.starts_with("removed by") {
            divergence.lines.push(line.to_owned());
        }
    }
    found
}

fn replay(token: &str, variants: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_lockstep"))
        .args(["replay", token, "--variants", variants])
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{token}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the output is text")
}

#[test]
fn every_committed_witness_reproduces_its_snapshot() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../snapshots");
    let mut replayed = 0;
    for file in std::fs::read_dir(folder).expect("the snapshots exist").flatten() {
        if file.path().extension().is_none_or(|extension| extension != "snap") {
            continue;
        }
        let text = std::fs::read_to_string(file.path()).expect("a snapshot is text");
        for Committed { id, variants: [shown_by, _], token, lines } in committed(&text) {
            let output = replay(&token, "stopped-locked,stopped-lockless,stopped-removed");
            assert!(output.contains(&format!("{shown_by}: outcome {id}")), "{token} does not show {id}:\n{output}");
            // The history and the end of the outcome; how the traces differ depends on which two variants are side by side.
            let described = lines.iter().take_while(|line| !line.starts_with("first difference"));
            for line in described {
                assert!(output.lines().any(|shown| shown.trim() == line), "{token}: '{line}' is missing in\n{output}");
            }
            replayed += 1;
        }
    }
    assert!(replayed > 0, "the snapshots hold witnesses");
}

#[test]
fn every_committed_refutation_of_a_claim_replays() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../snapshots");
    let text = ["claims.snap", "claims-relaxed.snap"]
        .map(|name| std::fs::read_to_string(folder.join(name)).expect("the claims are committed"))
        .concat();
    let mut replayed = 0;
    let mut variant = "";
    for line in text.lines().map(str::trim) {
        if let Some((_, decided)) = line.split_once(' ').filter(|(memory, _)| ["sc", "tso", "weak"].contains(memory)) {
            variant = decided.split([':', ' ']).next().unwrap_or("");
        }
        if line.starts_with("lk1.") {
            let output = replay(line, variant);
            let is_watched = line.starts_with("lk1.utrace-");
            // C2's is the subject's own check, which is there unwatched, too.
            let shows = output.contains("claim's monitor") || output.contains("end: sim: BUG:");
            assert!(!is_watched || shows, "{line} shows nothing on {variant}:\n{output}");
            replayed += 1;
        }
    }
    assert!(replayed > 0, "some claims are refuted or shown by a witness");
}
