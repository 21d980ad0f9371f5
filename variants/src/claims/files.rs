//! The files whose orderings are the kernel's and utrace's own, with their text: a place is named
//! by the function that it is in.

use crate::sources::DESIGN_SOURCES;

/// Each file, as the paths of places end, and its text.
pub const FILES: [(&str, &str); 17] = [
    ("kernel/deliver.rs", include_str!("../kernel/deliver.rs")),
    ("kernel/exit.rs", include_str!("../kernel/exit.rs")),
    ("kernel/parent.rs", include_str!("../kernel/parent.rs")),
    ("kernel/sched.rs", include_str!("../kernel/sched.rs")),
    ("kernel/signal.rs", include_str!("../kernel/signal.rs")),
    ("kernel/stop.rs", include_str!("../kernel/stop.rs")),
    ("kernel/task.rs", include_str!("../kernel/task.rs")),
    ("utrace/api.rs", include_str!("../utrace/api.rs")),
    ("utrace/attach.rs", include_str!("../utrace/attach.rs")),
    ("utrace/examine.rs", include_str!("../utrace/examine.rs")),
    ("utrace/get_signal.rs", include_str!("../utrace/get_signal.rs")),
    ("utrace/hooks.rs", include_str!("../utrace/hooks.rs")),
    ("utrace/report.rs", include_str!("../utrace/report.rs")),
    ("utrace/reset.rs", include_str!("../utrace/reset.rs")),
    ("utrace/stopped_locked.rs", include_str!("../utrace/stopped_locked.rs")),
    ("utrace/stopped_lockless.rs", include_str!("../utrace/stopped_lockless.rs")),
    ("utrace/stopped_removed.rs", include_str!("../utrace/stopped_removed.rs")),
];

/// Whether the file is one design's own, so that no other design passes its places.
pub fn is_of_one_design(file: &str) -> bool {
    DESIGN_SOURCES.iter().any(|design| design.file.ends_with(file))
}

/// The function that the line is in, by the last one that begins before it.
pub fn function_at(file: &str, line: u32) -> &'static str {
    let text = FILES.iter().find(|(path, _)| *path == file).map_or("", |(_, text)| text);
    let before = text.lines().take(line as usize);
    before.filter_map(function_of).last().unwrap_or("?")
}

/// The function that begins in this line of code, if one does.
fn function_of(line: &'static str) -> Option<&'static str> {
    let code = line.split("//").next().unwrap_or("");
    let (before, name) = code.split_once("fn ")?;
    let is_item = before.split_whitespace().all(|word| word.starts_with("pub") || word == "const");
    let end = name.find(|character: char| !character.is_alphanumeric() && character != '_')?;
    is_item.then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::{FILES, function_at, function_of};

    #[test]
    fn a_line_is_in_the_function_that_begins_before_it() {
        let (file, text) = FILES[3];
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|line| line.contains("task.rq_lock.lock();")).expect("schedule takes the lock");
        assert_eq!(function_at(file, at as u32 + 1), "schedule");
        assert_eq!(function_at(file, 1), "?");
    }

    #[test]
    fn only_items_are_functions() {
        assert_eq!(function_of("    pub(super) const fn stop<T>(&self) {"), Some("stop"));
        assert_eq!(function_of("let f: fn (u8) = g;"), None);
        assert_eq!(function_of("// fn not_me() {"), None);
    }
}
