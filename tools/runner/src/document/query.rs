//! What every report asks of a scenario that was compared.

use super::{AcceptancePart, BadEndPart, BadShare, DivergencePart, EvidencePart, OutcomePart, PairPart, ScenarioPart};
use lockstep::{BadEnd, Covered, Evidence, Gaps, Tried};

/// What a divergence is to whoever judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody judged it.
    Unjudged,
    /// Committed in a snapshot, or accepted in the ledger.
    Accepted,
    /// Neither.
    Unaccepted,
}

/// What an execution ends in that nobody can want.
pub fn in_words(kind: BadEnd) -> &'static str {
    match kind {
        BadEnd::Race => "a race",
        BadEnd::Panic => "a panic",
        BadEnd::Stuck => "stuck threads",
        BadEnd::Limit => "a limit",
    }
}

/// The place of something among others by its end: what nobody can want comes first, the gravest
/// before all.
pub fn gravity(end: Option<BadEnd>) -> usize {
    BadEnd::ALL.into_iter().position(|kind| Some(kind) == end).unwrap_or(BadEnd::ALL.len())
}

impl OutcomePart {
    /// What is wrong with its end, if nobody can want it.
    pub fn bad_end(&self) -> Option<BadEnd> {
        self.bad.as_deref().and_then(BadEnd::from_name)
    }
}

impl AcceptancePart {
    /// What it says of whom it is about.
    fn standing(acceptance: Option<&AcceptancePart>) -> Standing {
        match acceptance.map(|acceptance| acceptance.standing.as_str()) {
            None => Standing::Unjudged,
            Some("unaccepted") => Standing::Unaccepted,
            Some(_) => Standing::Accepted,
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let date = self.date.as_ref().map_or(String::new(), |date| format!(" on {date}"));
        let reason = self.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
        format!("{}{date}{reason}", self.standing)
    }
}

impl DivergencePart {
    /// What the gate said of it.
    pub fn standing(&self) -> Standing {
        AcceptancePart::standing(self.acceptance.as_ref())
    }

    /// The step at which it appears or vanishes first, in words.
    pub fn attribution(&self) -> String {
        let brought = self.introduced_by_step_to.iter().map(|to| format!("brought by the step to {to}"));
        let removed = self.removed_by_step_to.iter().map(|to| format!("removed by the step to {to}"));
        brought.chain(removed).collect::<Vec<_>>().join(", ")
    }

    /// The cause of the first step that brings or removes it.
    pub fn cause(&self) -> Option<&str> {
        self.sights.first().and_then(|sight| sight.cause.as_deref())
    }

    /// Who shows it, and what is known of those who do not.
    pub fn shown(&self) -> String {
        format!("shown by {}; {} by {}", self.shown_by.join(", "), self.absence, self.not_by.join(", "))
    }

    /// Whether the step to this variant brings or removes it.
    pub fn is_of_step_to(&self, variant: &str) -> bool {
        self.introduced_by_step_to.iter().chain(&self.removed_by_step_to).any(|to| to == variant)
    }
}

impl EvidencePart {
    /// What it says, and no more: one that claims everything beside a gap has covered nothing.
    pub fn evidence(&self) -> Evidence {
        let EvidencePart { exhaustive: everything, preemptions, enumerated, sampled, seed, .. } = *self;
        let EvidencePart { cut, limited, left_out, strayed, unseen, .. } = *self;
        let gaps = Gaps { cut, limited, left_out, strayed, unseen };
        let (covering, trying) = if everything { (gaps, Gaps::NONE) } else { (Gaps::NONE, gaps) };
        let covered = Covered { everything, preemptions, gaps: covering, ..Covered::NOTHING };
        Evidence::of(covered, Tried { enumerated, sampled, seed, gaps: trying })
    }
}

impl BadEndPart {
    /// What the gate said of them.
    pub fn standing(&self) -> Standing {
        AcceptancePart::standing(self.acceptance.as_ref())
    }

    /// What the executions end in.
    pub fn what(&self) -> &'static str {
        BadEnd::from_name(&self.kind).map_or("what nobody can want", in_words)
    }

    /// Who shows it, each with how many of its outcomes.
    pub fn shares(&self) -> String {
        let share = |BadShare { name, bad, outcomes }: &BadShare| format!("{name} in {bad} of {outcomes}");
        self.variants.iter().map(share).collect::<Vec<_>>().join(", ")
    }

    /// How they end, in a line.
    pub fn how(&self) -> String {
        let first = self.ends.first().map_or("", String::as_str);
        match self.ends.len() {
            0 | 1 => first.to_owned(),
            count => format!("{first} (and {} other such ends)", count - 1),
        }
    }

    /// All of it, in a sentence.
    pub fn sentence(&self) -> String {
        format!("every step shows outcomes that end in {}: {}: {}", self.what(), self.shares(), self.how())
    }
}

impl ScenarioPart {
    /// Its id, with a mark if repairs were made in all variants, and the memory model if it is not
    /// the usual one.
    pub fn title(&self) -> String {
        let repaired = if self.repairs.is_empty() { "" } else { " +R" };
        let memory = if self.memory == "sc" { String::new() } else { format!(" {}", self.memory) };
        format!("{}{repaired}{memory}", self.id)
    }

    /// An outcome in words.
    pub fn outcome(&self, id: &str) -> Option<&OutcomePart> {
        self.variants.iter().flat_map(|variant| &variant.outcomes).find(|outcome| outcome.id == id)
    }

    /// What is wrong with the end of a divergence's outcome, if nobody can want it.
    pub fn bad_end(&self, divergence: &DivergencePart) -> Option<BadEnd> {
        self.outcome(&divergence.outcome).and_then(OutcomePart::bad_end)
    }

    /// The place of a divergence among others by its end.
    pub fn gravity(&self, divergence: &DivergencePart) -> usize {
        gravity(self.bad_end(divergence))
    }

    /// The weakest evidence of its variants, with the gaps of all; none that counts, where
    /// executions explored nothing.
    pub fn evidence(&self) -> Option<Evidence> {
        if self.unshared.is_some() {
            return Some(Evidence::NOTHING);
        }
        self.variants.iter().map(|variant| variant.evidence.evidence()).reduce(Evidence::weaker)
    }

    /// Whether it was run with repairs.
    pub fn is_repaired(&self) -> bool {
        !self.repairs.is_empty()
    }

    /// How many outcomes each variant shows.
    pub fn outcome_counts(&self) -> impl Iterator<Item = usize> {
        self.variants.iter().map(|variant| variant.outcomes.len())
    }

    /// Executions of all variants.
    pub fn executions(&self) -> u64 {
        self.variants.iter().map(|variant| variant.executions).sum()
    }

    /// Why nothing can be said of it, if that is so.
    pub fn gap(&self) -> Option<String> {
        match self.evidence() {
            _ if !self.complete => Some("the run ended before it was compared".to_owned()),
            _ if self.unshared.is_some() => self.nothing_explored(),
            Some(evidence) if !evidence.is_nothing() => None,
            _ => Some("nothing was explored".to_owned()),
        }
    }

    /// Whether every execution stands for what is said of it.
    pub fn is_exhaustive(&self) -> bool {
        self.evidence().is_some_and(|evidence| evidence.is_exhaustive())
    }

    /// That executions were made and nothing was explored, with the likely cause, if that is so.
    pub fn nothing_explored(&self) -> Option<String> {
        self.unshared.as_ref().map(|unshared| format!("nothing was explored: {unshared}"))
    }

    /// What one variant is to another; nothing if they were not explored.
    pub fn pair(&self, first: &str, second: &str) -> Option<&PairPart> {
        let mut pairs = self.pairs.iter().filter(|_| self.gap().is_none());
        pairs.find(|pair| pair.first == first && pair.second == second)
    }

    /// Goals that no execution reached.
    pub fn missed(&self) -> impl Iterator<Item = &str> {
        self.goals.iter().filter(|goal| !goal.reached).map(|goal| goal.name.as_str())
    }
}
