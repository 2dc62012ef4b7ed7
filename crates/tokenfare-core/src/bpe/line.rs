//! Pieces in the order of the text, not yet written down: the ranks of those that are tokens, and what the others came to.

use super::ranks::Ranks;
use super::written::{Asked, Made, Wanted, Written};
use crate::simd::{Found, Machine, Missed, Pieces, Room, Tail};
use std::ops::Range;

/// Pieces, or parts of them.
#[derive(Default)]
pub(super) struct Line {
    /// The rank of each that is a token, and after the last what a search or a copy may touch.
    found: Vec<u32>,
    /// How many there are.
    pub(super) count: usize,
    /// The numbers of those that are none, in order.
    holes: Vec<usize>,
    /// What each of them came to.
    pub(super) made: Vec<Made>,
}

/// What a search writes to.
const ROOM: usize = size_of::<Room>() / size_of::<u32>();

/// Tokens that are copied at once, whether they are all meant or not.
const AT_ONCE: usize = 32;

/// Where pieces are looked up.
pub(super) struct Tables<'w> {
    pub(super) ranks: &'w Ranks<'w>,
    pub(super) written: Option<&'w Written>,
    /// Of longer pieces nothing is remembered that is true of these.
    pub(super) longest: usize,
    pub(super) asked: &'w mut Asked,
    pub(super) missed: &'w mut Missed,
}

impl Line {
    /// How many of the pieces are no tokens.
    pub(super) fn holes(&self) -> usize {
        self.holes.len()
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.holes.clear();
        self.made.clear();
    }

    /// Gives back what only a very long piece needs.
    pub(super) fn shrink_to(&mut self, pieces: usize) {
        if self.found.len() > pieces {
            self.found.truncate(pieces);
            self.found.shrink_to(pieces);
            self.holes.shrink_to(pieces);
            self.made.shrink_to(pieces);
        }
    }

    /// Adds pieces, and has what is remembered of those that are no tokens brought near. The numbers of these are left with what
    /// was missed; returns how many they are.
    #[inline(always)]
    pub(super) fn look_up(&mut self, machine: impl Machine, pieces: Pieces<'_>, tables: Tables<'_>) -> usize {
        let Tables { ranks, written, longest, asked, missed } = tables;
        self.make_room();
        let room: &mut Room = self.found[self.count..].first_chunk_mut().expect("it was made");
        let mut found = Found::new(room, ranks.word_ranks());
        let misses = machine.short_words(ranks.words(), pieces, Some(&mut found), missed);
        let misses = machine.long_words(ranks.words(), pieces, Some(&mut found), missed, misses);
        self.holes.extend(missed.numbers(misses).iter().map(|&piece| self.count + piece as usize));
        self.made.resize(self.made.len() + misses, Made::NONE);
        if let Some(written) = written {
            written.ask(Wanted { pieces, missed, count: misses, longest }, asked);
        }
        self.count += pieces.count;
        misses
    }

    /// Fills the last holes, so many as were asked for, with what is remembered. Returns the number of the first of them.
    #[inline(always)]
    pub(super) fn recall(
        &mut self,
        written: Option<&Written>,
        asked: &mut Asked,
        missed: &Missed,
        misses: usize,
    ) -> usize {
        let first = self.made.len() - misses;
        if let Some(written) = written {
            written.recall_all(asked, missed.keys(misses), &mut self.made[first..]);
        }
        first
    }

    /// Adds a piece that is no token. Returns its number among those.
    pub(super) fn push_hole(&mut self) -> usize {
        self.make_room();
        self.holes.push(self.count);
        self.made.push(Made::NONE);
        self.count += 1;
        self.made.len() - 1
    }

    /// Room for a row, and for what a copy may touch after it.
    fn make_room(&mut self) {
        let end = self.count + ROOM + AT_ONCE;
        if self.found.len() < end {
            self.found.resize(end, 0);
        }
    }

    /// The holes among these pieces, from one of them on; none of those before it is.
    pub(super) fn holes_of(&self, pieces: &Range<usize>, mut from: usize) -> Range<usize> {
        while self.holes.get(from).is_some_and(|&hole| hole < pieces.start) {
            from += 1;
        }
        let mut to = from;
        while self.holes.get(to).is_some_and(|&hole| hole < pieces.end) {
            to += 1;
        }
        from..to
    }

    /// Writes the tokens of these pieces, which have these holes. `put` writes what a hole came to.
    #[inline(always)]
    pub(super) fn write(
        &self,
        pieces: Range<usize>,
        holes: Range<usize>,
        tokens: &mut Tail<'_>,
        put: impl Fn(&Made, &mut Tail<'_>),
    ) {
        let mut at = pieces.start;
        for (&hole, made) in self.holes[holes.clone()].iter().zip(&self.made[holes]) {
            copy(&self.found[at..], hole - at, tokens);
            put(made, tokens);
            at = hole + 1;
        }
        copy(&self.found[at..], pieces.end - at, tokens);
    }
}

/// Writes the first so many of `from`, many at once: there are as many past the last.
#[inline(always)]
fn copy(mut from: &[u32], mut count: usize, tokens: &mut Tail<'_>) {
    // Most runs are short.
    loop {
        let chunk: &[u32; AT_ONCE] = from.first_chunk().expect("there are as many past the last");
        tokens.put(chunk, count.min(AT_ONCE));
        if count <= AT_ONCE {
            break;
        }
        (from, count) = (&from[AT_ONCE..], count - AT_ONCE);
    }
}
