//! Counting without the interpreter's lock, and with an ear for Ctrl-C.

use pyo3::prelude::*;
use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use tokenfare::Encoding;

/// Letting go of the lock and taking it again takes 70 to 80 ns, which is under 1% of counting this many bytes.
const WORTH_DETACHING: usize = 4 << 10;

/// A text is counted in slices of this many bytes, between which Ctrl-C is heard: every 0.2 s at 40 MB/s. Each begins
/// without a memory of words that were merged before, which makes smaller ones slower: 4 MiB by a tenth, on prose.
const SLICE: usize = 8 << 20;

/// Does `work` on so many bytes of text, without the lock if it is long.
pub(crate) fn detached<T: Send>(py: Python<'_>, bytes: usize, work: impl Send + FnOnce() -> T) -> T {
    if bytes < WORTH_DETACHING { work() } else { py.detach(work) }
}

/// Counts a text.
pub(crate) fn count(py: Python<'_>, encoding: &Encoding, text: &str) -> PyResult<usize> {
    if text.len() <= SLICE {
        return Ok(detached(py, text.len(), || encoding.count(text)));
    }
    let mut counter = encoding.counter();
    let mut rest = text;
    while !rest.is_empty() {
        let (slice, after) = rest.split_at(boundary(rest, SLICE));
        py.detach(|| counter.push(slice));
        py.check_signals()?;
        rest = after;
    }
    Ok(py.detach(|| counter.count()))
}

/// The last place up to `at` at which a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Does `work` on stretches of texts, between which Ctrl-C is heard, and puts the results in order.
pub(crate) fn batch<R: Send>(
    py: Python<'_>,
    texts: &[Cow<'_, str>],
    threads: Option<NonZeroUsize>,
    work: impl Sync + Fn(&[Cow<'_, str>], Option<NonZeroUsize>) -> Vec<R>,
) -> PyResult<Vec<R>> {
    let total: usize = texts.iter().map(|text| text.len()).sum();
    if total <= SLICE {
        return Ok(detached(py, total + texts.len(), || work(texts, threads)));
    }
    // So much for each thread that waiting for the last of them at the end of a stretch is nothing beside it.
    let threads_used = threads.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let stretch = SLICE.saturating_mul(threads_used);
    let mut done = Vec::with_capacity(texts.len());
    let mut rest = texts;
    while !rest.is_empty() {
        let mut bytes = 0;
        let within = rest.iter().take_while(|text| {
            bytes += text.len();
            bytes <= stretch
        });
        // One at least, however long.
        let (now, after) = rest.split_at(within.count().max(1));
        done.append(&mut py.detach(|| work(now, threads)));
        py.check_signals()?;
        rest = after;
    }
    Ok(done)
}
