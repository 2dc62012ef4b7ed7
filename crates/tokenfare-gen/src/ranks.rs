//! Packs the published vocabularies, after their SHA-256 has been checked: `tokenfare-vocab/data/*.ranks`.

use crate::Generated;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::PathBuf;
use tiktoken_rs::CoreBPE;

/// The four published files of ranks and the SHA-256 of each, as OpenAI's tiktoken expects them.
const PUBLISHED: [(&str, &str); 4] = [
    ("r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"),
    ("p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"),
    ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
];

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
    files.push((data.join("SHA256SUMS"), sums.into_bytes()));
    Ok(files)
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
