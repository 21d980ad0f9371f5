//! The tests of the command line, in one program: what they share is compiled once, and they wait for each other only where they have to.

mod common;
#[path = "../tool/mod.rs"]
mod tool;

mod b4;
mod bad_ends;
mod builds;
mod causes;
mod command_line;
mod commits;
mod documents;
mod elsewhere;
mod execution_counts;
mod facades;
mod gate;
mod gate_series;
mod hunt;
mod litmus;
mod little;
mod mailing_lists;
mod outside;
mod own_subject;
mod page;
mod patches;
mod reported;
mod reports;
mod revisions;
mod series;
mod structure;
mod witnesses;
mod workflow;
