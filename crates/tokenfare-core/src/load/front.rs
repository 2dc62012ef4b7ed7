//! What a loaded tokenizer does to a text before it is split: it finds added tokens, and brings the rest to a normal form.

use crate::encoding::Stretch;
use crate::error::{Error, Kind};
use crate::scan;
use crate::special::{Specials, Treatment};
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A token beside the vocabulary, which stands for itself wherever its name is in a text.
pub(super) struct Added {
    pub(super) name: String,
    pub(super) id: u32,
    /// Special tokens are those of the encoding, and ordinary text unless a caller allows them.
    pub(super) special: bool,
    /// Whether the name is looked for after the text was normalized.
    pub(super) normalized: bool,
}

/// What is done to a text before it is split.
///
/// First the tokens that are not `normalized` are found in the text; what lies between is brought to the normal form; in
/// that the others are found. Of names that overlap the leftmost is taken, and of those the longest. The name of a special
/// token that is ordinary text is passed over whole: so the reference does when it is told to encode special tokens.
pub(crate) struct Front {
    nfc: bool,
    plain: Finder,
    normalized: Finder,
    /// The characters that stand side by side in some name.
    joined: HashSet<(char, char)>,
}

impl Front {
    /// The front with these tokens; an error if there are too many to look for.
    ///
    /// With `nfc`, names to be found in normalized text are in that form.
    pub(super) fn new(added: Vec<Added>, nfc: bool) -> Result<Self, Error> {
        let joined = added.iter().flat_map(|token| token.name.chars().zip(token.name.chars().skip(1))).collect();
        let (normalized, plain) = added.into_iter().partition(|token| token.normalized);
        Ok(Self { nfc, plain: Finder::new(plain)?, normalized: Finder::new(normalized)?, joined })
    }

    /// Hands on the text in stretches, none of them empty; special tokens' names are ordinary text.
    pub(crate) fn stretches<'t>(&self, text: &'t str, each: &mut dyn FnMut(Stretch<'t>)) {
        self.stretches_with(text, None, each).expect("nothing is refused");
    }

    /// Hands on the text in stretches, none of them empty.
    pub(crate) fn stretches_with<'t>(
        &self,
        text: &'t str,
        specials: Option<&Specials>,
        each: &mut dyn FnMut(Stretch<'t>),
    ) -> Result<(), Error> {
        self.plain.find(text, specials, &mut |found, range: Range<usize>| {
            let stretch = &text[range.clone()];
            match found {
                Found::Token(token) => each(Stretch::Token(token.id)),
                Found::Refused(token) => return Err(refused(token, range.start)),
                Found::Text => {
                    let normal = self.normal(stretch);
                    self.normalized.find(&normal, specials, &mut |found, within| {
                        match (found, &normal) {
                            (Found::Token(token), _) => each(Stretch::Token(token.id)),
                            (Found::Text, Cow::Borrowed(_)) => each(Stretch::Text(Cow::Borrowed(&stretch[within]))),
                            (Found::Text, Cow::Owned(normal)) => {
                                each(Stretch::Text(Cow::Owned(normal[within].to_owned())));
                            }
                            (Found::Refused(token), Cow::Borrowed(_)) => {
                                return Err(refused(token, range.start + within.start));
                            }
                            (Found::Refused(token), Cow::Owned(_)) => {
                                // Where both can be cut last before the name, which is there but for marks around it.
                                let cut = cuts(stretch).take_while(|&(_, normal)| normal <= within.start).last();
                                return Err(refused(token, range.start + cut.map_or(0, |(at, _)| at)));
                            }
                        }
                        Ok(())
                    })?;
                }
            }
            Ok(())
        })
    }

    /// The text as it is before it is split: where tokens lie is said of this text. Borrowed if it is unchanged.
    pub(crate) fn normalize<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.nfc {
            return Cow::Borrowed(text);
        }
        let (mut normal, mut changed) = (String::new(), false);
        self.plain
            .find(text, None, &mut |found, range| {
                match (found, self.normal(&text[range.clone()])) {
                    (Found::Text, Cow::Owned(part)) => {
                        changed = true;
                        normal.push_str(&part);
                    }
                    _ => normal.push_str(&text[range]),
                }
                Ok(())
            })
            .expect("nothing is refused");
        if changed { Cow::Owned(normal) } else { Cow::Borrowed(text) }
    }

    /// The places at which a text and what [`Self::normalize`] makes of it can both be cut, from the beginning to the end:
    /// where in the text, and where in the normal form.
    pub(crate) fn cuts(&self, text: &str) -> Vec<(usize, usize)> {
        let (mut all, mut normal) = (Vec::new(), 0);
        self.plain
            .find(text, None, &mut |found, range| {
                match found {
                    Found::Text => {
                        let stretch = &text[range.clone()];
                        all.extend(cuts(stretch).map(|(at, within)| (range.start + at, normal + within)));
                        normal += self.normal(stretch).len();
                    }
                    Found::Token(_) | Found::Refused(_) => {
                        all.push((range.start, normal));
                        normal += range.len();
                    }
                }
                Ok(())
            })
            .expect("nothing is refused");
        all.push((text.len(), normal));
        all
    }

    /// The normal form of a stretch of text. Borrowed if it is unchanged.
    fn normal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.nfc || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => Cow::Borrowed(text),
            IsNormalized::No => Cow::Owned(text.nfc().collect()),
            IsNormalized::Maybe => {
                let normal: String = text.nfc().collect();
                if normal == text { Cow::Borrowed(text) } else { Cow::Owned(normal) }
            }
        }
    }

    /// The last seam of a text (see [`scan::is_seam`]) that the front does not lie across, if it has one.
    ///
    /// The two characters at the seam stand side by side in no name, so no name lies across it, and neither composes with
    /// what is before it: so each side is normalized as it is within the whole, and the two still meet there.
    pub(crate) fn last_seam(&self, text: &str) -> Option<usize> {
        let is_seam = |before, after| {
            scan::is_seam(before, after)
                && !self.joined.contains(&(before, after))
                && (!self.nfc || begins(before) && begins(after))
        };
        let mut after = None;
        for (at, before) in text.char_indices().rev() {
            if let Some((seam, after)) = after
                && is_seam(before, after)
            {
                return Some(seam);
            }
            after = Some((at, before));
        }
        None
    }

    /// The name of a token that is not special.
    pub(crate) fn name(&self, id: u32) -> Option<&str> {
        self.tokens().find(|&(_, known)| known == id).map(|(name, _)| name)
    }

    /// The tokens beside the vocabulary that are not special: name and id.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = (&str, u32)> {
        let all = self.plain.tokens.iter().chain(&self.normalized.tokens);
        all.filter(|token| !token.special).map(|token| (token.name.as_str(), token.id))
    }
}

fn refused(token: &Added, offset: usize) -> Error {
    Error::new(Kind::RefusedSpecial { token: token.name.clone(), offset })
}

/// Whether a character is its own normal form and composes with none before it: what begins with it is normalized on its own.
fn begins(character: char) -> bool {
    canonical_combining_class(character) == 0 && is_nfc_quick(std::iter::once(character)) == IsNormalized::Yes
}

/// Places at which a text and its normal form can both be cut, in order: where in the text, and where in the normal form.
/// The beginning is one, the end is not.
fn cuts(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let (mut begin, mut normal) = (0, 0);
    text.char_indices().filter(move |&(at, c)| at == 0 || begins(c)).map(move |(at, _)| {
        normal += text[begin..at].nfc().map(char::len_utf8).sum::<usize>();
        begin = at;
        (at, normal)
    })
}

/// Finds names in a text.
struct Finder {
    tokens: Vec<Added>,
    /// Whether a token is found that no caller has asked for.
    always: bool,
    names: Option<AhoCorasick>,
}

/// What a finder says of a stretch of text.
enum Found<'f> {
    Text,
    Token(&'f Added),
    Refused(&'f Added),
}

impl Finder {
    fn new(tokens: Vec<Added>) -> Result<Self, Error> {
        let always = tokens.iter().any(|token| !token.special);
        let names = if tokens.is_empty() {
            None
        } else {
            let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).clone();
            let names = builder.build(tokens.iter().map(|token| &token.name));
            Some(names.map_err(|error| Error::bad_vocabulary("added_tokens", error.to_string()))?)
        };
        Ok(Self { tokens, always, names })
    }

    /// Cuts a text at the names in it.
    fn find<'f>(
        &'f self,
        text: &str,
        specials: Option<&Specials>,
        each: &mut dyn FnMut(Found<'f>, Range<usize>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut start = 0;
        if let Some(names) = &self.names
            && (self.always || specials.is_some())
        {
            for found in names.find_iter(text) {
                let token = &self.tokens[found.pattern()];
                let treatment = match specials {
                    _ if !token.special => Treatment::Allow,
                    Some(specials) => specials.of(&token.name),
                    None => Treatment::Ordinary,
                };
                let what = match treatment {
                    Treatment::Ordinary => continue,
                    Treatment::Allow => Found::Token(token),
                    Treatment::Refuse => Found::Refused(token),
                };
                if start < found.start() {
                    each(Found::Text, start..found.start())?;
                }
                each(what, found.range())?;
                start = found.end();
            }
        }
        if start < text.len() {
            each(Found::Text, start..text.len())?;
        }
        Ok(())
    }
}
