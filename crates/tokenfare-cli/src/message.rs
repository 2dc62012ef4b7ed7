//! What is said on stderr: errors, warnings, notes.

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use clap::builder::StyledStr;
use std::io::{self, Write};

/// Says things on stderr. Where nobody can be told that they cannot be said, that is ignored.
pub(crate) struct Messages {
    styled: bool,
}

impl Messages {
    pub(crate) fn new(color: Option<ColorChoice>) -> Self {
        Self { styled: styled(color, &io::stderr()) }
    }

    pub(crate) fn error(&self, text: &str) {
        self.say("error", AnsiColor::Red.on_default().bold(), text);
    }

    pub(crate) fn warning(&self, text: &str) {
        self.say("warning", AnsiColor::Yellow.on_default().bold(), text);
    }

    pub(crate) fn note(&self, text: &str) {
        self.say("note", AnsiColor::Cyan.on_default().bold(), text);
    }

    pub(crate) fn help(&self, help: &StyledStr) {
        let _ = if self.styled { write!(io::stderr(), "{}", help.ansi()) } else { write!(io::stderr(), "{help}") };
    }

    fn say(&self, what: &str, style: Style, text: &str) {
        let style = if self.styled { style } else { Style::new() };
        let _ = writeln!(io::stderr(), "{style}{what}:{style:#} {text}");
    }
}

/// Says whether a stream takes colours.
pub(crate) fn styled(color: Option<ColorChoice>, stream: &impl anstream::stream::RawStream) -> bool {
    match color {
        Some(ColorChoice::Always) => true,
        Some(ColorChoice::Never) => false,
        Some(ColorChoice::Auto) | None => AutoStream::choice(stream) != anstream::ColorChoice::Never,
    }
}

/// Writes text from outside, the name of a file for instance, so that it cannot move the cursor or break the line.
pub(crate) fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}
