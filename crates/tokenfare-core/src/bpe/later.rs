//! Parts of a text that are counted in any order: looked up many at once, and merged a few at a time.
//!
//! The tables are larger than the nearest caches. What would be a wait for each load, done piece by piece, is one wait for
//! several.

use super::ranks::{MAYBE, NONE, Ranks, Slot};
use super::{Sink, Span, bridge, merge};
use crate::simd::{Machine, Work};

/// What is put off.
pub(super) struct Later {
    /// Parts of pieces, to be looked up.
    parts: Spans<32>,
    /// What is not a token, to be merged.
    merges: Spans<16>,
}

struct Spans<const N: usize> {
    spans: [Span; N],
    count: usize,
}

impl<const N: usize> Spans<N> {
    fn new() -> Self {
        Self { spans: [(0, 0); N], count: 0 }
    }

    /// Adds a stretch; true if there is room for no more.
    #[inline(always)]
    fn push(&mut self, span: Span) -> bool {
        self.spans[self.count] = span;
        self.count += 1;
        self.count == N
    }

    /// All stretches, and none are left.
    #[inline(always)]
    fn empty(&mut self) -> ([Span; N], usize) {
        (self.spans, std::mem::take(&mut self.count))
    }
}

impl Later {
    /// A text shorter than this has too little to put off.
    pub(super) const WORTH: usize = 512;

    pub(super) fn new() -> Self {
        Self { parts: Spans::new(), merges: Spans::new() }
    }

    /// Takes a piece that is not a token; see [`super::several`].
    #[inline(always)]
    pub(super) fn piece<K: Sink>(
        &mut self,
        machine: impl Machine,
        ranks: &Ranks<'_>,
        text: &str,
        span: Span,
        sink: &mut K,
    ) {
        let piece = &text[span.0..span.1];
        let mut start = span.0;
        if !piece.is_ascii() && ranks.all_made() {
            bridge::cuts(ranks, piece, |cut| {
                let end = span.0 + cut;
                self.part(machine, ranks, text, (start, end), sink);
                start = end;
            });
        }
        if start == span.0 {
            self.merge(machine, ranks, text, span, sink);
        } else {
            self.part(machine, ranks, text, (start, span.1), sink);
        }
    }

    #[inline(always)]
    fn part<K: Sink>(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, span: Span, sink: &mut K) {
        if self.parts.push(span) {
            self.look_up(machine, ranks, text, sink);
        }
    }

    #[inline(always)]
    fn merge<K: Sink>(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, span: Span, sink: &mut K) {
        if self.merges.push(span) {
            self.merge_all(machine, ranks, text, sink);
        }
    }

    /// Looks all parts up.
    fn look_up<K: Sink>(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, sink: &mut K) {
        let bytes = text.as_bytes();
        let (spans, count) = self.parts.empty();
        let mut slots = [NONE; 32];
        for (slot, &(start, end)) in slots.iter_mut().zip(&spans[..count]) {
            *slot = ranks.probe(machine, bytes, start, end);
        }
        for (&slot, &(start, end)) in slots.iter().zip(&spans[..count]) {
            let found = match slot {
                NONE => None,
                MAYBE => ranks.find_within(bytes, start, end),
                slot => Some(Slot::Inline(slot)),
            };
            match found {
                Some(slot) => sink.token(ranks, slot),
                None if sink.remembered(text, (start, end)) => {}
                None => self.merge(machine, ranks, text, (start, end), sink),
            }
        }
    }

    /// Merges all that is to be.
    #[inline(never)]
    fn merge_all<K: Sink>(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, sink: &mut K) {
        let (spans, count) = self.merges.empty();
        machine.run(Together { ranks, text, spans: &spans[..count], sink });
    }

    /// Does all that was put off.
    pub(super) fn finish<K: Sink>(&mut self, machine: impl Machine, ranks: &Ranks<'_>, text: &str, sink: &mut K) {
        self.look_up(machine, ranks, text, sink);
        self.merge_all(machine, ranks, text, sink);
    }
}

/// Work on a machine: merging together.
struct Together<'w, K> {
    ranks: &'w Ranks<'w>,
    text: &'w str,
    spans: &'w [Span],
    sink: &'w mut K,
}

impl<K: Sink> Work for Together<'_, K> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, spans, sink } = self;
        let pieces = spans.iter().map(|&span| (span, &text.as_bytes()[span.0..span.1]));
        merge::together(machine, ranks, pieces, |span, tokens| sink.merged(text, span, tokens));
    }
}
