//! The steps of a series: the base module, and what it is after each patch.

use crate::patch::{Mail, PatchError};
use crate::source::module::Module;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// For the command line and reports: `base`, or the number and the first words of the subject.
    pub name: String,
    /// The subject of the patch that leads here.
    pub subject: String,
    /// The module after it.
    pub module: Module,
}

/// Words of a subject that make a name.
const NAME_WORDS: usize = 4;

/// Applies the patches in order to the base module.
pub fn steps(base: Module, mails: &[Mail]) -> Result<Vec<Step>, PatchError> {
    let mut steps = vec![Step { name: "base".to_owned(), subject: "the base".to_owned(), module: base }];
    for (nth, mail) in mails.iter().enumerate() {
        let subject = mail.subject.text.clone();
        steps.push(Step { name: name(nth + 1, &subject), subject, module: steps[nth].module.after(mail)? });
    }
    Ok(steps)
}

/// `2-look-without-the-lock`.
pub fn name(number: usize, subject: &str) -> String {
    let subject = subject.rsplit_once(": ").map_or(subject, |(_, rest)| rest);
    let words = subject.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(NAME_WORDS).map(str::to_lowercase).collect();
    std::iter::once(number.to_string()).chain(words).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::steps;
    use crate::patch::parse_mails;
    use crate::source::module::Module;

    const FIRST: &str = "Subject: [PATCH 1/1] box: Take the `lock` first, then look\n\n--- a/box.rs\n+++ b/box.rs\n@@ -1 +1 @@\n-a\n+b\n";

    #[test]
    fn a_step_has_a_name_and_the_text_behind_its_patch() {
        let mails = parse_mails("x.patch", FIRST.as_bytes()).expect("well-formed");
        let steps = steps(Module::alone("src/box.rs", "a\n"), &mails).expect("it applies");
        assert_eq!(steps[1].name, "1-take-the-lock-first");
        assert_eq!(steps[1].module.text, "b\n");
    }
}
