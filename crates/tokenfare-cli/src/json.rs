//! The shapes of JSON output, each with the name and version of its schema.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use tokenfare_corpus::Name;

/// The name of a document: as text, and as bytes too if the text is not all of it.
#[derive(Serialize)]
pub(crate) struct Path<'n> {
    path: Cow<'n, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
}

impl<'n> From<&'n Name> for Path<'n> {
    fn from(name: &'n Name) -> Self {
        let exact = std::str::from_utf8(name.as_bytes()).is_ok();
        Self { path: name.to_text(), path_base64: (!exact).then(|| STANDARD.encode(name.as_bytes())) }
    }
}

/// `tokenfare.count/1`
#[derive(Serialize)]
pub(crate) struct Count<'c> {
    pub(crate) schema: &'static str,
    #[serde(flatten)]
    pub(crate) counted_as: CountedAs,
    pub(crate) files: Vec<File<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) groups: Option<Vec<Group<'c>>>,
    pub(crate) total: Total,
    pub(crate) skipped: Vec<Reason<'c>>,
    pub(crate) errors: Vec<Reason<'c>>,
}

/// What holds for every count.
#[derive(Serialize, Clone)]
pub(crate) struct CountedAs {
    /// Null where tokens are estimated.
    pub(crate) encoding: Option<&'static str>,
    pub(crate) model: Option<&'static str>,
    /// The day whose prices the costs are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<String>,
}

/// What a model adds to a count. Absent without a model, and null where its price or window is not known.
#[derive(Serialize, Default)]
pub(crate) struct Fare {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share: Option<Option<String>>,
}

/// The bounds of a number that is an estimate; absent where it is exact.
#[derive(Serialize)]
pub(crate) struct Bounds {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) low: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) high: Option<u64>,
}

#[derive(Serialize)]
pub(crate) struct File<'c> {
    #[serde(flatten)]
    pub(crate) path: Path<'c>,
    pub(crate) bytes: u64,
    pub(crate) tokens: u64,
    #[serde(flatten)]
    pub(crate) bounds: Bounds,
    #[serde(flatten)]
    pub(crate) fare: Fare,
}

#[derive(Serialize)]
pub(crate) struct Group<'c> {
    pub(crate) group: Cow<'c, str>,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) tokens: u64,
    #[serde(flatten)]
    pub(crate) bounds: Bounds,
    #[serde(flatten)]
    pub(crate) fare: Fare,
}

#[derive(Serialize)]
pub(crate) struct Total {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) tokens: u64,
    #[serde(flatten)]
    pub(crate) bounds: Bounds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) window: Option<Option<Window>>,
}

#[derive(Serialize)]
pub(crate) struct Window {
    pub(crate) context_window: u64,
    pub(crate) share: Option<String>,
}

/// A document that is not among the counts, and why.
#[derive(Serialize)]
pub(crate) struct Reason<'c> {
    #[serde(flatten)]
    pub(crate) path: Path<'c>,
    pub(crate) reason: String,
}

/// A line of JSONL: a record, and what holds for every count.
#[derive(Serialize)]
pub(crate) struct Line<'c, T: Serialize> {
    #[serde(flatten)]
    pub(crate) record: T,
    #[serde(flatten)]
    pub(crate) counted_as: &'c CountedAs,
}

/// A line of JSONL for a document that is not counted.
#[derive(Serialize)]
pub(crate) struct NotCounted<'c> {
    #[serde(flatten)]
    pub(crate) path: Path<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skipped: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// `tokenfare.models/1`
#[derive(Serialize)]
pub(crate) struct Models<'c> {
    pub(crate) schema: &'static str,
    pub(crate) at: String,
    pub(crate) as_of: String,
    pub(crate) models: Vec<Model<'c>>,
}

#[derive(Serialize)]
pub(crate) struct Model<'c> {
    pub(crate) id: &'c str,
    pub(crate) provider: &'c str,
    pub(crate) aliases: Vec<&'c str>,
    pub(crate) encoding: Option<&'c str>,
    pub(crate) encoding_inferred: bool,
    pub(crate) tokenizer: Option<&'c str>,
    pub(crate) context_window: Option<u64>,
    pub(crate) max_input: Option<u64>,
    pub(crate) max_output: Option<u64>,
    pub(crate) dimensions: Option<u64>,
    pub(crate) takes: Vec<&'static str>,
    pub(crate) gives: Vec<&'static str>,
    pub(crate) endpoints: Vec<&'static str>,
    pub(crate) reasoning: Option<&'static str>,
    pub(crate) efforts: Vec<&'static str>,
    pub(crate) default_effort: Option<&'static str>,
    pub(crate) knowledge_cutoff: Option<&'c str>,
    pub(crate) released: Option<String>,
    pub(crate) deprecated: Option<String>,
    pub(crate) retired: Option<String>,
    pub(crate) replaced_by: Option<&'c str>,
    pub(crate) price: Option<Price<'c>>,
}

/// Rates in dollars per million tokens; null where there is none.
#[derive(Serialize)]
pub(crate) struct Price<'c> {
    pub(crate) currency: &'static str,
    pub(crate) per_tokens: u64,
    pub(crate) input: Option<String>,
    pub(crate) cache_read: Option<String>,
    pub(crate) output: Option<String>,
    pub(crate) rates: Vec<Rate<'c>>,
    pub(crate) cards: Vec<Card<'c>>,
    pub(crate) from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// The days between which it ended, if the one asked for is among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) doubt: Option<[String; 2]>,
    pub(crate) checked: String,
    pub(crate) sources: Vec<&'c str>,
}

/// A rate: dollars for so many; of time, for so many seconds.
#[derive(Serialize)]
pub(crate) struct Rate<'c> {
    pub(crate) rate: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) of: &'c str,
    pub(crate) usd: String,
    pub(crate) per: u64,
}

/// What changes rates, and under which condition.
#[derive(Serialize)]
pub(crate) struct Card<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tier: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) over: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) inclusive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hours: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) multiplier: Option<String>,
    pub(crate) rates: Vec<Rate<'c>>,
}

/// `tokenfare.prices/1`
#[derive(Serialize)]
pub(crate) struct Prices<'c> {
    pub(crate) schema: &'static str,
    pub(crate) at: String,
    pub(crate) as_of: String,
    pub(crate) models: Vec<Named<'c>>,
}

/// The price of a model.
#[derive(Serialize)]
pub(crate) struct Named<'c> {
    pub(crate) id: &'c str,
    pub(crate) provider: &'c str,
    pub(crate) price: Option<Price<'c>>,
}

/// `tokenfare.changes/1`
#[derive(Serialize)]
pub(crate) struct Changes {
    pub(crate) schema: &'static str,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) changes: Vec<Change>,
    pub(crate) names: Vec<Moved>,
}

/// What a name stood for on two days; null where for nothing.
#[derive(Serialize)]
pub(crate) struct Moved {
    pub(crate) provider: String,
    pub(crate) name: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// A rate on two days; null where there was none.
#[derive(Serialize)]
pub(crate) struct Change {
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) under: String,
    pub(crate) rate: String,
    pub(crate) per: &'static str,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// What one response cost: `tokenfare.cost/1`
#[derive(Serialize)]
pub(crate) struct Cost<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<&'static str>,
    #[serde(flatten)]
    pub(crate) place: Place<'c>,
    pub(crate) model: &'c str,
    pub(crate) provider: &'c str,
    pub(crate) at: String,
    pub(crate) tier: &'static str,
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
    pub(crate) total: String,
    pub(crate) currency: &'static str,
    pub(crate) lines: Vec<CostLine<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reported: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upstream: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(crate) notes: &'c [String],
}

/// Where a response stands.
#[derive(Serialize, Clone, Copy)]
pub(crate) struct Place<'c> {
    pub(crate) path: &'c str,
    pub(crate) line: u64,
}

/// A part of a cost.
#[derive(Serialize)]
pub(crate) struct CostLine<'c> {
    pub(crate) rate: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) of: &'c str,
    pub(crate) amount: u64,
    pub(crate) usd: String,
    pub(crate) per: u64,
    pub(crate) cost: String,
    pub(crate) model: &'c str,
    pub(crate) since: String,
    pub(crate) sources: Vec<&'c str>,
}

/// What many responses cost: `tokenfare.costs/1`
#[derive(Serialize)]
pub(crate) struct Costs<'c> {
    pub(crate) schema: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) by: Vec<&'static str>,
    pub(crate) groups: Vec<CostGroup<'c>>,
    pub(crate) total: Sums,
    pub(crate) errors: Vec<NoAnswer<'c>>,
}

/// What some responses have in common, and their sums.
#[derive(Serialize)]
pub(crate) struct CostGroup<'c> {
    pub(crate) group: BTreeMap<&'static str, &'c str>,
    #[serde(flatten)]
    pub(crate) sums: Sums,
}

/// Sums of usage and cost.
#[derive(Serialize)]
pub(crate) struct Sums {
    pub(crate) requests: u64,
    pub(crate) input_tokens: u64,
    pub(crate) cache_read: u64,
    pub(crate) output_tokens: u64,
    pub(crate) reasoning_tokens: u64,
    pub(crate) cost: String,
}

/// A response without a cost, or a request without a count.
#[derive(Serialize)]
pub(crate) struct NoAnswer<'c> {
    #[serde(flatten)]
    pub(crate) place: Place<'c>,
    pub(crate) error: String,
}

/// Where the tokens of a request go: `tokenfare.explain/1`
#[derive(Serialize)]
pub(crate) struct Explained<'c> {
    pub(crate) schema: &'static str,
    pub(crate) path: &'c str,
    pub(crate) model: &'c str,
    pub(crate) provider: &'c str,
    pub(crate) format: &'static str,
    pub(crate) tokens: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
    pub(crate) exactness: &'static str,
    pub(crate) parts: Vec<Part<'c>>,
    pub(crate) window: Fit,
}

/// A part of a request.
#[derive(Serialize)]
pub(crate) struct Part<'c> {
    pub(crate) kind: &'static str,
    pub(crate) label: &'c str,
    pub(crate) at: &'c str,
    pub(crate) tokens: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
    pub(crate) exactness: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<&'c str>,
}

/// A request beside its model's limits; null where there is no such limit.
#[derive(Serialize)]
pub(crate) struct Fit {
    pub(crate) context_window: Option<u64>,
    pub(crate) max_input: Option<u64>,
    pub(crate) max_output: Option<u64>,
    pub(crate) requested_output: Option<u64>,
    pub(crate) fits: bool,
    pub(crate) room: Option<u64>,
    pub(crate) input_room: Option<u64>,
    pub(crate) overruns: Vec<Overrun>,
}

/// A limit that a request goes beyond, or may.
#[derive(Serialize)]
pub(crate) struct Overrun {
    pub(crate) limit: &'static str,
    pub(crate) allowed: u64,
    pub(crate) asked: u64,
    pub(crate) over_by: u64,
    pub(crate) is_certain: bool,
}

/// Requests and their counts: `tokenfare.requests/1`
#[derive(Serialize)]
pub(crate) struct Requests<'c> {
    pub(crate) schema: &'static str,
    pub(crate) requests: Vec<Request<'c>>,
    pub(crate) total: RequestsTotal,
    pub(crate) errors: Vec<NoAnswer<'c>>,
}

/// The count of a request.
#[derive(Serialize)]
pub(crate) struct Request<'c> {
    #[serde(flatten)]
    pub(crate) place: Place<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<&'c str>,
    pub(crate) model: &'c str,
    pub(crate) format: &'static str,
    pub(crate) tokens: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
    pub(crate) exactness: &'static str,
    /// What cannot be seen from outside.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(crate) unknown: &'c [String],
}

#[derive(Serialize)]
pub(crate) struct RequestsTotal {
    pub(crate) requests: u64,
    pub(crate) tokens: u64,
    pub(crate) low: u64,
    pub(crate) high: u64,
    pub(crate) exactness: &'static str,
}

/// `tokenfare.encodings/1`
#[derive(Serialize)]
pub(crate) struct Encodings {
    pub(crate) schema: &'static str,
    pub(crate) default: &'static str,
    pub(crate) encodings: Vec<Encoding>,
}

#[derive(Serialize)]
pub(crate) struct Encoding {
    pub(crate) name: &'static str,
    pub(crate) vocabulary_size: usize,
}

/// Writes a document, over many lines if someone is looking.
pub(crate) fn write(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    if io::stdout().is_terminal() {
        serde_json::to_writer_pretty(&mut *out, document)?;
        writeln!(out)
    } else {
        write_line(out, document)
    }
}

/// Writes a record on a line.
pub(crate) fn write_line(out: &mut impl Write, record: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    writeln!(out)
}
