//! The steps of a series: the base module, and what it is after each patch.

use crate::patch::{Mail, apply, same_file};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// For the command line and reports: `base`, or the number and the first words of the subject.
    pub name: String,
    /// The subject of the patch that leads here.
    pub subject: String,
    /// The module's file after it.
    pub path: String,
    /// The module after it.
    pub text: String,
}

/// Words of a subject that make a name.
const NAME_WORDS: usize = 4;

/// Applies the patches in order to the base module at `path`.
pub fn steps(path: &str, text: &str, mails: &[Mail]) -> Result<Vec<Step>, String> {
    let base =
        Step { name: "base".to_owned(), subject: "the base".to_owned(), path: path.to_owned(), text: text.to_owned() };
    let mut steps = vec![base];
    for (nth, mail) in mails.iter().enumerate() {
        let before = &steps[nth];
        let (path, text) = step(mail, &before.path, &before.text)?;
        steps.push(Step { name: name(nth + 1, &mail.subject), subject: mail.subject.clone(), path, text });
    }
    Ok(steps)
}

/// Where the module is and what it is after one patch.
pub fn step(mail: &Mail, path: &str, text: &str) -> Result<(String, String), String> {
    let origin = &mail.origin;
    let [diff] = &mail.diffs[..] else {
        let others: Vec<&str> =
            mail.diffs.iter().map(|diff| diff.new.as_str()).filter(|new| !same_file(new, path)).collect();
        return Err(match others.first() {
            Some(other) => format!("{origin}: touches '{other}' beside the module '{path}': split the patch"),
            None => format!("{origin}: holds {} diffs of '{path}' where one is expected", mail.diffs.len()),
        });
    };
    if !same_file(&diff.old, path) {
        return Err(format!("{origin}: touches '{}', and the module is '{path}'", diff.old));
    }
    let text = apply(text, diff).map_err(|error| format!("{origin}: {error}"))?;
    let is_renamed = diff.old != diff.new;
    Ok((if is_renamed { diff.new.clone() } else { path.to_owned() }, text))
}

/// `2-look-without-the-lock`.
pub fn name(number: usize, subject: &str) -> String {
    let subject = subject.rsplit_once(": ").map_or(subject, |(_, rest)| rest);
    let words = subject.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(NAME_WORDS).map(str::to_ascii_lowercase).collect();
    std::iter::once(number.to_string()).chain(words).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::steps;
    use crate::patch::parse_mails;

    const FIRST: &str = "Subject: [PATCH 1/1] box: Take the `lock` first, then look\n\n--- a/box.rs\n+++ b/box.rs\n@@ -1 +1 @@\n-a\n+b\n";

    #[test]
    fn a_step_has_a_name_and_the_text_behind_its_patch() {
        let mails = parse_mails("x.patch", FIRST.as_bytes()).expect("well-formed");
        let steps = steps("src/box.rs", "a\n", &mails).expect("it applies");
        assert_eq!(steps[1].name, "1-take-the-lock-first");
        assert_eq!(steps[1].text, "b\n");
    }

    #[test]
    fn a_patch_of_another_file_is_refused() {
        let mails = parse_mails("x.patch", FIRST.as_bytes()).expect("well-formed");
        let error = steps("src/can.rs", "a\n", &mails).expect_err("another file");
        assert_eq!(error, "x.patch: touches 'box.rs', and the module is 'src/can.rs'");
    }
}
