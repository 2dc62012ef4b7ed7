//! Text of models whose vocabulary is not public: weights of what is measured, and how far off they are.

use crate::estimate::measure::{Measures, Yardstick};

/// Tokens with a bound on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) tokens: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
}

impl Span {
    /// So many tokens, no fewer and no more.
    pub(crate) const fn sure(tokens: u64) -> Self {
        Self { tokens, low: tokens, high: tokens }
    }

    /// So many, and a share of them in thousandths more or fewer.
    pub(crate) const fn about(tokens: u64, share: u64) -> Self {
        let half = tokens.saturating_mul(share).saturating_add(500) / 1_000;
        Self { tokens, low: tokens.saturating_sub(half), high: tokens.saturating_add(half) }
    }

    pub(crate) const fn new(low: u64, tokens: u64, high: u64) -> Self {
        Self { tokens, low, high }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            low: self.low.saturating_add(other.low),
            high: self.high.saturating_add(other.high),
        }
    }

    /// Times so many thousandths.
    pub(crate) fn scaled(self, thousandths: u64) -> Self {
        let scale = |tokens: u64| tokens.saturating_mul(thousandths).saturating_add(500) / 1_000;
        Self { tokens: scale(self.tokens), low: scale(self.low), high: scale(self.high) }
    }
}

/// Thousandths of a token for each thing that is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights {
    /// A token of the vocabulary that is asked.
    pub(crate) token: u64,
    pub(crate) spaced_number: u64,
    pub(crate) further_digit: u64,
    pub(crate) indent: u64,
    pub(crate) blank_run: u64,
    pub(crate) long_letter: u64,
    pub(crate) near_letter: u64,
    pub(crate) far_letter: u64,
    /// How much more it may be, as a share of it in thousandths.
    pub(crate) share: u64,
    /// How much fewer, as a share of how much more, in thousandths.
    pub(crate) fewer: u64,
}

/// Nothing beside the tokens.
pub(crate) const PLAIN: Weights = Weights {
    token: 1_000,
    spaced_number: 0,
    further_digit: 0,
    indent: 0,
    blank_run: 0,
    long_letter: 0,
    near_letter: 0,
    far_letter: 0,
    share: 0,
    fewer: 1_000,
};

/// How the text of a family of models is estimated. `ESTIMATES.md` has the evidence for every number.
#[derive(Debug)]
pub(crate) struct Ratio {
    /// By Anthropic's first vocabulary, where that is closer.
    pub(crate) by_claude: Option<Weights>,
    /// By `o200k_base`.
    pub(crate) by_o200k: Weights,
    /// How much more or fewer a letter that is not Latin may be, in thousandths of a token: near scripts, and far ones.
    pub(crate) letters: (u64, u64),
}

impl Ratio {
    /// Estimates a text from its measures.
    pub(crate) fn span(&self, measures: &Measures, yardstick: &Yardstick) -> Span {
        let (weights, tokens) = match self.by_claude {
            Some(weights) if yardstick.has_claude() => (weights, measures.claude),
            _ => (self.by_o200k, measures.o200k),
        };
        let weighed = [
            (weights.token, tokens),
            (weights.spaced_number, measures.spaced_numbers),
            (weights.further_digit, measures.further_digits),
            (weights.indent, measures.indents),
            (weights.blank_run, measures.blank_runs),
            (weights.long_letter, measures.long_letters),
            (weights.near_letter, measures.near_letters),
            (weights.far_letter, measures.far_letters),
        ];
        let middle: u64 =
            weighed.iter().fold(0, |sum, &(weight, number)| sum.saturating_add(weight.saturating_mul(number)));
        let near = self.letters.0.saturating_mul(measures.near_letters);
        let letters = near.saturating_add(self.letters.1.saturating_mul(measures.far_letters));
        let share = share_of(middle, weights.share);
        let mut more = share.saturating_add(letters);
        let mut fewer = share_of(share, weights.fewer).saturating_add(letters);
        if let Some(words) = measures.few_words {
            // What is off by chance from word to word does not level out where there is but one.
            let chance = middle.saturating_mul(1_000) / (words.saturating_mul(1_000)).isqrt().max(1);
            fewer = fewer.saturating_add(chance / 3);
            more = more.saturating_add(chance);
        }
        let rounded = |thousandths: u64| thousandths.saturating_add(500) / 1_000;
        // A text has a token at least, if it is one.
        let least = u64::from(middle > 0);
        let low = rounded(middle.saturating_sub(fewer)).max(least);
        Span { tokens: rounded(middle).max(least), low, high: rounded(middle.saturating_add(more)).max(least) }
    }
}

/// So many thousandths of a number, however large it is.
fn share_of(whole: u64, thousandths: u64) -> u64 {
    (whole / 1_000).saturating_mul(thousandths) + whole % 1_000 * thousandths / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATIO: Ratio = Ratio {
        by_claude: None,
        by_o200k: Weights { token: 1_100, share: 100, near_letter: 300, ..PLAIN },
        letters: (200, 0),
    };

    fn span(measures: Measures) -> Span {
        RATIO.span(&measures, &Yardstick::new(false).expect("o200k_base is embedded"))
    }

    #[test]
    fn a_span_is_the_weights_of_what_is_measured() {
        let plain = Measures { o200k: 100, ..Measures::default() };
        assert_eq!(span(plain), Span::new(99, 110, 121));
        assert_eq!(span(Measures { near_letters: 100, ..plain }), Span::new(106, 140, 174));
        assert_eq!(span(Measures::default()), Span::sure(0));
        assert_eq!(span(Measures { o200k: 1, ..Measures::default() }), Span::sure(1));
    }

    #[test]
    fn a_text_of_one_word_may_be_twice_as_much() {
        let repeated = Measures { o200k: 100, few_words: Some(1_000), ..Measures::default() };
        assert_eq!(span(repeated), Span::new(62, 110, 231));
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let most = Measures { o200k: u64::MAX, few_words: Some(0), ..Measures::default() };
        let span = span(most);
        assert!(span.low <= span.tokens && span.tokens <= span.high);
    }
}
