//! Reads a `.tiktoken` file: a line per token, its bytes in base64, a space, its rank.

use super::HIGHEST_ID;
use crate::bpe::Whose;
use crate::bpe::layout::{Flaw, Plan};
use crate::encoding::{Encoding, Splitter, Tables};
use crate::error::Error;
use crate::scan::Pattern;
use crate::special::SpecialTokens;
use base64::Engine as _;
use std::borrow::Cow;

/// The longest token that is read: twice the longest of any vocabulary known. What a token is made of is found by the
/// definition, which takes the square of its length.
const LONGEST_TOKEN: usize = 1024;

impl Encoding {
    /// Loads an encoding from the bytes of a `.tiktoken` file and the split pattern it was made for.
    ///
    /// ```
    /// use base64::{Engine as _, engine::general_purpose::STANDARD};
    /// use tokenfare_core::{Encoding, Pattern};
    ///
    /// // A vocabulary of the 256 bytes and one token more, `hi`.
    /// let bytes = (0..=255_u8).map(|byte| format!("{} {byte}\n", STANDARD.encode([byte])));
    /// let file: String = bytes.chain(["aGk= 256\n".to_owned()]).collect();
    /// let tiny = Encoding::from_tiktoken("tiny", file.as_bytes(), Pattern::Gpt2, vec![])?;
    /// assert_eq!(tiny.encode("hi ho"), [256, 32, 104, 111]);
    /// # Ok::<(), tokenfare_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file is not such a vocabulary; [`Error::place`] names the line.
    pub fn from_tiktoken(
        name: &str,
        file: &[u8],
        pattern: Pattern,
        specials: Vec<(String, u32)>,
    ) -> Result<Self, Error> {
        let mut tokens: Vec<(u32, Vec<u8>, usize)> = Vec::new();
        for (number, line) in (1..).zip(file.split(|&byte| byte == b'\n')) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let (token, rank) = read_line(line).map_err(|why| Error::bad_vocabulary(format!("line {number}"), why))?;
            tokens.push((rank, token, number));
        }
        tokens.sort_by_key(|(rank, _, number)| (*rank, *number));
        if let Some([first, second]) = tokens.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let why = format!("rank {} stands on line {} too", second.0, first.2);
            return Err(Error::bad_vocabulary(format!("line {}", second.2), why));
        }
        let highest = tokens.last().map_or(0, |(rank, ..)| *rank as usize + 1);
        let mut by_rank: Vec<&[u8]> = vec![&[]; highest];
        let mut lines = vec![0; highest];
        for (rank, token, number) in &tokens {
            by_rank[*rank as usize] = token;
            lines[*rank as usize] = *number;
        }
        check_specials(&specials, &by_rank)?;
        let at = |rank: u32| format!("line {}", lines[rank as usize]);
        let block = Plan::of_ranks(by_rank).and_then(|plan| plan.lay_out()).map_err(|flaw| match flaw {
            Flaw::NoByte(byte) => {
                Error::bad_vocabulary("", format!("no token is the single byte 0x{byte:02X}; all 256 are needed"))
            }
            Flaw::Twice(first, second) => {
                Error::bad_vocabulary(at(second), format!("the token of {} stands here again", at(first)))
            }
            Flaw::BeforeItsParts(rank) => {
                Error::bad_vocabulary(at(rank), format!("rank {rank} is made of a token that comes after it"))
            }
            Flaw::TooLarge => {
                Error::bad_vocabulary("", "it has more than 2,097,150 ranks, or more than 2 GiB of tokens")
            }
        })?;
        Ok(Self {
            name: Cow::Owned(name.to_owned()),
            splitter: Splitter::new(pattern),
            tables: Tables::Loaded(block),
            whose: Whose::new(),
            ids: None,
            specials: SpecialTokens::new(specials),
            front: None,
        })
    }
}

fn check_specials(specials: &[(String, u32)], by_rank: &[&[u8]]) -> Result<(), Error> {
    for (i, (name, id)) in specials.iter().enumerate() {
        let place = format!("special token `{name}`");
        if name.is_empty() {
            return Err(Error::bad_vocabulary(place, "its name is empty"));
        }
        if by_rank.get(*id as usize).is_some_and(|token| !token.is_empty()) {
            return Err(Error::bad_vocabulary(place, format!("its id {id} is an ordinary token's")));
        }
        if specials[..i].iter().any(|(other, _)| other == name) {
            return Err(Error::bad_vocabulary(place, "it is named twice"));
        }
    }
    Ok(())
}

/// The token and the rank of a line.
fn read_line(line: &[u8]) -> Result<(Vec<u8>, u32), String> {
    let space = line.iter().position(|&byte| byte == b' ').ok_or("a line is a token in base64, a space and a rank")?;
    let (token, rank) = (&line[..space], &line[space + 1..]);
    let shown = String::from_utf8_lossy(rank);
    if rank.is_empty() || !rank.iter().all(u8::is_ascii_digit) {
        return Err(format!("the rank `{}` is not a whole number", shown.escape_default()));
    }
    match shown.parse::<u32>() {
        Ok(rank) if rank <= HIGHEST_ID => Ok((token_of(token)?, rank)),
        _ => Err(format!("the rank `{shown}` is larger than {HIGHEST_ID}")),
    }
}

fn token_of(base64: &[u8]) -> Result<Vec<u8>, String> {
    match base64::engine::general_purpose::STANDARD.decode(base64) {
        Ok(token) if token.is_empty() => Err("the token is empty".to_owned()),
        Ok(token) if token.len() > LONGEST_TOKEN => {
            Err(format!("the token is {} bytes long; up to {LONGEST_TOKEN} are read", token.len()))
        }
        Ok(token) => Ok(token),
        Err(_) => Err(format!("`{}` is not base64", String::from_utf8_lossy(base64).escape_default())),
    }
}
