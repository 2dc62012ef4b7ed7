//! Reads a Hugging Face `tokenizer.json` file of a byte-level vocabulary, and refuses by its path what it does not know.

#[cfg(test)]
mod tests;

use super::front::{Added, Front};
use super::json::{Json, Node};
use super::splits;
use super::{HIGHEST_ID, byte_level};
use crate::bpe::Whose;
use crate::bpe::layout::{Flaw, Plan};
use crate::encoding::{Encoding, Ids, Splitter, Tables};
use crate::error::Error;
use crate::scan::Pattern;
use crate::special::SpecialTokens;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use unicode_normalization::is_nfc;

impl Encoding {
    /// Loads an encoding from the bytes of a Hugging Face `tokenizer.json` file.
    ///
    /// The file must be of byte-level byte-pair encoding with one of the split patterns of [`Pattern`], without a normalizer
    /// or with NFC. Its tokens, ids, merges and `ignore_merges` are followed exactly. What it asks for beyond what this
    /// crate does is refused by its path in the file, never passed over.
    ///
    /// - Text is encoded as it is: what the file's post-processor would add around it (`add_special_tokens`) is not added.
    /// - Added tokens that are `special` become the encoding's special tokens, which are ordinary text unless a caller
    ///   allows them; the others stand for themselves wherever their names are in a text.
    /// - A token decodes to the text it was encoded from, an added one to its name.
    ///
    /// ```
    /// # // The 256 bytes as such a file writes them, and one token more, `hi`.
    /// # let written = |byte: u8| if matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..) { char::from(byte) } else {
    /// #     let before = (0..byte).filter(|b| !matches!(b, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..)).count();
    /// #     char::from_u32(256 + before as u32).unwrap()
    /// # };
    /// # let mut vocab: serde_json::Map<String, serde_json::Value> = (0..=255).map(|byte| (written(byte).to_string(), byte.into())).collect();
    /// # vocab.insert("hi".into(), 256.into());
    /// # let file = serde_json::json!({
    /// #     "added_tokens": [{"id": 257, "content": "<end>", "special": true, "normalized": false,
    /// #         "single_word": false, "lstrip": false, "rstrip": false}],
    /// #     "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
    /// #     "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
    /// #     "model": {"type": "BPE", "vocab": vocab, "merges": [["h", "i"]]},
    /// # }).to_string();
    /// use tokenfare_core::{Encoding, Specials};
    ///
    /// // A vocabulary of the 256 bytes, `hi`, and the special token `<end>`.
    /// let tiny = Encoding::from_tokenizer_json("tiny", file.as_bytes())?;
    /// assert_eq!(tiny.encode("hi ho"), [256, 32, 104, 111]);
    /// assert_eq!(tiny.encode_with("hi<end>", &Specials::allow_all())?, [256, 257]);
    /// # Ok::<(), tokenfare_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file is not JSON, not such a vocabulary, or asks for something else; [`Error::place`] names the line and
    /// column, or the path of keys.
    pub fn from_tokenizer_json(name: &str, file: &[u8]) -> Result<Self, Error> {
        let json = Json::read(file)?;
        let mut fields = Node::root(&json).fields()?;
        if let Some(version) = fields.take("version")
            && version.text()? != "1.0"
        {
            return Err(version.refuse(format!("version `{}` is unknown, 1.0 is the one there is", version.text()?)));
        }
        for key in ["truncation", "padding"] {
            if let Some(asked) = fields.take(key) {
                return Err(asked.refuse("it changes how many tokens a text has; set it to null"));
            }
        }
        let nfc = fields.take("normalizer").map_or(Ok(false), |normalizer| is_nfc_normalizer(&normalizer))?;
        let pattern = splits::pattern(&fields.need("pre_tokenizer")?)?;
        if let Some(processor) = fields.take("post_processor") {
            check_post_processor(&processor)?;
        }
        check_decoder(&fields.need("decoder")?)?;
        let model = Model::read(&fields.need("model")?)?;
        let added = fields.take("added_tokens").map_or(Ok(Vec::new()), |added| read_added(&added, &model, nfc))?;
        check_names(&model, &added)?;
        fields.end()?;
        assemble(name, pattern, &model, added, nfc)
    }
}

/// Lays the tables out, and puts ids to ranks.
fn assemble(name: &str, pattern: Pattern, model: &Model<'_>, added: Vec<Added>, nfc: bool) -> Result<Encoding, Error> {
    // The bytes of a name that is not written in bytes (an added token's that stands in the vocabulary too) are no token's.
    let tokens: Vec<&[u8]> = model.tokens.iter().map(|token| token.bytes.as_deref().unwrap_or_default()).collect();
    let mut merged = Plan::of_merges(&tokens, &model.merges, model.ignore_merges);
    let ids: Vec<u32> = merged.given.iter().map(|&place| model.tokens[place as usize].id).collect();

    // A special token that stands in the vocabulary too is a special token only: what a user writes never makes one,
    // not even a piece that has its name where merges are ignored.
    let special: HashMap<u32, usize> =
        (0..).zip(&added).filter(|(_, token)| token.special).map(|(at, token)| (token.id, at)).collect();
    for (rank, id) in ids.iter().enumerate() {
        let Some(at) = special.get(id) else { continue };
        if merged.plan.tokens[rank].len() == 1 || merged.by[rank].is_some() {
            let why = format!("the special token `{}` is also what merging makes of that text", added[*at].name);
            return Err(Error::bad_vocabulary(format!("added_tokens[{at}].content"), why));
        }
        merged.plan.tokens[rank] = &[];
    }

    let block = merged.plan.lay_out().map_err(|flaw| match flaw {
        Flaw::BeforeItsParts(rank) => {
            let merge = merged.by[rank as usize].expect("what is made of parts is made by a merge");
            let [left, right, _] = model.merges[merge as usize].map(|place| model.tokens[place as usize].name);
            let why = format!("`{left}` and `{right}` are merged before one of them is made; merges must come in the order of training");
            Error::bad_vocabulary(format!("model.merges[{}]", model.lines[merge as usize]), why)
        }
        Flaw::TooLarge => Error::bad_vocabulary("model.vocab", "its tokens have more than 2 GiB"),
        Flaw::NoByte(_) | Flaw::Twice(..) => Error::bad_vocabulary("model.vocab", format!("{flaw:?}")),
    })?;

    let specials = added.iter().filter(|token| token.special).map(|token| (token.name.clone(), token.id)).collect();
    // Only special tokens, all found in the text as it is: the engine's own search finds them.
    let plain = !nfc && added.iter().all(|token| token.special && token.normalized == added[0].normalized);
    let front = if plain { None } else { Some(Front::new(added, nfc)?) };
    let in_order = (0..).zip(&ids).all(|(rank, &id)| rank == id);
    let to_rank = || (0..).zip(&ids).filter(|&(rank, _)| !merged.plan.tokens[rank as usize].is_empty());
    let ids =
        (!in_order).then(|| Ids { to_rank: to_rank().map(|(rank, &id)| (id, rank)).collect(), of_rank: ids.clone() });
    Ok(Encoding {
        name: Cow::Owned(name.to_owned()),
        splitter: Splitter::new(pattern),
        tables: Tables::Loaded(block),
        whose: Whose::new(),
        ids,
        specials: SpecialTokens::new(specials),
        front,
    })
}

/// A token of the vocabulary.
struct Token<'j> {
    name: &'j str,
    id: u32,
    /// What its name stands for; `None` if it is not written in bytes.
    bytes: Option<Vec<u8>>,
}

/// The model: byte-pair encoding.
struct Model<'j> {
    /// In order of id.
    tokens: Vec<Token<'j>>,
    /// Where each name is in `tokens`.
    places: HashMap<&'j str, u32>,
    /// Each merge: the two tokens, and the one they make.
    merges: Vec<[u32; 3]>,
    /// Where in the file's list each merge is.
    lines: Vec<usize>,
    /// Whether a piece that is a token is that token although merging does not make it.
    ignore_merges: bool,
}

impl<'j> Model<'j> {
    fn read(node: &Node<'j>) -> Result<Self, Error> {
        let mut fields = node.fields()?;
        // The files of GPT-2's time do not name the type.
        if let Some(kind) = fields.take("type")
            && kind.text()? != "BPE"
        {
            return Err(kind.refuse(format!("`{}` is not supported, BPE is", kind.text()?)));
        }
        if let Some(dropout) = fields.take("dropout")
            && dropout.number()? != 0.0
        {
            return Err(dropout.refuse("it makes the tokens of a text a matter of chance; set it to null"));
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let Some(affix) = fields.take(key)
                && !affix.text()?.is_empty()
            {
                return Err(
                    affix.refuse(format!("`{}` is put to parts of words, which is not supported", affix.text()?))
                );
            }
        }
        if let Some(fallback) = fields.take("byte_fallback")
            && fallback.bool()?
        {
            return Err(fallback.refuse("bytes written as `<0x00>` are not supported, byte-level characters are"));
        }
        let ignore_merges = fields.take("ignore_merges").map_or(Ok(false), |ignore| ignore.bool())?;
        // All bytes are tokens, so no text is unknown.
        fields.ignore(&["unk_token", "fuse_unk"]);
        let (tokens, places) = read_vocabulary(&fields.need("vocab")?)?;
        let (merges, lines) = read_merges(&fields.need("merges")?, &tokens, &places)?;
        fields.end()?;
        Ok(Self { tokens, places, merges, lines, ignore_merges })
    }

    fn token(&self, name: &str) -> Option<&Token<'j>> {
        Some(&self.tokens[*self.places.get(name)? as usize])
    }
}

/// The tokens in order of id, and the place of each name among them.
fn read_vocabulary<'j>(node: &Node<'j>) -> Result<(Vec<Token<'j>>, HashMap<&'j str, u32>), Error> {
    let entries = node.entries()?;
    let mut tokens = Vec::with_capacity(entries.len());
    for (name, id) in entries {
        let at = || format!("[\"{}\"]", name.escape_default());
        let id = match id {
            Json::Whole(id) if *id <= u64::from(HIGHEST_ID) => *id as u32,
            Json::Whole(id) => return Err(node.refuse_below(at(), format!("the id {id} is larger than {HIGHEST_ID}"))),
            _ => return Err(node.refuse_below(at(), "an id is a whole number")),
        };
        if name.is_empty() {
            return Err(node.refuse_below(at(), "the token is empty"));
        }
        tokens.push(Token { name, id, bytes: byte_level::bytes(name) });
    }
    tokens.sort_by_key(|token: &Token<'_>| token.id);
    if let Some([first, second]) = tokens.windows(2).find(|pair| pair[0].id == pair[1].id) {
        let why = format!("`{}` and `{}` both have the id {}", first.name, second.name, first.id);
        return Err(node.refuse(why));
    }
    let mut places = HashMap::with_capacity(tokens.len());
    for (place, token) in (0..).zip(&tokens) {
        if places.insert(token.name, place).is_some() {
            return Err(node.refuse(format!("`{}` stands in it twice", token.name)));
        }
    }
    let mut has = [false; 256];
    for token in &tokens {
        if let Some([byte]) = token.bytes.as_deref() {
            has[usize::from(*byte)] = true;
        }
    }
    match has.iter().position(|has| !has) {
        Some(byte) => Err(node.refuse(format!("no token is the single byte 0x{byte:02X}; all 256 are needed"))),
        None => Ok((tokens, places)),
    }
}

/// The merges in their order, and where in the file's list each is.
fn read_merges(
    node: &Node<'_>,
    tokens: &[Token<'_>],
    places: &HashMap<&str, u32>,
) -> Result<(Vec<[u32; 3]>, Vec<usize>), Error> {
    let items = node.items()?;
    let (mut merges, mut lines) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
    let mut seen = HashMap::with_capacity(items.len());
    let mut joined = String::new();
    let in_pairs = matches!(items.first(), Some(Json::Array(_)));
    for (line, item) in items.iter().enumerate() {
        let refuse = |why: String| node.refuse_below(format_args!("[{line}]"), why);
        let (left, right) = match item {
            // So the reference reads a line that a `merges.txt` begins with.
            Json::Text(text) if !in_pairs && text.starts_with("#version") => continue,
            Json::Text(text) if !in_pairs => text.split_once(' ').filter(|(_, right)| !right.contains(' ')),
            Json::Array(pair) if in_pairs => match &pair[..] {
                [Json::Text(left), Json::Text(right)] => Some((&**left, &**right)),
                _ => None,
            },
            _ => None,
        }
        .ok_or_else(|| {
            refuse("a merge is two tokens: `\"a b\"` in every line, or `[\"a\", \"b\"]` in every line".to_owned())
        })?;
        joined.clear();
        joined.extend([left, right]);
        let place = |name: &str| {
            let place = places.get(name).copied();
            place.ok_or_else(|| {
                refuse(format!("`{name}` is not in `model.vocab`; it belongs to the merge of `{left}` and `{right}`"))
            })
        };
        let (left, right, made) = (place(left)?, place(right)?, place(&joined)?);
        if let Some(before) = seen.insert((left, right), line) {
            let [left, right] = [left, right].map(|place| tokens[place as usize].name);
            return Err(refuse(format!("the merge of `{left}` and `{right}` is line {before} too")));
        }
        merges.push([left, right, made]);
        lines.push(line);
    }
    Ok((merges, lines))
}

/// The added tokens.
fn read_added(node: &Node<'_>, model: &Model<'_>, nfc: bool) -> Result<Vec<Added>, Error> {
    let mut all = Vec::new();
    let mut names = HashSet::new();
    // The reference numbers these tokens itself, and only warns if the file says otherwise.
    let mut next = model.tokens.len() as u64;
    for node in node.nodes()? {
        let mut fields = node.fields()?;
        let (id, content) = (fields.need("id")?, fields.need("content")?);
        for key in ["single_word", "lstrip", "rstrip"] {
            let asked = fields.need(key)?;
            if asked.bool()? {
                return Err(asked.refuse("it makes a token depend on the text around it, which is not supported"));
            }
        }
        let (normalized, special) = (fields.need("normalized")?.bool()?, fields.need("special")?.bool()?);
        fields.end()?;

        let name = content.text()?;
        if name.is_empty() {
            return Err(content.refuse("it is empty"));
        }
        if !names.insert(name) {
            return Err(content.refuse(format!("`{name}` is added twice")));
        }
        if nfc && normalized && !is_nfc(name) {
            return Err(content.refuse(format!("`{name}` is looked for in NFC, and is not in that form itself")));
        }
        let number = id.whole()?;
        match model.token(name) {
            Some(token) if u64::from(token.id) != number => {
                return Err(id.refuse(format!("`{name}` is token {} in `model.vocab`, not {number}", token.id)));
            }
            Some(token) if token.bytes.as_ref().is_some_and(|bytes| bytes != name.as_bytes()) => {
                return Err(content.refuse(format!("`{name}` stands for other bytes in `model.vocab`")));
            }
            Some(_) => {}
            None if number != next => {
                let why = format!("the reference numbers `{name}` {next}, the next after the vocabulary, not {number}");
                return Err(id.refuse(why));
            }
            None if model.tokens.binary_search_by_key(&number, |token| token.id.into()).is_ok() => {
                return Err(id.refuse(format!("{number} is the id of another token in `model.vocab`")));
            }
            None => next += 1,
        }
        if number > u64::from(HIGHEST_ID) {
            return Err(id.refuse(format!("the id {number} is larger than {HIGHEST_ID}")));
        }
        all.push(Added { name: name.to_owned(), id: number as u32, special, normalized });
    }
    Ok(all)
}

/// An error if the vocabulary holds a name that is neither written in bytes nor an added token's.
fn check_names(model: &Model<'_>, added: &[Added]) -> Result<(), Error> {
    let names: HashSet<&str> = added.iter().map(|token| token.name.as_str()).collect();
    match model.tokens.iter().find(|token| token.bytes.is_none() && !names.contains(token.name)) {
        None => Ok(()),
        Some(token) => {
            let why = format!("`{}` is not written in byte-level characters", token.name);
            Err(Error::bad_vocabulary("model.vocab", why))
        }
    }
}

/// Whether the normalizer is NFC; false if it is none.
fn is_nfc_normalizer(node: &Node<'_>) -> Result<bool, Error> {
    let mut fields = node.fields()?;
    let kind = fields.need("type")?;
    let nfc = match kind.text()? {
        "NFC" => true,
        "Sequence" => {
            let all: Result<Vec<bool>, Error> =
                fields.need("normalizers")?.nodes()?.iter().map(is_nfc_normalizer).collect();
            all?.contains(&true)
        }
        other => return Err(kind.refuse(format!("`{other}` is not supported, NFC is"))),
    };
    fields.end()?;
    Ok(nfc)
}

/// An error unless the post-processor only adds special tokens around a text, which is not done here, or moves offsets.
fn check_post_processor(node: &Node<'_>) -> Result<(), Error> {
    let mut fields = node.fields()?;
    let kind = fields.need("type")?;
    match kind.text()? {
        "ByteLevel" => fields.ignore(&splits::BYTE_LEVEL_OPTIONS),
        "Sequence" => {
            for node in fields.need("processors")?.nodes()? {
                check_post_processor(&node)?;
            }
        }
        "TemplateProcessing" => {
            check_template(&fields.need("single")?)?;
            fields.ignore(&["pair", "special_tokens"]);
        }
        other => {
            return Err(
                kind.refuse(format!("`{other}` is not supported, ByteLevel, TemplateProcessing and Sequence are"))
            );
        }
    }
    fields.end()
}

/// An error unless the template of a single text holds it once.
fn check_template(node: &Node<'_>) -> Result<(), Error> {
    let mut texts = 0;
    for piece in node.nodes()? {
        let mut fields = piece.fields()?;
        fields.ignore(&["SpecialToken"]);
        if let Some(text) = fields.take("Sequence") {
            let mut fields = text.fields()?;
            let id = fields.need("id")?;
            if id.text()? != "A" {
                return Err(id.refuse("the template of a single text holds text `A`"));
            }
            fields.ignore(&["type_id"]);
            fields.end()?;
            texts += 1;
        }
        fields.end()?;
    }
    if texts == 1 { Ok(()) } else { Err(node.refuse(format!("the text stands in it {texts} times, not once"))) }
}

/// An error unless the decoder puts the bytes of the tokens together.
fn check_decoder(node: &Node<'_>) -> Result<(), Error> {
    let mut fields = node.fields()?;
    let kind = fields.need("type")?;
    match kind.text()? {
        "ByteLevel" => fields.ignore(&splits::BYTE_LEVEL_OPTIONS),
        "Sequence" => {
            let decoders = fields.need("decoders")?;
            match &decoders.nodes()?[..] {
                [one] => check_decoder(one)?,
                _ => return Err(decoders.refuse("a single ByteLevel is supported")),
            }
        }
        other => return Err(kind.refuse(format!("`{other}` is not supported, ByteLevel is"))),
    }
    fields.end()
}
