//! Days, as people write them.

use crate::cli::value_error::ValueError;
use jiff::civil::Date;

/// Reads a date such as 2026-11-22.
pub fn parse_date(text: &str) -> Result<Date, ValueError> {
    text.parse().map_err(|_| ValueError::new(format!("'{text}' is not a date: write it as in 2026-11-22")))
}
