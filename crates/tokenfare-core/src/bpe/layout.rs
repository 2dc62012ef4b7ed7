//! Filling the tables of [`super::ranks`]: from the tokens of a vocabulary in order of rank to one block of words.
//!
//! A block is what a build script writes for an embedded vocabulary and what a loader keeps for its own: a header of
//! words, then the tables one after another, each on a cache line of its own. Same tokens, same block.

#[cfg(feature = "json")]
mod merges;

use super::bridge;
use super::naive;
use super::ranks::{INLINE, Key, LONG, LONG_EMPTY, NONE, Ranks, bit_of, long_hash, scaled};
use crate::simd::{EMPTY, Filter, Groups, Hash, Pairs, RANK_BITS, SHORT, WordHash, Words, entry_of};
use std::collections::HashMap;
use std::ops::Range;

/// The tables in the order of the block.
const TABLES: usize = 20;

/// Changes with the layout, so that a block of another version is refused.
const VERSION: u64 = 0x746F_6B66_6172_0008;

/// Words of the header: version, longest token, whether merging makes all, the seeds of the pairs and of the words, then
/// begin and length of each table in bytes.
const HEADER: usize = FIRST + 2 * TABLES;
const FIRST: usize = 5;

/// A vocabulary that is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// No token is this single byte.
    NoByte(u8),
    /// Two ranks have the same bytes.
    Twice(u32, u32),
    /// A token is made of one that comes after it.
    BeforeItsParts(u32),
    /// More ranks, or more bytes, than the tables can hold.
    TooLarge,
}

/// A vocabulary to be laid out.
pub(crate) struct Plan<'t> {
    /// The bytes of each rank; empty is a hole.
    pub(crate) tokens: Vec<&'t [u8]>,
    /// The two ranks that each rank is made of by its last merge.
    pub(crate) made_of: Vec<Option<(u32, u32)>>,
    /// Whether a piece that is a token is that token although merging does not make it.
    pub(crate) whole_pieces: bool,
}

impl<'t> Plan<'t> {
    /// A vocabulary in which two tokens make a third if their bytes together are its bytes, and ranks say which first.
    ///
    /// Of all the ways to cut a token in two only one ever happens: what merging its bytes alone comes to before the last
    /// merge. For when a token is made, no merge has crossed its ends, so what happened between them is what would have
    /// happened without the rest.
    pub(crate) fn of_ranks(tokens: Vec<&'t [u8]>) -> Result<Self, Flaw> {
        let mut ranks = HashMap::with_capacity(tokens.len());
        for (rank, token) in (0..).zip(&tokens) {
            if !token.is_empty()
                && let Some(other) = ranks.insert(*token, rank)
            {
                return Err(Flaw::Twice(other, rank));
            }
        }
        if let Some(byte) = (0..=u8::MAX).find(|byte| !ranks.contains_key(&[*byte][..])) {
            return Err(Flaw::NoByte(byte));
        }
        let mut made_of = vec![None; tokens.len()];
        for (made, token) in made_of.iter_mut().zip(&tokens).filter(|(_, token)| token.len() > 1) {
            // Without itself among the ranks, the bytes of a token that merging makes come to its two parts.
            let own = ranks.remove(token);
            if let [_, middle, _] = naive::cuts(&ranks, token)[..] {
                *made = Some((ranks[&token[..middle]], ranks[&token[middle..]]));
            }
            if let Some(own) = own {
                ranks.insert(token, own);
            }
        }
        Ok(Self { tokens, made_of, whole_pieces: true })
    }

    /// Lays the vocabulary out: a block that [`read`] takes.
    pub(crate) fn lay_out(&self) -> Result<Vec<u64>, Flaw> {
        let count = self.tokens.len();
        if count >= 1 << RANK_BITS || self.tokens.iter().map(|token| token.len() + 4).sum::<usize>() >= LONG as usize {
            return Err(Flaw::TooLarge);
        }
        let made = |rank: usize| self.tokens[rank].len() == 1 || self.made_of[rank].is_some();
        let all: Vec<usize> =
            (0..count).filter(|&rank| !self.tokens[rank].is_empty() && (self.whole_pieces || made(rank))).collect();

        let (words, mut places) = self.words(&all);
        let (long, long_filter, long_bytes) = self.long(&mut places);
        let pairs = self.pairs()?;
        let (bytes, byte_pairs) = self.small()?;
        let (characters, leads) = self.characters(&bytes, &byte_pairs);
        let alone = self.alone(&bytes, &byte_pairs);
        let reach = self.reach(made);
        let (bridges, parts) = bridge::tables((0..count).filter(|&rank| made(rank)).map(|rank| self.tokens[rank]));

        let tables: [&[u8]; TABLES] = [
            bytemuck::cast_slice(&words.short.keys),
            bytemuck::cast_slice(&words.ranks),
            bytemuck::cast_slice(&long),
            bytemuck::cast_slice(&places),
            &long_bytes,
            bytemuck::cast_slice(&pairs.entries),
            bytemuck::cast_slice(&pairs.made_by),
            bytemuck::cast_slice(&bytes),
            bytemuck::cast_slice(&byte_pairs),
            &reach,
            bytemuck::cast_slice(&bridges),
            bytemuck::cast_slice(&pairs.groups),
            bytemuck::cast_slice(&characters),
            bytemuck::cast_slice(&words.short.moves),
            bytemuck::cast_slice(&words.long.keys),
            bytemuck::cast_slice(&words.long.moves),
            &parts,
            &alone,
            bytemuck::cast_slice(&leads),
            bytemuck::cast_slice(&long_filter),
        ];
        let longest = self.tokens.iter().map(|token| token.len()).max().unwrap_or(0);
        let all_made = all.iter().all(|&rank| made(rank));
        let mut header = vec![VERSION, longest as u64, u64::from(all_made), pairs.seed, words.seed];
        let mut at = line(HEADER * 8);
        for table in tables {
            header.extend([at as u64, table.len() as u64]);
            at = line(at + table.len());
        }
        let mut block = header;
        block.resize(at / 8, 0);
        let words: &mut [u8] = bytemuck::cast_slice_mut(&mut block);
        let mut at = line(HEADER * 8);
        for table in tables {
            words[at..at + table.len()].copy_from_slice(table);
            at = line(at + table.len());
        }
        Ok(block)
    }

    /// The table of tokens of up to fifteen bytes, and the place of each rank.
    fn words(&self, all: &[usize]) -> (WordTable, Vec<u32>) {
        let keys: Vec<(Key, u32)> =
            all.iter().filter_map(|&rank| Some((Key::of(self.tokens[rank])?, rank as u32))).collect();
        let table = retried(|seed| WordTable::with_seed(&keys, seed));
        let mut places = vec![NONE; self.tokens.len()];
        for (place, &rank) in (0..).zip(&table.ranks) {
            if rank != NONE {
                places[rank as usize] = place;
            }
        }
        (table, places)
    }

    /// The table of longer tokens, a bit for each among eight times as many or more, and their bytes.
    ///
    /// A short token that pieces are not looked up as has its bytes here too: they are wanted for decoding.
    fn long(&self, places: &mut [u32]) -> (Vec<u64>, Vec<u64>, Vec<u8>) {
        let count = self.tokens.iter().filter(|token| token.len() > INLINE).count();
        let mut long = vec![LONG_EMPTY; 2 * count];
        let mut filter = vec![0; count.div_ceil(8).next_power_of_two()];
        let mut bytes = Vec::new();
        for (rank, token) in self.tokens.iter().enumerate() {
            if token.is_empty() || places[rank] != NONE {
                continue;
            }
            places[rank] = LONG | bytes.len() as u32;
            bytes.extend((token.len() as u32).to_ne_bytes());
            bytes.extend_from_slice(token);
            if token.len() > INLINE && (self.whole_pieces || self.made_of[rank].is_some()) {
                let hash = long_hash(token);
                let mut slot = scaled(hash, long.len());
                while long[slot] != LONG_EMPTY {
                    slot = (slot + 1) % long.len();
                }
                long[slot] = (hash & 0xFFFF_FFFF) << 32 | rank as u64;
                let (word, bit) = bit_of(hash, filter.len());
                filter[word] |= 1 << bit;
            }
        }
        (long, filter, bytes)
    }

    /// The table of pairs, and which entry makes each rank.
    fn pairs(&self) -> Result<PairTable, Flaw> {
        let mut all = Vec::new();
        for (rank, made) in (0_u32..).zip(&self.made_of) {
            let Some((left, right)) = *made else { continue };
            if left >= rank && self.tokens[left as usize].len() > 1
                || right >= rank && self.tokens[right as usize].len() > 1
            {
                return Err(Flaw::BeforeItsParts(rank));
            }
            all.push([left, right, rank]);
        }
        Ok(retried(|seed| PairTable::with_seed(&all, seed, self.tokens.len())))
    }

    /// The rank of each byte, and of what each two bytes make.
    fn small(&self) -> Result<(Vec<u32>, Vec<u32>), Flaw> {
        let mut bytes = vec![NONE; 256];
        let mut byte_pairs = vec![NONE; 1 << 16];
        for (rank, token) in (0..).zip(&self.tokens) {
            match **token {
                [byte] => bytes[usize::from(byte)] = rank,
                [first, second] if self.made_of[rank as usize].is_some() => {
                    byte_pairs[usize::from(first) << 8 | usize::from(second)] = rank;
                }
                _ => {}
            }
        }
        match bytes.iter().position(|&rank| rank == NONE) {
            Some(byte) => Err(Flaw::NoByte(byte as u8)),
            None => Ok((bytes, byte_pairs)),
        }
    }

    /// For each character of up to three bytes, by its code: its rank, if nothing that comes after it touches its bytes before
    /// merging makes it, else `NONE`; and above it the rank that a character has to be below of that comes next, so that
    /// what this one ends does not touch it before it is made.
    ///
    /// All merges inside a character have a lower rank than the character. So while it is not yet made there is one to be
    /// done inside it, of at most its rank, and a merge of one of its parts with a part outside comes only after that if
    /// its rank is higher. It is enough that this holds for every token whose last merge takes such a part: one that ends the
    /// character as the left half; or as the right half one that begins it, with a left half that ends the character before.
    ///
    /// The same of the first two bytes of characters of three, by the bits of these: their rank, or `NONE`.
    fn characters(&self, bytes: &[u32], byte_pairs: &[u32]) -> (Vec<u64>, Vec<u32>) {
        let mut as_left = vec![NONE; self.tokens.len()];
        // What is taken together with the beginning of a character, by the character that it ends, or by the bytes of its end.
        let mut before: HashMap<&[u8], u32> = HashMap::new();
        for (rank, made) in (0..).zip(&self.made_of) {
            let Some((left, right)) = *made else { continue };
            as_left[left as usize] = as_left[left as usize].min(rank);
            if begins_a_character(self.tokens[right as usize]) {
                let left = self.tokens[left as usize];
                let last = left.iter().rposition(|&byte| !bridge::is_continuation(byte)).unwrap_or(0);
                before.entry(&left[last..]).and_modify(|lowest| *lowest = rank.min(*lowest)).or_insert(rank);
            }
        }
        let next = |character: char| {
            let mut room = [0; 4];
            let bytes = character.encode_utf8(&mut room).as_bytes();
            (0..bytes.len()).filter_map(|from| before.get(&bytes[from..])).min().copied().unwrap_or(NONE)
        };
        let mut characters: Vec<u64> =
            (0..1 << 16).map(|code| u64::from(char::from_u32(code).map_or(0, next)) << 32 | u64::from(NONE)).collect();
        for (rank, token) in (0..).zip(&self.tokens) {
            let mut chars = std::str::from_utf8(token).unwrap_or_default().chars();
            let (Some(character @ '\u{80}'..='\u{FFFF}'), None) = (chars.next(), chars.next()) else { continue };
            if self.made_of[rank as usize].is_none() {
                continue;
            }
            let (mut end, mut sure) = (rank, true);
            while let Some((_, right)) = self.made_of[end as usize] {
                end = right;
                sure &= as_left[right as usize] > rank;
            }
            if sure {
                characters[character as usize] ^= u64::from(NONE ^ rank);
            }
        }
        let two = |lead: usize| (0xE0 | lead >> 6, 0x80 | lead & 0x3F);
        let leads = (0..1 << 10).map(two).map(|(first, second)| {
            let rank = byte_pairs[first << 8 | second];
            if as_left[bytes[second] as usize] > rank { rank } else { NONE }
        });
        (characters, leads.collect())
    }

    /// How many tokens each character of three bytes is on its own, by its code. Nothing if more than a tenth of Chinese
    /// characters, and so nearly all that are often written, are tokens.
    fn alone(&self, bytes: &[u32], byte_pairs: &[u32]) -> Vec<u8> {
        let made = (0_u32..).zip(&self.made_of).filter_map(|(rank, made)| made.map(|parts| (parts, rank)));
        let whole = |&(_, rank): &(_, u32)| self.tokens[rank as usize].len() == 3;
        let of_three: HashMap<(u32, u32), u32> = made.filter(whole).collect();
        let mut alone = vec![0; 1 << 16];
        for character in '\u{800}'..='\u{FFFF}' {
            let mut three = [0; 3];
            character.encode_utf8(&mut three);
            let [first, second, third] = three.map(usize::from);
            let (left, right) = (byte_pairs[first << 8 | second], byte_pairs[second << 8 | third]);
            alone[character as usize] = match (left, right) {
                (NONE, NONE) => 3,
                // The lower of the two is made, and then perhaps all.
                (left, right) if left <= right => 2 - u8::from(of_three.contains_key(&(left, bytes[third]))),
                (_, right) => 2 - u8::from(of_three.contains_key(&(bytes[first], right))),
            };
        }
        let chinese = &alone[0x4E00..0xA000];
        let tokens = chinese.iter().filter(|&&tokens| tokens == 1).count();
        if tokens > chinese.len() / 10 { Vec::new() } else { alone }
    }

    /// The length of the longest token made by merging that begins with each two bytes.
    fn reach(&self, made: impl Fn(usize) -> bool) -> Vec<u8> {
        let mut reach = vec![1; 1 << 16];
        for (rank, token) in self.tokens.iter().enumerate() {
            if let [first, second, ..] = **token
                && made(rank)
            {
                let reach: &mut u8 = &mut reach[usize::from(first) << 8 | usize::from(second)];
                *reach = (*reach).max(u8::try_from(token.len()).unwrap_or(255));
            }
        }
        reach
    }
}

/// A table made with the first seed that does, of numbers that look random: one in two or three does.
fn retried<T>(mut table: impl FnMut(u64) -> Option<T>) -> T {
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    loop {
        if let Some(table) = table(seed) {
            return table;
        }
        seed = seed.wrapping_mul(0xD134_2543_DE82_EF95) | 1 << 32 | 1;
    }
}

/// Gives each member of each group a place of its own among so many, group by group, the largest first. Returns by how much
/// each group is moved and the places of its members; `None` if that cannot be.
fn displaced<T>(
    groups: &[Vec<T>],
    places: usize,
    tried: &(impl Iterator<Item = u16> + Clone),
    place: impl Fn(&T, u16) -> usize,
) -> Option<(Vec<u16>, Vec<Vec<usize>>)> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&group| (std::cmp::Reverse(groups[group].len()), group));
    let mut taken = vec![false; places];
    let mut moves = vec![0; groups.len()];
    let mut all = vec![Vec::new(); groups.len()];
    for group in order {
        let mut own: Vec<usize> = Vec::with_capacity(groups[group].len());
        let fits = |&moved: &u16| {
            own.clear();
            groups[group].iter().all(|member| {
                let place = place(member, moved);
                let free = !taken[place] && !own.contains(&place);
                own.push(place);
                free
            })
        };
        moves[group] = tried.clone().find(fits)?;
        own.iter().for_each(|&place| taken[place] = true);
        all[group] = own;
    }
    Some((moves, all))
}

/// The table of tokens of up to fifteen bytes, see [`Words`].
struct WordTable {
    seed: u64,
    short: WordHalf<u64>,
    long: WordHalf<[u64; 2]>,
    /// The rank at each place of the first half, then of the second.
    ranks: Vec<u32>,
}

struct WordHalf<K> {
    keys: Vec<K>,
    moves: Vec<u16>,
}

impl WordTable {
    fn with_seed(keys: &[(Key, u32)], seed: u64) -> Option<Self> {
        let (short, long): (Vec<_>, Vec<_>) = keys.iter().partition(|(key, _)| key.length() <= SHORT);
        let mut ranks = Vec::new();
        let of_short = |key: Key| (key.short().to_le(), WordHash::of_short(key.short(), seed));
        let of_long = |key: Key| ([key.low.to_le(), key.high.to_le()], WordHash::of_long(key, seed));
        let short = WordHalf::new(&short, of_short, &mut ranks)?;
        let long = WordHalf::new(&long, of_long, &mut ranks)?;
        Some(Self { seed, short, long, ranks })
    }
}

impl<K: Copy + bytemuck::Zeroable> WordHalf<K> {
    fn new(keys: &[(Key, u32)], hashed: impl Fn(Key) -> (K, WordHash), ranks: &mut Vec<u32>) -> Option<Self> {
        // Four fifths full, and nine keys a group at most: with eleven and a half no seed was found in minutes.
        let size = (keys.len() * 5 / 4).max(64);
        let bits = (keys.len() / 9).next_power_of_two().trailing_zeros().max(1);
        let (all, mut groups) = (Groups::new(bits), vec![Vec::new(); 1 << bits]);
        for &(key, rank) in keys {
            let (key, hash) = hashed(key);
            groups[hash.group(all)].push((key, hash, rank));
        }
        let (moves, places) =
            displaced(&groups, size, &(1..=u16::MAX).step_by(2), |(_, hash, _), moved| hash.place(all, moved, size))?;
        let first = ranks.len();
        ranks.resize(first + size, NONE);
        let mut all = vec![K::zeroed(); size];
        for (&(key, _, rank), &place) in groups.iter().flatten().zip(places.iter().flatten()) {
            all[place] = key;
            ranks[first + place] = rank;
        }
        Some(Self { keys: all, moves })
    }
}

/// The table of pairs, see [`Pairs`].
struct PairTable {
    seed: u64,
    entries: Vec<u64>,
    groups: Vec<u32>,
    /// The entry that makes each rank.
    made_by: Vec<u32>,
}

impl PairTable {
    /// Gives each pair, left and right and what they make, a place of its own; `None` if that cannot be with this seed.
    fn with_seed(all: &[[u32; 3]], seed: u64, ranks: usize) -> Option<Self> {
        // Four fifths full at most, and three or so pairs a group.
        let size = (all.len() * 5 / 4).next_power_of_two().max(64);
        let mut entries = vec![EMPTY; size];
        let mut made_by = vec![NONE; ranks];
        let mut groups: Vec<Vec<(Hash, [u32; 3])>> = vec![Vec::new(); size / 4];
        let shift = 32 - groups.len().trailing_zeros();
        for &pair in all {
            let hash = Hash::of(pair[0], pair[1], [seed as u32, (seed >> 32) as u32]);
            groups[hash.group(shift)].push((hash, pair));
        }
        let place = |(hash, _): &(Hash, _), moved| hash.place(u32::from(moved) << 16) as usize & (size - 1);
        let (moves, places) = displaced(&groups, size, &(0..=u16::MAX), place)?;
        for (&(_, [left, right, rank]), &place) in groups.iter().flatten().zip(places.iter().flatten()) {
            entries[place] = entry_of(left, right, rank);
            made_by[rank as usize] = place as u32;
        }
        let bits = |group: &Vec<(Hash, _)>| group.iter().fold(0, |bits, (hash, _)| bits | 1 << hash.bit());
        let groups = groups.iter().zip(moves).map(|(group, moved)| u32::from(moved) << 16 | bits(group)).collect();
        Some(Self { seed, entries, groups, made_by })
    }
}

/// Whether these bytes are some of the first of a character, and not all.
fn begins_a_character(bytes: &[u8]) -> bool {
    let length = match bytes[0] {
        ..0xC0 => return false,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    bytes.len() < length && bytes[1..].iter().all(|&byte| bridge::is_continuation(byte))
}

/// The next cache line.
fn line(at: usize) -> usize {
    at.next_multiple_of(64)
}

/// Reads a block in place: `None` if it is not one of this version.
///
/// Only the frame is checked. Blocks come from [`Plan::lay_out`], and one with wrong contents gives wrong answers or
/// panics at a bounds check, as any wrong table would; it cannot do worse in safe code.
pub(crate) fn read(block: &[u64]) -> Option<Ranks<'_>> {
    if *block.first()? != VERSION || block.len() < HEADER {
        return None;
    }
    let all: &[u8] = bytemuck::cast_slice(block);
    let table = |i: usize| -> Option<&[u8]> {
        let begin = usize::try_from(block[FIRST + 2 * i]).ok()?;
        let length = usize::try_from(block[FIRST + 1 + 2 * i]).ok()?;
        let range: Range<usize> = begin..begin.checked_add(length)?;
        all.get(range)
    };
    Some(Ranks {
        words: Words::new(
            bytemuck::try_cast_slice(table(0)?).ok()?,
            bytemuck::try_cast_slice(table(13)?).ok()?,
            bytemuck::try_cast_slice(table(14)?).ok()?,
            bytemuck::try_cast_slice(table(15)?).ok()?,
            block[4],
        )?,
        word_ranks: bytemuck::try_cast_slice(table(1)?).ok()?,
        long: bytemuck::try_cast_slice(table(2)?).ok()?,
        long_filter: bytemuck::try_cast_slice(table(19)?)
            .ok()
            .filter(|filter: &&[u64]| filter.len().is_power_of_two())?,
        places: bytemuck::try_cast_slice(table(3)?).ok()?,
        long_bytes: table(4)?,
        pairs: Pairs::new(
            bytemuck::try_cast_slice(table(5)?).ok()?,
            bytemuck::try_cast_slice(table(11)?).ok()?,
            block[3],
        )?,
        made_by: bytemuck::try_cast_slice(table(6)?).ok()?,
        bytes: bytemuck::try_cast_slice(table(7)?).ok()?,
        byte_pairs: bytemuck::try_cast_slice(table(8)?).ok()?,
        reach: table(9)?,
        bridges: Filter::new(bytemuck::try_cast_slice(table(10)?).ok()?, table(16)?)?,
        characters: bytemuck::try_cast_slice(table(12)?).ok()?,
        leads: bytemuck::try_cast_slice(table(18)?).ok()?,
        alone: Some(table(17)?).filter(|alone| alone.len() == 1 << 16),
        longest: usize::try_from(block[1]).ok()?,
        all_made: block[2] != 0,
    })
}
