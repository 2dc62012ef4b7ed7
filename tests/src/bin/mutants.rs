//! Shows that each property kills a planted mutant of the branch it guards: `cargo run -p tokenfare-tests --bin mutants`.
//!
//! `tests/mutants.txt` lists them. The tree is copied to a folder of its own; there each mutant is planted alone, and the test
//! that guards the branch must build and then fail. Names given as arguments choose among the mutants. With `--check` only
//! the list is checked: what is replaced must stand in its file exactly once.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

/// A test that has not come to an end by now has noticed the mutant.
const PATIENCE: Duration = Duration::from_secs(180);

/// Folders that are not copied.
const LEFT_OUT: [&str; 5] = ["target", ".git", ".venv", "corpus", "artifacts"];

/// A change that some test must notice.
struct Mutant {
    name: String,
    /// The file, in `crates/tokenfare-core/src`.
    file: String,
    /// What is replaced, and by what.
    changes: Vec<(String, String)>,
    /// Arguments of `cargo test`: the test that must fail.
    test: Vec<String>,
}

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(alive) => {
            eprintln!("{alive} mutants live");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns how many mutants live.
fn run() -> Result<usize, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let list =
        fs::read_to_string(root.join("tests/mutants.txt")).map_err(|error| format!("tests/mutants.txt: {error}"))?;
    let mut mutants = read(&list)?;
    let flaws: Vec<String> = mutants.iter().filter_map(|mutant| planted(&root, mutant).err()).collect();
    if !flaws.is_empty() {
        return Err(flaws.join("\n\n"));
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments == ["--check"] {
        println!("{} mutants, and what each replaces stands in its file once", mutants.len());
        return Ok(0);
    }
    if !arguments.is_empty() {
        mutants.retain(|mutant| arguments.contains(&mutant.name));
    }

    let copy = env::temp_dir().join("tokenfare-mutants");
    copy_tree(&root, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    let tests: BTreeSet<&[String]> = mutants.iter().map(|mutant| &mutant.test[..]).collect();
    for test in tests {
        if test_fails(&copy, test)? {
            return Err(format!("`{}` fails without any mutant", test.join(" ")));
        }
    }
    let mut alive = 0;
    for mutant in &mutants {
        let began = Instant::now();
        let path = path(&copy, mutant);
        let original = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        fs::write(&path, planted(&copy, mutant)?).map_err(|error| error.to_string())?;
        let killed = test_fails(&copy, &mutant.test);
        fs::write(&path, original).map_err(|error| error.to_string())?;
        let killed = killed.map_err(|error| format!("{}: {error}", mutant.name))?;
        alive += usize::from(!killed);
        let said = if killed { "killed" } else { "LIVES " };
        println!("{said} {:36} by {:40} in {} s", mutant.name, mutant.test.join(" "), began.elapsed().as_secs());
    }
    Ok(alive)
}

/// Reads the list: `== name`, `in FILE`, `by TEST`, then what is replaced after `- `, and by what after `+ `.
fn read(list: &str) -> Result<Vec<Mutant>, String> {
    let mut mutants: Vec<Mutant> = Vec::new();
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix("== ") {
            let name = name.to_owned();
            mutants.push(Mutant { name, file: String::new(), changes: vec![], test: vec![] });
            continue;
        }
        let mutant = mutants.last_mut().ok_or("the list begins with `== name`")?;
        if let Some(file) = line.strip_prefix("in ") {
            file.clone_into(&mut mutant.file);
        } else if let Some(test) = line.strip_prefix("by ") {
            mutant.test = test.split(' ').map(str::to_owned).collect();
        } else if let Some(old) = line.strip_prefix("- ") {
            mutant.changes.push((old.to_owned(), String::new()));
        } else if let Some(new) = line.strip_prefix("+ ") {
            let change = mutant.changes.last_mut().ok_or_else(|| format!("{}: `+` comes after `-`", mutant.name))?;
            new.clone_into(&mut change.1);
        } else {
            return Err(format!("{}: `{line}` is not a line of the list", mutant.name));
        }
    }
    Ok(mutants)
}

fn path(root: &Path, mutant: &Mutant) -> PathBuf {
    root.join("crates/tokenfare-core/src").join(&mutant.file)
}

/// The file with the mutant in it; an error unless what it replaces stands there exactly once.
fn planted(root: &Path, mutant: &Mutant) -> Result<String, String> {
    let path = path(root, mutant);
    let file = fs::read_to_string(&path).map_err(|error| format!("{}: {}: {error}", mutant.name, path.display()))?;
    let mut planted = file;
    for (old, new) in &mutant.changes {
        let times = planted.matches(old).count();
        if times != 1 {
            return Err(format!("{}: stands {times} times in {}, not once:\n{old}", mutant.name, mutant.file));
        }
        planted = planted.replace(old, new);
    }
    Ok(planted)
}

/// Whether a test fails, or does not come to an end; an error if it cannot be built.
fn test_fails(root: &Path, test: &[String]) -> Result<bool, String> {
    let cargo = |more: &[&str]| {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["test", "--quiet"]);
        match test[0].as_str() {
            "core" => cargo.args(["--package", "tokenfare-core", "--all-features", "--lib"]),
            file => cargo.args(["--package", "tokenfare-tests", "--test", file]),
        };
        cargo.args(more);
        // A target folder of its own, unless one is given for the purpose.
        let target = env::var_os("TOKENFARE_MUTANTS_TARGET").unwrap_or_else(|| root.join("target").into());
        cargo.current_dir(root).env("CARGO_TARGET_DIR", target).stdin(Stdio::null());
        cargo
    };
    let built = cargo(&["--no-run"]).output().map_err(|error| error.to_string())?;
    if !built.status.success() {
        return Err(format!("`{}` does not build:\n{}", test.join(" "), String::from_utf8_lossy(&built.stderr)));
    }
    let mut running = cargo(&["--"]);
    running.args(&test[1..]).stdout(Stdio::null()).stderr(Stdio::null()).env("RUST_BACKTRACE", "0");
    let mut running = running.spawn().map_err(|error| error.to_string())?;
    let began = Instant::now();
    loop {
        if let Some(status) = running.try_wait().map_err(|error| error.to_string())? {
            return Ok(!status.success());
        }
        if began.elapsed() > PATIENCE {
            running.kill().and_then(|()| running.wait()).map_err(|error| error.to_string())?;
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Copies what has changed, with its time, so that only that is built again.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, goal) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            if !LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
                copy_tree(&source, &goal)?;
            }
        } else if fs::read(&goal).ok() != Some(fs::read(&source)?) {
            fs::copy(&source, &goal)?;
        }
    }
    Ok(())
}
