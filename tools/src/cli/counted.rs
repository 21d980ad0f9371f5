//! Numbers of things, in words that agree with them.

/// `1 scenario`, `2 scenarios`.
pub fn counted(count: impl TryInto<u64>, what: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let ending = match count {
        1 => "",
        _ if what.ends_with('s') => "es",
        _ => "s",
    };
    format!("{count} {what}{ending}")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn words_agree_with_their_number() {
        assert_eq!([0_u32, 1, 2].map(|count| counted(count, "scenario")), ["0 scenarios", "1 scenario", "2 scenarios"]);
        assert_eq!([1_usize, 3].map(|count| counted(count, "class")), ["1 class", "3 classes"]);
    }
}
