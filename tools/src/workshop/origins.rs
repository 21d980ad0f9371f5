//! Where the files of a generated package come from.
//!
//! Promise: whoever asks a package hears of places in the user's files as they are after the patch,
//! never of those of the package.

use crate::cli::files::public_source;
use crate::source::steps::Step;
use lockstep_runner::document::{FaultPart, PlacePart, ScenarioPart, TracePart};
use lockstep_runner::protocol::Answer;
use std::collections::BTreeMap;
use std::path::Path;

/// What the files of a package are called where they come from.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// By path in the package.
    files: BTreeMap<String, Origin>,
    /// For every other file: what stands before its path in the package.
    folder: &'static str,
}

#[derive(Clone, Debug)]
struct Origin {
    path: String,
    /// The step of the series after which the file is so.
    step: Option<String>,
}

impl Origins {
    /// Of a package whose other files are copies of those in the folder.
    pub fn new(folder: &'static str) -> Origins {
        Origins { files: BTreeMap::new(), folder }
    }

    /// The file of the package is that of the user, as it is after the step.
    pub fn insert(&mut self, file: String, path: String, step: Option<&str>) {
        self.files.insert(file, Origin { path, step: step.map(str::to_owned) });
    }

    /// The files of a step's module, with their text, for a package in which its root stands at
    /// `stem`.
    pub fn take_in(&mut self, step: &Step, stem: &str) -> Vec<(String, String)> {
        let files: Vec<(String, String)> =
            step.module.files(stem).map(|(file, text)| (file, text.to_owned())).collect();
        for ((file, _), (path, _)) in files.iter().zip(step.module.named()) {
            self.insert(file.clone(), path, Some(&step.name));
        }
        files
    }

    fn name(&self, file: &str) -> String {
        match self.files.get(file) {
            Some(origin) => origin.path.clone(),
            // What is compiled elsewhere, as the standard library, has the name that its place has
            // on the machine of whoever compiled it.
            None if Path::new(file).is_absolute() => public_source(Path::new(file)),
            None => format!("{}{file}", self.folder),
        }
    }

    /// A line of the compiler, which begins with a place, and behind it the step whose file that
    /// is.
    pub fn line(&self, line: &str) -> String {
        let Some((file, rest)) = line.split_once(':') else { return line.to_owned() };
        match self.files.get(file) {
            Some(Origin { path, step: Some(step) }) => format!("{path}:{rest} (in step '{step}')"),
            Some(Origin { path, step: None }) => format!("{path}:{rest}"),
            None => line.to_owned(),
        }
    }

    /// A text in which files of the package are named by their own.
    pub fn text(&self, text: &str) -> String {
        // `src/a/b.rs` before `src/a.rs` makes no difference: neither is a part of the other.
        self.files.iter().fold(text.to_owned(), |text, (file, origin)| {
            text.replace(&format!("{file}:"), &format!("{}:", origin.path))
        })
    }

    /// Gives every place of an answer its own name.
    pub fn restore(&self, answer: &mut Answer) {
        match answer {
            Answer::Compared(compared) => {
                self.restore_part(&mut compared.part);
                compared.nondeterminism.iter_mut().for_each(|found| *found = self.text(found));
            }
            Answer::Ran(ran) => {
                let traces = ran.executions.iter_mut().filter_map(|one| one.trace.as_mut());
                traces.for_each(|trace| self.restore_trace(trace));
                ran.executions.iter_mut().for_each(|one| self.restore_faults(&mut one.faults));
                if let Some(parting) = &mut ran.parting {
                    parting.witness.traces.iter_mut().for_each(|trace| self.restore_trace(trace));
                }
            }
            Answer::Explored(explored) => {
                explored.outcomes.iter_mut().for_each(|seen| self.restore_faults(&mut seen.faults));
            }
            _ => {}
        }
    }

    fn restore_part(&self, part: &mut ScenarioPart) {
        for ends in &mut part.bad_ends {
            ends.place.iter_mut().for_each(|place| self.restore_place(place));
            ends.fault.iter_mut().for_each(|fault| self.restore_faults(std::slice::from_mut(fault)));
        }
        for one in &mut part.divergences {
            one.place.iter_mut().for_each(|place| self.restore_place(place));
            self.restore_faults(&mut one.faults);
            let events = one.sights.iter_mut().flat_map(|sight| &mut sight.events);
            events.for_each(|event| self.restore_place(&mut event.place));
            let traces = one.witness.iter_mut().flat_map(|witness| &mut witness.traces);
            traces.for_each(|trace| self.restore_trace(trace));
        }
    }

    fn restore_faults(&self, faults: &mut [FaultPart]) {
        let events = faults.iter_mut().flat_map(|fault| &mut fault.events);
        events.for_each(|event| self.restore_place(&mut event.place));
    }

    fn restore_place(&self, place: &mut PlacePart) {
        place.file = self.name(&place.file);
    }

    fn restore_trace(&self, trace: &mut TracePart) {
        for event in &mut trace.events {
            self.restore_place(&mut event.place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Origins;

    #[test]
    fn a_line_of_the_compiler_names_the_file_and_the_step() {
        let mut origins = Origins::new("");
        origins.insert("src/steps/step_1.rs".to_owned(), "slot.rs".to_owned(), Some("1-look-first"));
        origins.insert("src/subject.rs".to_owned(), "subject.rs".to_owned(), None);
        let line = |line| origins.line(line);
        assert_eq!(line("src/steps/step_1.rs:3:5: error: x"), "slot.rs:3:5: error: x (in step '1-look-first')");
        assert_eq!(line("src/subject.rs:1:1: error: y"), "subject.rs:1:1: error: y");
        assert_eq!(line("error: z"), "error: z");
    }
}
