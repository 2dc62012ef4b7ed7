//! Rows of facts, written for people (a table, Markdown) or for programs (tabs, CSV).

use crate::message::printable;
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};
use tokenfare::Money;
use tokenfare_corpus::{Name, Share};

/// A fact.
#[derive(Clone)]
pub(crate) enum Cell {
    Text(String),
    Name(Name),
    Number(u64),
    Money(Money),
    Share(Share),
    Unknown,
}

impl From<Option<u64>> for Cell {
    fn from(number: Option<u64>) -> Self {
        number.map_or(Self::Unknown, Self::Number)
    }
}

impl From<Option<Money>> for Cell {
    fn from(amount: Option<Money>) -> Self {
        amount.map_or(Self::Unknown, Self::Money)
    }
}

impl From<Option<Share>> for Cell {
    fn from(share: Option<Share>) -> Self {
        share.map_or(Self::Unknown, Self::Share)
    }
}

impl Cell {
    /// Writes the fact for people; amounts with so many decimal places.
    fn for_people(&self, places: usize) -> String {
        match self {
            Self::Text(text) => printable(text),
            Self::Name(name) => printable(&name.to_text()),
            Self::Number(number) => separated(*number),
            Self::Money(amount) => format!("{amount:.places$}"),
            Self::Share(share) => share.percent(),
            Self::Unknown => "-".to_owned(),
        }
    }

    /// Writes the fact for programs.
    fn for_programs(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Name(name) => name.to_text().into_owned(),
            Self::Number(number) => number.to_string(),
            Self::Money(amount) => amount.to_string(),
            Self::Share(share) => share.to_string(),
            Self::Unknown => String::new(),
        }
    }

    fn places(&self) -> usize {
        match self {
            Self::Money(amount) => amount.to_string().split_once('.').map_or(0, |(_, places)| places.len()),
            _ => 0,
        }
    }

    fn is_text(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Name(_))
    }
}

/// Writes a number with separators, as it is printed for people.
pub(crate) fn separated(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A table for people.
pub(crate) struct Table {
    pub(crate) head: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) total: Option<Vec<Cell>>,
    /// What holds for all of it.
    pub(crate) caption: Option<String>,
}

impl Table {
    fn all(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.rows.iter().chain(&self.total)
    }

    /// Writes every cell. Amounts in a column have as many places as the longest, so that their points are in line.
    fn texts(&self) -> Vec<Vec<String>> {
        let places: Vec<usize> = (0..self.head.len())
            .map(|column| self.all().map(|row| row[column].places()).max().unwrap_or(0).max(2))
            .collect();
        self.all().map(|row| row.iter().zip(&places).map(|(cell, places)| cell.for_people(*places)).collect()).collect()
    }

    /// Says which columns hold text and stand left.
    fn left(&self) -> Vec<bool> {
        (0..self.head.len()).map(|column| self.all().any(|row| row[column].is_text())).collect()
    }

    /// Writes the table for a terminal.
    pub(crate) fn write(&self, out: &mut impl Write, styled: bool) -> io::Result<()> {
        let style = |style: Style| if styled { style } else { Style::new() };
        let (head, plain, total) = (style(Style::new().underline()), Style::new(), style(Style::new().bold()));
        let (over, caption) = (style(AnsiColor::Red.on_default()), style(Style::new().dimmed()));
        let (texts, left) = (self.texts(), self.left());
        let width = |text: &str| text.chars().count();
        let widths: Vec<usize> = (0..self.head.len())
            .map(|column| {
                texts.iter().map(|row| width(&row[column])).chain([width(self.head[column])]).max().unwrap_or(0)
            })
            .collect();
        let mut line = |cells: &mut dyn Iterator<Item = (&str, Style)>| {
            for (column, (text, style)) in cells.enumerate() {
                let gap = if column > 0 { 2 } else { 0 };
                let pad = widths[column] - width(text);
                // Nothing stands right of the last column, so it needs no filling.
                let (before, after) = match left[column] {
                    true if column + 1 == widths.len() => (0, 0),
                    true => (0, pad),
                    false => (pad, 0),
                };
                let (before, blank) = (gap + before, "");
                write!(out, "{blank:before$}{style}{text}{style:#}{blank:after$}")?;
            }
            writeln!(out)
        };
        line(&mut self.head.iter().map(|title| (*title, head)))?;
        for ((i, row), texts) in self.all().enumerate().zip(&texts) {
            let style = if i == self.rows.len() { total } else { plain };
            let of = |cell: &Cell| if matches!(cell, Cell::Share(share) if share.is_over()) { over } else { style };
            line(&mut row.iter().zip(texts).map(|(cell, text)| (text.as_str(), of(cell))))?;
        }
        if let Some(text) = &self.caption {
            writeln!(out, "\n{caption}{text}{caption:#}")?;
        }
        Ok(())
    }

    /// Writes the table as Markdown.
    pub(crate) fn write_markdown(&self, out: &mut impl Write) -> io::Result<()> {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('|', "\\|");
        writeln!(out, "| {} |", self.head.join(" | "))?;
        let rules: Vec<&str> = self.left().iter().map(|left| if *left { ":---" } else { "---:" }).collect();
        writeln!(out, "| {} |", rules.join(" | "))?;
        for row in self.texts() {
            writeln!(out, "| {} |", row.iter().map(|text| escaped(text)).collect::<Vec<_>>().join(" | "))?;
        }
        if let Some(text) = &self.caption {
            writeln!(out, "\n{text}")?;
        }
        Ok(())
    }
}

/// Writes a row with tabs between its cells. File names are the bytes they are.
pub(crate) fn write_plain(out: &mut impl Write, row: &[Cell]) -> io::Result<()> {
    for (column, cell) in row.iter().enumerate() {
        if column > 0 {
            out.write_all(b"\t")?;
        }
        match cell {
            Cell::Name(name) => out.write_all(name.as_bytes())?,
            cell => out.write_all(cell.for_programs().as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

/// Writes a row of CSV.
pub(crate) fn write_csv(out: &mut impl Write, row: &[Cell]) -> io::Result<()> {
    for (column, cell) in row.iter().enumerate() {
        if column > 0 {
            out.write_all(b",")?;
        }
        let text = cell.for_programs();
        if text.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", text.replace('"', "\"\""))?;
        } else {
            out.write_all(text.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}

/// Writes the names of the columns of CSV.
pub(crate) fn write_csv_head(out: &mut impl Write, head: &[&str]) -> io::Result<()> {
    writeln!(out, "{}", head.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_stand_between_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")]
        {
            assert_eq!(separated(number), text);
        }
    }

    #[test]
    fn amounts_in_a_column_have_their_points_in_line() {
        let money = |text: &str| Cell::Money(text.parse().unwrap());
        let table = Table {
            head: vec!["USD", "file"],
            rows: vec![
                vec![money("0.00015"), Cell::Text("a\u{1b}[31m".into())],
                vec![money("12"), Cell::Text("b|c".into())],
                vec![Cell::Unknown, Cell::Text("d".into())],
            ],
            total: None,
            caption: Some("of today".into()),
        };
        let mut text = Vec::new();
        table.write(&mut text, false).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text, "     USD  file\n 0.00015  a\\u{1b}[31m\n12.00000  b|c\n       -  d\n\nof today\n");
        let mut text = Vec::new();
        table.write_markdown(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(
            text,
            "| USD | file |\n| ---: | :--- |\n| 0.00015 | a\\\\u{1b}[31m |\n| 12.00000 | b\\|c |\n| - | d |\n\nof today\n"
        );
    }

    #[test]
    fn csv_quotes_what_it_must() {
        let row = ["a", "b,c", "d\"e", "f\ng"].map(|text| Cell::Text(text.into()));
        let mut text = Vec::new();
        write_csv(&mut text, &row).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "a,\"b,c\",\"d\"\"e\",\"f\ng\"\n");
    }
}
