//! Days, as people write them.

use jiff::civil::Date;

/// Reads a date such as 2026-11-22.
pub fn parse_date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("'{text}' is not a date: write it as in 2026-11-22"))
}
