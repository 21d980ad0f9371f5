//! Claims and decisions as lines of text, for the terminal and for the committed table. Nothing
//! volatile gets in: no counts, no times.

use super::claim::{Asked, Claim, How};
use super::decision::{Decision, Verdict, Witness};
use lockstep::Token;

/// Columns of text that is meant for mail.
const WIDTH: usize = 72;

/// What the claim says and what is checked for it.
pub fn claim_lines(claim: &Claim) -> Vec<String> {
    let Claim { id, date, author, says, checked, note, scenarios, .. } = *claim;
    let mut lines = vec![format!("{id}  {date} {author}")];
    lines.extend(wrapped("", says));
    lines.extend(wrapped("checked: ", checked));
    if !scenarios.is_empty() {
        lines.extend(wrapped("on ", &scenarios.join(" ")));
    }
    if !note.is_empty() {
        lines.extend(wrapped("note: ", note));
    }
    lines
}

/// What became of the claim for each variant under each memory model: the variants in the order in
/// which the claim names them.
pub fn decided_lines(claim: &Claim, decisions: &[Decision]) -> Vec<String> {
    let of = |asked: &Asked| {
        let mut own = decisions.iter().filter(|one| one.claim.id == claim.id && one.asked.variant == asked.variant);
        // Of what a claim is not about nothing was explored, under no model.
        let shown: Vec<&Decision> = match asked.how {
            How::NotAtAll(_) => own.next().into_iter().collect(),
            _ => own.collect(),
        };
        shown.into_iter().flat_map(decision_lines).collect::<Vec<_>>()
    };
    claim.asked.iter().flat_map(of).collect()
}

/// What became of the claim for one variant: a line, and the witness below it.
pub fn decision_lines(decision: &Decision) -> Vec<String> {
    let Decision { asked, memory, verdict, evidence, witness, .. } = decision;
    let against = match asked.how {
        How::Against(other) => format!(" against {other}"),
        How::Alone | How::NotAtAll(_) => String::new(),
    };
    let rest = match verdict {
        Verdict::NotApplicable(reason) => return wrapped("", &format!("{}: not applicable: {reason}", asked.variant)),
        Verdict::Open(reason) => format!(": {reason}"),
        Verdict::Holds | Verdict::Refuted => match witness {
            Some(witness) => format!(", {}", shown(witness)),
            None => format!(", {evidence}"),
        },
    };
    let head = format!("{} {}{against}: {}{rest}", memory.name(), asked.variant, verdict.name());
    let mut lines = wrapped("", &head);
    lines.extend(token(decision).map(|token| format!("      {token}")));
    lines
}

fn shown(witness: &Witness) -> String {
    let plural = if witness.preemptions == 1 { "" } else { "s" };
    let by = witness.absent.map_or(String::new(), |_| format!(" by {}", witness.variant));
    let absent = witness.absent.map_or("", |absent| absent.variant);
    let absence = witness.absence().map_or(String::new(), |absence| format!("; by {absent} {absence}"));
    format!("shown{by} in {} with {} preemption{plural}{absence}", witness.scenario, witness.preemptions)
}

/// The token of the witness.
pub fn token(decision: &Decision) -> Option<Token> {
    let witness = decision.witness.as_ref()?;
    Some(Token {
        subject: witness.subject.name(),
        scenario: witness.scenario.to_owned(),
        memory: decision.memory,
        schedule: witness.schedule.clone(),
    })
}

/// Words in lines, indented.
fn wrapped(label: &str, text: &str) -> Vec<String> {
    let mut lines = vec![format!("    {label}")];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.trim().is_empty() || line.ends_with(' ') {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= WIDTH {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(format!("      {word}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, claim_lines, wrapped};
    use crate::claims::claims;

    #[test]
    fn text_is_wrapped_and_nothing_is_lost() {
        let text = "a ".repeat(100) + "end";
        let lines = wrapped("on ", &text);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
        assert_eq!(lines.join(" ").split_whitespace().count(), 102);
        assert_eq!(lines[0].split_whitespace().next(), Some("on"));
    }

    #[test]
    fn claims_fit_in_a_mail() {
        for line in claims().into_iter().flat_map(claim_lines) {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
    }
}
