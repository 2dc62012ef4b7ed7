//! A cost for a person to read.

use super::{Cost, Line};
use std::fmt::{self, Write as _};
use tokenfare_catalog::{Card, Money, Tier};

impl Cost<'_> {
    /// Says in a few lines what was billed at which rate, who states the rate and since when, and why it is this one.
    ///
    /// ```
    /// let usage = tokenfare::Usage { cache_read: 200, ..tokenfare::Usage::of_tokens(1_000, 5_000) };
    /// let cost = tokenfare::model("o3-mini")?.cost(&usage, "2025-06-01".parse()?)?;
    /// assert!(
    ///     cost.explain().starts_with("\
    /// o3-mini-2025-01-31 of openai, 2025-06-01, standard tier
    ///   input         800 × 1.1 per million   0.00088
    ///   cache_read    200 × 0.55 per million  0.00011
    ///   output      5,000 × 4.4 per million   0.022
    ///   total                                 0.02299 USD
    /// o3-mini-2025-01-31: price since 2025-01-31, checked on ")
    /// );
    /// # Ok::<(), tokenfare::Error>(())
    /// ```
    #[must_use]
    pub fn explain(&self) -> String {
        self.to_string()
    }
}

/// Writes what [`Cost::explain`] returns.
impl fmt::Display for Cost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (model, at, tier) = (self.model(), self.at(), self.tier());
        writeln!(f, "{} of {}, {at}, {tier} tier", model.id(), model.provider())?;
        let rows: Vec<[String; 4]> = self.lines().iter().map(|line| row(self, line)).collect();
        let total = ["total".to_owned(), String::new(), String::new(), format!("{} USD", self.total())];
        let width =
            |column: usize| rows.iter().chain([&total]).map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (name, amount, rate) = (width(0), width(1), width(2));
        for row in rows.iter().chain([&total]) {
            let times = if row[1].is_empty() { ' ' } else { '×' };
            writeln!(f, "  {:name$}  {:>amount$} {times} {:rate$}  {}", row[0], row[1], row[2], row[3])?;
        }
        for (i, line) in self.lines().iter().enumerate() {
            let price = line.rates.price();
            let is_same =
                |other: &Line<'_>| other.model() == line.model() && other.rates.price().from() == price.from();
            if self.lines()[..i].iter().any(is_same) {
                continue;
            }
            write!(
                f,
                "{}: price since {}, checked on {}, stated by ",
                line.model().id(),
                price.from(),
                price.checked()
            )?;
            for (i, source) in price.sources().enumerate() {
                write!(f, "{}{source}", if i == 0 { "" } else { ", " })?;
            }
            let cards: Vec<String> = line.rates.cards().map(condition).collect();
            if !cards.is_empty() {
                write!(f, "; of it the rates {}", cards.join(", and "))?;
            }
            writeln!(f)?;
        }
        if let Some(reported) = self.reported() {
            write!(f, "the provider reports {} USD", reported.cost)?;
            if let Some(upstream) = reported.upstream {
                write!(f, ", and {upstream} USD of the provider behind it")?;
            }
            writeln!(f, "{}", if reported.is_byok { ", paid with a key of one's own" } else { "" })?;
        }
        for note in self.notes() {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}

fn row(cost: &Cost<'_>, line: &Line<'_>) -> [String; 4] {
    let mut name = line.meter.to_string();
    if !line.detail.is_empty() {
        name = format!("{name} {}", line.detail);
    }
    if line.model() != cost.model() {
        name = format!("{name} of {}", line.model().id());
    }
    let rate = match line.meter.counts_tokens() {
        true => format!("{} per million", line.rate.usd_per_mtok()),
        false => line.rate.usd().to_string(),
    };
    [name, grouped(line.amount), rate, shown(line.cost)]
}

fn shown(amount: Money) -> String {
    let about = if amount.is_exact_decimal() { "" } else { "about " };
    format!("{about}{amount}")
}

/// Under which condition a card holds.
fn condition(card: Card<'_>) -> String {
    let mut words = Vec::new();
    if let Some(tier) = card.tier().filter(|tier| *tier != Tier::Standard) {
        words.push(format!("of the tier {tier}"));
    }
    if let Some(over) = card.over() {
        let at_least = if card.is_inclusive() { "of" } else { "of more than" };
        let or_more = if card.is_inclusive() { " tokens or more" } else { " tokens" };
        words.push(format!("for prompts {at_least} {}{or_more}", grouped(over)));
    }
    if let Some((from, until)) = card.hours() {
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        words.push(format!("from {} to {} UTC", time(from), time(until)));
    }
    if let Some(region) = card.region() {
        words.push(format!("in the region {region}"));
    }
    if let Some(multiplier) = card.multiplier() {
        words.push(format!("times {multiplier}"));
    }
    words.join(" ")
}

/// Writes a number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i != 0 && (digits.len() - i).is_multiple_of(3) {
            let _ = text.write_char(',');
        }
        text.push(digit);
    }
    text
}
