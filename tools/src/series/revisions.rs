//! A series as a range of revisions, and the module as it was where the range begins.
//!
//! Promise: `A..B` means what it means to git: what B has and A has not. The base is read where
//! that begins, at the commit that both come from, so a branch need not be rebased to be compared.
//! Limits: no merges, for what one changes has no mail.

use crate::cli::file_error::FileError;
use crate::cli::trouble::Trouble;
use crate::patch::{Mail, parse_mails};
use crate::source::module::{Module, folder, is_inner};
use std::path::Path;
use std::process::Command;

/// What git says to these arguments.
fn git(arguments: &[&str]) -> Result<Vec<u8>, Trouble> {
    let output = Command::new("git").args(arguments).output();
    let output = output.map_err(|error| Trouble::usage(format!("git cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("failed");
    Err(Trouble::usage(format!("git {}: {said}", arguments.join(" "))))
}

fn git_line(arguments: &[&str]) -> Result<String, Trouble> {
    Ok(String::from_utf8_lossy(&git(arguments)?).trim().to_owned())
}

/// Both ends of `A..B`; nothing if it is no such range. `A..` ends at the current commit, as for
/// git.
pub fn ends(range: &str) -> Option<(&str, &str)> {
    let (first, last) = range.split_once("..")?;
    let is_path = range.starts_with(['.', '/', '-']) || first.is_empty();
    (!is_path).then_some((first, if last.is_empty() { "HEAD" } else { last }))
}

/// The commit of a revision.
fn commit(name: &str) -> Result<String, Trouble> {
    git_line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")]).map_err(|_| {
        Trouble::usage(format!("there is no revision '{name}' in the repository around the current folder"))
    })
}

/// The commits of a range as mails, and the commit where it begins.
pub fn range(range: &str, (first, last): (&str, &str)) -> Result<(Vec<Mail>, String), Trouble> {
    if last.starts_with('.') {
        let message = format!("'{range}' has three dots: write A..B, which is what B has and A has not");
        return Err(Trouble::Usage(message));
    }
    git(&["rev-parse", "--git-dir"]).map_err(|_| {
        Trouble::usage(format!(
            "'{range}' is no file, and there is no repository around the current folder to look for revisions in"
        ))
    })?;
    let (first, last) = (commit(first)?, commit(last)?);
    let begin = git_line(&["merge-base", &first, &last])
        .map_err(|_| Trouble::usage(format!("the ends of {range} have no commit in common: the series has no base")))?;
    let commits = format!("{begin}..{last}");
    let merges = git_line(&["rev-list", "--merges", "--count", &commits])?;
    if merges != "0" {
        return Err(Trouble::usage(format!(
            "the range {range} holds {merges} merges, which are no patches: rebase it, or name a range without"
        )));
    }
    let how = [
        "format-patch",
        "--stdout",
        "--no-signature",
        "--no-ext-diff",
        "--no-textconv",
        "--no-cover-letter",
        "--no-color",
    ];
    let form =
        ["--src-prefix=a/", "--dst-prefix=b/", "--subject-prefix=PATCH", "--numbered", "--no-attach", "-M", &commits];
    let bytes = git(&[&how[..], &form[..]].concat())?;
    if bytes.is_empty() {
        return Err(Trouble::usage(format!("the range {range} holds no commits")));
    }
    Ok((parse_mails(range, &bytes)?, begin))
}

/// The module at `path` as it was at a commit; patches and messages know it as `name`.
pub fn module_at(commit: &str, path: &Path, name: &str) -> Result<Module, Trouble> {
    let root = within_repository(path)?;
    let text = |path: &str| {
        let bytes = git(&["cat-file", "blob", &format!("{commit}:{path}")]);
        let gone = |_| Trouble::usage(format!("there is no '{path}' at {commit}, where the range begins"));
        let bytes = bytes.map_err(gone)?;
        String::from_utf8(bytes).map_err(|_| Trouble::usage(format!("{path} at {commit} is not UTF-8")))
    };
    let mut module = Module::alone(name, &text(&root)?);
    let folder = folder(Path::new(&root)).to_string_lossy().into_owned();
    let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let whole = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit];
    let inside = ["--", &*below];
    let listed = git(&[&whole[..], if below.is_empty() { &[] } else { &inside }].concat())?;
    for file in String::from_utf8_lossy(&listed).split('\0') {
        if let Some(inside) = file.strip_prefix(&below).filter(|inside| is_inner(path, inside)) {
            module.inner.insert(inside.to_owned(), text(file)?);
        }
    }
    Ok(module)
}

/// A path from the root of the repository.
fn within_repository(path: &Path) -> Result<String, Trouble> {
    let top = git_line(&["rev-parse", "--show-toplevel"])?;
    let failed = |error: std::io::Error| FileError::new(path, error);
    // The file itself may be gone by now; the folder it stood in names the place.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let whole = folder.canonicalize().map_err(failed)?.join(path.file_name().unwrap_or_default());
    let top = Path::new(&top).canonicalize().map_err(failed)?;
    let inside = whole.strip_prefix(&top).map_err(|_| {
        FileError::new(path, format!("is not in the repository {}, which the range is of", top.display()))
    })?;
    Ok(inside.to_string_lossy().into_owned())
}
