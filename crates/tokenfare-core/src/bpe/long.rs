//! Merging a long piece in linear time: in windows, or longest token first with a step back where two neighbours would not
//! have stayed.
//!
//! Two facts carry it. First, any stretch of tokens of an encoding is the encoding of its bytes, because no merge ever
//! crossed its ends. Second, if two stretches are encodings and the tokens that meet at their seam would not merge
//! across it, the two together are an encoding. So the encoding of a text is the one path from its beginning to its
//! end on which every two neighbours are [`compatible`], and each position has at most one path that leads to it: a
//! position that was left by stepping back need never be entered again. That makes [`walk`] linear.
//!
//! Shorter roads come to the same path: [`side_by_side`] and [`windows`] join stretches that are encodings where it is sure that
//! two tokens that meet stay apart, and [`swept`] merges what is the same few bytes over and over; each gives up where it is not
//! sure, or not the shorter one.

use super::merge::{Atoms, MOST as MOST_PARTS, Parts};
use super::ranks::{Made, Ranks};
use super::{Count, Sink};
use crate::simd::{Block, Machine, NONE, PIECES, PLACES, Work};
use std::ops::Range;

/// Feeds the tokens of a piece of many parts to `sink`.
pub(super) fn feed(machine: impl Machine, ranks: &Ranks<'_>, block: &mut Block, piece: &[u8], sink: &mut impl Sink) {
    machine.run(Feed(ranks, block, piece, sink));
}

/// Work: [`feed`].
struct Feed<'w, K>(&'w Ranks<'w>, &'w mut Block, &'w [u8], &'w mut K);

impl<K: Sink> Work for Feed<'_, K> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self(ranks, block, piece, sink) = self;
        let before = sink.mark();
        if run(ranks, piece, sink) {
            return;
        }
        if is_run(piece) {
            return sink.tokens(&swept(ranks, piece).unwrap_or_else(|| walk(ranks, piece)));
        }
        if side_by_side::<_, HELD>(machine, ranks, block, piece, sink) {
            return;
        }
        sink.back_to(before);
        if windows::<_, HELD>(machine, ranks, piece, sink) {
            return;
        }
        sink.back_to(before);
        sink.tokens(&walk(ranks, piece));
    }
}

/// Feeds the tokens of pieces of many parts to `sink`, those of as many as a block holds side by side. Says of each, by its
/// number, where its tokens begin and end in what the sink takes.
#[inline(always)]
pub(super) fn together(
    machine: impl Machine,
    ranks: &Ranks<'_>,
    block: &mut Block,
    pieces: &[&[u8]],
    sink: &mut impl Sink,
    mut each: impl FnMut(usize, Range<usize>),
) {
    let mut next = 0;
    while next < pieces.len() {
        block.clear();
        let mut ends = [0; PIECES];
        let (first, mut windows) = (next, 0);
        while next < pieces.len() && next - first < PIECES {
            if is_run(pieces[next]) {
                ends[next - first] = windows;
                next += 1;
                continue;
            }
            let mut parts = [0; MOST];
            let filled = Atoms::of(pieces[next]).fill(ranks, &mut parts);
            let more = windows_of(filled);
            if filled == MOST || windows + more > PIECES {
                break;
            }
            put(block, windows, ranks, &parts[..filled]);
            windows += more;
            ends[next - first] = windows;
            next += 1;
        }
        if windows > 0 {
            block.merge(machine, ranks.pairs());
        }
        let mut apart = [false; PIECES];
        let mut window = 0;
        for (i, &end) in ends[..next - first].iter().enumerate() {
            if window == end {
                apart[i] = true;
                continue;
            }
            let before = sink.mark();
            match join(block, window..end, 1, sink) {
                Joined::All(from) => {
                    take(block, end - 1, from, PLACES, sink);
                    each(first + i, before..sink.mark());
                }
                Joined::UpTo(..) => {
                    sink.back_to(before);
                    apart[i] = true;
                }
            }
            window = end;
        }
        let apart = (first..next).filter(|i| apart[i - first]);
        // One that no block holds: the first of these, since it would have been put into an empty one.
        let alone = (next == first).then_some(next);
        next += usize::from(next == first);
        for i in apart.chain(alone) {
            let before = sink.mark();
            feed(machine, ranks, block, pieces[i], sink);
            each(i, before..sink.mark());
        }
    }
}

/// Work: counting the tokens of pieces of many parts, as many as a block has columns: [`together`].
pub(super) struct Counts<'w> {
    pub(super) ranks: &'w Ranks<'w>,
    pub(super) block: &'w mut Block,
    pub(super) pieces: &'w [&'w [u8]],
    pub(super) counts: &'w mut [usize; PIECES],
}

impl Work for Counts<'_> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, block, pieces, counts } = self;
        together(machine, ranks, block, pieces, &mut Count::nothing(), |piece, made| counts[piece] = made.len());
    }
}

/// Whether most of a piece is the same few bytes over and over, as far as one sees from three places: windows would have different
/// tokens of them, and not one of those that stand for many. A piece that could be slow to walk is none.
fn is_run(piece: &[u8]) -> bool {
    let repeats = |place: usize| {
        let rest = &piece[place * piece.len() / 4..];
        rest.len() >= 2 * REPEATED && (1..=REPEATED).any(|width| rest[..REPEATED] == rest[width..width + REPEATED])
    };
    piece.len() < 2 * SAMPLE && (1..=3).filter(|&place| repeats(place)).count() >= 2
}

/// Bytes of a run that are merged to see what a longer one comes to: several times the longest token.
const SAMPLE: usize = 1 << 10;

/// The most bytes that a run repeats.
const REPEATED: usize = 8;

/// The most tokens that a run comes to over and over.
const AGAIN: usize = 8;

/// Feeds the tokens of a long run of the same few bytes: some tokens over and over, and what the rest comes to. False if it is
/// none, or comes to something else.
///
/// If the tokens of a run begin with the same few twice, those may stand before themselves; and so before any run that
/// begins with them.
pub(super) fn run(ranks: &Ranks<'_>, piece: &[u8], sink: &mut impl Sink) -> bool {
    let repeats = |width: &usize| piece[*width..].iter().zip(piece).take(64).all(|(a, b)| a == b);
    if piece.len() < 2 * SAMPLE {
        return false;
    }
    let Some(width) = (1..=REPEATED).find(repeats) else { return false };
    if piece[width..] != piece[..piece.len() - width] {
        return false;
    }
    let sample = walk(ranks, &piece[..SAMPLE]);
    let begins_twice = |count: &usize| sample.len() > 2 * count && sample[..*count] == sample[*count..2 * count];
    let Some(count) = (1..=AGAIN).find(begins_twice) else { return false };
    let again = &sample[..count];
    let length: usize = again.iter().map(|&token| ranks.bytes(token).len()).sum();
    if !length.is_multiple_of(width) {
        return false;
    }
    let times = (piece.len() - SAMPLE) / length;
    let rest = walk(ranks, &piece[times * length..]);
    if !rest.starts_with(again) {
        return false;
    }
    let many = again.repeat(64);
    for _ in 0..times / 64 {
        sink.tokens(&many);
    }
    sink.tokens(&many[..times % 64 * count]);
    sink.tokens(&rest);
    true
}

/// The tokens of a piece, by rank: at each sweep over it all pairs of the lowest rank are merged. `None` if that takes too many
/// sweeps, or too many pairs have to be looked up; what is the same few bytes over and over takes few.
///
/// One merge after the other comes to the same: what a token makes with its neighbours has a higher rank than it has itself, so
/// the next merge is that of another such pair, if there is one, and of these the one further left.
pub(super) fn swept(ranks: &Ranks<'_>, piece: &[u8]) -> Option<Vec<u32>> {
    let mut tokens: Vec<u32> = piece.iter().map(|&byte| ranks.of_byte(byte)).collect();
    let mut pairs = vec![NONE; tokens.len()];
    let mut looks = LOOKS + piece.len() / 4;
    // What pairs were looked up last, each in a place of its own or that of another.
    let mut last = [(NONE, NONE, NONE); KEPT];
    for _ in 0..SWEEPS {
        for (pair, two) in pairs.iter_mut().zip(tokens.windows(2)) {
            let (left, right) = (two[0], two[1]);
            let known = &mut last[(left.wrapping_mul(31).wrapping_add(right)) as usize % KEPT];
            if (known.0, known.1) != (left, right) {
                *known = (left, right, ranks.of_pair(left, right));
                looks = looks.checked_sub(1)?;
            }
            *pair = known.2;
        }
        pairs[tokens.len() - 1] = NONE;
        let lowest = pairs[..tokens.len()].iter().copied().min().filter(|&lowest| lowest != NONE);
        let Some(lowest) = lowest else { return Some(tokens) };
        let (mut to, mut at) = (0, 0);
        while at < tokens.len() {
            let merged = pairs[at] == lowest;
            tokens[to] = if merged { lowest } else { tokens[at] };
            to += 1;
            at += 1 + usize::from(merged);
        }
        tokens.truncate(to);
    }
    None
}

/// The most sweeps over a piece.
const SWEEPS: usize = 20;

/// The most pairs that are looked up for any piece; for a longer one, some more.
const LOOKS: usize = 128;

/// So many pairs are not looked up again at once.
const KEPT: usize = 64;

/// Parts from the beginning of a window to that of the next.
const STEP: usize = 15;

/// Parts that a window and the next have in common.
const SHARED: usize = Block::MOST - STEP;

/// The most parts that windows of one block can hold.
pub(super) const MOST: usize = PIECES * STEP + SHARED;

/// The windows that so many parts need.
#[inline(always)]
pub(super) fn windows_of(parts: usize) -> usize {
    parts.saturating_sub(SHARED).div_ceil(STEP).max(1)
}

/// Merges windows that overlap, all at the same time, and joins them. False if that does not come to an encoding.
#[inline(always)]
pub(super) fn side_by_side<M: Machine, const HELD: usize>(
    machine: M,
    ranks: &Ranks<'_>,
    block: &mut Block,
    piece: &[u8],
    sink: &mut impl Sink,
) -> bool {
    let mut atoms = Atoms::of(piece);
    let mut parts = [0; MOST];
    let mut count = 0;
    // The place in the first window from which on its tokens are to be taken, and the token before that, if it has not yet
    // been seen beside them.
    let (mut from, mut before) = (1, None);
    loop {
        count += atoms.fill(ranks, &mut parts[count..]);
        let ends = count < MOST;
        block.clear();
        let windows = put(block, 0, ranks, &parts[..count]);
        block.merge(machine, ranks.pairs());
        if let Some(before) = before
            && !compatible(ranks, before, block.token(0, from))
        {
            return false;
        }
        before = None;
        let done = match join(block, 0..windows, from, sink) {
            Joined::All(place) if ends => {
                take(block, windows - 1, place, PLACES, sink);
                return true;
            }
            // The last window is the first of the next ones.
            Joined::All(place) => {
                from = place;
                (windows - 1) * STEP
            }
            // The next windows begin in this one, where tokens begin that are not changed by what follows, as far as one
            // can tell.
            Joined::UpTo(window, place) => {
                let mut begins = block.begins(window) & u32::MAX << place;
                for _ in 0..HELD.min(begins.count_ones() as usize - 1) {
                    begins ^= 1 << (31 - begins.leading_zeros());
                }
                let last = 31 - begins.leading_zeros() as usize;
                if last == place {
                    return false;
                }
                take(block, window, place, last, sink);
                let begun = block.begins(window) & !(u32::MAX << last);
                before = Some(block.token(window, 31 - begun.leading_zeros() as usize));
                from = 1;
                window * STEP + last - 1
            }
        };
        parts.copy_within(done.., 0);
        count -= done;
    }
}

/// Puts the windows of a piece into a block from one on; returns how many they are.
#[inline(always)]
pub(super) fn put(block: &mut Block, first: usize, ranks: &Ranks<'_>, parts: &[u32]) -> usize {
    let windows = windows_of(parts.len());
    for window in 0..windows {
        let parts = &parts[window * STEP..parts.len().min(window * STEP + Block::MOST)];
        for (place, &part) in (1..).zip(parts) {
            block.put(first + window, place, part);
        }
        block.close(first + window, parts.len());
    }
    for (i, two) in parts.windows(2).enumerate() {
        let made = ranks.of_pair(two[0], two[1]);
        // The window that begins last before it has it, and the one before, which that overlaps, may.
        let last = (i / STEP).min(windows - 1);
        for window in last.saturating_sub(1)..=last {
            let place = i - window * STEP + 1;
            if place < Block::MOST {
                block.pair(first + window, place, made);
            }
        }
    }
    windows
}

/// How far windows were joined: the window and the place in it from which on its tokens are still to come.
pub(super) enum Joined {
    /// To the last.
    All(usize),
    /// To one that the next does not agree with.
    UpTo(usize, usize),
}

/// Feeds the tokens of windows that overlap to `sink`: those of the first from a place on, and so on up to the last, whose
/// tokens are still to come.
///
/// Where two windows both have a token begin, and it is the same token, the tokens of the first up to there and those of the
/// second from there on are an encoding: the two that meet there also meet in the first.
#[inline(always)]
pub(super) fn join(block: &Block, windows: Range<usize>, mut from: usize, sink: &mut impl Sink) -> Joined {
    for window in windows.start..windows.end - 1 {
        let mut both = block.begins(window) >> STEP & block.begins(window + 1);
        let joint = loop {
            if both == 0 {
                return Joined::UpTo(window, from);
            }
            let place = both.trailing_zeros() as usize;
            if block.token(window, place + STEP) == block.token(window + 1, place) {
                break place;
            }
            both &= both - 1;
        };
        take(block, window, from, joint + STEP, sink);
        from = joint;
    }
    Joined::All(from)
}

/// Feeds the tokens that begin at some places of a window to `sink`.
#[inline(always)]
pub(super) fn take(block: &Block, window: usize, from: usize, to: usize, sink: &mut impl Sink) {
    let below = |place: usize| u32::try_from((1_u64 << place) - 1).unwrap_or(u32::MAX);
    let mut begins = block.begins(window) & below(to) & !below(from);
    while begins != 0 {
        sink.tokens(&[block.token(window, begins.trailing_zeros() as usize)]);
        begins &= begins - 1;
    }
}

/// The tokens at the end of a window that are not kept: what follows might change them.
const HELD: usize = 4;

/// Merges a window after the other, each from where the tokens kept of the one before end. False if that does not come to an
/// encoding.
#[inline(always)]
pub(super) fn windows<M: Machine, const HELD: usize>(
    machine: M,
    ranks: &Ranks<'_>,
    piece: &[u8],
    sink: &mut impl Sink,
) -> bool {
    let mut parts = Parts::<_, 4>::new(machine);
    // What was kept of the window before, which may yet have to be shortened.
    let mut kept: Vec<u32> = Vec::with_capacity(64);
    let mut at = 0;
    loop {
        // No window has parts of more bytes than these.
        let length = parts.merge_some(machine, ranks, &piece[at..piece.len().min(at + 4 * MOST_PARTS)]);
        let tokens = parts.tokens();
        if let Some(&last) = kept.last()
            && !compatible(ranks, last, tokens[0])
        {
            kept.pop();
            at -= ranks.bytes(last).len();
            if kept.is_empty() {
                return false;
            }
            continue;
        }
        sink.tokens(&kept);
        if at + length == piece.len() {
            sink.tokens(tokens);
            return true;
        }
        kept.clear();
        kept.extend_from_slice(&tokens[..tokens.len().saturating_sub(HELD).max(1)]);
        at += kept.iter().map(|&token| ranks.bytes(token).len()).sum::<usize>();
    }
}

/// The tokens of `piece`, by rank.
pub(super) fn walk(ranks: &Ranks<'_>, piece: &[u8]) -> Vec<u32> {
    let mut path: Vec<u32> = Vec::with_capacity(piece.len() / 3);
    let mut dead = Bits::new(piece.len() + 1);
    let mut at = 0;
    // Tokens at `at` that are longer than this have been tried.
    let mut longest = ranks.longest();
    while at < piece.len() {
        if let Some((token, length)) = ranks.longest_token(&piece[at..], longest) {
            let met = path.last().is_none_or(|&before| compatible(ranks, before, token));
            if met && !dead.get(at + length) {
                path.push(token);
                at += length;
                longest = ranks.longest();
            } else {
                longest = length - 1;
            }
        } else {
            dead.set(at);
            let last = path.pop().expect("every byte is a token, so the first position has a path to the end");
            let length = ranks.bytes(last).len();
            at -= length;
            longest = length - 1;
        }
    }
    path
}

/// Whether merging the bytes of `left` and `right` ends with just these two tokens.
///
/// It takes the merges that made the two back, the latest first, and asks at each step whether the two tokens that then
/// met at the seam would have merged with each other before the step was done. Of two merges of the same rank the one
/// further left comes first: so a merge across the seam comes after one of the same rank on the left, and before one on
/// the right.
fn compatible(ranks: &Ranks<'_>, mut left: u32, mut right: u32) -> bool {
    // A merge across the seam of a rank below this would have come first.
    let mut before = u32::MAX;
    loop {
        if ranks.of_pair(left, right) < before {
            return false;
        }
        let (made_left, made_right) = (ranks.made(left), ranks.made(right));
        match (made_left, made_right) {
            (Made::Byte, Made::Byte) => return true,
            (Made::Of(_, inner), Made::Of(..)) if left > right => {
                before = left;
                left = inner;
            }
            (Made::Of(_, inner), Made::Byte) => {
                before = left;
                left = inner;
            }
            (_, Made::Of(inner, _)) => {
                before = right + 1;
                right = inner;
            }
        }
    }
}

/// A set of positions.
struct Bits(Vec<u64>);

impl Bits {
    fn new(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    fn get(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    fn set(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }
}
