//! A part of a hunt: the k-th of n.

use crate::cli::value_error::ValueError;
use std::fmt;
use std::str::FromStr;

/// The `number`th of `of` parts, counted from 1: the cases whose number leaves `number - 1` when
/// divided by `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    pub number: u64,
    pub of: u64,
}

/// Parts of one hunt, at most.
const SHARDS_MAX: u64 = 100_000;

impl Shard {
    /// Everything.
    pub const WHOLE: Shard = Shard { number: 1, of: 1 };

    /// The first case of the part that is not below `case`.
    pub fn next(self, case: u64) -> u64 {
        let first = self.number - 1;
        if case <= first {
            return first;
        }
        first + (case - first).div_ceil(self.of) * self.of
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Shard, ValueError> {
        let parts = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        let Some((number, of)) = parts else { return Err(ValueError::new("expected K/N, such as 1/8")) };
        match (number, of) {
            (0, _) => Err(ValueError::new("parts are counted from 1: the first of N is 1/N")),
            (_, 0) => Err(ValueError::new("there are no parts of 0")),
            (number, of) if number > of => {
                Err(ValueError::new(format!("part {number} of {of} does not exist: the last is {of}/{of}")))
            }
            (_, SHARDS_MAX..) => Err(ValueError::new(format!("more than {SHARDS_MAX} parts"))),
            (number, of) => Ok(Shard { number, of }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn parts_hold_every_case_once() {
        for of in 1..6 {
            let mut cases: Vec<u64> = Vec::new();
            for number in 1..=of {
                let shard = Shard { number, of };
                let mut case = shard.next(0);
                while case < 30 {
                    cases.push(case);
                    case = shard.next(case + 1);
                }
            }
            cases.sort_unstable();
            assert_eq!(cases, (0..30).collect::<Vec<_>>());
        }
    }

    #[track_caller]
    fn check(text: &str, expected: Result<(u64, u64), &str>) {
        let read = text.parse::<Shard>().map(|shard| (shard.number, shard.of));
        assert_eq!(read.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn parts_are_counted_from_one() {
        check("1/1", Ok((1, 1)));
        check("8/8", Ok((8, 8)));
        check("0/8", Err("parts are counted from 1: the first of N is 1/N"));
        check("9/8", Err("part 9 of 8 does not exist: the last is 8/8"));
        check("1/0", Err("there are no parts of 0"));
        check("3", Err("expected K/N, such as 1/8"));
        check("-1/3", Err("expected K/N, such as 1/8"));
    }
}
