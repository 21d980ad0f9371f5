//! The command line: what is asked, and what is said.

pub mod arguments;
pub mod counted;
pub mod command_line;
pub mod cut;
pub mod date;
pub mod diagnostic;
pub mod file_error;
pub mod files;
pub mod given_options;
pub mod listing;
pub mod manual;
pub mod nearest;
pub mod notice;
pub mod output;
pub mod progress;
pub mod selection;
pub mod session;
pub mod shard;
pub mod status;
pub mod time;
pub mod trouble;
pub mod value_error;
