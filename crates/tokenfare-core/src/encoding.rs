//! An encoding: a split, a vocabulary and special tokens; counting, encoding and decoding with them.

use crate::bpe::{self, Counting, Memory, Ranks, Whose, Writing, layout};
use crate::error::{Error, Kind};
use crate::load::Front;
use crate::scan::{self, Pattern, Split, WithSplit};
use crate::simd::{self, Machine, WINDOW, Work};
use crate::special::{SpecialTokens, Specials};
use crate::utf8::{InvalidUtf8, text_of};
use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// A tokenizer: how text is split, which tokens there are, and which of them are special.
///
/// The embedded encodings come from the crate `tokenfare` (or `tokenfare-vocab`); others are loaded from a file with
/// [`Encoding::from_tiktoken`] or, with the feature `json`, `Encoding::from_tokenizer_json`.
///
/// Text is ordinary unless a method takes [`Specials`]: the name of a special token counts as the characters it is
/// written with.
pub struct Encoding {
    pub(crate) name: Cow<'static, str>,
    pub(crate) splitter: Splitter,
    pub(crate) tables: Tables,
    /// Tells what a thread remembers of it from what it remembers of others.
    pub(crate) whose: Whose,
    /// The ids of a vocabulary whose ids are not its ranks.
    pub(crate) ids: Option<Ids>,
    pub(crate) specials: SpecialTokens,
    /// What a loaded tokenizer does to text before it is split.
    pub(crate) front: Option<Front>,
}

/// The bytes of text that a loaded tokenizer's front goes through at a time: a few tens of pages.
const BLOCK: usize = 1 << 16;

/// The tables of an embedded vocabulary, or of one loaded at run time.
#[expect(clippy::large_enum_variant, reason = "a program has a few encodings, and counting reads the ranks in place")]
pub(crate) enum Tables {
    Embedded(Ranks<'static>),
    Loaded(Vec<u64>),
}

impl Tables {
    #[inline]
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Ranks<'_>) -> T) -> T {
        match self {
            Self::Embedded(ranks) => work(ranks),
            Self::Loaded(block) => work(&layout::read(block).expect("the block was laid out by this version")),
        }
    }
}

/// Ids that are not ranks.
pub(crate) struct Ids {
    pub(crate) of_rank: Vec<u32>,
    pub(crate) to_rank: HashMap<u32, u32>,
}

/// Whether a text has at most so many tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpTo {
    /// It has, and this many.
    Fits(usize),
    /// It has more. How many more was not counted.
    Exceeds,
}

impl UpTo {
    /// Whether the text has at most as many tokens as was asked.
    #[must_use]
    pub fn fits(self) -> bool {
        matches!(self, Self::Fits(_))
    }

    /// The count, if it was finished.
    #[must_use]
    pub fn count(self) -> Option<usize> {
        match self {
            Self::Fits(count) => Some(count),
            Self::Exceeds => None,
        }
    }
}

impl Encoding {
    /// Makes an encoding of a block of tables that [`crate::layout`] has laid out, used in place.
    ///
    /// This is how embedded vocabularies are opened: nothing is parsed or copied. Of two special tokens with one id, the
    /// first is what the id decodes to.
    ///
    /// # Errors
    ///
    /// If `block` was laid out by another version of this crate.
    pub fn embedded(
        name: &'static str,
        pattern: Pattern,
        block: &'static [u8],
        specials: Vec<(String, u32)>,
    ) -> Result<Self, Error> {
        let ranks = bytemuck::try_cast_slice(block)
            .ok()
            .and_then(layout::read)
            .ok_or_else(|| Error::bad_vocabulary(name, "its tables were laid out by another version"))?;
        Ok(Self {
            name: Cow::Borrowed(name),
            splitter: Splitter::new(pattern),
            tables: Tables::Embedded(ranks),
            whose: Whose::new(),
            ids: None,
            specials: SpecialTokens::new(specials),
            front: None,
        })
    }

    /// Returns the name of the encoding.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the pattern that splits text before it is merged.
    #[must_use]
    pub fn pattern(&self) -> Pattern {
        self.splitter.pattern
    }

    /// Returns one more than the highest token id, special tokens included.
    #[must_use]
    pub fn vocabulary_size(&self) -> usize {
        let ordinary = match &self.ids {
            Some(ids) => ids.of_rank.iter().max().map_or(0, |&id| id as usize + 1),
            None => self.tables.with(|ranks| ranks.len()),
        };
        let added = self.front.iter().flat_map(Front::tokens);
        self.specials.iter().chain(added).map(|(_, id)| id as usize + 1).fold(ordinary, usize::max)
    }

    /// Returns the special tokens: name and id.
    pub fn special_tokens(&self) -> impl Iterator<Item = (&str, u32)> {
        self.specials.iter()
    }

    /// Counts the tokens of a text.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        match self.count_few(text) {
            Some(count) => count,
            None => self.count_many(text),
        }
    }

    /// Counts a text of a few words, if each is a token or remembered.
    #[inline(always)]
    fn count_few(&self, text: &str) -> Option<usize> {
        if text.len() >= WINDOW || self.front.is_some() {
            return None;
        }
        self.tables.with(|ranks| self.splitter.road.count_few(ranks, text, Memory::Kept(self.whose)))
    }

    /// Counts any other. Apart from those, since it needs much more room.
    #[inline(never)]
    fn count_many(&self, text: &str) -> usize {
        Counting::with(self.whose, text.len(), |counting| {
            if self.front.is_some() {
                return self.count_at(counting, text);
            }
            self.tables.with(|ranks| self.splitter.road.count(ranks, text, counting));
            counting.count.total
        })
    }

    /// Counts with what is at hand.
    #[inline]
    pub(crate) fn count_at(&self, counting: &mut Counting<'_>, text: &str) -> usize {
        counting.count.total = 0;
        self.stretches(text, |stretch| self.count_stretch(&stretch, counting));
        counting.count.total
    }

    /// Counts each of these texts. What has to be merged of one may wait for the next ones.
    #[cfg(feature = "rayon")]
    pub(crate) fn count_each(&self, counting: &mut Counting<'_>, texts: &[&str]) -> Vec<usize> {
        let count = |counting: &mut Counting<'_>| -> Vec<usize> {
            let in_turn = texts.iter().enumerate().map(|(i, text)| {
                counting.count.of = i as u32;
                self.count_at(counting, text)
            });
            in_turn.collect()
        };
        if texts.len() < 2 || texts.len() >= u32::MAX as usize {
            return count(counting);
        }
        counting.goes_on = true;
        counting.count.late = vec![0; texts.len()];
        let mut counts = count(counting);
        counting.count.of = u32::MAX;
        self.tables.with(|ranks| self.splitter.road.finish(ranks, counting));
        for (count, late) in counts.iter_mut().zip(&counting.count.late) {
            *count += late;
        }
        counts
    }

    fn count_stretch(&self, stretch: &Stretch<'_>, counting: &mut Counting<'_>) {
        let text = match stretch {
            Stretch::Token(_) => {
                counting.count.total += 1;
                return;
            }
            Stretch::Text(text) => text,
        };
        self.tables.with(|ranks| {
            if text.len() < WINDOW {
                let memory = Memory::Here(counting.count.memo.as_deref());
                if let Some(count) = self.splitter.road.count_few(ranks, text, memory) {
                    counting.count.total += count;
                    return;
                }
            }
            self.splitter.road.count(ranks, text, counting);
        });
    }

    /// Counts the tokens of bytes that should be UTF-8.
    ///
    /// # Errors
    ///
    /// If they are not, and `invalid` refuses that.
    pub fn count_bytes(&self, bytes: &[u8], invalid: InvalidUtf8) -> Result<usize, Error> {
        Ok(self.count(&text_of(bytes, invalid)?))
    }

    /// Counts the tokens of a text in which special tokens may stand.
    ///
    /// # Errors
    ///
    /// If the text holds a special token that is refused, or `specials` names one that the encoding does not have.
    pub fn count_with(&self, text: &str, specials: &Specials) -> Result<usize, Error> {
        Counting::with(self.whose, text.len(), |counting| {
            self.stretches_with(text, specials, |stretch| self.count_stretch(&stretch, counting))?;
            Ok(counting.count.total)
        })
    }

    /// Counts up to a limit, and stops as soon as it is passed.
    #[must_use]
    pub fn count_up_to(&self, text: &str, limit: usize) -> UpTo {
        let (fewest, most_bytes) =
            self.tables.with(|ranks| (bpe::fewest(ranks, text.len()), limit.saturating_mul(ranks.longest())));
        if self.front.is_none() && fewest > limit {
            return UpTo::Exceeds; // and nothing had to be made for it
        }
        if let Some(count) = self.count_few(text) {
            return if count <= limit { UpTo::Fits(count) } else { UpTo::Exceeds };
        }
        Counting::with(self.whose, text.len().min(most_bytes), |counting| {
            counting.limit = limit;
            for block in self.blocks(text) {
                self.stretches(block, |stretch| {
                    if counting.count.total <= limit {
                        self.count_stretch(&stretch, counting);
                    }
                });
                if counting.count.total > limit {
                    return UpTo::Exceeds;
                }
            }
            UpTo::Fits(counting.count.total)
        })
    }

    /// Encodes a text as token ids.
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let mut ids = Vec::new();
        self.encode_into(text, &mut ids);
        ids
    }

    /// Encodes a text, and adds the token ids to `ids`.
    pub fn encode_into(&self, text: &str, ids: &mut Vec<u32>) {
        Writing::with(self.whose, text.len(), |writing| {
            writing.tokens = std::mem::take(ids);
            self.encode_at(writing, text);
            *ids = std::mem::take(&mut writing.tokens);
        });
    }

    /// Encodes with what is at hand, and adds the token ids to those that are there.
    pub(crate) fn encode_at(&self, writing: &mut Writing<'_>, text: &str) {
        self.stretches(text, |stretch| self.encode_stretch(&stretch, writing));
    }

    fn encode_stretch(&self, stretch: &Stretch<'_>, writing: &mut Writing<'_>) {
        match stretch {
            Stretch::Token(id) => writing.tokens.push(*id),
            Stretch::Text(text) => {
                let start = writing.tokens.len();
                self.tables.with(|ranks| self.splitter.road.write(ranks, text, writing));
                if let Some(map) = &self.ids {
                    writing.tokens[start..].iter_mut().for_each(|rank| *rank = map.of_rank[*rank as usize]);
                }
            }
        }
    }

    /// Encodes a text in which special tokens may stand.
    ///
    /// # Errors
    ///
    /// If the text holds a special token that is refused, or `specials` names one that the encoding does not have.
    pub fn encode_with(&self, text: &str, specials: &Specials) -> Result<Vec<u32>, Error> {
        Writing::with(self.whose, text.len(), |writing| {
            self.stretches_with(text, specials, |stretch| self.encode_stretch(&stretch, writing))?;
            Ok(std::mem::take(&mut writing.tokens))
        })
    }

    /// Decodes token ids to text.
    ///
    /// # Errors
    ///
    /// If an id is not one of the encoding's, or the bytes they stand for are not UTF-8, which a cut in the middle of a
    /// character makes them.
    pub fn decode(&self, ids: &[u32]) -> Result<String, Error> {
        String::from_utf8(self.decode_bytes(ids)?)
            .map_err(|error| Error::new(Kind::DecodedToInvalidUtf8 { offset: error.utf8_error().valid_up_to() }))
    }

    /// Decodes token ids to text, with U+FFFD for what is not UTF-8.
    ///
    /// # Errors
    ///
    /// If an id is not one of the encoding's.
    pub fn decode_lossy(&self, ids: &[u32]) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.decode_bytes(ids)?).into_owned())
    }

    /// Decodes token ids to bytes.
    ///
    /// # Errors
    ///
    /// If an id is not one of the encoding's.
    pub fn decode_bytes(&self, ids: &[u32]) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::with_capacity(ids.len() * 4);
        self.tables.with(|ranks| {
            for (index, &id) in ids.iter().enumerate() {
                match self.token_in(ranks, id) {
                    [] => {
                        let encoding = self.name.to_string();
                        return Err(Error::new(Kind::UnknownToken { id, index, encoding }));
                    }
                    token => bytes.extend_from_slice(token),
                }
            }
            Ok(bytes)
        })
    }

    /// Returns the bytes of one token; `None` if the encoding has no such id.
    #[must_use]
    pub fn token_bytes(&self, id: u32) -> Option<Vec<u8>> {
        self.tables.with(|ranks| match self.token_in(ranks, id) {
            [] => None,
            bytes => Some(bytes.to_vec()),
        })
    }

    /// The bytes of an ordinary or special token; empty if there is none.
    pub(crate) fn token_in<'r>(&'r self, ranks: &Ranks<'r>, id: u32) -> &'r [u8] {
        let rank = match &self.ids {
            Some(ids) => ids.to_rank.get(&id).copied().unwrap_or(bpe::NONE),
            None => id,
        };
        match ranks.bytes(rank) {
            [] => self.specials.name(id).or_else(|| self.front.as_ref()?.name(id)).unwrap_or("").as_bytes(),
            bytes => bytes,
        }
    }

    /// Hands on the text as it is to be split: all of it, or what a loaded tokenizer's front makes of it.
    #[inline]
    pub(crate) fn stretches<'t>(&self, text: &'t str, mut each: impl FnMut(Stretch<'t>)) {
        match &self.front {
            None => each(Stretch::Text(Cow::Borrowed(text))),
            Some(front) => self.blocks(text).for_each(|block| front.stretches(block, &mut each)),
        }
    }

    /// The text in parts that can each be taken on its own: all of it, or so much at a time as a loaded tokenizer's front
    /// should go through before the first of it is counted.
    pub(crate) fn blocks<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let mut rest = text;
        std::iter::from_fn(move || {
            let block = if self.front.is_some() { BLOCK } else { rest.len() };
            let (block, after) = rest.split_at(self.seam_after(rest, block).unwrap_or(rest.len()));
            rest = after;
            Some(block).filter(|block| !block.is_empty())
        })
    }

    /// The last place in about so many bytes of a text at which it can be cut and each side taken on its own; in twice as
    /// many if there is none, and so on. `None` if there is none before the end.
    pub(crate) fn seam_after(&self, text: &str, mut bytes: usize) -> Option<usize> {
        while bytes < text.len() {
            let mut end = bytes;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            if let Some(seam) = self.last_seam(&text[..end]) {
                return Some(seam);
            }
            bytes *= 2;
        }
        None
    }

    /// Hands on the text as it is to be split, with the special tokens in it that `specials` allows.
    fn stretches_with<'t>(
        &self,
        text: &'t str,
        specials: &Specials,
        mut each: impl FnMut(Stretch<'t>),
    ) -> Result<(), Error> {
        self.specials.check(specials, &self.name)?;
        if let Some(front) = &self.front {
            // It knows the special tokens too: where names overlap, it matters that all are looked for at once.
            return front.stretches_with(text, Some(specials), &mut each);
        }
        for part in self.specials.parts(text, specials)? {
            each(Stretch::Text(Cow::Borrowed(&text[part.text])));
            if let Some(id) = part.special {
                each(Stretch::Token(id));
            }
        }
        Ok(())
    }

    /// The last place at which the text can be cut and each side taken on its own, if there is one.
    pub(crate) fn last_seam(&self, text: &str) -> Option<usize> {
        match &self.front {
            None => scan::last_seam(text),
            Some(front) => front.last_seam(text),
        }
    }
}

impl std::fmt::Debug for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoding")
            .field("name", &self.name)
            .field("pattern", &self.splitter.pattern)
            .finish_non_exhaustive()
    }
}

/// A pattern, and the road that its texts take on this machine: chosen once, since to choose takes as long as to look a word up.
pub(crate) struct Splitter {
    pub(crate) pattern: Pattern,
    road: Box<dyn Road>,
}

impl Splitter {
    pub(crate) fn new(pattern: Pattern) -> Self {
        Self { pattern, road: pattern.dispatch(Choose) }
    }
}

/// All the tokens of a text, by rank.
trait Road: Send + Sync + UnwindSafe + RefUnwindSafe {
    fn count(&self, ranks: &Ranks<'_>, text: &str, counting: &mut Counting<'_>);
    fn count_few(&self, ranks: &Ranks<'_>, text: &str, memory: Memory<'_>) -> Option<usize>;
    #[cfg(feature = "rayon")]
    fn finish(&self, ranks: &Ranks<'_>, counting: &mut Counting<'_>);
    fn write(&self, ranks: &Ranks<'_>, text: &str, writing: &mut Writing<'_>);
}

/// The road of a split on a machine.
struct On<S, M>(M, PhantomData<fn() -> S>);

struct Choose;

struct ChooseFor<S>(PhantomData<S>);

impl WithSplit for Choose {
    type Output = Box<dyn Road>;
    fn with<S: Split>(self) -> Box<dyn Road> {
        simd::on_best(ChooseFor::<S>(PhantomData))
    }
}

impl<S: Split> Work for ChooseFor<S> {
    type Output = Box<dyn Road>;
    fn on(self, machine: impl Machine) -> Box<dyn Road> {
        Box::new(On::<S, _>(machine, PhantomData))
    }
}

impl<S: Split, M: Machine> Road for On<S, M> {
    fn count(&self, ranks: &Ranks<'_>, text: &str, counting: &mut Counting<'_>) {
        self.0.run(Count::<S>(ranks, text, counting, PhantomData));
    }

    fn count_few(&self, ranks: &Ranks<'_>, text: &str, memory: Memory<'_>) -> Option<usize> {
        if !M::CLASSES_FEW {
            return None;
        }
        self.0.run(CountFew::<S>(ranks, text, memory, PhantomData))
    }

    #[cfg(feature = "rayon")]
    fn finish(&self, ranks: &Ranks<'_>, counting: &mut Counting<'_>) {
        bpe::count::finish(self.0, ranks, counting);
    }

    fn write(&self, ranks: &Ranks<'_>, text: &str, writing: &mut Writing<'_>) {
        self.0.run(Write::<S>(ranks, text, writing, PhantomData));
    }
}

struct Count<'w, 'd, S>(&'w Ranks<'w>, &'w str, &'w mut Counting<'d>, PhantomData<S>);

impl<S: Split> Work for Count<'_, '_, S> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        bpe::count::feed(machine, self.0, self.1, S::default(), self.2);
    }
}

struct CountFew<'w, S>(&'w Ranks<'w>, &'w str, Memory<'w>, PhantomData<S>);

impl<S: Split> Work for CountFew<'_, S> {
    type Output = Option<usize>;
    #[inline(always)]
    fn on(self, machine: impl Machine) -> Option<usize> {
        bpe::count::few::<_, S>(machine, self.0, self.1, self.2)
    }
}

struct Write<'w, 'd, S>(&'w Ranks<'w>, &'w str, &'w mut Writing<'d>, PhantomData<S>);

impl<S: Split> Work for Write<'_, '_, S> {
    type Output = ();
    #[inline(always)]
    fn on(self, machine: impl Machine) {
        bpe::encode::feed(machine, self.0, self.1, S::default(), self.2);
    }
}

/// A part of a text after a loaded tokenizer's front has seen it.
pub(crate) enum Stretch<'t> {
    /// To be split and merged.
    Text(Cow<'t, str>),
    /// A token already: one that was added to the vocabulary and always stands for itself.
    Token(u32),
}
