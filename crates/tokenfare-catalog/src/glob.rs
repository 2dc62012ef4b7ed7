//! Patterns over names: `*` stands for any run of characters, `?` for any one.

/// Says whether the whole name fits the pattern.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut pattern = pattern.chars();
    let mut name = name.chars();
    // Where to go on from if the characters after the last `*` do not fit: the `*` takes one character more. An earlier
    // `*` never has to, since whatever it could reach the last one reaches too.
    let mut retry = None;
    loop {
        let here = (pattern.clone(), name.clone());
        match (pattern.next(), name.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                name = here.1;
                retry = Some((pattern.clone(), name.clone()));
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => {
                let Some((after_star, mut rest)) = retry else { return false };
                if rest.next().is_none() {
                    return false;
                }
                pattern = after_star.clone();
                name = rest.clone();
                retry = Some((after_star, rest));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;
    use proptest::prelude::*;

    /// The definition.
    fn naive(pattern: &[char], name: &[char]) -> bool {
        match (pattern, name) {
            ([], []) => true,
            (['*', rest @ ..], _) => (0..=name.len()).any(|taken| naive(rest, &name[taken..])),
            (['?', rest @ ..], [_, left @ ..]) => naive(rest, left),
            ([wanted, rest @ ..], [found, left @ ..]) => wanted == found && naive(rest, left),
            _ => false,
        }
    }

    #[test]
    fn a_pattern_fits_the_whole_name_or_does_not_fit() {
        for (pattern, name) in [
            ("*", ""),
            ("gpt-4o*", "gpt-4o"),
            ("gpt-4o*", "gpt-4o-mini"),
            ("*mini*", "o3-mini-high"),
            ("o?-mini", "o3-mini"),
            ("a?", "aé"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("", "a"), ("gpt", "gpt-4o"), ("?", ""), ("*-mini", "o3-mini-high"), ("GPT*", "gpt-4o")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_take_no_longer_than_pattern_times_name() {
        assert!(!matches(&"*a".repeat(2_000), &"a".repeat(1_999)));
    }

    proptest! {
        #[test]
        fn the_matcher_agrees_with_the_definition(pattern in "[ab*?é]{0,8}", name in "[abé]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&pattern, &name), naive(&chars(&pattern), &chars(&name)));
        }
    }
}
