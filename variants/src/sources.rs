//! The source of the designs, for those who show what a step of the series changes.

/// The file that sets a design apart from the others.
#[derive(Clone, Copy, Debug)]
pub struct DesignSource {
    /// Name of the variant that is the design as it is.
    pub variant: &'static str,
    /// The file, from the root of the workspace.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

impl DesignSource {
    /// Lines of code: neither blank nor only a comment.
    pub fn code_lines(&self) -> usize {
        code_lines(self.text)
    }
}

/// Lines of code of a text: neither blank nor only a comment.
pub fn code_lines(text: &str) -> usize {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

/// The sources of the designs of the series, in its order.
pub const DESIGN_SOURCES: [DesignSource; 3] = [
    DesignSource {
        variant: "stopped-locked",
        file: "variants/src/utrace/stopped_locked.rs",
        text: include_str!("utrace/stopped_locked.rs"),
    },
    DesignSource {
        variant: "stopped-lockless",
        file: "variants/src/utrace/stopped_lockless.rs",
        text: include_str!("utrace/stopped_lockless.rs"),
    },
    DesignSource {
        variant: "stopped-removed",
        file: "variants/src/utrace/stopped_removed.rs",
        text: include_str!("utrace/stopped_removed.rs"),
    },
];
