//! One execution of a series' steps: what a token shows in each of them.

use super::check::Bench;
use crate::cli::arguments::Options;
use crate::cli::trouble::Trouble;
use crate::workshop::{Failure, Package, Place, select_names};
use serde_json::json;

/// Builds the package and runs the token's schedule in the steps that the options name, or in all.
pub fn replay(
    package: &Package,
    place: &Place,
    token: &str,
    whole_trace: bool,
    options: &Options,
) -> Result<String, Trouble> {
    let mut bench = Bench::build(package, place)?;
    let steps = bench.listed.variants.iter().map(String::as_str);
    let variants = select_names("step", steps, &options.variants)?;
    let request = json!({ "kind": "replay", "token": token, "trace": whole_trace, "variants": variants });
    match bench.runner.ask(&request) {
        Ok(answer) => Ok(answer["text"].as_str().unwrap_or_default().to_owned()),
        Err(Failure::Refused(why)) => Err(Trouble::Usage(why)),
        Err(failure) => Err(Trouble::Subject(failure.to_string())),
    }
}
