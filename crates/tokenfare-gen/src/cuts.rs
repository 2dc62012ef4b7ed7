//! Checks where pieces may be cut before they are merged: never between two characters that a token bridges.
//!
//! `DESIGN.md` proves that a cut where no token bridges two characters changes nothing. Here the tables that say where, as
//! they are laid out for the embedded vocabularies, are held to the tokens, and the proof to the definition of merging.
//! Nothing of how the tables are filled or read is used: a seam is a place inside a token at which a character of a text may
//! begin, and it may bridge any two characters of which the first ends and the second begins with what the token has of them.

use crate::ranks::{Vocabulary, pack};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use tokenfare_core::layout;

/// About how many pairs of characters are merged by the definition, of those that are near a seam and of all.
const MERGED: usize = 100_000;

/// Checks every vocabulary, and returns what was looked at.
pub(crate) fn check(vocabularies: &[Vocabulary]) -> Result<String, String> {
    let lines: Result<Vec<String>, String> = vocabularies
        .iter()
        .map(|vocabulary| held(vocabulary).map_err(|why| format!("{}: {why}", vocabulary.0)))
        .collect();
    Ok(lines?.join("\n"))
}

fn held((name, tokens): &Vocabulary) -> Result<String, String> {
    let block = layout::from_packed(&pack(tokens)?).map_err(|error| error.to_string())?;
    let block: Vec<u64> = block.as_chunks().0.iter().copied().map(u64::from_ne_bytes).collect();
    let is_cut = layout::cuts(&block).ok_or("its tables are of another version")?;
    let tokens: Vec<(u32, &[u8])> =
        (0..).zip(tokens).filter_map(|(rank, token)| Some((rank, token.as_deref()?))).collect();
    let seams = Seams::of(&tokens);
    let (all, bridged) = seams.never_cut(&is_cut)?;
    let pairs = Pairs::of(&tokens);
    let uncut = pairs.uncut(&seams, &is_cut);
    let merged = pairs.merge_apart(&seams, &is_cut)?;
    Ok(format!(
        "{name}: none of {bridged} pairs of characters at {all} seams of tokens is cut; of {} pairs beyond ASCII that tokens \
         are made of, {} are bridged and {} more are not cut; {merged} that are cut, and tokens that end and begin with \
         them, merge together as they do apart",
        pairs.characters.len().pow(2),
        uncut.bridged,
        uncut.besides,
    ))
}

/// The seams of tokens: what a token has of the character before it, and of the one after it.
struct Seams<'t> {
    /// And the rank of one such token.
    ranks: BTreeMap<(&'t [u8], &'t [u8]), u32>,
    /// The characters that end with what stands before some seam.
    ending: HashMap<&'t [u8], Vec<char>>,
    /// Those that begin with what stands after one.
    beginning: HashMap<&'t [u8], Vec<char>>,
}

impl<'t> Seams<'t> {
    fn of(tokens: &[(u32, &'t [u8])]) -> Self {
        let mut ranks = BTreeMap::new();
        for &(rank, token) in tokens {
            let begins: Vec<usize> = (1..token.len()).filter(|&at| begins_a_character(token[at])).collect();
            for (i, &seam) in begins.iter().enumerate() {
                let start = if i > 0 { begins[i - 1] } else { 0 };
                let end = begins.get(i + 1).copied().unwrap_or(token.len());
                ranks.entry((&token[start..seam], &token[seam..end])).or_insert(rank);
            }
        }
        let mut ending: HashMap<_, Vec<char>> = ranks.keys().map(|&(before, _)| (before, vec![])).collect();
        let mut beginning: HashMap<_, Vec<char>> = ranks.keys().map(|&(_, after)| (after, vec![])).collect();
        for character in '\0'..=char::MAX {
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).as_bytes();
            for at in 0..bytes.len() {
                if let Some(all) = ending.get_mut(&bytes[at..]) {
                    all.push(character);
                }
                if let Some(all) = beginning.get_mut(&bytes[..=at]) {
                    all.push(character);
                }
            }
        }
        Self { ranks, ending, beginning }
    }

    /// Asks about every two characters of Unicode that a seam may lie between. Returns how many seams and pairs those are.
    fn never_cut(&self, is_cut: &impl Fn(char, char) -> bool) -> Result<(usize, usize), String> {
        let mut pairs = 0;
        for (&(before, after), rank) in &self.ranks {
            let (firsts, seconds) = (&self.ending[before], &self.beginning[after]);
            for &first in firsts {
                if let Some(second) = seconds.iter().find(|&&second| is_cut(first, second)) {
                    return Err(format!(
                        "{first:?} and {second:?} are cut apart, and the token of rank {rank} bridges them"
                    ));
                }
            }
            pairs += firsts.len() * seconds.len();
        }
        Ok((self.ranks.len(), pairs))
    }
}

fn begins_a_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// Pairs of the characters that tokens have, beyond ASCII.
struct Pairs<'t> {
    characters: BTreeSet<char>,
    /// The tokens that end with each.
    ending: HashMap<char, Vec<&'t [u8]>>,
    /// Those that begin with each.
    beginning: HashMap<char, Vec<&'t [u8]>>,
    ranks: HashMap<&'t [u8], u32>,
}

/// Pairs that are not cut.
struct Uncut {
    /// Because a token bridges them.
    bridged: usize,
    /// Though none does.
    besides: usize,
}

impl<'t> Pairs<'t> {
    fn of(tokens: &[(u32, &'t [u8])]) -> Self {
        let mut pairs = Self {
            characters: BTreeSet::new(),
            ending: HashMap::new(),
            beginning: HashMap::new(),
            ranks: tokens.iter().map(|&(rank, token)| (token, rank)).collect(),
        };
        for &(_, token) in tokens {
            for part in token.utf8_chunks() {
                pairs.characters.extend(part.valid().chars().filter(|character| !character.is_ascii()));
            }
            // A part of a character at the other end is no matter.
            let first = token.utf8_chunks().next().and_then(|part| part.valid().chars().next());
            let last = token.utf8_chunks().last().filter(|part| part.invalid().is_empty());
            if let Some(first) = first {
                pairs.beginning.entry(first).or_default().push(token);
            }
            if let Some(last) = last.and_then(|part| part.valid().chars().next_back()) {
                pairs.ending.entry(last).or_default().push(token);
            }
        }
        pairs
    }

    /// Counts the pairs that are not cut.
    fn uncut(&self, seams: &Seams<'_>, is_cut: &impl Fn(char, char) -> bool) -> Uncut {
        let known =
            |all: &[char]| -> Vec<char> { all.iter().copied().filter(|c| self.characters.contains(c)).collect() };
        let mut bridged = HashSet::new();
        for (before, after) in seams.ranks.keys() {
            let seconds = known(&seams.beginning[after]);
            for first in known(&seams.ending[before]) {
                bridged.extend(seconds.iter().map(|&second| (first, second)));
            }
        }
        let not_cut = |&first: &char| self.characters.iter().filter(|&&second| !is_cut(first, second)).count();
        let uncut: usize = self.characters.iter().map(not_cut).sum();
        Uncut { bridged: bridged.len(), besides: uncut - bridged.len() }
    }

    /// Merges pairs that are cut by the definition, and tokens that end and begin with them, and returns how many pairs.
    ///
    /// Those that are most like a bridge: the first can end with what stands before some seam between parts of characters, the
    /// second begin with what stands after another. And those of all, each character in turn with as many others.
    fn merge_apart(&self, seams: &Seams<'_>, is_cut: &impl Fn(char, char) -> bool) -> Result<usize, String> {
        let is_part = |of: &[u8]| std::str::from_utf8(of).is_err();
        let wide = seams.ranks.keys().filter(|(before, after)| !before.is_ascii() && !after.is_ascii());
        let parts = wide.filter(|(before, after)| is_part(before) || is_part(after));
        let (mut firsts, mut seconds) = (BTreeSet::new(), BTreeSet::new());
        for (before, after) in parts {
            firsts.extend(seams.ending[before].iter().filter(|first| self.characters.contains(first)));
            seconds.extend(seams.beginning[after].iter().filter(|second| self.characters.contains(second)));
        }
        let mut merged = 0;
        for (firsts, seconds) in [(&firsts, &seconds), (&self.characters, &self.characters)] {
            let every = (firsts.len() * seconds.len()).div_ceil(MERGED).max(1);
            for (i, &first) in firsts.iter().enumerate() {
                let some = seconds.iter().skip(i % every).step_by(every);
                for &second in some.filter(|&&second| is_cut(first, second)) {
                    self.merges_apart(first.to_string().as_bytes(), second.to_string().as_bytes())?;
                    let turn = |tokens: Option<&Vec<&'t [u8]>>| tokens.map_or(&[][..], |all| all[merged % all.len()]);
                    self.merges_apart(turn(self.ending.get(&first)), turn(self.beginning.get(&second)))?;
                    merged += 1;
                }
            }
        }
        Ok(merged)
    }

    fn merges_apart(&self, left: &[u8], right: &[u8]) -> Result<(), String> {
        let apart = [self.merged(left), self.merged(right)].concat();
        let text = [left, right].concat();
        if self.merged(&text) == apart {
            return Ok(());
        }
        let [left, right] = [left, right].map(String::from_utf8_lossy);
        Err(format!("{left:?} and {right:?} are cut apart, and merge otherwise together"))
    }

    /// The definition: merges the two neighbours that make the token of lowest rank, leftmost first, until no two make one.
    fn merged(&self, text: &[u8]) -> Vec<u32> {
        let rank = |part: &[u8]| self.ranks.get(part).copied();
        let mut ends: Vec<usize> = (0..=text.len()).collect();
        loop {
            let neighbours = ends.windows(3).zip(1..);
            let lowest = neighbours.filter_map(|(ends, middle)| Some((rank(&text[ends[0]..ends[2]])?, middle))).min();
            let Some((_, middle)) = lowest else { break };
            ends.remove(middle);
        }
        ends.windows(2).filter_map(|ends| rank(&text[ends[0]..ends[1]])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes, a beginning of 本, tokens that begin and end inside characters, and one of two characters.
    fn tokens() -> Vec<Option<Vec<u8>>> {
        let more: [&[u8]; 4] = [b"\xE6\x9C", b"\xA5\xE6\x9C", "日本".as_bytes(), b"\xA5\xC3"];
        (0..=u8::MAX).map(|byte| vec![byte]).chain(more.map(<[u8]>::to_vec)).map(Some).collect()
    }

    fn ranked(tokens: &[Option<Vec<u8>>]) -> Vec<(u32, &[u8])> {
        (0..).zip(tokens.iter().flatten().map(Vec::as_slice)).collect()
    }

    #[test]
    fn a_seam_is_where_a_token_goes_from_one_character_to_the_next() {
        let tokens = tokens();
        let seams = Seams::of(&ranked(&tokens));
        let all: Vec<(&[u8], &[u8], u32)> =
            seams.ranks.iter().map(|(&(before, after), &rank)| (before, after, rank)).collect();
        let part: &[u8] = b"\xA5";
        assert_eq!(
            all,
            [(part, &b"\xC3"[..], 259), (part, &b"\xE6\x9C"[..], 257), ("日".as_bytes(), "本".as_bytes(), 258)]
        );
        assert!(seams.ending[part].contains(&'日') && seams.ending[part].contains(&'å'));
        assert_eq!(seams.beginning[&b"\xC3"[..]], Vec::from_iter('\u{C0}'..='\u{FF}'));
    }

    #[test]
    fn a_cut_of_any_two_characters_that_a_token_bridges_is_found() {
        let tokens = tokens();
        let seams = Seams::of(&ranked(&tokens));
        for (first, second, bridged) in
            [('日', '本', true), ('日', '服', true), ('å', 'é', true), ('本', '日', false), ('å', 'ħ', false)]
        {
            let found = seams.never_cut(&|before, after| (before, after) == (first, second));
            assert_eq!(found.is_err(), bridged, "{first}{second}: {found:?}");
        }
    }

    #[test]
    fn a_cut_that_changes_what_is_merged_is_found() {
        let tokens = tokens();
        let ranked = ranked(&tokens);
        let pairs = Pairs::of(&ranked);
        assert_eq!(pairs.merged("日本".as_bytes()), [0xE6, 0x97, 257, 0xAC], "the part is lower than the whole");
        assert!(pairs.merges_apart("日".as_bytes(), "本".as_bytes()).is_err());
        assert!(pairs.merges_apart("本".as_bytes(), "日".as_bytes()).is_ok());
        assert!(held(&("made up", tokens)).is_ok());
    }
}
