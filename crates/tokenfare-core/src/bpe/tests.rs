//! Every road comes to what the definition says, on every machine, for vocabularies made up at random.

use super::layout::{self, Plan};
use super::line::{Line, Tables};
use super::merge::{self, Parts};
use super::written::Asked;
use super::{Counting, Ranks, Whose, Writing, bridge, count, encode, long, naive};
use crate::scan::Split;
use crate::simd::{
    Block, Found, Key, Machine, Missed, NONE, PIECES, Pieces, ROW, Remembered, Room, Tail, Work, on_every, recall,
    recall_all, remembered_at,
};
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
    // Some that merging may never make, in every second.
    for _ in 0..6 * (seed % 2) {
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

const ALPHABET: &str = "aaabbbcждあ日𠀀";

/// The block of a vocabulary.
fn laid_out(tokens: &[Vec<u8>]) -> Vec<u64> {
    let plan = Plan::of_ranks(tokens.iter().map(Vec::as_slice).collect()).expect("a vocabulary");
    plan.lay_out().expect("a vocabulary")
}

/// The ranks of a vocabulary, as the definition takes them.
fn by_bytes(tokens: &[Vec<u8>]) -> HashMap<&[u8], u32> {
    tokens.iter().map(Vec::as_slice).zip(0..).collect()
}

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
            if let Some(tokens) = long::swept(ranks, bytes) {
                assert_eq!(tokens, *expected, "{piece}");
            }
            tokens.clear();
            if long::run(ranks, bytes, &mut tokens) {
                assert_eq!(tokens, *expected, "{piece}");
            }
            tokens.clear();
            long::feed(machine, ranks, &mut block, bytes, &mut tokens);
            assert_eq!(tokens, *expected, "{piece}");
            // The second time it is remembered, the third it is not.
            for remembered in [true, true, false] {
                let total = Counting::with(self.whose, piece.len(), |counting| {
                    counting.count.memo.take_if(|_| !remembered);
                    count::feed(machine, ranks, piece, Whole, counting);
                    counting.count.total
                });
                assert_eq!(total, expected.len(), "{piece}");
            }
            for remembered in [true, true, false] {
                Writing::with(self.whose, piece.len(), |writing| {
                    writing.written.take_if(|_| !remembered);
                    encode::feed(machine, ranks, piece, Whole, writing);
                    assert_eq!(writing.tokens, *expected, "{piece}");
                });
            }
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
            block.merge(machine, self.ranks.pairs());
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
        let laid_out = laid_out(&tokens);
        let ranks = layout::read(&laid_out).expect("a block of this version");
        let by_bytes = by_bytes(&tokens);
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

/// All machines find what the plain searches find, in rows of all lengths, to the end of the text.
#[derive(Clone)]
struct Searches<'v> {
    ranks: Ranks<'v>,
    text: &'v str,
    bounds: &'v [usize],
    remembered: &'v [Remembered],
}

impl Work for Searches<'_> {
    type Output = ();
    fn on(self, machine: impl Machine) {
        let Self { ranks, text, bounds, remembered } = self;
        let room = |numbers: &[usize]| -> Room { std::array::from_fn(|i| numbers.get(i).map_or(7, |&n| n as u32)) };
        for count in (1..40).chain([255, 256]) {
            let first = (bounds.len() - 1).saturating_sub(count);
            let bounds: Vec<usize> = bounds[first..].iter().map(|&at| at - bounds[first]).collect();
            let text = &text.as_bytes()[text.len() - bounds[bounds.len() - 1]..];
            let (begins, ends) = (room(&bounds), room(&bounds[1..]));
            let pieces = Pieces { text, begins: &begins, ends: &ends, count: bounds.len() - 1 };
            let key = |i: u32| Key::within(text, begins[i as usize] as usize, ends[i as usize] as usize);

            let (mut found, mut missed): (Room, Missed) = ([0; _], Missed::new());
            let mut to = Found::new(&mut found, ranks.word_ranks());
            let misses = machine.short_words(ranks.words(), pieces, Some(&mut to), &mut missed);
            let mut alone = Missed::new();
            assert_eq!(machine.short_words(ranks.words(), pieces, None, &mut alone), misses);
            assert_eq!(alone.numbers(misses), missed.numbers(misses));
            let misses = machine.long_words(ranks.words(), pieces, Some(&mut to), &mut missed, misses);
            let missed_at: Vec<u32> = missed.numbers(misses).to_vec();
            assert!(missed_at.is_sorted() && missed_at.iter().all(|&i| (i as usize) < pieces.count), "{missed_at:?}");
            for i in 0..pieces.count as u32 {
                let place = ranks.words().get(key(i));
                if missed_at.contains(&i) {
                    assert_eq!(place, NONE, "{i} of {count} is a token");
                } else {
                    assert_eq!(found[i as usize], ranks.word_ranks()[place as usize], "{i} of {count}");
                }
            }
            let (left, tokens) = recall_all(remembered, &mut missed, misses);
            let mut expected = 0;
            for i in missed_at {
                let count = recall(remembered, key(i));
                if missed.numbers(left).contains(&i) {
                    assert_eq!(count, 0, "{i} is remembered");
                } else {
                    assert!(count > 0, "{i} is not remembered");
                    expected += count;
                }
            }
            assert_eq!(tokens, expected);
        }
        let mut at = 0;
        while at < text.len() {
            let seams = machine.seams(&ranks.bridges, text.as_bytes(), at);
            let mut chars = text[at..].char_indices().map(|(from, c)| (from, c.len_utf8()));
            let run = chars.by_ref().take_while(|&(_, length)| length == 3).count();
            assert!(seams.count < run.max(1), "{seams:?} of {run}");
            let cuts: Vec<usize> =
                bridge::cuts(&ranks, &text[at..], 0).take_while(|&cut| cut <= 3 * seams.count).collect();
            let found: Vec<usize> = (0..64).filter(|bit| seams.cuts >> bit & 1 == 1).collect();
            assert_eq!(found, cuts, "{}", &text[at..]);
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
}

#[test]
fn searches_find_what_the_plain_ones_find() {
    for seed in 0..4 {
        let tokens = vocabulary(seed, 300);
        let laid_out = laid_out(&tokens);
        let ranks = layout::read(&laid_out).expect("a block of this version");
        let mut random = random(seed);
        let (mut text, mut bounds) = (String::new(), vec![0]);
        let mut remembered = vec![[0, 0]; 1 << 9];
        for i in 0..256 {
            match random(3) {
                0 => text.push_str(&String::from_utf8_lossy(&tokens[random(tokens.len())])),
                _ => text.push_str(&piece(&mut random, 1 + i % 19)),
            }
            let span = &text.as_bytes()[bounds[i]..];
            if let Some(key) = Key::of(span)
                && random(2) == 0
            {
                let place = remembered_at(key, remembered.len())[random(2)];
                remembered[place] = [key.low, key.high | (2 + span.len() as u64 % 9) << 60];
            }
            bounds.push(text.len());
        }
        on_every(&Searches { ranks, text: &text, bounds: &bounds, remembered: &remembered });
    }
}

#[test]
fn a_piece_too_long_for_a_row_may_be_the_first_that_a_thread_sees() {
    let tokens = vocabulary(1, 400);
    let laid_out = laid_out(&tokens);
    let ranks = layout::read(&laid_out).expect("a block of this version");
    let piece = "ab".repeat(40_000);
    let expected = long::walk(&ranks, piece.as_bytes());
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            Writing::with(Whose::new(), piece.len(), |writing| {
                encode::feed(crate::simd::Scalar, &ranks, &piece, Whole, writing);
                std::mem::take(&mut writing.tokens)
            })
        });
        assert_eq!(first.join().expect("it did not fail"), expected);
    });
}

#[test]
fn a_row_of_nothing_but_holes_can_be_written() {
    let laid_out = laid_out(&(0..=255).map(|byte| vec![byte]).collect::<Vec<_>>());
    let ranks = layout::read(&laid_out).expect("a block of this version");
    let room = |from: u32| -> Room { std::array::from_fn(|i| from + 2 * i as u32) };
    let (begins, ends) = (room(0), room(2));
    for count in 1..=ROW {
        let pieces = Pieces { text: &[b'q'; 2 * ROW + 16], begins: &begins, ends: &ends, count };
        let (mut line, mut missed, mut asked) = (Line::default(), Missed::new(), Asked::new());
        let tables = Tables { ranks: &ranks, written: None, longest: 0, asked: &mut asked, missed: &mut missed };
        assert_eq!(line.look_up(crate::simd::Scalar, pieces, tables), count);
        let mut tokens = Vec::new();
        line.write(0..count, 0..count, &mut Tail::of(&mut tokens), |_, tokens| tokens.put(&[7], 1));
        assert_eq!(tokens, vec![7; count]);
    }
}

#[test]
fn each_character_alone_is_as_many_tokens_as_the_definition_says() {
    for seed in 0..8 {
        let tokens = vocabulary(seed, 400);
        let laid_out = laid_out(&tokens);
        let ranks = layout::read(&laid_out).expect("a block of this version");
        let by_bytes = by_bytes(&tokens);
        let alone = ranks.alone.expect("few Chinese characters are tokens");
        for character in '\u{800}'..='\u{FFFF}' {
            let expected = naive::encode(&by_bytes, character.to_string().as_bytes()).len();
            assert_eq!(usize::from(alone[character as usize]), expected, "{character:?}");
        }
    }
}

#[test]
fn a_piece_of_characters_cut_off_alone_is_remembered_with_all_of_them() {
    let mut tokens: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    tokens.extend(["\u{65e5}".as_bytes()[..2].to_vec(), "\u{65e5}".into()]);
    let laid_out = laid_out(&tokens);
    let ranks = layout::read(&laid_out).expect("a block of this version");
    let by_bytes = by_bytes(&tokens);
    // The last character is looked up, and found; the others are three tokens and one.
    let pieces = (2..40).map(|length| {
        let others = (1..length).map(|i| if i % 3 == 0 { '\u{65e5}' } else { '\u{3042}' });
        let piece: String = others.chain(['\u{65e5}']).collect();
        let tokens = naive::encode(&by_bytes, piece.as_bytes());
        (piece, tokens)
    });
    on_every(&Roads { whose: Whose::new(), ranks, pieces: &pieces.collect::<Vec<_>>() });
}

/// Counts and encodes pieces, one after the other, on one thread that remembers.
#[derive(Clone)]
struct InTurn<'v> {
    whose: Whose,
    ranks: Ranks<'v>,
    pieces: &'v [(&'v str, Vec<u32>)],
}

impl Work for InTurn<'_> {
    type Output = ();
    fn on(self, machine: impl Machine) {
        for (piece, expected) in self.pieces {
            let total = Counting::with(self.whose, 1 << 10, |counting| {
                count::feed(machine, &self.ranks, piece, Whole, counting);
                counting.count.total
            });
            assert_eq!(total, expected.len(), "{piece}");
            Writing::with(self.whose, 1 << 10, |writing| {
                encode::feed(machine, &self.ranks, piece, Whole, writing);
                assert_eq!(writing.tokens, *expected, "{piece}");
            });
        }
    }
}

#[test]
fn a_character_is_not_whole_where_what_stands_beside_it_takes_a_part_of_it() {
    // The first is D0 B6, the second E3 81 82. What takes the beginning of the second is the end of the first, all of it, or more.
    let vocabularies: [&[&[u8]]; 8] = [
        &[b"\xB6\xE3", b"\x81\x82", b"\xE3\x81\x82", b"\xD0\xB6"],
        &[b"\xE3\x81", b"\xB6\xE3\x81", b"\xE3\x81\x82", b"\xD0\xB6"],
        &[b"\xD0\xB6", b"\xD0\xB6\xE3", b"\x81\x82", b"\xE3\x81\x82"],
        &[b"\xD0\xB6", b"\xE3\x81", b"\xD0\xB6\xE3\x81", b"\xE3\x81\x82"],
        &[b"\xD0\xB6", b"x\xD0\xB6", b"x\xD0\xB6\xE3", b"\x81\x82", b"\xE3\x81\x82"],
        &[b"\xE3\x81", b"\x82\xD0", b"\xE3\x81\x82", b"\xD0\xB6"],
        // Two bytes of the second are one where it is not whole, but that something takes the first of them, or the last.
        &[b"\xB6\xE3", b"\xE3\x81", b"\xD0\xB6"],
        &[b"\x81\x82", b"\xE3\x81", b"\xD0\xB6"],
    ];
    for tokens in vocabularies {
        let tokens: Vec<Vec<u8>> =
            (0..=255).map(|byte| vec![byte]).chain(tokens.iter().map(|token| token.to_vec())).collect();
        let laid_out = laid_out(&tokens);
        let ranks = layout::read(&laid_out).expect("a block of this version");
        let by_bytes = by_bytes(&tokens);
        let pieces = ["жあ", "xжあ", "あж", "жжあжあ", "あжxжあx", "xあжあжあ"].map(|piece| {
            let tokens = naive::encode(&by_bytes, piece.as_bytes());
            (piece.to_owned(), tokens)
        });
        on_every(&Roads { whose: Whose::new(), ranks, pieces: &pieces });
    }
}

/// A split behind each blank.
#[derive(Default)]
struct ToBlank;

impl Split for ToBlank {
    fn end(&mut self, text: &str, at: usize) -> usize {
        text[at..].find(' ').map_or(text.len(), |blank| at + blank + 1)
    }
}

/// Counts and encodes pieces, as one text and as several, where none of them is remembered yet, and where nothing is.
#[derive(Clone)]
struct Anew<'v> {
    ranks: Ranks<'v>,
    pieces: &'v [(&'v str, Vec<u32>)],
}

impl Work for Anew<'_> {
    type Output = ();
    fn on(self, machine: impl Machine) {
        let Self { ranks, pieces } = self;
        let text = |pieces: &[(&str, Vec<u32>)]| -> String { pieces.iter().map(|&(piece, _)| piece).collect() };
        let expected: Vec<u32> = pieces.iter().flat_map(|(_, tokens)| tokens).copied().collect();
        for remembers in [true, false] {
            Writing::with(Whose::new(), 1 << 10, |writing| {
                writing.written.take_if(|_| !remembers);
                encode::feed(machine, &ranks, &text(pieces), ToBlank, writing);
                assert_eq!(writing.tokens, expected, "{pieces:?}");
            });
            for of_a_text in [1, 5, pieces.len()] {
                Counting::with(Whose::new(), 1 << 10, |counting| {
                    counting.count.memo.take_if(|_| !remembers);
                    counting.count.late = vec![0; pieces.len()];
                    counting.goes_on = true;
                    let mut counts = Vec::new();
                    for (of, pieces) in (0..).zip(pieces.chunks(of_a_text)) {
                        (counting.count.of, counting.count.total) = (of, 0);
                        count::feed(machine, &ranks, &text(pieces), ToBlank, counting);
                        counts.push(counting.count.total);
                    }
                    counting.count.of = u32::MAX;
                    count::finish(machine, &ranks, counting);
                    for (i, pieces) in pieces.chunks(of_a_text).enumerate() {
                        let expected: usize = pieces.iter().map(|(_, tokens)| tokens.len()).sum();
                        assert_eq!(counts[i] + counting.count.late[i], expected, "{i} of {of_a_text} each: {pieces:?}");
                    }
                });
            }
        }
    }
}

#[test]
fn what_comes_again_before_it_is_merged_is_merged_once_and_taken_each_time() {
    for seed in 0..12 {
        let tokens = vocabulary(seed, 250);
        let laid_out = laid_out(&tokens);
        let ranks = layout::read(&laid_out).expect("a block of this version");
        let by_bytes = by_bytes(&tokens);
        let mut random = random(seed);
        for words in [1, 3, 40] {
            // Of three the first two are as long and begin alike.
            let mut all: Vec<String> = Vec::new();
            for length in (0..words).map(|i| 2 + i * 7 % 45) {
                let word = piece(&mut random, length);
                let middle = |c: char| if c == 'a' { 'b' } else { 'a' };
                all.push(format!("{word}aaaa{word} "));
                all.push(format!("{word}aaaa{}{word} ", word.chars().map(middle).collect::<String>()));
                all.push(format!("{word} "));
            }
            let pieces: Vec<(&str, Vec<u32>)> = (0..300)
                .map(|_| &*all[random(all.len())])
                .map(|piece| match by_bytes.get(piece.as_bytes()) {
                    Some(&token) => (piece, vec![token]),
                    None => (piece, naive::encode(&by_bytes, piece.as_bytes())),
                })
                .collect();
            on_every(&Anew { ranks, pieces: &pieces });
        }
    }
}

#[test]
fn a_token_that_no_merging_makes_is_not_what_a_part_of_the_same_bytes_comes_to() {
    for letters in [9, 16, 20, 30] {
        let all: Vec<char> = ('\u{430}'..).take(letters).collect();
        let word: String = all.iter().collect();
        // Each letter is bridged to the next but the last to the first: so many words in a row are cut into words.
        let two = all.windows(2).map(|two| two.iter().collect::<String>());
        let mut tokens: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
        tokens.extend(all.iter().map(|letter| letter.to_string().into()).chain(two.map(String::into)));
        tokens.push(word.clone().into());
        let laid_out = laid_out(&tokens);
        let ranks = layout::read(&laid_out).expect("a block of this version");
        assert!(!ranks.all_made());
        let whole = vec![tokens.len() as u32 - 1];
        let three = word.repeat(3);
        let parts = naive::encode(&by_bytes(&tokens), three.as_bytes());
        assert_eq!(parts.len() % 3, 0, "each of the three words comes to as many");
        for first in [true, false] {
            let pieces = [first, !first, first, !first].map(|alone| match alone {
                true => (word.as_str(), whole.clone()),
                false => (three.as_str(), parts.clone()),
            });
            on_every(&InTurn { whose: Whose::new(), ranks, pieces: &pieces });
        }
    }
}

#[test]
fn runs_come_to_what_a_walk_comes_to() {
    let (mut done, mut swept) = (0, 0);
    for seed in 0..30 {
        let tokens = vocabulary(seed, 150);
        let laid_out = laid_out(&tokens);
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
            for length in 1..300 {
                let run = format!("b{}c", repeated.repeat(length));
                if let Some(found) = long::swept(&ranks, run.as_bytes()) {
                    assert_eq!(found, long::walk(&ranks, run.as_bytes()), "{length} times {repeated}");
                    swept += 1;
                }
            }
        }
    }
    assert!(done > 100 && swept > 20_000, "{done} {swept}");
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
    let laid_out = laid_out(&tokens);
    let mut random = random(5);
    let text: String = (0..2000).map(|_| ['a', 'b', 'c', 'd', 'e'][random(5)]).collect();
    on_every(&Joined(layout::read(&laid_out).expect("a block of this version"), &text));
}
