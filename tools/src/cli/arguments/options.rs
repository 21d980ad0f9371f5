//! What a command is told by its groups of options.

use clap::ValueEnum;

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// For mail: 72 columns.
    Text,
    /// For pull requests.
    Markdown,
    /// Annotations of GitHub's workflows.
    Github,
    /// JUnit's XML.
    Junit,
    /// The kernel's test protocol.
    Ktap,
    /// SARIF 2.1.0.
    Sarif,
    /// One self-contained page.
    Html,
    /// The checker protocols of b4, for the patch on standard input.
    B4,
    /// What the designs cost and change, on one page.
    Sheet,
}

impl Format {
    /// Whether it is a form of report, made of a whole comparison.
    pub fn is_report(self) -> bool {
        !matches!(self, Format::Human | Format::Json)
    }
}

/// Which repairs all designs get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RepairsArgument {
    /// The designs as they were.
    None,
    /// R1.
    All,
    /// Once without, once with.
    Both,
}

/// The options of a command, and what is usual for those that it does not take.
#[derive(Clone, Debug)]
pub struct Options {
    pub variants: Vec<String>,
    pub scenario: Vec<String>,
    pub repairs: Option<RepairsArgument>,
    pub memory: String,
    pub seed: u64,
    pub executions: u64,
    pub exhaustive_max: u64,
    pub preemptions: u32,
    pub enumerated: u64,
    pub time: Option<std::time::Duration>,
    pub jobs: Option<u16>,
    pub format: Format,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            variants: Vec::new(),
            scenario: Vec::new(),
            repairs: None,
            memory: "sc".to_owned(),
            seed: 0,
            executions: 4_000,
            exhaustive_max: 400_000,
            preemptions: 1,
            enumerated: 20_000,
            time: None,
            jobs: None,
            format: Format::Human,
        }
    }
}
