//! A vocabulary whose merges are given one by one, as a `tokenizer.json` has them.

use super::{NONE, Plan};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// A vocabulary whose merges are given, in order of rank, and where its ranks come from.
pub(crate) struct Merged<'t> {
    pub(crate) plan: Plan<'t>,
    /// The token that each rank is, by its place among those that were given.
    pub(crate) given: Vec<u32>,
    /// The merge that makes each rank, by its place among those that were given.
    pub(crate) by: Vec<Option<u32>>,
}

impl<'t> Plan<'t> {
    /// A vocabulary whose merges are given: `merges[i]` makes the third token of the first two, and the first of all
    /// merges that can be done is done first. No two merges are of the same two tokens; an empty token is none.
    ///
    /// The engine has one rank for a token, where a file may have several merges that give it. But of these only one
    /// ever happens: the last merge of all when the token's bytes are merged on their own.
    ///
    /// *Proof.* Let a token come about somewhere in the merging of some text. It has ends there, and nothing was ever merged
    /// across them, because parts only grow. So up to then the merges between its ends touched nothing outside, and none
    /// outside touched what was between. Each was, when its turn came, the first of all that could be done in the
    /// text, and so the first of those between the ends: which is the one that merging the bytes on their own does next.
    /// Both therefore do the same merges in the same order, up to the one that leaves a single part.
    ///
    /// It follows that the other merges of a token can be left out, since what never happens is never the first that can
    /// be done; and that the tokens which merging makes, in order of the merge that makes them, stand in the order in
    /// which merging prefers them. The bytes come before these, and what merging never makes after, as they were given.
    /// A token made before one of its parts is (`Flaw::BeforeItsParts`) is possible in a file, though no training gives
    /// it; the linear road of `long` needs parts to come first, so [`Plan::lay_out`] refuses that.
    pub(crate) fn of_merges(tokens: &[&'t [u8]], merges: &[[u32; 3]], whole_pieces: bool) -> Merged<'t> {
        let mut alone = Alone::new(tokens, merges);
        let mut by_merge: Vec<Option<u32>> = vec![None; merges.len()];
        let (mut given, mut never) = (Vec::with_capacity(tokens.len()), Vec::new());
        for (place, token) in (0..).zip(tokens) {
            match token.len() {
                0 => {}
                1 => given.push(place),
                _ => match alone.last_merge(token) {
                    Some(merge) => by_merge[merge as usize] = Some(place),
                    None => never.push(place),
                },
            }
        }
        let mut by = vec![None; given.len()];
        for (merge, place) in (0..).zip(by_merge) {
            if let Some(place) = place {
                given.push(place);
                by.push(Some(merge));
            }
        }
        given.extend(never);
        by.resize(given.len(), None);

        let mut ranks = vec![NONE; tokens.len()];
        for (rank, &place) in (0..).zip(&given) {
            ranks[place as usize] = rank;
        }
        let parts = |merge: u32| {
            let [left, right, _] = merges[merge as usize];
            (ranks[left as usize], ranks[right as usize])
        };
        let made_of = by.iter().map(|merge| merge.map(parts)).collect();
        let tokens = given.iter().map(|&place| tokens[place as usize]).collect();
        Merged { plan: Self { tokens, made_of, whole_pieces }, given, by }
    }
}

/// Merges the bytes of one token at a time on their own, by merges that are given.
///
/// `parts` are linked from left to right, each at the place of its first byte; `next` past the end is the end, and a part
/// that has gone into the one before it has no token. `open` holds the merges that could be done when they were found,
/// first the one to be done first; whether one still can is looked up when its turn comes.
struct Alone<'m> {
    merges: &'m [[u32; 3]],
    of_pair: HashMap<(u32, u32), u32>,
    of_byte: [u32; 256],
    parts: Vec<Part>,
    open: BinaryHeap<Reverse<(u32, usize)>>,
}

struct Part {
    token: u32,
    before: usize,
    next: usize,
}

impl<'m> Alone<'m> {
    fn new(tokens: &[&[u8]], merges: &'m [[u32; 3]]) -> Self {
        let of_pair = (0..).zip(merges).map(|(merge, &[left, right, _])| ((left, right), merge)).collect();
        let mut of_byte = [NONE; 256];
        for (place, token) in (0..).zip(tokens) {
            if let [byte] = **token {
                of_byte[usize::from(byte)] = place;
            }
        }
        Self { merges, of_pair, of_byte, parts: Vec::new(), open: BinaryHeap::new() }
    }

    /// The merge that leaves a single part; `None` if more than one part is left in the end.
    fn last_merge(&mut self, bytes: &[u8]) -> Option<u32> {
        self.parts.clear();
        self.parts.extend(bytes.iter().enumerate().map(|(at, &byte)| Part {
            token: self.of_byte[usize::from(byte)],
            before: at.wrapping_sub(1),
            next: at + 1,
        }));
        (0..bytes.len()).for_each(|at| self.find(at));
        let (mut left_over, mut last) = (bytes.len(), None);
        while let Some(Reverse((merge, at))) = self.open.pop() {
            let [left, right, made] = self.merges[merge as usize];
            let next = self.parts[at].next;
            if self.parts[at].token != left || self.parts.get(next).is_none_or(|part| part.token != right) {
                continue;
            }
            let after = self.parts[next].next;
            self.parts[next].token = NONE;
            self.parts[at].token = made;
            self.parts[at].next = after;
            if let Some(part) = self.parts.get_mut(after) {
                part.before = at;
            }
            self.find(at);
            self.find(self.parts[at].before);
            (left_over, last) = (left_over - 1, Some(merge));
        }
        last.filter(|_| left_over == 1)
    }

    /// Notes the merge of the part at `at` and the one after it, if there are such parts and such a merge.
    fn find(&mut self, at: usize) {
        if let Some(part) = self.parts.get(at)
            && let Some(next) = self.parts.get(part.next)
            && let Some(&merge) = self.of_pair.get(&(part.token, next.token))
        {
            self.open.push(Reverse((merge, at)));
        }
    }
}
