//! Every road comes to what the definition says, on every machine, for vocabularies made up at random.

use super::layout::{self, Plan};
use super::merge::{self, Parts};
use super::{Count, Memo, Ranks, Whose, count, encode, long, naive};
use crate::scan::Split;
use crate::simd::{Block, Machine, PIECES, Work, on_every};
use std::collections::HashMap;

fn random(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (state >> 33) as usize % below
    }
}

/// All bytes, and so many tokens learnt as a trainer learns them, but with no regard to how often two parts meet.
fn vocabulary(seed: u64, merges: usize) -> Vec<Vec<u8>> {
    let mut random = random(seed);
    let mut tokens: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    let mut samples: Vec<Vec<Vec<u8>>> =
        (0..60).map(|_| piece(&mut random, 40).bytes().map(|byte| vec![byte]).collect()).collect();
    for _ in 0..100 * merges {
        let sample = &samples[random(samples.len())];
        if sample.len() < 2 || tokens.len() == 256 + merges {
            continue;
        }
        let at = random(sample.len() - 1);
        let (left, right) = (sample[at].clone(), sample[at + 1].clone());
        let joined = [left.as_slice(), &right].concat();
        if joined.len() > 24 || tokens.contains(&joined) {
            continue;
        }
        for sample in &mut samples {
            let mut at = 0;
            while at + 1 < sample.len() {
                if sample[at] == left && sample[at + 1] == right {
                    sample[at].clone_from(&joined);
                    sample.remove(at + 1);
                }
                at += 1;
            }
        }
        tokens.push(joined);
    }
    // Some that merging may never make.
    for _ in 0..6 {
        let length = 3 + random(6);
        let token = piece(&mut random, length).into_bytes();
        if !tokens.contains(&token) {
            tokens.push(token);
            let plan = Plan::of_ranks(tokens.iter().map(Vec::as_slice).collect());
            if plan.and_then(|plan| plan.lay_out()).is_err() {
                tokens.pop(); // it would be made of one of these
            }
        }
    }
    tokens
}

const ALPHABET: &str = "aaabbbcждあ日";

fn piece(random: &mut impl FnMut(usize) -> usize, characters: usize) -> String {
    let alphabet: Vec<char> = ALPHABET.chars().collect();
    let few = 1 + random(alphabet.len());
    (0..characters).map(|_| alphabet[random(few)]).collect()
}

/// A split that leaves all in one piece.
#[derive(Default)]
struct Whole;

impl Split for Whole {
    fn end(&mut self, text: &str, _: usize) -> usize {
        text.len()
    }
}

#[derive(Clone)]
struct Roads<'v> {
    whose: Whose,
    ranks: Ranks<'v>,
    pieces: &'v [(String, Vec<u32>)],
}

impl Work for Roads<'_> {
    type Output = ();
    fn on(self, machine: impl Machine) {
        let mut block = Block::new();
        for (piece, expected) in self.pieces {
            let (ranks, bytes) = (&self.ranks, piece.as_bytes());
            let mut parts = Parts::<_, 4>::new(machine);
            if parts.merge(machine, ranks, bytes) {
                assert_eq!(parts.tokens(), expected, "{piece}");
                assert_eq!(parts.count(), expected.len());
            }
            let mut parts = Parts::<_, 1>::new(machine);
            if parts.merge(machine, ranks, bytes) {
                assert_eq!(parts.tokens(), expected, "{piece}");
            }
            let mut tokens = Vec::new();
            if long::side_by_side::<_, 4>(machine, ranks, &mut block, bytes, &mut tokens) {
                assert_eq!(tokens, *expected, "{piece}");
            }
            // With nothing held back, windows often have to look back.
            tokens.clear();
            if long::side_by_side::<_, 0>(machine, ranks, &mut block, bytes, &mut tokens) {
                assert_eq!(tokens, *expected, "{piece}");
            }
            tokens.clear();
            if long::windows::<_, 4>(machine, ranks, bytes, &mut tokens) {
                assert_eq!(tokens, *expected, "{piece}");
            }
            tokens.clear();
            if long::windows::<_, 0>(machine, ranks, bytes, &mut tokens) {
                assert_eq!(tokens, *expected, "{piece}");
            }
            assert_eq!(long::walk(ranks, bytes), *expected, "{piece}");
            tokens.clear();
            if long::run(ranks, bytes, &mut tokens) {
                assert_eq!(tokens, *expected, "{piece}");
            }
            tokens.clear();
            long::feed(machine, ranks, &mut block, bytes, &mut tokens);
            assert_eq!(tokens, *expected, "{piece}");
            for length in [0, Memo::WORTH, Memo::WORTH] {
                let total = Memo::with(self.whose, length, |memo| {
                    let mut all = Count { total: 0, memo };
                    count::feed(machine, ranks, piece, Whole, &mut all);
                    all.total
                });
                assert_eq!(total, expected.len(), "{piece}");
            }
            tokens.clear();
            encode::feed(machine, ranks, piece, Whole, &mut tokens);
            assert_eq!(tokens, *expected, "{piece}");
        }
        // Many at once, of all lengths.
        for pieces in self.pieces.chunks(PIECES) {
            block.clear();
            let mut held: Vec<&Vec<u32>> = Vec::new();
            for (piece, expected) in pieces {
                if merge::put(&mut block, held.len(), &self.ranks, piece.as_bytes()) {
                    held.push(expected);
                }
            }
            machine.merge(&mut block, self.ranks.pairs());
            for (i, expected) in held.into_iter().enumerate() {
                let mut begins = block.begins(i);
                let mut tokens = Vec::new();
                while begins != 0 {
                    tokens.push(block.token(i, begins.trailing_zeros() as usize));
                    begins &= begins - 1;
                }
                assert_eq!(tokens, *expected);
                assert_eq!(block.count(i), expected.len());
            }
        }
    }
}

#[test]
fn every_road_comes_to_the_definition_on_every_machine() {
    for seed in 0..12 {
        let tokens = vocabulary(seed, 60 + 40 * seed as usize);
        let plan = Plan::of_ranks(tokens.iter().map(Vec::as_slice).collect()).expect("a vocabulary");
        let laid_out = plan.lay_out().expect("a vocabulary");
        let ranks = layout::read(&laid_out).expect("a block of this version");
        let by_bytes: HashMap<&[u8], u32> = tokens.iter().map(Vec::as_slice).zip(0..).collect();
        let mut random = random(seed + 100);
        let lengths = (2..=40).chain([45, 60, 63, 64, 90, 150, 330, 331, 350, 700]);
        let pieces: Vec<(String, Vec<u32>)> = lengths
            .flat_map(|length| [length; 6])
            .filter_map(|characters| {
                let piece = piece(&mut random, characters);
                // A piece that is a token is looked up and not merged.
                let merged = !by_bytes.contains_key(piece.as_bytes());
                let tokens = naive::encode(&by_bytes, piece.as_bytes());
                merged.then_some((piece, tokens))
            })
            .collect();
        on_every(&Roads { whose: Whose::new(), ranks, pieces: &pieces });
    }
}

#[test]
fn runs_come_to_what_a_walk_comes_to() {
    let mut done = 0;
    for seed in 0..30 {
        let tokens = vocabulary(seed, 150);
        let laid_out = Plan::of_ranks(tokens.iter().map(Vec::as_slice).collect()).and_then(|plan| plan.lay_out());
        let laid_out = laid_out.expect("a vocabulary");
        let ranks = layout::read(&laid_out).expect("a block of this version");
        for repeated in ["a", "b", "\u{436}", "\u{65e5}", "ab", "aab", "c\u{436}", "\u{65e5}\u{3042}"] {
            for length in [4095, 4096, 4111, 5000] {
                let run = repeated.repeat(length);
                let mut found = Vec::new();
                if long::run(&ranks, run.as_bytes(), &mut found) {
                    assert_eq!(found, long::walk(&ranks, run.as_bytes()));
                    done += 1;
                }
                let broken = format!("{run}c{run}");
                assert!(!long::run(&ranks, broken.as_bytes(), &mut found), "it is no run");
            }
        }
    }
    assert!(done > 100, "{done}");
}

#[test]
fn windows_are_joined_and_do_not_always_give_up() {
    #[derive(Clone)]
    struct Joined<'v>(Ranks<'v>, &'v str);
    impl Work for Joined<'_> {
        type Output = ();
        fn on(self, machine: impl Machine) {
            let mut tokens = Vec::new();
            assert!(long::side_by_side::<_, 4>(machine, &self.0, &mut Block::new(), self.1.as_bytes(), &mut tokens));
            tokens.clear();
            assert!(long::windows::<_, 4>(machine, &self.0, self.1.as_bytes(), &mut tokens));
        }
    }
    let tokens = vocabulary(3, 80);
    let laid_out = Plan::of_ranks(tokens.iter().map(Vec::as_slice).collect()).and_then(|plan| plan.lay_out());
    let laid_out = laid_out.expect("a vocabulary");
    let mut random = random(5);
    let text: String = (0..2000).map(|_| ['a', 'b', 'c', 'd', 'e'][random(5)]).collect();
    on_every(&Joined(layout::read(&laid_out).expect("a block of this version"), &text));
}
