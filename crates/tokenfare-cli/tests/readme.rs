//! The commands that the README shows do what they are shown to do: run, and exit with 0.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::Command;

#[test]
fn the_commands_of_the_readme_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let commands: Vec<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("$ ")).filter(|line| line.contains("tokenfare ")).collect();
    let mut run = 0;
    for command in commands.into_iter().filter(|command| !command.starts_with("cargo ")) {
        if command.starts_with("git ") && !root.join(".git").exists() {
            continue; // a tree without its history has no list of files
        }
        let binary = Path::new(env!("CARGO_BIN_EXE_tokenfare")).parent().unwrap().to_owned();
        let path = std::env::join_paths(
            [binary].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
        );
        let output =
            Command::new("sh").args(["-c", command]).current_dir(&root).env("PATH", path.unwrap()).output().unwrap();
        assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stdout.is_empty(), "{command}");
        run += 1;
    }
    assert!(run >= 3, "the README shows commands");
}
