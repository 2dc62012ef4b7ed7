//! Reading and counting many documents, on all processors and in bounded memory.

use crate::document::{Document, Outcome, Text};
use crate::source::Source;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tokenfare::{Encoding, Error, InvalidUtf8, Model};

/// So many documents are found, then counted, then handed on.
const ROUND: usize = 4096;

/// A thread takes so many of them at a time, or fewer when there are few.
const STRETCH: usize = 64;

/// A thread counts when it holds so many bytes of text: enough for the engine to remember words from one document to
/// the next, and little beside one large file.
const HELD: usize = 4 << 20;

/// How documents are counted.
#[derive(Clone, Copy)]
pub struct Counting {
    by: How,
    invalid: InvalidUtf8,
    threads: Option<NonZeroUsize>,
}

/// What texts are counted with.
#[derive(Clone, Copy)]
enum How {
    Encoding(&'static Encoding),
    /// A model whose vocabulary is not public.
    Model(Model<'static>),
}

impl Counting {
    /// Counts with an encoding, refuses what is not UTF-8, and works on all processors.
    #[must_use]
    pub fn new(encoding: &'static Encoding) -> Self {
        Self { by: How::Encoding(encoding), invalid: InvalidUtf8::Refuse, threads: None }
    }

    /// Counts as a model does: exactly if its vocabulary is public, else with bounds.
    ///
    /// # Errors
    ///
    /// If the vocabulary that is counted or estimated with is not embedded in this build.
    pub fn estimating(model: Model<'static>) -> Result<Self, Error> {
        let by = match model.encoding_name() {
            Some(_) => How::Encoding(model.encoding()?),
            None => model.estimate_text("").map(|_| How::Model(model))?,
        };
        Ok(Self { by, invalid: InvalidUtf8::Refuse, threads: None })
    }

    /// Sets what becomes of documents that are not UTF-8.
    #[must_use]
    pub fn invalid_utf8(self, invalid: InvalidUtf8) -> Self {
        Self { invalid, ..self }
    }

    /// Sets the number of threads; `None` is as many as there are processors.
    #[must_use]
    pub fn threads(self, threads: Option<NonZeroUsize>) -> Self {
        Self { threads, ..self }
    }

    /// Counts documents and hands on each in the order of the sources, until there are no more or `each` breaks.
    ///
    /// Each thread holds one document, or a few small ones, at a time.
    pub fn run<B>(
        &self,
        sources: impl IntoIterator<Item = Result<Source, Document>>,
        mut each: impl FnMut(Document) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut rest = sources.into_iter();
        loop {
            let round: Vec<_> = rest.by_ref().take(ROUND).collect();
            if round.is_empty() {
                return ControlFlow::Continue(());
            }
            for document in self.round(round) {
                each(document)?;
            }
        }
    }

    fn round(&self, round: Vec<Result<Source, Document>>) -> impl Iterator<Item = Document> {
        let sources: Vec<Source> = round.iter().filter_map(|found| found.as_ref().ok().cloned()).collect();
        let mut outcomes = self.outcomes(&sources).into_iter();
        round.into_iter().map(move |found| match found {
            Ok(source) => {
                let outcome = outcomes.next().expect("each source has an outcome");
                Document { name: source.into_name(), outcome }
            }
            Err(decided) => decided,
        })
    }

    fn outcomes(&self, sources: &[Source]) -> Vec<Outcome> {
        let threads = self.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        let step = (sources.len() / (threads.saturating_mul(8))).clamp(1, STRETCH);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let start = next.fetch_add(step, Ordering::Relaxed);
                if start >= sources.len() {
                    return done;
                }
                let end = sources.len().min(start + step);
                done.push((start, self.stretch(&sources[start..end])));
            }
        };
        let mut done = thread::scope(|scope| {
            let more = threads.min(sources.len().div_ceil(step)).saturating_sub(1);
            // A system that gives no thread leaves its share to the others, this one at least.
            let spawn = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
            let others: Vec<_> = (0..more).map_while(spawn).collect();
            let mut done = work();
            for other in others {
                done.extend(other.join().expect("counting does not panic"));
            }
            done
        });
        done.sort_unstable_by_key(|(start, _)| *start);
        done.into_iter().flat_map(|(_, outcomes)| outcomes).collect()
    }

    /// Reads and counts on this thread.
    fn stretch(&self, sources: &[Source]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(sources.len());
        let (mut held, mut bytes) = (Vec::new(), 0);
        for source in sources {
            let read = source.read(self.invalid);
            bytes += read.as_ref().map_or(0, |read| read.text.len());
            held.push(read);
            if bytes >= HELD {
                self.count(&mut held, &mut outcomes);
                bytes = 0;
            }
        }
        self.count(&mut held, &mut outcomes);
        outcomes
    }

    fn count(&self, held: &mut Vec<Result<Text, Outcome>>, outcomes: &mut Vec<Outcome>) {
        let texts: Vec<&str> = held.iter().flatten().map(|read| read.text.as_str()).collect();
        let counts: Vec<(u64, u64, u64)> = match self.by {
            How::Encoding(encoding) => {
                let counts = encoding.count_batch_on(&texts, Some(NonZeroUsize::MIN));
                counts.into_iter().map(|tokens| (tokens as u64, tokens as u64, tokens as u64)).collect()
            }
            How::Model(model) => {
                let estimate = |text: &&str| {
                    let count = model.estimate_text(text).expect("it estimates with what was there at the beginning");
                    (count.tokens, count.low, count.high)
                };
                texts.iter().map(estimate).collect()
            }
        };
        let mut counts = counts.into_iter();
        outcomes.extend(held.drain(..).map(|read| match read {
            Ok(read) => read.counted(counts.next().expect("each text has a count")),
            Err(decided) => decided,
        }));
    }
}
