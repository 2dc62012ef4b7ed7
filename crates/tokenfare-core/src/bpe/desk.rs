//! What is at hand for a text: room to work in, and what is remembered. Each thread keeps it from text to text.
//!
//! A short text is counted in less time than it takes to clear the room.

use super::written::Written;
use super::{Count, Memo, count, encode};
use crate::scan::Row;
use crate::simd::Missed;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Room to work in. Nobody finds anything in it that was not put there for the same text.
pub(crate) struct Desk {
    /// A row, and the one after it.
    pub(super) rows: [Row; 2],
    /// The pieces of a row that were not found.
    pub(super) missed: Missed,
    /// What is put off of a count.
    pub(super) rest: count::Rest,
    /// What is not yet written down.
    pub(super) page: Option<Box<encode::Page>>,
}

/// A vocabulary, told from all others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whose(u64);

impl Whose {
    /// One that was never there before.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What a thread keeps.
struct Kept {
    desk: Desk,
    /// What is remembered, and whose tokens it is about.
    memo: Option<(Whose, Memo)>,
    written: Option<(Whose, Written)>,
}

thread_local! {
    /// What this thread keeps, where nobody is at it.
    static KEPT: Cell<Option<Box<Kept>>> = const { Cell::new(None) };
}

/// A text this short does not take the place of what is remembered of another encoding.
const SHORT: usize = 48;

/// Gives back what this thread keeps for the next text: ten mebibytes at most if it only counts, twenty-four if it encodes too.
///
/// Words that are no token are remembered, with their tokens and for one encoding at a time, by each thread that counts or
/// encodes. Nothing is wrong with forgetting them but the time to merge them again.
pub fn forget() {
    // A thread that ends may have none any more.
    let _ = KEPT.try_with(Cell::take);
}

/// Where what is remembered is looked up.
#[derive(Clone, Copy)]
pub(crate) enum Memory<'m> {
    /// At hand, if anything is.
    Here(Option<&'m Memo>),
    /// With what the thread keeps, if it is of this vocabulary.
    Kept(Whose),
}

impl Memory<'_> {
    /// The count of `bytes[start..end]`, if it is remembered.
    #[inline(never)]
    pub(super) fn count(self, bytes: &[u8], start: usize, end: usize) -> Option<usize> {
        let whose = match self {
            Self::Here(memo) => return memo?.get(bytes, start, end),
            Self::Kept(whose) => whose,
        };
        let look = |place: &Cell<Option<Box<Kept>>>| {
            let kept = place.take()?;
            let memo = kept.memo.as_ref().filter(|(of, _)| *of == whose);
            let count = memo.and_then(|(_, memo)| memo.get(bytes, start, end));
            place.set(Some(kept));
            count
        };
        KEPT.try_with(look).ok().flatten()
    }
}

/// A count that is being made.
pub(crate) struct Counting<'d> {
    pub(crate) count: Count<'d>,
    /// The count may stop where it has passed this.
    pub(crate) limit: usize,
    /// Whether other texts come after this one: what waits to be merged need not be merged with it.
    pub(crate) goes_on: bool,
    pub(super) desk: &'d mut Desk,
}

impl Counting<'_> {
    /// Does `work` on so many bytes of text with what this thread keeps for a vocabulary.
    #[inline]
    pub(crate) fn with<R>(whose: Whose, length: usize, work: impl FnOnce(&mut Counting<'_>) -> R) -> R {
        Kept::with(|Kept { desk, memo, .. }| {
            let memo = of(memo, whose, length, Memo::new);
            work(&mut Counting { count: Count::with(memo), limit: usize::MAX, goes_on: false, desk })
        })
    }
}

/// Tokens that are being written down.
pub(crate) struct Writing<'d> {
    pub(crate) tokens: Vec<u32>,
    pub(crate) written: Option<&'d mut Written>,
    pub(super) desk: &'d mut Desk,
}

impl Writing<'_> {
    /// Does `work` on so many bytes of text with what this thread keeps for a vocabulary.
    pub(crate) fn with<R>(whose: Whose, length: usize, work: impl FnOnce(&mut Writing<'_>) -> R) -> R {
        Kept::with(|Kept { desk, written, .. }| {
            let written = of(written, whose, length, Written::new);
            work(&mut Writing { tokens: Vec::new(), written, desk })
        })
    }
}

/// What is remembered of a vocabulary; room for that is made, unless the text is too short to take the place of another.
#[inline(always)]
fn of<M>(kept: &mut Option<(Whose, M)>, whose: Whose, length: usize, new: impl FnOnce(usize) -> M) -> Option<&mut M> {
    if kept.as_ref().is_none_or(|&(of, _)| length >= SHORT && of != whose) {
        *kept = Some((whose, new(length)));
    }
    kept.as_mut().filter(|&&mut (of, _)| of == whose).map(|(_, memo)| memo)
}

impl Kept {
    /// Does `work` with what this thread keeps.
    #[inline(always)]
    fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        // It is taken, and not borrowed: a thread may come here from within, and then keeps nothing else.
        let kept = KEPT.try_with(Cell::take).ok().flatten();
        let mut kept = kept.unwrap_or_else(Self::new);
        let result = work(&mut kept);
        // A thread that ends has nothing to keep it in.
        let _ = KEPT.try_with(|place| place.set(Some(kept)));
        result
    }

    #[cold]
    fn new() -> Box<Self> {
        let desk = Desk { rows: [Row::new(), Row::new()], missed: Missed::new(), rest: count::Rest::new(), page: None };
        Box::new(Self { desk, memo: None, written: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_remembers_for_one_vocabulary_at_a_time() {
        let (one, other) = (Whose::new(), Whose::new());
        let get = |memo: Option<&mut Memo>| memo.map(|memo| memo.get(b"abc", 0, 3));
        let remembers =
            move |whose, length| Counting::with(whose, length, |counting| get(counting.count.memo.as_deref_mut()));
        let remember = |whose| {
            Counting::with(whose, SHORT, |counting| {
                counting.count.memo.as_mut().expect("it is worth one").put(b"abc", 0, 3, 2);
            });
        };
        std::thread::spawn(move || {
            assert_eq!(remembers(one, 1), Some(None), "there was none");
            remember(one);
            assert_eq!(remembers(one, 1), Some(Some(2)));
            assert_eq!(remembers(other, SHORT - 1), None, "a short text does without");
            assert_eq!(remembers(one, SHORT), Some(Some(2)));
            assert_eq!(remembers(other, SHORT), Some(None));
            assert_eq!(remembers(one, SHORT), Some(None), "the other took its place");
            remember(one);
            Counting::with(one, SHORT, |_| assert_eq!(remembers(one, SHORT), Some(None)));
            remember(one);
            // And looked up where it is kept.
            let kept = |whose| Memory::Kept(whose).count(b"abc", 0, 3);
            for _ in 0..2 {
                assert_eq!((kept(one), kept(other)), (Some(2), None));
            }
            assert_eq!(remembers(one, SHORT), Some(Some(2)), "it still is there");
            forget();
            assert_eq!(kept(one), None);
            assert_eq!(remembers(one, SHORT), Some(None));
        })
        .join()
        .expect("nothing failed");
    }
}
