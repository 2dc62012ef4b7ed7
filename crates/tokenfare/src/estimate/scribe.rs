//! Parts of a request, written down by the rules of a dialect: turns, tools, calls, pictures, documents.

use crate::counting::Hints;
use crate::error::Error;
use crate::estimate::Tongue;
use crate::estimate::dialect::{Definition, Dialect, Image, Schema};
use crate::estimate::ratio::Span;
use crate::model::Model;
use crate::request::Media;
use crate::request::json::Json;
use crate::request::read_text;
use crate::request::write::{COMPACT, SPACED, write, write_text};
use crate::tally::{Part, PartKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most tokens of what is not seen, where the model's window is not known.
const WINDOW: u64 = 200_000;

/// How much of a PDF is searched for pages, in characters of base64.
const LARGEST_PDF: usize = 64 << 20;

pub(crate) const UNSEEN_DOCUMENT: &str = "the server reads the document: say how many pages it has";
const UNSEEN_PICTURE: &str = "the size of the picture is not in the request, say it";
const UNSEEN_SOUND: &str = "the length is not in the request, say it";
const UNSEEN_THINKING: &str =
    "the model reads its thinking again, and the request has neither its text nor its signature";
const UNSEEN_TOOL: &str = "what a tool of the server adds is in the usage of the answer alone";
const SUMMED_UP: &str = "the server may sum up what comes before, and bills what that becomes";
const UNSEEN_KIND: &str = "a kind of content that is not known";

/// Whether the model may call tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Free,
    /// It may, but not several at once.
    OneAtATime,
    Forced,
    /// It may call none: some servers leave them out then.
    Forbidden,
}

/// Writes down the parts of a request.
pub(crate) struct Scribe<'s> {
    pub(crate) tongue: Tongue,
    hints: &'s Hints,
    /// How many tokens what is not seen may have.
    window: u64,
    /// Who spoke last.
    last: Option<String>,
    /// Whether the server may leave any of it out.
    may_leave_out: bool,
    /// It does not come through the maker's own interface: whoever passes it on may write tools and pictures otherwise.
    is_elsewhere: bool,
    parts: Vec<Part>,
}

impl<'s> Scribe<'s> {
    pub(crate) fn new(model: &Model<'_>, hints: &'s Hints) -> Result<Self, Error> {
        let window = model.max_input().or(model.context_window()).unwrap_or(WINDOW);
        Ok(Self {
            tongue: Tongue::of(model, hints)?,
            hints,
            window,
            last: None,
            may_leave_out: false,
            is_elsewhere: false,
            parts: Vec::new(),
        })
    }

    pub(crate) fn dialect(&self) -> &'static Dialect {
        self.tongue.dialect
    }

    pub(crate) fn push(&mut self, kind: PartKind, label: impl Into<String>, at: impl Into<String>, mut span: Span) {
        if self.may_leave_out {
            span.low = 0;
        }
        let part = self.tongue.part(kind, label, at.into(), span);
        self.parts.push(part);
    }

    /// Adds a part that cannot be seen, with what is known of its kind.
    pub(crate) fn unseen(
        &mut self,
        kind: PartKind,
        label: &str,
        at: String,
        least: u64,
        likely: u64,
        note: &'static str,
    ) {
        let part = Part::new(kind, label.to_owned(), at, likely);
        let more = self.window.saturating_sub(likely).max(likely);
        self.parts.push(part.give(likely.saturating_sub(least), more).unknown(note));
    }

    /// Says that it does not come through the maker's own interface.
    pub(crate) fn elsewhere(mut self) -> Self {
        self.is_elsewhere = true;
        self
    }

    /// Says that the server may leave out any of it, for what stands at a pointer.
    pub(crate) fn may_leave_out(&mut self, at: String) {
        self.may_leave_out = true;
        self.parts.push(Part::new(PartKind::Stored, "compaction", at, 0).unknown(SUMMED_UP));
    }

    pub(crate) fn server_tool(&mut self, label: &str, at: String, least: u64, likely: u64) {
        self.unseen(PartKind::ServerTool, label, at, least, likely, UNSEEN_TOOL);
    }

    /// Adds thinking that the model reads again and the request does not have.
    pub(crate) fn lost_thinking(&mut self, label: &str, at: String) {
        self.unseen(PartKind::Reasoning, label, at, 0, 0, UNSEEN_THINKING);
    }

    pub(crate) fn unknown_kind(&mut self, label: &str, at: String) {
        self.unseen(PartKind::Message, label, at, 0, 0, UNSEEN_KIND);
    }

    /// Whether the last turn is of this role.
    pub(crate) fn spoke_last(&self, role: &str) -> bool {
        self.last.as_deref() == Some(role)
    }

    /// What is around a turn; nothing if it goes on where the last one ended.
    pub(crate) fn turn(&mut self, role: &str) -> Span {
        let dialect = self.dialect();
        if dialect.merges && self.spoke_last(role) {
            return Span::sure(0);
        }
        self.last = Some(role.to_owned());
        self.frame(dialect.turn)
    }

    /// What is around instructions.
    pub(crate) fn system(&self) -> Span {
        self.frame(self.dialect().system)
    }

    fn frame(&self, tokens: u64) -> Span {
        Span::new(if self.dialect().may_be_bare { 0 } else { tokens }, tokens, tokens)
    }

    /// What is around a call or its result, which is not the same every time.
    fn around(&self, tokens: u64) -> Span {
        let fewer = if self.dialect().may_be_bare { tokens } else { tokens / 6 };
        Span::new(tokens - fewer, tokens, tokens + tokens / 6)
    }

    /// What is around the result of a call, and more if it is not the first of its turn.
    pub(crate) fn result(&self, is_first: bool) -> Span {
        let calls = &self.dialect().calls;
        self.around(calls.result + if is_first { 0 } else { calls.further })
    }

    /// Adds what the answer begins with and what is once for every request, and gives the parts back.
    pub(crate) fn finish(mut self) -> Vec<Part> {
        let dialect = self.dialect();
        let answer = if dialect.merges && !self.spoke_last("assistant") { dialect.turn } else { 0 };
        let tokens = dialect.request + answer;
        let part = Part::new(PartKind::Priming, "assistant", "", tokens);
        // What the parts may have fewer in all is not bounded by what this part has, but a part has no fewer than none.
        let (fewer, more) = dialect.slack;
        self.parts.push(part.give(fewer, more).estimate("what is around the texts is known from what was billed"));
        self.parts
    }

    /// What is said of tools before the first.
    pub(crate) fn tools(&mut self, choice: Choice) {
        let tools = &self.dialect().tools;
        let span = match choice {
            Choice::Forbidden => Span { low: 0, ..tools.free },
            Choice::Free => tools.free,
            Choice::OneAtATime => tools.single,
            Choice::Forced => tools.forced,
        };
        if span.high > 0 {
            self.push(PartKind::Tools, "tools", "", span);
        }
    }

    /// Adds the definition of a tool, which may be left out: because it is not sent before it is asked for, or may not be called.
    pub(crate) fn tool(
        &mut self,
        name: &str,
        description: Option<&str>,
        parameters: Option<&Json<'_>>,
        at: String,
        may_be_out: bool,
    ) {
        let mut span = match self.dialect().tools.each {
            Definition::Json { scale, each, share } => {
                let mut json = String::from("{\"name\": ");
                write_text(name, SPACED, &mut json);
                if let Some(description) = description {
                    json.push_str(", \"description\": ");
                    write_text(description, SPACED, &mut json);
                }
                if let Some(parameters) = parameters {
                    json.push_str(", \"input_schema\": ");
                    write(parameters, SPACED, &mut json);
                }
                json.push('}');
                let text = self.tongue.text(&json).scaled(scale).plus(Span::sure(each));
                let beside = Span::about(text.tokens, share);
                Span::new(text.low.min(beside.low), text.tokens, text.high.max(beside.high))
            }
            Definition::Nodes { texts, each, node } => {
                let mut nodes = Nodes { tongue: &self.tongue, texts: self.tongue.text(name), count: 0, refers: false };
                nodes.say(description);
                if let Some(parameters) = parameters {
                    nodes.walk(parameters);
                }
                let (alone, count) = (nodes.texts, nodes.count);
                let framing = (each + (node.saturating_mul(count)).cast_signed()).max(0).cast_unsigned();
                let all = alone.scaled(texts).plus(Span::sure((framing + 500) / 1_000));
                // What is referred to was seen written out where it is: up to three times as much in all.
                let more = match (nodes.refers, self.is_elsewhere) {
                    (true, _) => all.high * 2,
                    (false, true) => all.high,
                    (false, false) => all.high * 2 / 5,
                };
                // Vertex counts the texts alone.
                Span::new((alone.low * 7 / 10).min(all.low), all.tokens, all.high + more + 2)
            }
        };
        if may_be_out {
            span.low = 0;
        }
        self.push(PartKind::Tool, name, at, span);
    }

    /// Adds the schema of the answer.
    pub(crate) fn schema(&mut self, schema: &Json<'_>, at: &str) {
        let text = |scribe: &Self| {
            let mut json = String::new();
            write(schema, SPACED, &mut json);
            scribe.tongue.text(&json)
        };
        let span = match self.dialect().schema {
            Schema::Free => return,
            Schema::Text(beside, scale) => text(self).scaled(scale).plus(Span::about(beside, 150)),
            Schema::Sometimes(scale) => {
                let text = text(self);
                // Once it was a quarter more than its text.
                Span::new(0, text.scaled(scale).tokens, text.high + text.high / 4)
            }
        };
        self.push(PartKind::Schema, "schema", at, span);
    }

    /// What a call of a tool has, its name and its arguments.
    pub(crate) fn call(&self, name: &str, arguments: &Json<'_>) -> Span {
        let calls = &self.dialect().calls;
        let mut span = self.tongue.text(name).plus(self.around(calls.call));
        match (calls.argument, arguments) {
            (Some(each), Json::Object(members)) => {
                for (name, value) in members.iter() {
                    span = span.plus(self.tongue.text(name)).plus(self.value(value)).plus(self.around(each));
                }
            }
            (_, Json::Null) => {}
            (_, arguments) => span = span.plus(self.value(arguments)),
        }
        span
    }

    /// A call whose arguments are JSON in a text.
    pub(crate) fn call_in_text(&self, name: &str, arguments: &str) -> Span {
        match read_text(arguments) {
            Ok(arguments) => self.call(name, &arguments),
            Err(_) => self.call(name, &Json::Text(arguments.into())),
        }
    }

    /// A value as text: what is no text, as compact JSON.
    pub(crate) fn value(&self, value: &Json<'_>) -> Span {
        match value {
            Json::Text(text) => self.tongue.text(text),
            value => {
                let mut json = String::new();
                write(value, COMPACT, &mut json);
                self.tongue.text(&json)
            }
        }
    }

    /// What is known of the media at a pointer: from the caller, or from the data itself.
    pub(crate) fn media(&self, at: &str, data: Option<&str>) -> Media {
        self.hints.media_at(at).unwrap_or_else(|| data.map_or_else(Media::default, Media::of_base64))
    }

    /// Adds a picture.
    pub(crate) fn image(&mut self, label: &str, at: String, data: Option<&str>) {
        let media = self.media(&at, data);
        let (span, note) = match (self.dialect().image, media.size()) {
            (Image::EachOrTiles(span), size) if self.is_elsewhere => {
                let most = size.map_or(16, |(width, height)| tiles(width, height) + 1);
                (
                    Span { high: span.high.saturating_mul(most), ..span },
                    "one number for a picture of any size, or for each of its tiles",
                )
            }
            (Image::Each(span) | Image::EachOrTiles(span), _) => (span, "a picture of any size"),
            (Image::Patches { edge, most }, Some((width, height))) => {
                let patches = patches(width, height, edge, most);
                (Span::new(patches * 94 / 100, patches + 3, patches * 108 / 100 + 10), "patches of 28 pixels")
            }
            (Image::Patches { most, .. }, None) => (Span::new(4, 600.min(most), most + 10), UNSEEN_PICTURE),
            (Image::Tiles(each), Some((width, height))) => {
                let tiles = tiles(width, height);
                (Span::new(each, each * tiles, each * (tiles + 1)), "tiles of up to 768 pixels")
            }
            (Image::Tiles(each), None) => (Span::new(each, 5 * each, 16 * each), UNSEEN_PICTURE),
        };
        let part = self.tongue.part(PartKind::Image, label, at, span);
        self.parts.push(part.estimate(note));
    }

    /// Adds a sound or a film.
    pub(crate) fn sound(&mut self, kind: PartKind, label: &str, at: String, data: Option<&str>) {
        let each = match kind {
            PartKind::Audio => self.dialect().audio,
            _ => self.dialect().video.scaled(100_000),
        };
        match self.media(&at, data).seconds {
            Some(seconds) if seconds.is_finite() && seconds >= 0.0 => {
                let hundredths = (seconds * 100.0).round() as u64;
                let of = |each: u64| each.saturating_mul(hundredths).saturating_add(5_000) / 10_000;
                let span = Span::new(of(each.low), of(each.tokens), of(each.high) + 8);
                self.push(kind, label, at, span);
            }
            _ => self.unseen(kind, label, at, 0, each.tokens / 10, UNSEEN_SOUND),
        }
    }

    /// Adds a document whose text is not in the request, or not as text.
    pub(crate) fn document(&mut self, label: &str, at: String, data: Option<&str>) {
        let page = self.dialect().page;
        match self.media(&at, None).pages.or_else(|| pages(data?)) {
            Some(pages) => {
                let pages = u64::from(pages);
                let of = |each: u64| each.saturating_mul(pages);
                self.push(PartKind::File, label, at, Span::new(of(page.low), of(page.tokens), of(page.high)));
            }
            None => self.unseen(PartKind::File, label, at, page.low, page.tokens, UNSEEN_DOCUMENT),
        }
    }
}

/// The texts and the levels of a schema.
struct Nodes<'t> {
    tongue: &'t Tongue,
    texts: Span,
    count: u64,
    /// Something is said by where else it is said.
    refers: bool,
}

impl Nodes<'_> {
    fn say(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.texts = self.texts.plus(self.tongue.text(text));
        }
    }

    fn walk(&mut self, schema: &Json<'_>) {
        if schema.as_object().is_none() {
            return;
        }
        self.count += 1;
        self.refers |= schema.given("$ref").is_some();
        self.say(schema.text("description"));
        for name in ["enum", "required"] {
            for text in schema.get(name).and_then(Json::as_array).unwrap_or_default() {
                self.say(text.as_str());
            }
        }
        if let Some(properties) = schema.get("properties").and_then(Json::as_object) {
            for (name, property) in properties.iter() {
                self.say(Some(name));
                self.walk(property);
            }
        }
        if let Some(items) = schema.get("items") {
            self.walk(items);
        }
        self.refers |= schema.get("additionalProperties").is_some_and(|inner| inner.given("$ref").is_some());
        for name in ["prefixItems", "allOf"] {
            let mut inner = schema.get(name).and_then(Json::as_array).unwrap_or_default().iter();
            self.refers |= inner.any(|inner| inner.given("$ref").is_some());
        }
        for name in ["anyOf", "oneOf"] {
            for variant in schema.get(name).and_then(Json::as_array).unwrap_or_default() {
                self.walk(variant);
            }
        }
        for name in ["$defs", "definitions"] {
            for (_, definition) in schema.get(name).and_then(Json::as_object).iter().flat_map(|members| members.iter())
            {
                self.walk(definition);
            }
        }
    }
}

/// The pages of a PDF in base64, where it names them without packing them.
fn pages(data: &str) -> Option<u32> {
    let data = data.split_once(',').map_or(data, |(_, data)| data);
    let bytes = STANDARD.decode(data.get(..LARGEST_PDF.min(data.len()))?).ok()?;
    if !bytes.starts_with(b"%PDF") {
        return None;
    }
    let is_page = |at: usize| {
        let rest = bytes.get(at..)?.strip_prefix(b"/Type")?.trim_ascii_start().strip_prefix(b"/Page")?;
        Some(!rest.first().is_some_and(u8::is_ascii_alphanumeric))
    };
    let found = (0..bytes.len()).filter(|&at| bytes[at] == b'/' && is_page(at) == Some(true)).count();
    u32::try_from(found).ok().filter(|&pages| pages > 0)
}

/// Patches of 28 pixels of a picture that is made smaller until its longer side and its patches are few enough.
fn patches(width: u32, height: u32, edge: u32, most: u64) -> u64 {
    let (mut width, mut height) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let longer = width.max(height);
    if longer > f64::from(edge) {
        (width, height) = (width * f64::from(edge) / longer, height * f64::from(edge) / longer);
    }
    let count =
        |width: f64, height: f64| (width / 28.0).ceil().max(1.0) as u64 * (height / 28.0).ceil().max(1.0) as u64;
    if count(width, height) <= most {
        return count(width, height);
    }
    let shrink = (most as f64 * 28.0 * 28.0 / (width * height)).sqrt();
    let (across, down) = ((width * shrink / 28.0).floor().max(1.0), (height * shrink / 28.0).floor().max(1.0));
    ((across * down) as u64).min(most)
}

/// Tiles of a picture: one if it is small, else squares of two thirds of its shorter side, of 256 to 768 pixels.
fn tiles(width: u32, height: u32) -> u64 {
    if width <= 384 && height <= 384 {
        return 1;
    }
    let side = (width.min(height).saturating_mul(2) / 3).clamp(256, 768);
    u64::from(width.div_ceil(side)) * u64::from(height.div_ceil(side))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_cut_in_patches_after_they_are_made_smaller() {
        assert_eq!(patches(100, 100, 1_568, 1_568), 16);
        assert_eq!(patches(1_001, 1_001, 1_568, 1_568), 36 * 36);
        assert_eq!(patches(1_800, 1_200, 1_568, 1_568), 48 * 32);
        assert_eq!(patches(1_800, 1_200, 2_576, 4_784), 65 * 43);
        assert_eq!(patches(0, 0, 1_568, 1_568), 1);
        assert!(patches(u32::MAX, 1, 1_568, 1_568) <= 1_568);
        assert!(patches(u32::MAX, u32::MAX, 2_576, 4_784) <= 4_784);
    }

    #[test]
    fn pages_of_a_document_are_counted_where_they_are_named() {
        let encoded = |text: &str| STANDARD.encode(text);
        let two =
            "%PDF-1.4\n1 0 obj <</Type /Pages /Count 2>> 2 0 obj <</Type/Page>> 3 0 obj <</Type\n/Page /Parent 1 0 R>>";
        assert_eq!(pages(&encoded(two)), Some(2));
        assert_eq!(pages(&format!("data:application/pdf;base64,{}", encoded(two))), Some(2));
        assert_eq!(pages(&encoded("%PDF-1.7\n1 0 obj <</Type /ObjStm>>")), None);
        assert_eq!(pages(&encoded("/Type /Page")), None);
        assert_eq!(pages("no base64"), None);
        assert_eq!(pages(""), None);
    }

    #[test]
    fn pictures_are_cut_in_tiles_of_their_size() {
        assert_eq!(tiles(384, 384), 1);
        assert_eq!(tiles(960, 540), 3 * 2);
        assert_eq!(tiles(u32::MAX, 1), u64::from(u32::MAX.div_ceil(256)));
    }
}
