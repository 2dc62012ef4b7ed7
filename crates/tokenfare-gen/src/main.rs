//! Writes and checks every generated file of the tree: `cargo run -p tokenfare-gen -- all|check|unicode|ranks|claude|catalog|export|import|cuts`.
#![forbid(unsafe_code)]

mod catalog;
mod cuts;
mod export;
mod import;
mod ranks;
mod unicode;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A generated file: where it stands, below the root of the tree, and what it holds.
type Generated = (PathBuf, Vec<u8>);

const USAGE: &str = "usage: tokenfare-gen COMMAND

commands
  all       write every generated file
  unicode   write the class tables of tokenfare-core
  ranks     write the packed vocabularies of tokenfare-vocab
  claude    write Anthropic's, from its published file: `claude FILE`
  catalog   write the model table of tokenfare-catalog
  export    write the catalog as JSON to a file: `export FILE`
  import    write proposals for the catalog, from published price lists, to a folder; without arguments it says how
  cuts      write nothing; fail if a piece of text would be cut where a token of its vocabulary bridges two characters
  check     write nothing; fail if a generated file is not what its source makes, or where `cuts` fails";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let report = match command.as_str() {
        "all" => every(&root).and_then(|files| write(&root, &files)),
        "check" => check(&root),
        "unicode" => unicode::files().and_then(|files| write(&root, &files)),
        "ranks" => ranks::vocabularies().and_then(|all| write(&root, &ranks::files(&all)?)),
        "catalog" => catalog::files(&root).and_then(|files| write(&root, &files)),
        "claude" => claude(&root, std::env::args().nth(2)),
        "cuts" => embedded(&root).and_then(|all| cuts::check(&all)),
        "export" => export_to(&root, std::env::args().nth(2)),
        "import" => import::run(std::env::args().skip(2)),
        _ => Err(USAGE.to_owned()),
    };
    match report {
        Ok(report) => {
            say(&report);
            ExitCode::SUCCESS
        }
        Err(why) => {
            say(&why);
            ExitCode::from(2)
        }
    }
}

fn every(root: &Path) -> Result<Vec<Generated>, String> {
    let mut files = unicode::files()?;
    files.extend(ranks::files(&ranks::vocabularies()?)?);
    files.extend(catalog::files(root)?);
    Ok(files)
}

fn check(root: &Path) -> Result<String, String> {
    let current = compare(root, &every(root)?)?;
    let counts = catalog::counts(root)?;
    Ok(format!("{current}\n{counts}\n{}", cuts::check(&embedded(root)?)?))
}

fn embedded(root: &Path) -> Result<Vec<ranks::Vocabulary>, String> {
    let mut all = ranks::vocabularies()?;
    all.push(ranks::claude(root)?);
    Ok(all)
}

fn claude(root: &Path, file: Option<String>) -> Result<String, String> {
    let file = file.ok_or_else(|| USAGE.to_owned())?;
    let published = std::fs::read(&file).map_err(|error| format!("{file}: {error}"))?;
    write(root, &[ranks::claude_file(&published)?])
}

fn export_to(root: &Path, file: Option<String>) -> Result<String, String> {
    let file = file.ok_or_else(|| USAGE.to_owned())?;
    let document = export::document(&catalog::sources(root)?)?;
    std::fs::write(&file, document).map_err(|error| format!("{file}: {error}"))?;
    Ok(format!("wrote {file}"))
}

fn write(root: &Path, files: &[Generated]) -> Result<String, String> {
    for (path, content) in files {
        let full = root.join(path);
        if let Some(folder) = full.parent() {
            std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        std::fs::write(&full, content).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(format!("wrote {} files", files.len()))
}

fn compare(root: &Path, files: &[Generated]) -> Result<String, String> {
    let stale: Vec<String> = files
        .iter()
        .filter(|(path, content)| std::fs::read(root.join(path)).ok().as_ref() != Some(content))
        .map(|(path, _)| format!("{} is not what its source makes", path.display()))
        .collect();
    if stale.is_empty() {
        Ok(format!("{} generated files are what their sources make", files.len()))
    } else {
        Err(format!("{}\nrun `cargo run -p tokenfare-gen -- all`", stale.join("\n")))
    }
}

#[expect(clippy::print_stdout, reason = "this is a command, and this is where it speaks")]
fn say(text: &str) {
    println!("{text}");
}
