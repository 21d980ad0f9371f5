//! What is read of a user's files: modules, steps, traits and scenarios.

pub mod conditions;
pub mod declared;
pub mod error;
pub mod fold;
pub mod module;
pub mod orderings;
pub mod rust;
pub mod steps;
