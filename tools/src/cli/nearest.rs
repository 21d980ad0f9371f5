//! The names nearest to one that does not exist.

use strsim::osa_distance;

/// The known names, the nearest to `name` first; equally near ones by their order as text. Two
/// letters that changed places are one mistake, as one letter too many, too few or wrong is.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut near: Vec<(usize, &str)> = known.map(|known| (osa_distance(name, known), known)).collect();
    near.sort_unstable();
    near.into_iter().map(|(_, known)| known).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(name: &str, known: &[&str], expected: &[&str]) {
        assert_eq!(nearest(name, known.iter().copied()), expected, "{name}");
    }

    #[test]
    fn what_takes_fewer_mistakes_is_nearer() {
        check("bsae", &["series", "bass", "base"], &["base", "bass", "series"]);
        check("S99", &["T1", "S9", "S1", "S90"], &["S9", "S90", "S1", "T1"]);
        check("x", &[], &[]);
    }
}
