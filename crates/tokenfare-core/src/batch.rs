//! Many texts at once, on all processors; the only room that knows rayon.
//!
//! The pool is our own, because the process-wide one is not ours to size and dies with a fork: a child has its parent's
//! pool but none of its threads, and waits for them for ever. Ours knows the process it was made in.

use crate::bpe::{Counting, Writing};
use crate::encoding::Encoding;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

/// A job is this many bytes of text or more: enough to outweigh handing it to a thread, and to fill a memory.
const JOB: usize = 1 << 16;

/// A part of a text reaches so far beyond a job, to the last seam there, so that it is a job of its own.
const BEYOND: usize = JOB / 32;

/// Batches smaller than this are done before a thread has woken.
const SMALL: usize = 1 << 15;

/// A text longer than this is cut into jobs, where its tokens can be counted on either side.
const LONG: usize = 2 * JOB;

impl Encoding {
    /// Counts the tokens of each text, on all processors; those of a long one too.
    ///
    /// The counts are the same on any number of threads.
    #[must_use]
    pub fn count_batch<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<usize> {
        self.count_batch_on(texts, None)
    }

    /// Counts the tokens of each text on so many threads; `None` is as many as there are processors.
    #[must_use]
    pub fn count_batch_on<T: AsRef<str> + Sync>(&self, texts: &[T], threads: Option<NonZeroUsize>) -> Vec<usize> {
        let count = |parts: &[&str], share: usize| {
            Counting::with(self.whose, share, |counting| self.count_each(counting, parts))
        };
        self.in_parts(texts, threads, |count, more| *count += more, count)
    }

    /// Encodes each text, on all processors; long ones too.
    #[must_use]
    pub fn encode_batch<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Vec<u32>> {
        self.encode_batch_on(texts, None)
    }

    /// Encodes each text on so many threads; `None` is as many as there are processors.
    #[must_use]
    pub fn encode_batch_on<T: AsRef<str> + Sync>(&self, texts: &[T], threads: Option<NonZeroUsize>) -> Vec<Vec<u32>> {
        let encode = |parts: &[&str], share: usize| {
            Writing::with(self.whose, share, |writing| {
                let ids = parts.iter().map(|part| {
                    self.encode_at(writing, part);
                    std::mem::take(&mut writing.tokens)
                });
                ids.collect()
            })
        };
        self.in_parts(texts, threads, |ids: &mut Vec<u32>, more| ids.extend(more), encode)
    }

    /// Does `work` on texts, or on parts of long ones, and joins what comes of those. It is told of how many bytes in all a
    /// thread has a share.
    fn in_parts<T: AsRef<str> + Sync, R: Send>(
        &self,
        texts: &[T],
        threads: Option<NonZeroUsize>,
        join: impl Fn(&mut R, R),
        work: impl Fn(&[&str], usize) -> Vec<R> + Sync,
    ) -> Vec<R> {
        let threads = threads_of(threads);
        let mut parts: Vec<&str> = Vec::with_capacity(texts.len());
        // The numbers of the parts that go on with the text of the one before.
        let mut going_on = Vec::new();
        for text in texts {
            let mut rest = text.as_ref();
            while threads > 1
                && rest.len() > LONG
                && let Some(end) = self.seam_after(rest, JOB + BEYOND)
            {
                let (part, after) = rest.split_at(end);
                parts.push(part);
                going_on.push(parts.len());
                rest = after;
            }
            parts.push(rest);
        }
        let done = in_jobs(&parts, threads, work);
        if going_on.is_empty() {
            return done;
        }
        let mut going_on = going_on.into_iter().peekable();
        let mut joined: Vec<R> = Vec::with_capacity(texts.len());
        for (i, result) in done.into_iter().enumerate() {
            match joined.last_mut() {
                Some(last) if going_on.next_if_eq(&i).is_some() => join(last, result),
                _ => joined.push(result),
            }
        }
        joined
    }
}

/// Does `work` on stretches of `texts` and puts the results in order.
fn in_jobs<R: Send>(texts: &[&str], threads: usize, work: impl Fn(&[&str], usize) -> Vec<R> + Sync) -> Vec<R> {
    let bytes = bytes_of(texts);
    if bytes < SMALL {
        return work(texts, bytes);
    }
    let jobs = jobs(texts);
    let taking_part = threads.min(jobs.len());
    if taking_part == 1 {
        return work(texts, bytes);
    }
    in_turn(threads, jobs.len(), |i| work(&texts[jobs[i].clone()], bytes / taking_part))
}

/// Does `work` on stretches of `items` of so many each, side by side, and puts the results in order: for what is not text, and
/// as cheap for each item. No fewer threads are asked for than processors unless that is said; nothing is started for one stretch.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// let numbers: Vec<u64> = (0..10_000).collect();
/// let stretch = NonZeroUsize::new(1_000).unwrap();
/// let squares = tokenfare_core::in_parallel(&numbers, stretch, None, |some| some.iter().map(|n| n * n).collect());
/// assert_eq!(squares[77], 77 * 77);
/// ```
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    stretch: NonZeroUsize,
    threads: Option<NonZeroUsize>,
    work: impl Fn(&[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    let threads = threads_of(threads);
    let stretches: Vec<&[T]> = items.chunks(stretch.get()).collect();
    if threads.min(stretches.len()) <= 1 {
        return work(items);
    }
    in_turn(threads, stretches.len(), |i| work(stretches[i]))
}

/// Does so many jobs on so many threads, and puts what comes of them in order.
///
/// The thread that asks for it is one of them: it begins at once, and the others when they have woken. Each begins with jobs that
/// follow one another, since what stands together is alike and a thread remembers its own words; then it takes the last of others.
fn in_turn<R: Send>(threads: usize, jobs: usize, work: impl Fn(usize) -> Vec<R> + Sync) -> Vec<R> {
    let taking_part = threads.min(jobs);
    let share = |thread: usize| Mutex::new(jobs * thread / taking_part..jobs * (thread + 1) / taking_part);
    let shares: Vec<Mutex<Range<usize>>> = (0..taking_part).map(share).collect();
    let next = |thread: usize| {
        // In a statement of its own: no lock is held while another is asked for.
        let own = locked(&shares[thread]).next();
        own.or_else(|| {
            let mut others = (1..taking_part).map(|ahead| &shares[(thread + ahead) % taking_part]);
            others.find_map(|share| locked(share).next_back())
        })
    };
    let done = Mutex::new(Vec::with_capacity(jobs));
    // Whether there was one left.
    let does_one = |thread: usize| {
        let job = next(thread);
        if let Some(job) = job {
            let results = work(job);
            locked(&done).push((job, results));
        }
        job.is_some()
    };
    if let Some(pool) = pool(threads - 1) {
        let mut claim = None;
        pool.threads.in_place_scope(|scope| {
            loop {
                // Threads that are at another batch are not waited for, but asked for again after each job.
                if claim.is_none()
                    && let Some(claimed) = pool.claim()
                {
                    claim = Some(claimed);
                    for thread in 1..taking_part {
                        let does_one = &does_one;
                        scope.spawn(move |_| while does_one(thread) {});
                    }
                }
                if !does_one(0) {
                    break;
                }
            }
        });
    } else {
        // The system gives no threads.
        while does_one(0) {}
    }
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|&(job, _)| job);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

/// What a lock holds; none is ever left in the middle of anything.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many threads these are: `None` is as many as there were processors when that was first asked. The system takes as long to
/// answer as a hundred kilobytes take to be counted.
fn threads_of(threads: Option<NonZeroUsize>) -> usize {
    static PROCESSORS: OnceLock<NonZeroUsize> = OnceLock::new();
    let processors = || *PROCESSORS.get_or_init(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
    threads.unwrap_or_else(processors).get()
}

fn bytes_of(texts: &[&str]) -> usize {
    texts.iter().map(|text| text.len()).sum()
}

/// Stretches of texts of about [`JOB`] bytes each.
fn jobs(texts: &[&str]) -> Vec<Range<usize>> {
    let mut jobs = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (i, text) in texts.iter().enumerate() {
        bytes += text.len();
        if bytes >= JOB {
            jobs.push(start..i + 1);
            (start, bytes) = (i + 1, 0);
        }
    }
    if start < texts.len() || jobs.is_empty() {
        jobs.push(start..texts.len());
    }
    jobs
}

/// Threads that help, for one batch at a time.
struct Pool {
    threads: ThreadPool,
    taken: Mutex<()>,
}

impl Pool {
    /// The right to have them, if nobody else has it.
    fn claim(&self) -> Option<MutexGuard<'_, ()>> {
        match self.taken.try_lock() {
            Ok(claim) => Some(claim),
            Err(TryLockError::Poisoned(claim)) => Some(claim.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// A pool, and the process it was made in.
struct Known {
    process: u32,
    pool: Arc<Pool>,
}

static POOLS: Mutex<Vec<Known>> = Mutex::new(Vec::new());

/// The pool of this process with so many threads, which is made when it is first wanted; `None` where the system gives none.
fn pool(threads: usize) -> Option<Arc<Pool>> {
    let process = std::process::id();
    // A fork may have come while another thread held the lock, and then nobody in this process will ever give it
    // back: so no waiting here. Whoever finds it taken has a pool of its own for the one call.
    let Ok(mut pools) = POOLS.try_lock() else { return build(threads) };
    if pools.iter().any(|known| known.process != process) {
        // Pools of the process we were forked from. To drop one would wake its threads, and there are none.
        std::mem::forget(std::mem::take(&mut *pools));
    }
    if let Some(known) = pools.iter().find(|known| known.pool.threads.current_num_threads() == threads) {
        return Some(Arc::clone(&known.pool));
    }
    let pool = build(threads)?;
    pools.push(Known { process, pool: Arc::clone(&pool) });
    Some(pool)
}

fn build(threads: usize) -> Option<Arc<Pool>> {
    let builder = ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("tokenfare-{i}"));
    let threads = builder.build().ok()?;
    Some(Arc::new(Pool { threads, taken: Mutex::new(()) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    const LONG_ENOUGH: Duration = Duration::from_secs(20);

    #[test]
    fn a_batch_waits_for_no_other() {
        // As many as no other test asks for.
        let threads = NonZeroUsize::new(7);
        let items: Vec<usize> = (0..7).collect();
        let (begin, begun) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let released = Mutex::new(released);
        let hold = |some: &[usize]| {
            begin.send(()).expect("it is waited for");
            let is_released = locked(&released).recv_timeout(LONG_ENOUGH).is_ok();
            some.iter().map(|&item| (item, is_released)).collect()
        };
        let held = thread::scope(|scope| {
            let held = scope.spawn(|| in_parallel(&items, NonZeroUsize::MIN, threads, hold));
            // All threads are at it.
            items.iter().for_each(|_| begun.recv_timeout(LONG_ENOUGH).expect("each begins"));
            let squares = in_parallel(&items, NonZeroUsize::MIN, threads, |some| some.iter().map(|n| n * n).collect());
            assert_eq!(squares, [0, 1, 4, 9, 16, 25, 36]);
            items.iter().for_each(|_| release.send(()).expect("it is waited for"));
            held.join().expect("nothing failed")
        });
        assert_eq!(held, items.iter().map(|&item| (item, true)).collect::<Vec<_>>());
    }
}
