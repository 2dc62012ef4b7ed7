//! Counts a file with one tokenizer, in a process that has counted nothing before, and says in a line of JSON how long it took.
//!
//! `tokenfare-peers PEER ENCODING FILE PASSES THREADS RANKS`, where RANKS is a folder of `.tiktoken` files. One thread counts
//! the file whole; more threads count it as documents. `peers.py` asks; `rows.py` answers in the same way.
#![forbid(unsafe_code)]

use rayon::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use std::error::Error;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

/// A tokenizer, ready.
trait Peer: Sync {
    fn count(&self, text: &str) -> usize;

    /// Peers have no batch of their own that counts: rayon hands their calls out.
    fn count_batch(&self, documents: &[&str], _threads: NonZeroUsize) -> usize {
        documents.par_iter().map(|document| self.count(document)).sum()
    }
}

struct Tokenfare(&'static tokenfare::Encoding);

impl Peer for Tokenfare {
    fn count(&self, text: &str) -> usize {
        self.0.count(text)
    }

    fn count_batch(&self, documents: &[&str], threads: NonZeroUsize) -> usize {
        self.0.count_batch_on(documents, Some(threads)).iter().sum()
    }
}

struct Fastokens(fastokens::Tokenizer);

impl Peer for Fastokens {
    fn count(&self, text: &str) -> usize {
        self.0.encode_ordinary(text).expect("fastokens encodes any text").len()
    }
}

struct BpeOpenai(&'static bpe_openai::Tokenizer);

impl Peer for BpeOpenai {
    fn count(&self, text: &str) -> usize {
        self.0.count(text)
    }
}

struct TiktokenRs(&'static tiktoken_rs::CoreBPE);

impl Peer for TiktokenRs {
    fn count(&self, text: &str) -> usize {
        self.0.count_ordinary(text)
    }
}

fn peer(name: &str, encoding: &str, ranks: &Path) -> Result<Box<dyn Peer>, Box<dyn Error>> {
    Ok(match (name, encoding) {
        ("tokenfare", _) => Box::new(Tokenfare(tokenfare::encoding(encoding)?)),
        ("fastokens", _) => Box::new(Fastokens(fastokens::Tokenizer::from_tiktoken_file(
            &ranks.join(encoding).with_extension("tiktoken"),
            fastokens::TiktokenConfig::from_preset(encoding).ok_or("fastokens does not know the encoding")?,
        )?)),
        ("bpe-openai", "o200k_base") => Box::new(BpeOpenai(bpe_openai::o200k_base())),
        ("bpe-openai", "cl100k_base") => Box::new(BpeOpenai(bpe_openai::cl100k_base())),
        ("tiktoken-rs", "o200k_base") => Box::new(TiktokenRs(tiktoken_rs::o200k_base_singleton())),
        ("tiktoken-rs", "cl100k_base") => Box::new(TiktokenRs(tiktoken_rs::cl100k_base_singleton())),
        _ => return Err(format!("`{name}` under `{encoding}` is not among the rows").into()),
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let start = processor_seconds();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, encoding, file, passes, threads, ranks] = arguments.as_slice() else {
        return Err("PEER ENCODING FILE PASSES THREADS RANKS".into());
    };
    let (passes, threads): (usize, NonZeroUsize) = (passes.parse()?, threads.parse()?);
    rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global()?;
    let peer = peer(name, encoding, Path::new(ranks))?;
    peer.count("hello world");
    let first_count = processor_seconds() - start;

    let text = std::fs::read_to_string(file)?;
    let documents = documents(&text);
    let count = || match threads.get() {
        1 => peer.count(black_box(&text)),
        _ => peer.count_batch(black_box(&documents), threads),
    };
    let mut seconds = Vec::new();
    let mut tokens = None;
    for _ in 0..passes {
        let (wall, processor) = (Instant::now(), processor_seconds());
        let counted = count();
        // Waiting is not counted where one thread works; where several do, it is what is asked for.
        seconds.push(if threads.get() == 1 { processor_seconds() - processor } else { wall.elapsed().as_secs_f64() });
        if *tokens.get_or_insert(counted) != counted {
            return Err("another pass, another count".into());
        }
    }
    let said = json!({"tokens": tokens, "seconds": seconds, "first_count": first_count});
    println!("{said}");
    Ok(())
}

/// Cuts a text at the first newline after every 2000 bytes.
fn documents(text: &str) -> Vec<&str> {
    let mut documents = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let bytes = rest.as_bytes();
        let end = bytes.iter().skip(2000).position(|&byte| byte == b'\n').map_or(bytes.len(), |at| 2000 + at + 1);
        let (document, after) = rest.split_at(end);
        documents.push(document);
        rest = after;
    }
    documents
}

/// The time that this process has had of processors.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
