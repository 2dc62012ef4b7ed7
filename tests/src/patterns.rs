//! The split patterns as they are published, character for character; the engine and the oracles are held against these.

use tokenfare::Pattern;

const GPT2: &[&str] = &[r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"];

const CL100K: &[&str] = &[
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
];

const LLAMA3: &[&str] = &[
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
];

const QWEN2: &[&str] = &[
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
];

const O200K: &[&str] = &[concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"|\p{N}{1,3}",
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*",
    r"|\s*[\r\n]+",
    r"|\s+(?!\S)",
    r"|\s+",
)];

const DEEPSEEK_V3: &[&str] = &[
    r"\p{N}{1,3}",
    r"[一-龥぀-ゟ゠-ヿ]+",
    concat!(
        r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"##,
        r"|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+",
        r"| ?[\p{P}\p{S}]+[\r\n]*",
        r"|\s*[\r\n]+",
        r"|\s+(?!\S)",
        r"|\s+",
    ),
];

/// Returns the published pattern; where there are several, each splits the pieces of the one before, and what lies
/// between two matches is a piece too.
///
/// # Panics
///
/// If the engine knows a pattern that is not written here.
#[must_use]
pub fn published(pattern: Pattern) -> &'static [&'static str] {
    match pattern {
        Pattern::Gpt2 => GPT2,
        Pattern::Cl100k => CL100K,
        Pattern::Llama3 => LLAMA3,
        Pattern::Qwen2 => QWEN2,
        Pattern::O200k => O200K,
        Pattern::DeepSeekV3 => DEEPSEEK_V3,
        _ => unreachable!("a new pattern is written here before anything else is tested"),
    }
}

/// Splits a text as patterns one after the other do: matches, and what lies between them, are the pieces.
///
/// `matches` gives the matches of one of the patterns in a text, as byte ranges from left to right.
pub fn split_in_turn<'t, P>(
    text: &'t str,
    patterns: &[P],
    matches: impl Fn(&P, &'t str) -> Vec<std::ops::Range<usize>>,
) -> Vec<&'t str> {
    let mut pieces = if text.is_empty() { vec![] } else { vec![text] };
    for pattern in patterns {
        let mut finer = Vec::new();
        for piece in pieces {
            let mut at = 0;
            for found in matches(pattern, piece) {
                if at < found.start {
                    finer.push(&piece[at..found.start]);
                }
                at = found.end;
                finer.push(&piece[found]);
            }
            if at < piece.len() {
                finer.push(&piece[at..]);
            }
        }
        pieces = finer;
    }
    pieces
}
