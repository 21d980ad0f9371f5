//! Spans of time, as people write them.

use crate::cli::value_error::ValueError;
use jiff::fmt::friendly::SpanParser;
use std::time::Duration;

/// What a span can look like, for messages.
const FORMS: &str = "expected seconds, or hours, minutes and seconds as in 90s, 5m, 1h, 1h30m or '2h 5m'";

/// Reads seconds without a unit, or jiff's friendly format: `90`, `90s`, `5m`, `1h30m`, `2h 5m`. A
/// day has no length of its own there, nor has what is longer, so hours are the greatest unit.
pub fn parse_time(text: &str) -> Result<Duration, ValueError> {
    let is_bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let with_unit = if is_bare { format!("{text}s") } else { text.to_owned() };
    match SpanParser::new().parse_unsigned_duration(&with_unit) {
        Ok(Duration::ZERO) => Err(ValueError::new("the time must be longer than nothing")),
        Ok(time) => Ok(time),
        Err(_) => Err(ValueError::new(FORMS)),
    }
}

#[cfg(test)]
mod tests {
    use super::{FORMS, parse_time};
    use std::time::Duration;

    #[track_caller]
    fn check(text: &str, seconds: u64) {
        assert_eq!(parse_time(text), Ok(Duration::from_secs(seconds)), "{text}");
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let error = parse_time(text).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }

    #[test]
    fn times_have_units() {
        check("90", 90);
        check("90s", 90);
        check("5m", 300);
        check("2h", 7200);
        check("1m30s", 90);
        check("1h30m", 5400);
        check("2h 5m", 7500);
        check("1.5h", 5400);
        check("2 hours, 5 minutes", 7500);
        assert_eq!(parse_time("250ms"), Ok(Duration::from_millis(250)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for nothing in ["0", "0s", "0h 0m"] {
            refused(nothing, "longer than nothing");
        }
        let signed = ["-3", "-3s", "3s ago"];
        let too_great = ["3 days", "1w", "1 month", "1mo", "1y", "99999999999999999h", "99999999999999999999"];
        let nonsense = ["", " ", "m", "soon", "5x", "5M", "5m 5", "1m1h", "1h,", "PT5M", "1e3", "\u{663}s", "5\u{0}s"];
        for text in signed.iter().chain(&too_great).chain(&nonsense) {
            refused(text, FORMS);
        }
    }
}
