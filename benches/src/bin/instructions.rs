//! How many instructions does a byte take? The same on a busy machine as on a quiet one, so the guard against what makes
//! counting slower unnoticed.
//!
//! `cargo run --release -p tokenfare-benches --bin instructions`, which compares with `benches/instructions.txt`;
//! `… --bin instructions -- --write` writes that file again.
//!
//! Each workload runs under valgrind's callgrind in a process of its own, once as it is and once without the call in
//! question; the difference is the call. valgrind knows no AVX-512: what is counted is the AVX2 path, and the plain one.
//! Instructions are not time. A change may take fewer and wait longer; what is faster, the other benches say.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use tokenfare::{Encoding, forget};
use tokenfare_benches::{Corpus, corpora, hostile};

/// How far from the committed figure is still the same: inlining elsewhere moves a figure a little.
const TOLERANCE: f64 = 0.03;

/// The texts hold this repository's own words: of this length, another paragraph of them moves no figure beyond the tolerance.
const BYTES: usize = 400_000;

/// What a program says that had nothing to measure with; `test.sh` knows it as well.
const NOT_MEASURED: u8 = 77;

const PATHS: [&str; 2] = ["avx2", "scalar"];

/// What is done to a text, as it is called in the results.
const CALLS: [(&str, Call); 4] = [
    ("count cold", |encoding, text| {
        forget();
        encoding.count(text)
    }),
    ("count warm", |encoding, text| encoding.count(text)),
    ("encode", |encoding, text| encoding.encode(text).len()),
    ("count 13 characters", |encoding, text| snippets(text, 13).map(|snippet| encoding.count(snippet)).sum()),
];

type Call = fn(&Encoding, &str) -> usize;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => measure(false),
        ["--write"] => measure(true),
        ["--call", call, times] => {
            run(call, times.parse()?)?;
            Ok(ExitCode::SUCCESS)
        }
        _ => Err("no argument, or `--write`".into()),
    }
}

/// Compares every workload with the file, or writes the file.
fn measure(write: bool) -> Result<ExitCode, Box<dyn Error>> {
    if cfg!(debug_assertions) {
        say("not measured: built without optimisation, `--release` is missing");
        return Ok(ExitCode::from(NOT_MEASURED));
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        say("not measured: valgrind is not installed");
        return Ok(ExitCode::from(NOT_MEASURED));
    }
    let reference = tiktoken_rs::o200k_base_singleton();
    let ours = tokenfare::encoding("o200k_base")?;
    let texts = texts();
    for Corpus { name, text } in &texts {
        assert_eq!(ours.count(text), reference.count_ordinary(text), "{name}");
        assert!(ours.encode(text) == reference.encode_ordinary(text), "{name}");
    }
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("instructions.txt");
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let mut lines = format!(
        "# Instructions a byte, o200k_base, as valgrind's callgrind counts them; {}.\n# Written by `cargo run --release -p tokenfare-benches --bin instructions -- --write`.\n",
        compiler()?
    );
    let mut other = 0;
    for path in PATHS {
        if path == "avx2" && !has_avx2() {
            say("avx2: not measured, this processor has none");
            continue;
        }
        for (call, text) in workloads(&texts) {
            let without = instructions(path, call, &text.text, 0)?;
            let with = instructions(path, call, &text.text, 1)?;
            let figure = (with - without) as f64 / text.text.len() as f64;
            let name = format!("{path:<7} {call:<20} {:<22}", text.name);
            let line = format!("{name}{figure:8.3}");
            lines.push_str(&line);
            lines.push('\n');
            let before = committed.lines().find_map(|line| line.strip_prefix(&name)?.trim().parse::<f64>().ok());
            let change = before.map(|before| figure / before - 1.0);
            let is_other = change.is_none_or(|change| change.abs() > TOLERANCE);
            other += usize::from(is_other);
            let change = change.map_or_else(|| "   new".to_owned(), |change| format!("{:+6.1} %", 100.0 * change));
            say(&format!("{line}  {change}{}", if is_other && !write { "  <-" } else { "" }));
        }
    }
    if write {
        std::fs::write(file, lines)?;
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!("{other} of these differ by more than {} % from benches/instructions.txt", 100.0 * TOLERANCE));
    Ok(if other == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every kind of ordinary text, and of the hostile ones two that take roads of their own.
fn texts() -> Vec<Corpus> {
    let mut texts = corpora(BYTES);
    texts.extend(hostile(BYTES).into_iter().filter(|text| ["random a-z, one word", "one letter"].contains(&text.name)));
    texts
}

/// The calls on the texts they say something about.
fn workloads(texts: &[Corpus]) -> Vec<(&'static str, &Corpus)> {
    let (ordinary, hostile) = texts.split_at(texts.len() - 2);
    let all = ordinary.iter().chain(hostile).map(|text| ("count cold", text));
    let warm = ordinary.iter().map(|text| ("count warm", text));
    let encode = ordinary.iter().map(|text| ("encode", text));
    let small = ordinary.iter().take(1).map(|text| ("count 13 characters", text));
    all.chain(warm).chain(encode).chain(small).collect()
}

/// What a process executes that makes a call once to be ready, and then so many times.
fn instructions(path: &str, call: &str, text: &str, times: u32) -> Result<i64, Box<dyn Error>> {
    let mut started = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--call", call, &times.to_string()])
        .env("TOKENFARE_SIMD", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    // Making the text would be many more instructions than counting it.
    started.stdin.take().ok_or("a pipe was asked for")?.write_all(text.as_bytes())?;
    let done = started.wait_with_output()?;
    let said = String::from_utf8_lossy(&done.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.filter(|_| done.status.success()).ok_or_else(|| format!("valgrind did not count:\n{said}").into())
}

/// What runs under valgrind.
fn run(call: &str, times: u32) -> Result<(), Box<dyn Error>> {
    let (_, call) = CALLS.iter().find(|(name, _)| *name == call).ok_or("no such call")?;
    let text = std::io::read_to_string(std::io::stdin())?;
    let encoding = tokenfare::encoding("o200k_base")?;
    let answer = call(encoding, &text);
    for _ in 0..times {
        assert_eq!(call(encoding, std::hint::black_box(&text)), answer);
    }
    Ok(())
}

/// A text in pieces of so many characters.
fn snippets(text: &str, characters: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.char_indices().nth(characters)?.0;
        let (snippet, after) = rest.split_at(end);
        rest = after;
        Some(snippet)
    })
}

fn compiler() -> Result<String, Box<dyn Error>> {
    let said = Command::new("rustc").arg("--version").output()?.stdout;
    let said = String::from_utf8(said)?;
    Ok(said.split(" (").next().unwrap_or_default().to_owned())
}

fn has_avx2() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("avx2")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}

#[expect(clippy::print_stdout, reason = "this is a command, and this is where it speaks")]
fn say(text: &str) {
    println!("{text}");
}
