//! What files are called in the ids of mutants: by their stem, and by as many folders in front of
//! it as tell them apart.

use super::schemata::Mutant;
use std::path::{Component, Path};

/// The names of these files, in their order.
pub fn labels(files: &[String]) -> Vec<String> {
    let parts: Vec<Vec<String>> = files.iter().map(|file| parts(file)).collect();
    let label = |(nth, own): (usize, &Vec<String>)| {
        let tail = |depth: usize| &own[own.len() - depth..];
        let is_shared = |depth: &usize| {
            let mut others = parts.iter().enumerate().filter(|(other, _)| *other != nth);
            others.any(|(_, other)| other.ends_with(tail(*depth)))
        };
        let depth = (1..own.len()).find(|depth| !is_shared(depth)).unwrap_or(own.len());
        tail(depth).join("/")
    };
    parts.iter().enumerate().map(label).collect()
}

/// A path by its components, without the ending of its file.
fn parts(file: &str) -> Vec<String> {
    let path = Path::new(file).with_extension("");
    let normal = path.components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
        _ => None,
    });
    normal.collect()
}

/// What the file of a mutant of this id is called: function, operator and number stand behind it.
pub fn label_of(id: &str) -> &str {
    id.rsplitn(4, '/').nth(3).unwrap_or_default()
}

impl Mutant {
    /// What its file is called.
    pub fn label(&self) -> &str {
        label_of(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::{label_of, labels};

    #[track_caller]
    fn check(files: &[&str], expected: &[&str]) {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        assert_eq!(labels(&files), expected);
    }

    #[test]
    fn files_are_told_apart_by_as_few_folders_as_it_takes() {
        check(&["utrace/stopped_locked.rs", "kernel/task.rs"], &["stopped_locked", "task"]);
        check(&["m/box.rs", "m/box/in/queue.rs", "m/box/out/queue.rs"], &["box", "in/queue", "out/queue"]);
        check(&["count.rs", "count/count.rs"], &["count", "count/count"]);
        check(&["./mod.rs", "./a/mod.rs"], &["mod", "a/mod"]);
    }

    #[test]
    fn an_id_says_what_its_file_is_called() {
        assert_eq!(label_of("box/put/drop-lock/1"), "box");
        assert_eq!(label_of("in/queue/put/drop-lock/1"), "in/queue");
    }
}
