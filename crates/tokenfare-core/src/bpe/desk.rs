//! What is at hand for a text: room to work in, and what is remembered. Each thread keeps it from text to text.
//!
//! A short text is counted in less time than it takes to clear the room.

use super::count::Rest;
use super::{Count, Memo, Whose};
use crate::scan::Row;
use crate::simd::{ROW, Room};
use std::cell::Cell;

/// Room to work in. Nobody finds anything in it that was not put there for the same text.
pub(crate) struct Desk {
    pub(super) row: Row,
    /// The numbers of pieces that were not found.
    pub(super) missed: Room,
    /// What is put off.
    pub(super) rest: Rest,
}

/// What a thread keeps.
struct Kept {
    desk: Desk,
    memo: Option<Memo>,
}

thread_local! {
    /// What this thread keeps, where nobody is at it.
    static KEPT: Cell<Option<Box<Kept>>> = const { Cell::new(None) };
}

/// A text this short does not take the place of what is remembered of another encoding.
const SHORT: usize = 48;

/// Gives back what this thread keeps for the next text: eight mebibytes at most.
///
/// Words that are no token are remembered, with their counts and for one encoding at a time, by each thread that counts.
/// Nothing is wrong with forgetting them but the time to count them again.
pub fn forget() {
    KEPT.take();
}

/// A count that is being made.
pub(crate) struct Counting<'d> {
    pub(crate) count: Count<'d>,
    /// The count may stop where it has passed this.
    pub(crate) limit: usize,
    pub(super) desk: &'d mut Desk,
}

impl Counting<'_> {
    /// Does `work` on so many bytes of text with what this thread keeps for a vocabulary.
    #[inline]
    pub(crate) fn with<R>(whose: Whose, length: usize, work: impl FnOnce(&mut Counting<'_>) -> R) -> R {
        // It is taken, and not borrowed: a thread may come here from within, and then keeps nothing else.
        let kept = KEPT.try_with(Cell::take).ok().flatten();
        let mut kept = kept.unwrap_or_else(Kept::new);
        if kept.memo.as_ref().is_none_or(|memo| length >= SHORT && !memo.is_of(whose)) {
            kept.memo = Some(Memo::new(whose, length));
        }
        let memo = kept.memo.as_mut().filter(|memo| memo.is_of(whose));
        let count = Count { total: 0, memo };
        let result = work(&mut Counting { count, limit: usize::MAX, desk: &mut kept.desk });
        // A thread that ends has nothing to keep it in.
        let _ = KEPT.try_with(|place| place.set(Some(kept)));
        result
    }
}

impl Kept {
    #[cold]
    fn new() -> Box<Self> {
        let desk = Desk { row: Row::new(), missed: [0; ROW + 16], rest: Rest::new() };
        Box::new(Self { desk, memo: None })
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
            forget();
            assert_eq!(remembers(one, SHORT), Some(None));
        })
        .join()
        .expect("nothing failed");
    }
}
