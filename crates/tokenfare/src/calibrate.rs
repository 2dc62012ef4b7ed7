//! Calibration: what a user's own bills say about the counts, and a correction to keep.

use crate::counting::Hints;
use crate::error::Error;
use crate::model::Model;
use crate::request::{Format, Json, Request};
use crate::tally::{Count, Part, PartKind};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// So many bills of a kind make a correction.
const ENOUGH: usize = 5;

/// A correction holds if so many in a hundred bills agree with it.
const AGREEMENT: usize = 80;

/// What is counted alike: the model, and what the request has in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category {
    /// The canonical id of the model.
    pub model: String,
    /// The format.
    pub format: &'static str,
    /// What is in it beside messages, in order: `system`, `tool`, `tool_call`, `schema` …
    pub has: Vec<PartKind>,
}

impl Category {
    fn of(model: &Model<'_>, format: Format, count: &Count) -> Self {
        let plain = [PartKind::Message, PartKind::Priming, PartKind::Tools];
        let mut has: Vec<PartKind> =
            count.parts.iter().map(|part| part.kind).filter(|kind| !plain.contains(kind)).collect();
        has.sort_unstable();
        has.dedup();
        Self { model: model.id().to_owned(), format: format.as_str(), has }
    }
}

/// The category as a line of words: `gpt-4o-2024-08-06 openai.chat system+tool`.
impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.model, self.format)?;
        if self.has.is_empty() {
            return f.write_str("-");
        }
        for (i, kind) in self.has.iter().enumerate() {
            write!(f, "{}{kind}", if i > 0 { "+" } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for Category {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self, Error> {
        let bad = || Error::malformed_request(format!("`{line}` is no category of counts"));
        let mut words = line.split(' ');
        let (Some(model), Some(format), Some(has), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(bad());
        };
        let kinds = has.split('+').filter(|kind| *kind != "-").map(|kind| kind.parse().map_err(|_| bad()));
        Ok(Self {
            model: model.to_owned(),
            format: format.parse::<Format>()?.as_str(),
            has: kinds.collect::<Result<_, Error>>()?,
        })
    }
}

/// Bills beside counts, by category.
///
/// ```
/// use tokenfare::{Calibration, Hints, Request};
///
/// let model = tokenfare::model("gpt-4o")?;
/// let mut calibration = Calibration::default();
/// for text in ["one", "two", "three", "four", "five"] {
///     let json = format!(r#"{{"messages": [{{"role": "user", "content": "{text}"}}]}}"#);
///     let request = Request::from_json(&json)?;
///     calibration.record(&model, &request, &Hints::default(), 1 + 4 + 3 + 2)?; // billed: always two more
/// }
/// let correction = calibration.correction();
/// let request = Request::from_json(r#"{"messages": [{"role": "user", "content": "six"}]}"#)?;
/// let count = correction.apply(&model, &request, model.count_request(&request)?);
/// assert_eq!(count.tokens, 10);
/// # Ok::<(), tokenfare::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Calibration {
    rows: BTreeMap<Category, Vec<Billed>>,
}

/// One bill beside its count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Billed {
    /// What was counted.
    pub tokens: u64,
    /// No fewer.
    pub low: u64,
    /// No more.
    pub high: u64,
    /// What was billed.
    pub billed: u64,
}

impl Billed {
    /// Returns how many more tokens were billed than counted.
    #[must_use]
    pub fn residual(&self) -> i64 {
        i64::try_from(i128::from(self.billed) - i128::from(self.tokens)).unwrap_or(i64::MAX)
    }

    /// Says whether what was billed lies within the bounds.
    #[must_use]
    pub fn is_within(&self) -> bool {
        (self.low..=self.high).contains(&self.billed)
    }
}

impl Calibration {
    /// Counts a request and notes what was billed for it. Returns the count.
    ///
    /// # Errors
    ///
    /// As [`Model::count_request`].
    pub fn record(
        &mut self,
        model: &Model<'_>,
        request: &Request<'_>,
        hints: &Hints,
        billed: u64,
    ) -> Result<Count, Error> {
        let count = model.count_request_with(request, hints)?;
        let Count { tokens, low, high, .. } = count;
        let category = Category::of(model, request.format(), &count);
        self.rows.entry(category).or_default().push(Billed { tokens, low, high, billed });
        Ok(count)
    }

    /// Lists the bills of each category.
    pub fn rows(&self) -> impl Iterator<Item = (&Category, &[Billed])> {
        self.rows.iter().map(|(category, bills)| (category, bills.as_slice()))
    }

    /// Makes the correction that the bills support: in each category that has enough of them, the difference that nearly
    /// all of them agree on.
    #[must_use]
    pub fn correction(&self) -> Correction {
        let shifts = self.rows.iter().filter_map(|(category, bills)| {
            let mut times: BTreeMap<i64, usize> = BTreeMap::new();
            for bill in bills {
                *times.entry(bill.residual()).or_default() += 1;
            }
            let (shift, agreeing) =
                times.into_iter().max_by_key(|(shift, times)| (*times, shift.saturating_abs().wrapping_neg()))?;
            let holds = bills.len() >= ENOUGH && agreeing * 100 >= bills.len() * AGREEMENT;
            (holds && shift != 0).then(|| (category.clone(), shift))
        });
        Correction { shifts: shifts.collect() }
    }
}

/// What counts of some categories are corrected by. It is written as lines, a category and a number each, and read again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    shifts: BTreeMap<Category, i64>,
}

impl Correction {
    /// Lists the categories that are corrected, and by how many tokens.
    pub fn shifts(&self) -> impl Iterator<Item = (&Category, i64)> {
        self.shifts.iter().map(|(category, shift)| (category, *shift))
    }

    /// Corrects the count of a request: a part of its own says by how much.
    #[must_use]
    pub fn apply(&self, model: &Model<'_>, request: &Request<'_>, count: Count) -> Count {
        let shift = self.shifts.get(&Category::of(model, request.format(), &count)).copied().unwrap_or_default();
        if shift == 0 {
            return count;
        }
        let by = shift.unsigned_abs();
        let mut parts = count.parts;
        if shift > 0 {
            parts.push(Part::new(PartKind::Correction, "calibration", "", by));
        } else {
            // Parts are never negative: the shift is taken from what the answer begins with, then from the largest.
            take(&mut parts, by);
        }
        Count::of(parts)
    }
}

/// Takes tokens from the largest parts.
fn take(parts: &mut [Part], by: u64) {
    let mut left = by;
    while left > 0 {
        let Some(part) = parts.iter_mut().max_by_key(|part| part.tokens).filter(|part| part.tokens > 0) else { return };
        let taken = left.min(part.tokens);
        part.tokens -= taken;
        part.low = part.low.saturating_sub(taken);
        part.high = part.high.saturating_sub(taken).max(part.tokens);
        left -= taken;
    }
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shifts.iter().try_for_each(|(category, shift)| writeln!(f, "{category} {shift:+}"))
    }
}

impl FromStr for Correction {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let shifts = text.lines().filter(|line| !line.trim().is_empty()).map(|line| {
            let bad = || Error::malformed_request(format!("`{line}` is no line of a correction"));
            let (category, shift) = line.rsplit_once(' ').ok_or_else(bad)?;
            Ok((category.parse()?, shift.parse().map_err(|_| bad())?))
        });
        Ok(Self { shifts: shifts.collect::<Result<_, Error>>()? })
    }
}

/// Returns the input tokens that a usage object of any of the formats was billed for, cached ones included.
#[must_use]
pub fn billed_input(usage: &Json<'_>) -> Option<u64> {
    let names = ["prompt_tokens", "input_tokens", "promptTokenCount", "totalTokens"];
    let tokens = names.iter().find_map(|name| usage.get(name)?.as_u64())?;
    // Anthropic counts what was cached apart.
    let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"];
    let cached: u64 = cached.iter().filter_map(|name| usage.get(name)?.as_u64()).sum();
    Some(tokens + cached)
}
