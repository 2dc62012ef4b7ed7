//! The door for build scripts: packed ranks in, the block of tables that [`Encoding::embedded`](crate::Encoding::embedded)
//! reads in place out.

use crate::bpe::bridge;
use crate::bpe::layout::{Plan, read};
use crate::error::Error;

/// Lays out packed ranks: for each rank in order, the length of its token in a byte and the token; length 0 is a hole.
///
/// The block is in the byte order of the machine that lays it out, and wants an address that is a multiple of 8.
///
/// # Errors
///
/// If the ranks are cut short or are not a vocabulary.
pub fn from_packed(packed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut tokens: Vec<&[u8]> = Vec::new();
    let mut rest = packed;
    while let Some((&length, after)) = rest.split_first() {
        let (token, after) = after
            .split_at_checked(usize::from(length))
            .ok_or_else(|| Error::bad_vocabulary(format!("rank {}", tokens.len()), "its token is cut short"))?;
        tokens.push(token);
        rest = after;
    }
    let block = Plan::of_ranks(tokens)
        .and_then(|plan| plan.lay_out())
        .map_err(|flaw| Error::bad_vocabulary("packed ranks", format!("{flaw:?}")))?;
    Ok(bytemuck::cast_slice(&block).to_vec())
}

/// Whether a piece may be cut between two characters before it is merged, by the tables of a block; `None` if it is not a block
/// of this version.
///
/// For `tokenfare-gen check`, which holds every answer to the tokens themselves.
#[doc(hidden)]
pub fn cuts(block: &[u64]) -> Option<impl Fn(char, char) -> bool> {
    let ranks = read(block)?;
    Some(move |before, after| bridge::may_cut(&ranks, before, after))
}
