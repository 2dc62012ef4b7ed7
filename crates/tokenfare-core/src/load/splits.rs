//! Which split a `tokenizer.json` asks for: its chains of regular expressions, by the exact way they are written.

use super::json::{Fields, Node};
use crate::error::Error;
use crate::scan::Pattern;

/// The chains of patterns that are known, and what they split like.
///
/// They are compared as strings, so each stands here in every spelling it is known to come in. A spelling is added
/// when the reference has been seen to split by it as the scanner does; two that look alike need not be. `\p{N}{1,3}+`,
/// which OpenAI's tiktoken has in `cl100k_base` since it left backtracking, is the warning: there it takes up to three digits and
/// gives none back, and in the reference's regex engine any number of them, so it is not here.
pub(super) const KNOWN: &[(Pattern, &[&str])] = &[
    (Pattern::Gpt2, &[r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"]),
    (Pattern::Gpt2, &[r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"]),
    (Pattern::Gpt2, &[r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"]),
    (
        Pattern::Cl100k,
        &[
            r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
        ],
    ),
    (
        Pattern::Llama3,
        &[
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ],
    ),
    (
        Pattern::Llama3,
        &[
            r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
        ],
    ),
    (
        Pattern::Qwen2,
        &[
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ],
    ),
    (
        Pattern::Qwen2,
        &[r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"],
    ),
    (
        Pattern::O200k,
        &[
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        ],
    ),
    (
        Pattern::DeepSeekV3,
        &[
            r"\p{N}{1,3}",
            r"[一-龥぀-ゟ゠-ヿ]+",
            // Its file has the two characters themselves in the brackets, not their escapes.
            concat!(
                r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^"##,
                "\r\n",
                r"\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[",
                "\r\n",
                r"]*|\s*[",
                "\r\n",
                r"]+|\s+(?!\S)|\s+",
            ),
        ],
    ),
    (
        Pattern::DeepSeekV3,
        &[
            r"\p{N}{1,3}",
            r"[一-龥぀-ゟ゠-ヿ]+",
            r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##,
        ],
    ),
];

/// The options of a `ByteLevel`, which change no token where it is not the pre-tokenizer.
pub(super) const BYTE_LEVEL_OPTIONS: [&str; 3] = ["add_prefix_space", "trim_offsets", "use_regex"];

/// A step of a pre-tokenizer.
enum Step<'j> {
    /// Splits by a regular expression. `removing` drops what it does not match.
    Split { regex: &'j str, removing: bool },
    /// Writes bytes as characters, splitting by GPT-2's pattern first if asked to.
    ByteLevel { use_regex: bool },
}

/// The pattern that a pre-tokenizer splits like.
pub(super) fn pattern(node: &Node<'_>) -> Result<Pattern, Error> {
    let mut steps = Vec::new();
    read(node, &mut steps)?;
    match &steps[..] {
        [Step::ByteLevel { use_regex: true }] => Ok(Pattern::Gpt2),
        [splits @ .., Step::ByteLevel { use_regex: false }] => {
            let mut regexes = Vec::new();
            let mut removing = false;
            for step in splits {
                let Step::Split { regex, removing: also } = step else { return Err(not_known(node)) };
                regexes.push(*regex);
                removing |= also;
            }
            let known = KNOWN.iter().find(|(_, chain)| **chain == regexes[..]);
            // DeepSeek's patterns leave some characters unmatched, which would be dropped; the others match every character.
            match known {
                Some((pattern, _)) if !removing || *pattern != Pattern::DeepSeekV3 => Ok(*pattern),
                _ => Err(not_known(node)),
            }
        }
        _ => Err(not_known(node)),
    }
}

fn not_known(node: &Node<'_>) -> Error {
    let known: Vec<&str> = Pattern::ALL.iter().map(|pattern| pattern.name()).collect();
    node.refuse(format!("it splits by none of the patterns that are known: {}", known.join(", ")))
}

/// Reads the steps of a pre-tokenizer in their order.
fn read<'j>(node: &Node<'j>, steps: &mut Vec<Step<'j>>) -> Result<(), Error> {
    let mut fields = node.fields()?;
    let kind = fields.need("type")?;
    match kind.text()? {
        "Sequence" => {
            for node in fields.need("pretokenizers")?.nodes()? {
                read(&node, steps)?;
            }
        }
        "ByteLevel" => {
            let prefix = fields.need("add_prefix_space")?;
            if prefix.bool()? {
                return Err(prefix.refuse("a space put before the text is not supported; set it to false"));
            }
            let use_regex = fields.take("use_regex").map_or(Ok(true), |asked| asked.bool())?;
            fields.ignore(&["trim_offsets"]);
            steps.push(Step::ByteLevel { use_regex });
        }
        "Split" => steps.push(read_split(&mut fields)?),
        other => return Err(kind.refuse(format!("`{other}` is not supported, ByteLevel, Split and Sequence are"))),
    }
    fields.end()
}

fn read_split<'j>(fields: &mut Fields<'j>) -> Result<Step<'j>, Error> {
    let mut pattern = fields.need("pattern")?.fields()?;
    let regex = pattern.need("Regex")?.text()?;
    pattern.end()?;
    let (behavior, invert) = (fields.need("behavior")?, fields.need("invert")?.bool()?);
    match (behavior.text()?, invert) {
        // Every match and all between two matches is a piece, whichever of them is called the delimiter.
        ("Isolated", _) => Ok(Step::Split { regex, removing: false }),
        ("Removed", true) => Ok(Step::Split { regex, removing: true }),
        (other, _) => {
            Err(behavior.refuse(format!("`{other}` is not supported; `Isolated` is, and `Removed` if inverted")))
        }
    }
}
