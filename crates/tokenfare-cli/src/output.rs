//! Where data goes, and in what form.

use crate::args::{Format, FormatArgs};
use std::io::{self, BufWriter, IsTerminal, StdoutLock};

/// Standard output with a buffer. It has to be flushed, so that an error is seen.
pub(crate) type Out = BufWriter<StdoutLock<'static>>;

pub(crate) fn stdout() -> Out {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

impl FormatArgs {
    pub(crate) fn chosen(&self) -> Format {
        match self.format {
            _ if self.json => Format::Json,
            Some(format) => format,
            None if io::stdout().is_terminal() => Format::Table,
            None => Format::Plain,
        }
    }
}
