//! Packs the published vocabularies, after their SHA-256 has been checked: `tokenfare-vocab/data/*.ranks`.

use crate::Generated;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tiktoken_rs::CoreBPE;

/// The four published files of ranks and the SHA-256 of each, as OpenAI's tiktoken expects them.
const PUBLISHED: [(&str, &str); 4] = [
    ("r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"),
    ("p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"),
    ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
];

/// Anthropic's first vocabulary: its packed ranks, and the SHA-256 of the published file and of what it is packed to. No crate
/// carries the published file (`claude.json` of npm's `@anthropic-ai/tokenizer` 0.0.4), so it is packed once, by hand.
const CLAUDE: &str = "crates/tokenfare-vocab/data/claude.ranks";
const CLAUDE_PUBLISHED: &str = "58dad83d85e9cd57be209172449ebfbc395df2b455c11fe8b7e5b661e6f462ad";
const CLAUDE_PACKED: &str = "b4f891e4f7cdcf5b56100b423d1d4825f0125d6bba7e67ec37f53f858073518c";

/// A vocabulary: its name, and the token of each rank; a hole is `None`.
pub(crate) type Vocabulary = (&'static str, Vec<Option<Vec<u8>>>);

/// Reads the published vocabularies, and holds each to its digest.
pub(crate) fn vocabularies() -> Result<Vec<Vocabulary>, String> {
    let mut all = Vec::new();
    for (name, digest) in PUBLISHED {
        let tokens = tokens(name)?;
        let found = hex(&Sha256::digest(published_text(&tokens)));
        if found != digest {
            return Err(format!("{name}: the published digest is {digest}, these ranks have {found}"));
        }
        all.push((name, tokens));
    }
    Ok(all)
}

pub(crate) fn files(vocabularies: &[Vocabulary]) -> Result<Vec<Generated>, String> {
    let data = PathBuf::from("crates/tokenfare-vocab/data");
    let mut files = Vec::new();
    let mut sums = String::new();
    for (name, tokens) in vocabularies {
        let packed = pack(tokens)?;
        writeln!(sums, "{}  {name}.ranks", hex(&Sha256::digest(&packed))).expect("writing to a string cannot fail");
        files.push((data.join(format!("{name}.ranks")), packed));
    }
    writeln!(sums, "{CLAUDE_PACKED}  claude.ranks").expect("writing to a string cannot fail");
    files.push((data.join("SHA256SUMS"), sums.into_bytes()));
    Ok(files)
}

/// Packs Anthropic's published file, and holds it to its digest.
///
/// The special tokens are holes, as they are no text, and so are the seven tokens of more than 255 bytes: they are 256, 512 and
/// 1,024 times the same character, and the count of such a run is then that of its parts.
pub(crate) fn claude_file(file: &[u8]) -> Result<Generated, String> {
    let found = hex(&Sha256::digest(file));
    if found != CLAUDE_PUBLISHED {
        return Err(format!("the published digest is {CLAUDE_PUBLISHED}, this file has {found}"));
    }
    let document: serde_json::Value = serde_json::from_slice(file).map_err(|error| error.to_string())?;
    let lines = document["bpe_ranks"].as_str().ok_or("it has no `bpe_ranks`")?;
    let mut tokens: Vec<Option<Vec<u8>>> = Vec::new();
    // Each line: a `!`, the rank of its first token, and the tokens in base64.
    for line in lines.lines() {
        let mut words = line.split(' ').skip(1);
        let first = words.next().and_then(|rank| rank.parse().ok()).ok_or("a line of it has no rank")?;
        tokens.resize(first, None);
        for word in words {
            let token = base64::engine::general_purpose::STANDARD.decode(word).map_err(|error| error.to_string())?;
            tokens.push((token.len() <= 255).then_some(token));
        }
    }
    let packed = pack(&tokens)?;
    let found = hex(&Sha256::digest(&packed));
    if found != CLAUDE_PACKED {
        return Err(format!("it packs to {found}, not to {CLAUDE_PACKED}"));
    }
    Ok((PathBuf::from(CLAUDE), packed))
}

/// Reads Anthropic's vocabulary as it is checked in, and holds it to its digest.
pub(crate) fn claude(root: &Path) -> Result<Vocabulary, String> {
    let packed = std::fs::read(root.join(CLAUDE)).map_err(|error| format!("{CLAUDE}: {error}"))?;
    if hex(&Sha256::digest(&packed)) != CLAUDE_PACKED {
        return Err(format!("{CLAUDE} is not what the published file packs to"));
    }
    let mut tokens = Vec::new();
    let mut rest = packed.as_slice();
    while let Some((&length, after)) = rest.split_first() {
        let (token, after) = after.split_at(usize::from(length));
        tokens.push((length > 0).then(|| token.to_vec()));
        rest = after;
    }
    Ok(("claude", tokens))
}

/// Reads each token's bytes back from the reference, in order of rank; a hole is `None`.
fn tokens(name: &str) -> Result<Vec<Option<Vec<u8>>>, String> {
    let (bpe, end): (&CoreBPE, u32) = match name {
        "r50k_base" => (tiktoken_rs::r50k_base_singleton(), 50_256),
        "p50k_base" => (tiktoken_rs::p50k_base_singleton(), 50_281),
        "cl100k_base" => (tiktoken_rs::cl100k_base_singleton(), 100_256),
        "o200k_base" => (tiktoken_rs::o200k_base_singleton(), 199_998),
        _ => return Err(format!("{name}: not a published vocabulary")),
    };
    let specials = bpe.special_tokens();
    Ok((0..end)
        .map(|rank| {
            let bytes = bpe.decode_bytes(&[rank]).ok()?;
            let special = std::str::from_utf8(&bytes).is_ok_and(|text| specials.contains(text));
            (!special).then_some(bytes)
        })
        .collect())
}

/// The text of the published file: a line per token, its bytes in base64 and its rank.
fn published_text(tokens: &[Option<Vec<u8>>]) -> String {
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut text = String::new();
    for (rank, token) in tokens.iter().enumerate() {
        if let Some(bytes) = token {
            writeln!(text, "{} {rank}", base64.encode(bytes)).expect("writing to a string cannot fail");
        }
    }
    text
}

/// A length byte and the bytes of each token in order of rank; length 0 is a hole.
pub(crate) fn pack(tokens: &[Option<Vec<u8>>]) -> Result<Vec<u8>, String> {
    let mut packed = Vec::new();
    for token in tokens {
        let bytes = token.as_deref().unwrap_or_default();
        packed.push(u8::try_from(bytes.len()).map_err(|_| "a token is longer than 255 bytes".to_owned())?);
        packed.extend_from_slice(bytes);
    }
    Ok(packed)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}
