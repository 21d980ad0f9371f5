//! The committed series against the committed designs: each patch gives the file that it names,
//! each alternative is the code of the policy that it names.
//!
//! A policy is a switch inside a design. That a patch over the design's file is that switch thrown
//! is proved on the text: the policy put into the file as a constant, and folded, leaves the same
//! code as the patched file does under the default. Limits: what [`fold`] cannot fold must be
//! written alike.

use super::source::{patch_files, read_mail, read_series};
use crate::cli::files;
use crate::cli::trouble::Trouble;
use crate::patch::{Mail, PatchError};
use crate::source::fold::{default_policy, fold};
use crate::source::module::Module;
use similar::TextDiff;
use std::path::Path;

/// The designs' main series leads through these files, in this order; the first is its base.
pub const BASE: &str = "variants/src/utrace/stopped_locked.rs";

/// Where the policies have their defaults.
const POLICIES: &str = "variants/src/variants.rs";

/// Lines of a difference that are shown.
const DIFFERENCE_MAX: usize = 40;

/// Verifies the series in a folder of the workspace. What was proved, or what is wrong.
pub fn verify(workspace: &Path, folder: &Path) -> Result<String, Trouble> {
    let mut text = String::new();
    let mut designs = vec![BASE.to_owned()];
    let mut now = Module::read(&workspace.join(BASE), BASE)?;
    for mail in read_series(&folder.display().to_string())?.mails {
        let before = now;
        now = before.after(&mail)?;
        if now.path == before.path {
            return Err(wrong(&mail, "renames nothing, so no file says what it should give"));
        }
        let path = &now.path;
        let wanted = files::read(&workspace.join(path))?;
        if now.text != wanted {
            let difference = difference(&now.text, &wanted, ("what the patch gives", path));
            return Err(wrong(&mail, format!("does not give {path}:\n{difference}")));
        }
        text += &format!("{}: gives {path}\n", name(&mail));
        designs.push(path.clone());
    }
    let alternatives = folder.join("alternatives");
    if alternatives.is_dir() {
        let policies = files::read(&workspace.join(POLICIES))?;
        for path in patch_files(&alternatives)? {
            let mail = read_mail(&path)?;
            text += &alternative(workspace, &mail, &policies, &designs)?;
        }
    }
    Ok(text)
}

/// A mail is not what it should be.
fn wrong(mail: &Mail, reason: impl Into<String>) -> Trouble {
    PatchError::new(reason).of(&mail.origin).into()
}

fn name(mail: &Mail) -> &str {
    mail.origin.rsplit('/').next().unwrap_or(&mail.origin)
}

/// `Policy: always_locks = true` in a message: a field, by dots, and its value.
fn policy(mail: &Mail) -> Result<(String, String), Trouble> {
    let line = mail.message.lines().find_map(|line| line.strip_prefix("Policy: "));
    let pair = line.and_then(|line| line.split_once(" = "));
    let (field, value) = pair.ok_or_else(|| {
        wrong(mail, "its message names no policy: write a line such as 'Policy: always_locks = true'")
    })?;
    Ok((field.trim().to_owned(), value.trim().to_owned()))
}

fn alternative(workspace: &Path, mail: &Mail, policies: &str, designs: &[String]) -> Result<String, Trouble> {
    let origin = &mail.origin;
    let (field, value) = policy(mail)?;
    let default = default_policy(policies, &field).map_err(|error| error.of(origin))?;
    let mut found = 0;
    for diff in &mail.diffs {
        let path = diff.path();
        let before = files::read(&workspace.join(path))?;
        let one = Mail { diffs: vec![diff.clone()], ..mail.clone() };
        let after = Module::alone(path, &before).after(&one)?.text;
        let (switched, uses) = fold(&before, &field, &value).map_err(|error| error.of(origin))?;
        let (patched, _) = fold(&after, &field, &default).map_err(|error| error.of(origin))?;
        found += uses;
        if switched != patched {
            let difference = difference(&patched, &switched, ("the patch", "the policy"));
            return Err(wrong(mail, format!("is not what '{field} = {value}' does to {path}:\n{difference}")));
        }
    }
    // An alternative to one design leaves the others alone; whatever else asks for the policy it
    // must cover.
    let is_other = |design: &&String| mail.diffs.iter().all(|diff| diff.path() != design.as_str());
    let is_of_design = mail.diffs.iter().any(|diff| designs.iter().any(|design| design == diff.path()));
    let others: Vec<&String> = designs.iter().filter(is_other).filter(|_| is_of_design).collect();
    let all = uses(workspace, &field, &others)?;
    if found != all {
        return Err(wrong(mail, format!("'{field}' is asked in {all} places, and the patch covers {found} of them")));
    }
    Ok(format!("alternatives/{}: is {field} = {value}\n", name(mail)))
}

/// How often the subject asks for a policy, but for these files.
fn uses(workspace: &Path, field: &str, without: &[&String]) -> Result<usize, Trouble> {
    let mut uses = 0;
    for folder in ["variants/src/utrace", "variants/src/kernel", "variants/src/scenarios"] {
        for (path, text) in files::sources(&workspace.join(folder))? {
            if without.iter().any(|other| **other == format!("{folder}/{path}")) {
                continue;
            }
            uses += fold(&text, field, "true").map_err(|error| error.of(&format!("{folder}/{path}")))?.1;
        }
    }
    Ok(uses)
}

fn difference(found: &str, wanted: &str, names: (&str, &str)) -> String {
    let diff = TextDiff::from_lines(found, wanted);
    let text = diff.unified_diff().context_radius(2).header(names.0, names.1).to_string();
    let lines: Vec<&str> = text.lines().collect();
    let more = lines.len().saturating_sub(DIFFERENCE_MAX);
    let rest = if more > 0 { format!("\n… {more} more lines") } else { String::new() };
    format!("{}{rest}", lines[..lines.len() - more].join("\n"))
}
