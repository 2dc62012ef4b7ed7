//! What someone who types `tokenfare` sees: output in every format, messages, exit codes.
#![allow(clippy::unwrap_used)] // Allowed in tests, and what they call is part of them.

use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A directory with files. It looks like the root of a repository, so that ignore files above it are not heeded.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str, files: &[(&str, &[u8])]) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command").join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join(".git")).unwrap();
        for (path, bytes) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Self(root)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenfare"));
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("TOKENFARE_") {
                command.env_remove(variable);
            }
        }
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
        command.current_dir(&self.0).args(args).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }

    fn run_on(&self, stdin: &[u8], args: &[&str]) -> Ran {
        on(self.command(args), stdin)
    }
}

fn on(mut command: Command, stdin: &[u8]) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that fails early does not read.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    Ran::from(child.wait_with_output().unwrap())
}

#[derive(Debug, PartialEq)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

#[track_caller]
fn assert_ran(ran: &Ran, code: i32, out: &str, err: &str) {
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, out, err));
}

fn two() -> [(&'static str, &'static [u8]); 2] {
    [("a.txt", b"hello world"), ("b.md", b"hello")]
}

fn count(text: &str) -> usize {
    tokenfare::encoding("o200k_base").unwrap().count(text)
}

fn cost(tokens: u64) -> String {
    tokenfare::model("gpt-4o-mini").unwrap().input_cost(tokens, tokenfare::today()).unwrap().to_string()
}

#[test]
fn one_input_in_a_pipe_is_a_bare_number() {
    let tree = Tree::new("one", &two());
    assert_ran(&tree.run(&["a.txt"]), 0, "2\n", "");
    assert_ran(&tree.run(&["count", "a.txt"]), 0, "2\n", "");
    assert_ran(&tree.run(&["a.txt", "-m", "gpt-4o-mini"]), 0, "2\n", "");
}

#[test]
fn standard_input_is_content_for_no_argument_and_for_a_dash() {
    let tree = Tree::new("stdin", &two());
    for args in [&[][..], &["-"], &["count"], &["count", "-"]] {
        assert_ran(&tree.run_on(b"hello world", args), 0, "2\n", "");
    }
    // Never a list of files.
    assert_ran(&tree.run_on(b"a.txt\n", &[]), 0, &format!("{}\n", count("a.txt\n")), "");
    assert_ran(&tree.run_on(b"", &[]), 0, "0\n", "");
    assert_ran(&tree.run_on(b"hello", &["a.txt", "-"]), 0, "2\ta.txt\n1\t-\n3\ttotal\n", "");
}

#[test]
fn many_inputs_are_lines_and_a_total() {
    let tree = Tree::new("many", &[("b/c.txt", b"hello world"), ("a.txt", b"hello")]);
    assert_ran(&tree.run(&["b/c.txt", "a.txt"]), 0, "2\tb/c.txt\n1\ta.txt\n3\ttotal\n", "");
    assert_ran(&tree.run(&["."]), 0, "1\ta.txt\n2\tb/c.txt\n3\ttotal\n", "");
    // One file in a directory is still a directory.
    assert_ran(&tree.run(&["b"]), 0, "2\tb/c.txt\n2\ttotal\n", "");
}

#[test]
fn the_table_names_the_encoding() {
    let tree = Tree::new("table", &two());
    let one = "tokens  file\n     2  a.txt\n\ncounted with o200k_base\n";
    assert_ran(&tree.run(&["a.txt", "--format", "table"]), 0, one, "");
    let both = "tokens  file\n     2  a.txt\n     1  b.md\n     3  total\n\ncounted with cl100k_base\n";
    assert_ran(&tree.run(&["a.txt", "b.md", "--format", "table", "-e", "cl100k_base"]), 0, both, "");
}

#[test]
fn the_table_of_a_model_has_window_and_cost() {
    let tree = Tree::new("model", &[("a.txt", " hello".repeat(1_280).as_bytes()), ("b.md", b"hello")]);
    let ran = tree.run(&["a.txt", "b.md", "-m", "gpt-4o-mini", "--format", "table"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines: Vec<Vec<&str>> = ran.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["tokens", "window", "cost", "USD", "file"]);
    assert_eq!((lines[1][0], lines[1][1], lines[1][3]), ("1,280", "1.00%", "a.txt"));
    assert_eq!((lines[2][0], lines[2][1], lines[2][3]), ("1", "<0.01%", "b.md"));
    assert_eq!((lines[3][0], lines[3][1], lines[3][3]), ("1,281", "1.00%", "total"));
    let money = |text: &str| text.parse::<tokenfare::Money>().unwrap();
    for (line, tokens) in [(1, 1_280), (2, 1), (3, 1_281)] {
        assert_eq!(money(lines[line][2]), money(&cost(tokens)));
        assert_eq!(lines[line][2].len(), lines[1][2].len());
    }
    assert!(ran.out.contains("gpt-4o-mini-2024-07-18: counted with o200k_base, window 128,000, input 0.15 USD"));
}

#[test]
fn json_has_a_schema_and_everything_else() {
    let tree = Tree::new("json", &[("a.txt", b"hello world"), ("b.bin", b"\0"), ("c.txt", b"\xff")]);
    let ran = tree.run(&["--json", "."]);
    assert_eq!(ran.code, 3);
    let expected = json!({
        "schema": "tokenfare.count/1",
        "encoding": "o200k_base",
        "model": null,
        "files": [{"path": "a.txt", "bytes": 11, "tokens": 2}],
        "total": {"files": 1, "bytes": 11, "tokens": 2},
        "skipped": [{"path": "b.bin", "reason": "binary"}],
        "errors": [{"path": "c.txt", "reason": "invalid UTF-8 at byte 0"}],
    });
    assert_eq!(ran.json(), expected);
    assert!(ran.out.starts_with(r#"{"schema":"tokenfare.count/1","encoding":"o200k_base","model":null,"files":["#));
    assert_eq!(tree.run(&["--format", "json", "."]), ran);
}

#[test]
fn json_has_money_and_shares_as_strings() {
    let tree = Tree::new("json-model", &[("a.txt", " hello".repeat(1_280).as_bytes())]);
    let ran = tree.run(&["--json", "-m", "gpt-4o-mini", "a.txt"]);
    let today = tokenfare::today().to_string();
    let expected = json!({
        "schema": "tokenfare.count/1",
        "encoding": "o200k_base",
        "model": "gpt-4o-mini-2024-07-18",
        "at": today,
        "files": [{"path": "a.txt", "bytes": 7_680, "tokens": 1_280, "cost": cost(1_280), "share": "0.010000"}],
        "total": {
            "files": 1, "bytes": 7_680, "tokens": 1_280, "cost": cost(1_280), "currency": "USD",
            "window": {"context_window": 128_000, "share": "0.010000"},
        },
        "skipped": [],
        "errors": [],
    });
    assert_eq!((ran.code, ran.json()), (0, expected));
}

#[test]
fn jsonl_has_a_line_for_every_input() {
    let tree = Tree::new("jsonl", &[("a.txt", b"hello world"), ("b.bin", b"\0"), ("c.txt", b"\xff")]);
    let ran = tree.run(&[".", "--format", "jsonl"]);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected = [
        json!({"path": "a.txt", "bytes": 11, "tokens": 2, "encoding": "o200k_base", "model": null}),
        json!({"path": "b.bin", "skipped": "binary"}),
        json!({"path": "c.txt", "error": "invalid UTF-8 at byte 0"}),
    ];
    assert_eq!((ran.code, &*lines), (3, &expected[..]));
}

#[test]
fn csv_has_a_head_and_a_row_for_every_file() {
    let tree = Tree::new("csv", &[("a,b.txt", b"hello world"), ("empty/x.bin", b"\0")]);
    let ran = tree.run(&["a,b.txt", "--format", "csv"]);
    assert_ran(&ran, 0, "path,bytes,tokens,encoding\n\"a,b.txt\",11,2,o200k_base\n", "");
    let priced = tree.run(&["a,b.txt", "--format", "csv", "-m", "gpt-4o-mini"]);
    let cost = cost(2);
    let expected = format!(
        "path,bytes,tokens,encoding,model,share,cost_usd\n\"a,b.txt\",11,2,o200k_base,gpt-4o-mini-2024-07-18,0.000015,{cost}\n"
    );
    assert_ran(&priced, 0, &expected, "");
    let nothing = tree.run(&["empty", "--format", "csv"]);
    let note = format!("note: skipped 1 file: {} (binary)\n", Path::new("empty").join("x.bin").display());
    assert_ran(&nothing, 0, "path,bytes,tokens,encoding\n", &note);
}

#[test]
fn markdown_is_a_table() {
    let tree = Tree::new("md", &two());
    let expected =
        "| tokens | file |\n| ---: | :--- |\n| 2 | a.txt |\n| 1 | b.md |\n| 3 | total |\n\ncounted with o200k_base\n";
    assert_ran(&tree.run(&["a.txt", "b.md", "--format", "md"]), 0, expected, "");
}

#[test]
fn groups_are_by_extension_or_directory_and_largest_first() {
    let files: [(&str, &[u8]); 4] =
        [("a.rs", b"hello"), ("src/b.rs", b"hello"), ("src/c.md", b"hello world again"), ("Makefile", b"hello")];
    let tree = Tree::new("by", &files);
    assert_ran(&tree.run(&[".", "--by", "ext"]), 0, "3\tmd\n2\trs\n1\t(none)\n6\ttotal\n", "");
    assert_ran(&tree.run(&[".", "--by", "dir"]), 0, "4\tsrc\n2\t.\n6\ttotal\n", "");
    let table = "tokens  files  directory\n     4      2  src\n     2      2  .\n     6      4  total\n\ncounted with o200k_base\n";
    assert_ran(&tree.run(&[".", "--by", "dir", "--format", "table"]), 0, table, "");
    let csv = "group,files,bytes,tokens,encoding\nmd,1,17,3,o200k_base\nrs,2,10,2,o200k_base\n,1,5,1,o200k_base\n";
    assert_ran(&tree.run(&[".", "--by", "ext", "--format", "csv"]), 0, csv, "");
    let ran = tree.run(&[".", "--by", "ext", "--json"]).json();
    assert_eq!(ran["groups"][2], json!({"group": "", "files": 1, "bytes": 5, "tokens": 1}));
    assert_eq!(ran["files"].as_array().unwrap().len(), 4);
    let lines = tree.run(&[".", "--by", "ext", "--format", "jsonl"]).out;
    assert_eq!(lines.lines().count(), 3);
}

#[test]
fn a_leading_byte_order_mark_is_dropped_and_nothing_else() {
    let tree = Tree::new("bom", &[("a", b"\xef\xbb\xbfhello"), ("b", b"\xef\xbb\xbf\xef\xbb\xbfhello")]);
    assert_ran(&tree.run(&["a"]), 0, "1\n", "");
    assert_ran(&tree.run_on(b"\xef\xbb\xbfhello", &[]), 0, "1\n", "");
    let twice = count("\u{feff}hello");
    assert_ran(&tree.run(&["b"]), 0, &format!("{twice}\n"), "");
}

#[test]
fn invalid_utf8_names_file_and_offset_and_the_rest_is_counted() {
    let tree = Tree::new("utf8", &[("bad", b"\xef\xbb\xbfabc\xffd"), ("good", b"hello")]);
    let ran = tree.run(&["bad", "good"]);
    let note = "note: `--invalid-utf8 replace` counts what is not UTF-8 as replacement characters\n";
    let sum = "error: 1 of 2 inputs could not be read; the numbers are of the rest\n";
    assert_ran(&ran, 3, "1\tgood\n1\ttotal\n", &format!("error: bad: invalid UTF-8 at byte 6\n{note}{sum}"));
    assert_ran(&tree.run(&["bad"]), 3, "", &format!("error: bad: invalid UTF-8 at byte 6\n{note}"));
    assert_ran(&tree.run_on(b"\xff", &[]), 3, "", &format!("error: standard input: invalid UTF-8 at byte 0\n{note}"));
    let replaced = count("abc\u{fffd}d");
    assert_ran(&tree.run(&["bad", "--invalid-utf8", "replace"]), 0, &format!("{replaced}\n"), "");
    let mut by_variable = tree.command(&["bad"]);
    by_variable.env("TOKENFARE_INVALID_UTF8", "replace");
    assert_eq!(Ran::from(by_variable.output().unwrap()).code, 0);
}

#[test]
fn binary_files_are_skipped_and_reported_when_found_and_counted_when_named() {
    let tree = Tree::new("binary", &[("a.txt", b"hello"), ("b.bin", b"hello\0")]);
    assert_ran(&tree.run(&["."]), 0, "1\ta.txt\n1\ttotal\n", "note: skipped 1 file: b.bin (binary)\n");
    let named = count("hello\0");
    assert_ran(&tree.run(&["b.bin"]), 0, &format!("{named}\n"), "");
    let many: Vec<(String, &[u8])> = (0..7).map(|i| (format!("{i}"), &b"\0"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let ran = Tree::new("binaries", &many).run(&["."]);
    let note = "note: skipped 7 files: 0 (binary), 1 (binary), 2 (binary), 3 (binary), 4 (binary), and 2 more\n";
    assert_ran(&ran, 0, "0\ttotal\n", note);
}

#[test]
fn ignored_and_hidden_files_are_found_on_request() {
    let tree = Tree::new("ignored", &[(".gitignore", b"b\n"), ("a", b"hello"), ("b", b"hello"), (".c", b"hello")]);
    assert_ran(&tree.run(&["."]), 0, "1\ta\n1\ttotal\n", "");
    assert_ran(&tree.run(&[".", "--no-ignore"]), 0, "1\ta\n1\tb\n2\ttotal\n", "");
    assert_ran(&tree.run(&[".", "--hidden"]), 0, "1\t.c\n2\t.gitignore\n1\ta\n4\ttotal\n", "");
    // An ignored file that is named is counted.
    assert_ran(&tree.run(&["b"]), 0, "1\n", "");
}

#[test]
fn a_directory_without_files_is_worth_a_warning() {
    let tree = Tree::new("empty", &[("a/.hidden", b"hello")]);
    assert_ran(&tree.run(&["a"]), 0, "0\ttotal\n", "warning: no files were found; see --hidden and --no-ignore\n");
    assert_ran(&tree.run_on(b"", &["--files-from", "-"]), 0, "0\ttotal\n", "warning: the list names no files\n");
}

#[test]
fn files_can_come_from_a_list() {
    let tree = Tree::new("list", &[("a b", b"hello"), ("c\nd", b"hello world"), ("list", b"a b\n\n./a b\n")]);
    assert_ran(&tree.run(&["--files-from", "list"]), 0, "1\ta b\n1\t./a b\n2\ttotal\n", "");
    assert_ran(&tree.run_on(b"a b\n", &["--files-from", "-"]), 0, "1\ta b\n1\ttotal\n", "");
    assert_ran(
        &tree.run_on(b"c\nd\0a b\0", &["count", "--files-from", "-", "-0"]),
        0,
        "2\tc\nd\n1\ta b\n3\ttotal\n",
        "",
    );
    let list = count("a b\n\n./a b\n");
    let both = format!("{list}\tlist\n1\ta b\n{}\ttotal\n", list + 1);
    assert_ran(&tree.run_on(b"a b\n", &["list", "--files-from", "-"]), 0, &both, "");
}

#[test]
fn a_list_names_files_that_are_there() {
    let tree = Tree::new("bad-list", &[("a", b"hello"), ("dir/b", b"hello")]);
    let ran = tree.run_on(b"a\ndir\n\"caf\\303\\251\"\n", &["--files-from", "-"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, "1\ta\n1\ttotal\n"));
    assert!(
        ran.err.contains("error: dir: is a directory, and a list names files; name it as an argument to walk it\n")
    );
    assert!(ran.err.contains("git quotes unusual names"), "{}", ran.err);
    assert_ran(&tree.run(&["--files-from", "none"]), 3, "", "error: none: no such file or directory\n");
    let ran = tree.run(&["--files-from", "dir"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
}

#[test]
fn a_missing_file_is_reported_and_the_rest_counted() {
    let tree = Tree::new("missing", &two());
    let err =
        "error: none: no such file or directory\nerror: 1 of 2 inputs could not be read; the numbers are of the rest\n";
    assert_ran(&tree.run(&["none", "a.txt"]), 3, "2\ta.txt\n2\ttotal\n", err);
    assert_ran(&tree.run(&["none"]), 3, "", "error: none: no such file or directory\n");
    let ran = tree.run(&["none", "--json"]);
    assert_eq!(ran.json()["errors"], json!([{"path": "none", "reason": "no such file or directory"}]));
}

#[test]
fn fail_fast_stops_at_the_first_bad_input_and_prints_no_result() {
    let tree = Tree::new("fail-fast", &two());
    for format in ["plain", "json", "table", "md"] {
        let ran = tree.run(&["none", "neither", "a.txt", "--fail-fast", "--format", format]);
        assert_ran(&ran, 3, "", "error: none: no such file or directory\n");
    }
}

#[test]
fn a_mistyped_command_is_recognised() {
    let tree = Tree::new("mistyped", &[("models", b"hello")]);
    let ran = tree.run(&["modles"]);
    assert_ran(&ran, 3, "", "error: modles: no such file or directory; did you mean the command `models`?\n");
    let ran = tree.run(&["-m", "gpt-4o", "encodings"]);
    let err = "error: encodings: no such file or directory; a command comes first: `tokenfare encodings …`\n";
    assert_ran(&ran, 3, "", err);
    assert_ran(&tree.run(&["./models"]), 0, "1\n", "");
}

#[test]
fn unknown_names_are_usage_errors_with_a_suggestion() {
    let tree = Tree::new("unknown", &two());
    for (args, err) in [
        (
            &["a.txt", "-m", "gpt-4o-mni"][..],
            "error: unknown model `gpt-4o-mni`, did you mean `gpt-4o-mini`, `gpt-5-mini` or `gpt-4.1-mini`?\n",
        ),
        (&["a.txt", "-e", "o200k"], "error: unknown encoding `o200k`, did you mean `o200k_base`?\n"),
        (
            &["models", "gpt-4o-mni"],
            "error: unknown model `gpt-4o-mni`, did you mean `gpt-4o-mini`, `gpt-5-mini` or `gpt-4.1-mini`?\n",
        ),
        (&["models", "zzz*"], "error: no model matches `zzz*`; `tokenfare models` lists all\n"),
        (
            &["a.txt", "-m", "gpt-4o", "-e", "cl100k_base"],
            "error: `gpt-4o-2024-08-06` counts with `o200k_base` and not with `cl100k_base`; name one of them only\n",
        ),
        (&["-", "-"], "error: standard input can be read only once; `-` is given more than once\n"),
        (&["-", "--files-from", "-"], "error: standard input can be read only once; `-` is given more than once\n"),
    ] {
        assert_ran(&tree.run(args), 2, "", err);
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let tree = Tree::new("usage", &two());
    for args in [
        &["--no-such-option"][..],
        &["--format", "xml", "a.txt"],
        &["--json", "--format", "csv", "a.txt"],
        &["-0", "a.txt"],
        &["-j", "0", "a.txt"],
        &["completions", "tcsh"],
        &["models", ""],
    ] {
        let ran = tree.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.starts_with("error: "), "{args:?}: {}", ran.err);
    }
}

#[test]
fn the_command_line_goes_before_the_environment() {
    let tree = Tree::new("environment", &two());
    let run = |args: &[&str], environment: &[(&str, &str)]| {
        let mut command = tree.command(args);
        command.arg("--json").arg("a.txt").envs(environment.iter().copied());
        let ran = Ran::from(command.output().unwrap());
        if ran.code == 0 { Ok((ran.json()["encoding"].clone(), ran.json()["model"].clone())) } else { Err(ran.code) }
    };
    let (encoding, model) = (("TOKENFARE_ENCODING", "cl100k_base"), ("TOKENFARE_MODEL", "gpt-4o"));
    let gpt = json!("gpt-4o-2024-08-06");
    assert_eq!(run(&[], &[encoding]), Ok((json!("cl100k_base"), Value::Null)));
    assert_eq!(run(&[], &[model]), Ok((json!("o200k_base"), gpt.clone())));
    assert_eq!(run(&["-m", "gpt-4o"], &[encoding]), Ok((json!("o200k_base"), gpt.clone())));
    assert_eq!(run(&["-e", "p50k_base"], &[model]), Ok((json!("p50k_base"), Value::Null)));
    assert_eq!(run(&[], &[encoding, model]), Err(2));
    assert_eq!(run(&["-m", "gpt-4o", "-e", "o200k_base"], &[encoding]), Ok((json!("o200k_base"), gpt)));
    let nothing = [("TOKENFARE_ENCODING", ""), ("TOKENFARE_MODEL", "")];
    assert_eq!(run(&[], &nothing), Ok((json!("o200k_base"), Value::Null)));
}

#[test]
fn counts_are_the_same_on_any_number_of_threads() {
    let tree = Tree::new("threads", &two());
    let one = tree.run(&[".", "-j", "1"]);
    assert_ran(&one, 0, "2\ta.txt\n1\tb.md\n3\ttotal\n", "");
    assert_eq!(tree.run(&[".", "-j", "7"]), one);
}

#[test]
fn models_are_found_by_pattern_name_or_part_of_a_name() {
    let tree = Tree::new("models", &[]);
    let ids = |pattern: &[&str]| -> Vec<String> {
        let ran = tree.run(&[&["models"], pattern].concat());
        assert_eq!(ran.code, 0);
        ran.out.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["gpt-4o"]), ["gpt-4o-2024-08-06"]);
    assert!(ids(&["gpt-4o*"]).contains(&"gpt-4o-mini-2024-07-18".to_owned()));
    assert!(ids(&["4o-mini"]).contains(&"gpt-4o-mini-2024-07-18".to_owned()));
    let ended = tree.run(&["models", "gpt-4-32k-0314"]);
    assert!(ended.err.contains("note: `gpt-4-32k-0314` was retired on 20"), "{}", ended.err);
    assert_eq!(ids(&[]), tokenfare::models("*").map(|model| model.id().to_owned()).collect::<Vec<_>>());
}

#[test]
fn a_model_is_described_in_every_format() {
    let tree = Tree::new("model-formats", &[]);
    let run = |format| tree.run(&["models", "gpt-4o-mini", "--format", format]);
    let id = "gpt-4o-mini-2024-07-18";
    let price = tokenfare::model(id).unwrap();
    let price = price.price(tokenfare::today()).unwrap();
    let rate = |meter| price.rate(meter).unwrap().usd_per_mtok().to_string();
    let (input, output) = (rate(tokenfare::Meter::Input), rate(tokenfare::Meter::Output));
    assert_eq!(run("plain").out, format!("{id}\topenai\t128000\t16384\t{input}\t{output}\to200k_base\tgpt-4o-mini\n"));
    assert_eq!(
        run("csv").out,
        format!(
            "id,provider,context_window,max_output,input,output,encoding,aliases\n{id},openai,128000,16384,{input},{output},o200k_base,gpt-4o-mini\n"
        )
    );
    let json = run("json").json();
    assert_eq!(json["schema"], "tokenfare.models/1");
    let model = &json["models"][0];
    assert_eq!((&model["id"], &model["aliases"]), (&json!(id), &json!(["gpt-4o-mini"])));
    assert_eq!((&model["price"]["input"], &model["price"]["currency"]), (&json!(input), &json!("USD")));
    assert_eq!(serde_json::from_str::<Value>(&run("jsonl").out).unwrap(), *model);
    for format in ["table", "md"] {
        let text = run(format).out;
        assert!(text.contains("128,000") && text.contains("USD per million tokens on"), "{text}");
    }
}

#[test]
fn prices_of_a_day_and_changes_between_two_are_shown() {
    let tree = Tree::new("prices", &[]);
    let show = |args: &[&str]| tree.run(&[&["prices"], args].concat());
    let plain = show(&["show", "gpt-4o-mini", "--at", "2024-09-30"]).out;
    assert!(plain.contains("openai\tgpt-4o-mini-2024-07-18\t\tinput\t0.15\t1M\t2024-07-18\t"), "{plain}");
    assert!(!plain.contains("\t\tcache_read\t"));
    let json = show(&["show", "gpt-4o-mini", "--json"]).json();
    assert_eq!(json["schema"], "tokenfare.prices/1");
    assert_eq!(json["models"][0]["price"]["cache_read"], "0.075");
    let cards = json["models"][0]["price"]["cards"].as_array().unwrap();
    assert!(cards.iter().any(|card| card["tier"] == "batch" && card["rates"].as_array().unwrap().len() > 1));
    let diff = show(&["diff", "2024-09-30", "2024-10-01", "gpt-4o-mini"]);
    assert_ran(&diff, 0, "openai\tgpt-4o-mini-2024-07-18\t\tcache_read\t\t0.075\t1M\n", "");
    assert_eq!(
        show(&["diff", "2024-09-30", "2024-10-01", "gpt-4o-mini", "--json"]).json()["changes"][0]["after"],
        "0.075"
    );
    assert_ran(&show(&["diff", "2024-09-30", "2024-09-30"]), 0, "", "");
    let moved = show(&["diff", "2024-10-01", "2024-10-02", "gpt-4o"]);
    assert_ran(&moved, 0, "openai\tgpt-4o\t\tstands for\tgpt-4o-2024-05-13\tgpt-4o-2024-08-06\t\n", "");
    let names = &show(&["diff", "2024-10-01", "2024-10-02", "gpt-4o", "--json"]).json()["names"];
    assert_eq!(names[0]["after"], "gpt-4o-2024-08-06");
    assert_ran(
        &show(&["show", "gpt-4o-mini", "--at", "2020-01-01"]),
        2,
        "",
        "error: no price for `gpt-4o-mini-2024-07-18` on 2020-01-01, the first is dated 2024-07-18\n",
    );
    assert_eq!(show(&["show", "gpt-4o-mini", "--at", "yesterday"]).code, 2);
}

#[test]
fn a_file_of_prices_is_checked_and_laid_over_the_bundled_ones() {
    let ours = |as_of: &str, input: &str| {
        format!(
            "provider = \"openai\"\nkind = \"maker\"\nas_of = {as_of}\n[[model]]\nid = \"gpt-4o-mini-2024-07-18\"\n\
             [[model.price]]\nfrom = 2024-07-18\ninput = \"{input}\"\noutput = \"9\"\nchecked = 2024-07-18\n\
             sources = [\"our contract\"]\n"
        )
    };
    let (good, old, bad) = (ours("2099-01-01", "0.1"), ours("2024-07-18", "0.1"), ours("2099-01-01", "0,1"));
    let files = [("good.toml", good.as_bytes()), ("old.toml", old.as_bytes()), ("bad.toml", bad.as_bytes())];
    let tree = Tree::new("catalog", &files);
    assert_ran(&tree.run(&["catalog", "check", "good.toml"]), 0, "", "note: 1 files with 1 models keep the rules\n");
    let wrong = "bad.toml:8: model `gpt-4o-mini-2024-07-18`: `input`: `0,1` is not a decimal number, write digits and at most one point, as in `0.15`";
    assert_ran(&tree.run(&["catalog", "check", "bad.toml"]), 1, "", &format!("error: {wrong}\n"));
    assert_ran(&tree.run(&["models", "--catalog", "bad.toml"]), 2, "", &format!("error: {wrong}\n"));
    assert_eq!(tree.run(&["catalog", "check", "none.toml"]).code, 1);
    let input = |args: &[&str]| tree.run(&[&["models", "gpt-4o-mini", "--json"], args].concat()).json();
    assert_eq!(input(&["--catalog", "good.toml"])["models"][0]["price"]["input"], "0.1");
    assert_eq!(input(&["--catalog", "good.toml"])["models"][0]["context_window"], 128_000);
    assert_eq!(input(&["--catalog", "old.toml", "--force-catalog"])["models"][0]["price"]["input"], "0.1");
    let refused = tree.run(&["models", "--catalog", "old.toml"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.starts_with("error: old.toml is as of 2024-07-18, and older than the bundled prices of "),
        "{}",
        refused.err
    );
    assert!(refused.err.ends_with("force it with --force-catalog\n"), "{}", refused.err);
    let before = tree.run(&["--catalog", "good.toml", "--color=never", "models", "gpt-4o-mini", "--json"]);
    assert_eq!(before.json()["models"][0]["price"]["input"], "0.1", "an option may stand before the command");
    let counted = tree.run(&["--catalog=good.toml", "-m", "gpt-4o-mini", "good.toml", "--json"]).json();
    assert_eq!(counted["files"].as_array().unwrap().len(), 1);
    let more = ours("2099-01-01", "0.2");
    let both = Tree::new("catalogs", &[("good.toml", good.as_bytes()), ("more.toml", more.as_bytes())]);
    let both =
        both.run(&["models", "gpt-4o-mini", "--json", "--catalog", "good.toml", "--catalog", "more.toml"]).json();
    assert_eq!(both["models"][0]["price"]["input"], "0.2", "of two files the later holds");
    let checked = tree.run(&["catalog", "check", "good.toml", "good.toml", "--catalog", "bad.toml"]);
    assert_ran(&checked, 0, "", "note: 2 files with 2 models keep the rules\n");
}

/// A response of gpt-4o-mini with so many tokens of input, made on a day.
fn response(day: &str, input: u64) -> String {
    format!(
        r#"{{"model":"gpt-4o-mini","created_at":"{day}T12:00:00Z","usage":{{"prompt_tokens":{input},"completion_tokens":0}}}}"#
    )
}

#[test]
fn one_response_is_its_cost() {
    let tree = Tree::new(
        "cost",
        &[(
            "usage.json",
            br#"{"model": "o3-mini",
        "usage": {"prompt_tokens": 1000, "completion_tokens": 5000, "total_tokens": 6000}}"#,
        )],
    );
    assert_ran(&tree.run(&["cost", "usage.json", "--at", "2026-11-20"]), 0, "0.0231\n", "");
    let explained = tree.run(&["cost", "usage.json", "--at", "2026-11-20", "--format", "table"]);
    assert!(
        explained.out.starts_with("o3-mini-2025-01-31 of openai, 2026-11-20, standard tier\n"),
        "{}",
        explained.out
    );
    assert!(explained.out.contains("  output  5,000 × 4.4 per million  0.022\n"), "{}", explained.out);
    let json = tree.run(&["cost", "usage.json", "--at", "2026-11-20", "--json"]).json();
    assert_eq!(json["schema"], "tokenfare.cost/1");
    assert_eq!((&json["total"], &json["model"]), (&json!("0.0231"), &json!("o3-mini-2025-01-31")));
    assert_eq!(json["lines"][1]["cost"], "0.022");
    // From a pipe, and its usage alone.
    let usage = br#"{"input_tokens": 1000, "output_tokens": 5000}"#;
    assert_ran(&tree.run_on(usage, &["cost", "-m", "o3-mini", "--at", "2026-11-20"]), 0, "0.0231\n", "");
    let batch = tree.run_on(usage, &["cost", "-m", "o3-mini", "--at", "2026-11-20", "--tier", "batch"]);
    assert_ran(&batch, 0, "0.01155\n", "");
}

#[test]
fn a_log_is_added_up_and_bad_lines_are_listed() {
    let mut log = [response("2026-01-05", 100), response("2026-01-06", 200), response("2026-01-05", 700)].join("\n");
    log.push_str("\n\n{\"model\": \"gpt-4o-mni\", \"usage\": {\"prompt_tokens\": 1}}\nnot JSON\n");
    let tree = Tree::new("log", &[("log.jsonl", log.as_bytes())]);
    let by_day = tree.run(&["cost", "log.jsonl", "--by", "model,day"]);
    let model = "gpt-4o-mini-2024-07-18";
    assert_eq!(
        by_day.out,
        format!("{model}\t2026-01-05\t2\t800\t0\t0\t0\t0.00012\n{model}\t2026-01-06\t1\t200\t0\t0\t0\t0.00003\n")
    );
    assert_eq!(by_day.code, 3);
    assert!(
        by_day.err.contains("log.jsonl:5: unknown model `gpt-4o-mni`, did you mean `gpt-4o-mini`"),
        "{}",
        by_day.err
    );
    assert!(by_day.err.contains("log.jsonl:6: the body is not JSON"), "{}", by_day.err);
    assert_eq!(tree.run(&["cost", "log.jsonl"]).out, "0.00015\n");
    let json = tree.run(&["cost", "log.jsonl", "--by", "month", "--json"]).json();
    assert_eq!(json["groups"][0]["group"], json!({"month": "2026-01"}));
    assert_eq!((&json["total"]["requests"], &json["total"]["cost"]), (&json!(3), &json!("0.00015")));
    assert_eq!(json["errors"][0]["line"], 5);
    let lines = tree.run(&["cost", "log.jsonl", "--format", "jsonl"]);
    let totals: Vec<Value> = lines.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(totals.iter().map(|line| line["line"].as_u64()).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
    let stopped = tree.run(&["cost", "log.jsonl", "--fail-fast"]);
    assert_eq!((stopped.code, stopped.out.as_str()), (3, ""));
}

/// What a cost rests on is said on stderr where only a number is printed.
#[test]
fn what_had_to_be_taken_for_so_is_said() {
    let unsaid = |written: u64| {
        json!({"model": "claude-sonnet-4-5", "usage": {"input_tokens": 0, "output_tokens": 0,
               "cache_creation_input_tokens": written, "cache_creation": {"ephemeral_5m_input_tokens": 0}}})
        .to_string()
    };
    let note = |written: u64| {
        format!("of {written} tokens written to the cache it is not said for how long: taken for five minutes")
    };
    let tree = Tree::new("notes", &[]);
    let ran =
        |body: &str, args: &[&str]| tree.run_on(body.as_bytes(), &[&["cost", "--at", "2026-11-20"], args].concat());
    assert_ran(&ran(&unsaid(100), &[]), 0, "0.000375\n", &format!("note: {}\n", note(100)));
    let table = ran(&unsaid(100), &["--format", "table"]);
    assert!(table.out.contains(&note(100)) && table.err.is_empty(), "{} {}", table.out, table.err);
    let json = ran(&unsaid(100), &["--json"]);
    assert_eq!((json.json()["notes"][0].as_str(), json.err.as_str()), (Some(&*note(100)), ""));

    // Of many, each kind once.
    let log: Vec<String> = [1, 2, 1, 3, 4, 5, 6, 7].map(unsaid).to_vec();
    let several = ran(&log.join("\n"), &[]);
    let mut said = format!("note: 2 of 8: {}\n", note(1));
    for written in 2..=5 {
        said += &format!("note: 1 of 8: {}\n", note(written));
    }
    said += "note: 2 of 8 have other notes: `--format jsonl` shows each\n";
    assert_eq!(several.err, said);
    let lines = ran(&log.join("\n"), &["--format", "jsonl"]);
    assert!(lines.out.lines().all(|line| line.contains("taken for five minutes")) && lines.err.is_empty());
}

#[test]
fn a_list_of_responses_is_one_of_each() {
    let list = format!("[{},\n {}]", response("2026-01-05", 100), response("2026-01-06", 200));
    let tree = Tree::new("list", &[("list.json", list.as_bytes())]);
    assert_ran(&tree.run(&["cost", "list.json"]), 0, "0.000045\n", "");
}

#[test]
fn what_has_no_cost_says_why() {
    let tree = Tree::new("no-cost", &[]);
    let ran = |body: &str, args: &[&str]| tree.run_on(body.as_bytes(), &[&["cost"], args].concat());
    let impossible = ran(r#"{"model": "gpt-4o", "usage": {"prompt_tokens": -5, "completion_tokens": 0}}"#, &[]);
    assert_eq!(impossible.code, 3);
    assert!(
        impossible.err.contains("<stdin>:1: prompt_tokens is -5, and not a whole number from 0"),
        "{}",
        impossible.err
    );
    let nothing = ran(r#"{"model": "gpt-4o", "choices": []}"#, &[]);
    assert!(nothing.err.contains("give the response with its `usage`"), "{}", nothing.err);
    assert_eq!(ran("{}", &["--tier", "flexx"]).code, 2);
    assert_eq!(ran("{}", &["--by", "week"]).code, 2);
    assert_eq!(ran("{}", &["--at", "yesterday"]).code, 2);
    let missing = tree.run(&["cost", "nowhere.json"]);
    assert_eq!(missing.code, 3);
    assert!(missing.err.starts_with("error: nowhere.json: "), "{}", missing.err);
}

/// A request with so many words, on one line.
fn request(model: &str, words: usize) -> String {
    let text = vec!["word"; words].join(" ");
    json!({"model": model, "messages": [{"role": "user", "content": text}]}).to_string()
}

#[test]
fn a_request_is_explained_part_by_part() {
    let body = json!({
        "model": "gpt-4o",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello world"}],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}],
    });
    let tree = Tree::new("explain", &[("request.json", serde_json::to_string_pretty(&body).unwrap().as_bytes())]);
    let json = tree.run(&["explain", "request.json", "--json"]);
    assert_eq!((json.code, json.err.as_str()), (0, ""));
    let json = json.json();
    assert_eq!(json["schema"], "tokenfare.explain/1");
    assert_eq!((&json["model"], &json["format"]), (&json!("gpt-4o-2024-08-06"), &json!("openai.chat")));
    assert_eq!(json["exactness"], "framed");
    let parts = json["parts"].as_array().unwrap();
    let sum: u64 = parts.iter().map(|part| part["tokens"].as_u64().unwrap()).sum();
    assert_eq!(json["tokens"], sum);
    assert!(parts.iter().any(|part| part["kind"] == "tool" && part["label"] == "look" && part["at"] == "/tools/0"));
    let window = &json["window"];
    assert_eq!((&window["context_window"], &window["fits"]), (&json!(128_000), &json!(true)));
    assert_eq!((&window["room"], &window["input_room"]), (&json!(16_384), &json!(128_000 - sum)));

    let plain = tree.run(&["explain", "request.json"]);
    assert_eq!(plain.out.lines().count(), parts.len() + 1);
    assert!(plain.out.ends_with(&format!("{sum}\ttotal\t\t\n")), "{}", plain.out);
    let table = tree.run(&["explain", "request.json", "--format", "table"]).out;
    assert!(table.contains("tool look") && table.contains('█') && table.contains("window 128,000"), "{table}");
    let csv = tree.run(&["explain", "request.json", "--format", "csv"]).out;
    assert!(csv.starts_with("kind,label,at,tokens,low,high,exactness,note\n"), "{csv}");
    let lines = tree.run(&["explain", "request.json", "--format", "jsonl"]).out;
    assert_eq!(lines.lines().count(), parts.len());
    assert!(tree.run(&["explain", "request.json", "--format", "md"]).out.starts_with("| tokens | share |"));
    // As another model counts it, and from a pipe.
    let other = tree.run_on(body.to_string().as_bytes(), &["explain", "-m", "gpt-3.5-turbo", "--json"]).json();
    assert_eq!(other["model"], "gpt-3.5-turbo-0125");
}

#[test]
fn a_picture_that_is_only_pointed_to_is_as_large_as_it_is_said_to_be() {
    let image = json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}});
    let body = json!({"model": "gpt-4o", "messages": [{"role": "user", "content": [image]}]}).to_string();
    let tree = Tree::new("media", &[("request.json", body.as_bytes())]);
    let unsure = tree.run(&["explain", "request.json", "--json"]).json();
    assert!(unsure["low"].as_u64() < unsure["high"].as_u64());
    let table = tree.run(&["explain", "request.json", "--format", "table"]).out;
    assert!(table.starts_with("tokens") && table.contains("low") && table.contains("\nestimate image: "), "{table}");
    let said = ["explain", "request.json", "--media", "/messages/0/content/0=1024x1024", "--json"];
    assert_eq!(tree.run(&said).json()["high"], 4 + 3 + 85 + 4 * 170);
    assert_eq!(tree.run(&["explain", "request.json", "--media", "1024x1024"]).code, 2);
}

#[test]
fn a_request_that_does_not_fit_fails_a_check() {
    let tree = Tree::new("window", &[("request.json", request("gpt-4o-mini", 10).as_bytes())]);
    let fits = tree.run(&["explain", "request.json", "--max-output", "16k", "--check"]);
    assert_eq!((fits.code, fits.err.as_str()), (0, ""));
    let over = tree.run(&["explain", "request.json", "--max-output", "0.02M", "--check"]);
    let why =
        "20000 tokens exceed the max_output of `gpt-4o-mini-2024-07-18`, which is 16384, 16384 tokens of output fit\n";
    assert_eq!((over.code, over.err.as_str()), (1, format!("error: {why}").as_str()));
    assert!(over.out.ends_with("\ttotal\t\t\n"), "what it counts is said all the same: {}", over.out);
    let warned = tree.run(&["explain", "request.json", "--max-output", "20_000", "--json"]);
    assert_eq!((warned.code, warned.err.as_str()), (0, format!("warning: {why}").as_str()));
    assert_eq!(warned.json()["window"]["overruns"][0]["over_by"], 20_000 - 16_384);
    assert_eq!(tree.run(&["explain", "request.json", "--max-output", "much"]).code, 2);
}

#[test]
fn what_is_no_request_is_not_explained() {
    let tree = Tree::new("no-request", &[]);
    let ran = |body: &str, args: &[&str]| tree.run_on(body.as_bytes(), &[&["explain"], args].concat());
    for body in ["", "{", "{}", "[]", "7", "{\"messages\": 7}"] {
        let ran = ran(body, &["-m", "gpt-4o"]);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{body}");
        assert!(ran.err.starts_with("error: <stdin>: not a request: "), "{}", ran.err);
    }
    let unnamed = ran(r#"{"messages": []}"#, &[]);
    assert_ran(&unnamed, 2, "", "error: the request names no model: name one with `-m`\n");
    assert_eq!(ran(&request("gpt-4oo", 1), &[]).code, 2);
    let two = [request("gpt-4o", 1), request("gpt-4o", 2)].join("\n");
    assert!(ran(&two, &[]).err.contains("`tokenfare count --requests`"));
    assert_eq!(tree.run(&["explain", "nowhere.json"]).code, 3);
    // A name in a request cannot write to the terminal.
    let body =
        json!({"model": "gpt-4o", "messages": [], "tools": [{"type": "function", "function": {"name": "\u{1b}[31m"}}]});
    let table = ran(&body.to_string(), &["--format", "table"]);
    assert!(table.code == 0 && !table.out.contains('\u{1b}'), "{table:?}");
}

#[test]
fn requests_are_counted_line_by_line_and_bad_lines_are_listed() {
    let batch = json!({"custom_id": "third", "url": "/v1/chat/completions", "body": serde_json::from_str::<Value>(&request("gpt-4o", 3)).unwrap()});
    let lines =
        [&request("gpt-4o", 1), &request("gpt-4oo", 1), "", &batch.to_string(), "not JSON", &request("gpt-4o", 10)];
    let tree = Tree::new("requests", &[("requests.jsonl", lines.join("\n").as_bytes())]);
    let ran = tree.run(&["count", "requests.jsonl", "--requests"]);
    let out = "8\trequests.jsonl:1\n10\trequests.jsonl:4\n17\trequests.jsonl:6\n35\ttotal\n";
    assert_eq!((ran.code, ran.out.as_str()), (3, out));
    assert!(ran.err.contains("requests.jsonl:2: unknown model `gpt-4oo`"), "{}", ran.err);
    assert!(ran.err.contains("requests.jsonl:5: not a request: "), "{}", ran.err);

    let json = tree.run(&["count", "requests.jsonl", "--requests", "--json", "-j", "1"]).json();
    assert_eq!(json["schema"], "tokenfare.requests/1");
    assert_eq!(json["total"], json!({"requests": 3, "tokens": 35, "low": 35, "high": 35, "exactness": "framed"}));
    assert_eq!((&json["requests"][1]["id"], &json["requests"][1]["line"]), (&json!("third"), &json!(4)));
    assert_eq!(json["errors"][1]["line"], 5);
    let records = tree.run(&["count", "requests.jsonl", "--requests", "--format", "jsonl"]);
    assert_eq!(records.out.lines().count(), 3);
    let csv = tree.run(&["count", "requests.jsonl", "--requests", "--format", "csv"]).out;
    assert!(
        csv.starts_with("path,line,model,format,tokens,low,high,exactness\nrequests.jsonl,1,gpt-4o-2024-08-06,"),
        "{csv}"
    );
    let table = tree.run(&["count", "requests.jsonl", "--requests", "--format", "table"]).out;
    assert_eq!(table.lines().count(), 5, "{table}");

    // A model that is named holds for all; one in the environment for those that name none.
    let named = tree.run(&["requests.jsonl", "--requests", "-m", "gpt-3.5-turbo", "--json"]).json();
    assert_eq!(
        (&named["total"]["requests"], &named["requests"][0]["model"]),
        (&json!(4), &json!("gpt-3.5-turbo-0125"))
    );
    let mut command = tree.command(&["requests.jsonl", "--requests", "--json"]);
    let set = Ran::from(command.env("TOKENFARE_MODEL", "gpt-3.5-turbo").output().unwrap()).json();
    assert_eq!((&set["total"]["requests"], &set["requests"][0]["model"]), (&json!(3), &json!("gpt-4o-2024-08-06")));

    assert_eq!(tree.run(&["requests.jsonl", "--requests", "-m", "gpt-4oo"]).code, 2);
    assert_eq!(tree.run(&["requests.jsonl", "--requests", "--by", "ext"]).code, 2);
    let first = tree.run(&["requests.jsonl", "--requests", "--fail-fast", "--json"]);
    assert_eq!((first.code, first.out.as_str()), (3, ""));
    let nothing = tree.run_on(b"not JSON", &["count", "--requests"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (3, ""));
}

#[test]
fn models_without_a_public_vocabulary_are_estimated_only_when_asked() {
    let text = "Say hello to the world, and to all who live in it.\n".repeat(20);
    let tree = Tree::new("estimate", &[("a.txt", text.as_bytes()), ("b.txt", b"")]);
    let refused = tree.run(&["a.txt", "-m", "claude-sonnet-4-5"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("`--estimate` counts them with bounds"), "{}", refused.err);

    let json = tree.run(&["a.txt", "b.txt", "-m", "claude-sonnet-4-5", "--estimate", "--json"]).json();
    let number = |name: &str| json["total"][name].as_u64().unwrap();
    let (low, tokens, high) = (number("low"), number("tokens"), number("high"));
    assert!(0 < low && low < tokens && tokens < high, "{json}");
    assert_eq!(json["encoding"], Value::Null);
    assert_eq!(json["files"][1]["high"], 0);
    let plain = tree.run(&["a.txt", "-m", "claude-sonnet-4-5", "--estimate"]);
    assert_ran(&plain, 0, &format!("{tokens}\n"), &format!("note: estimated: from {low} to {high} tokens\n"));
    let table = tree.run(&["a.txt", "-m", "claude-sonnet-4-5", "--estimate", "--format", "table"]).out;
    assert!(table.starts_with("tokens  low  high  window"), "{table}");
    let csv = tree.run(&["a.txt", "-m", "claude-sonnet-4-5", "--estimate", "--format", "csv"]).out;
    assert!(csv.starts_with("path,bytes,tokens,low,high,model,share,cost_usd\n"), "{csv}");
    // Where the vocabulary is public the flag changes nothing.
    assert_eq!(
        tree.run(&["a.txt", "-m", "gpt-4o", "--estimate", "--json"]),
        tree.run(&["a.txt", "-m", "gpt-4o", "--json"])
    );
}

#[test]
fn encodings_are_listed() {
    let tree = Tree::new("encodings", &[]);
    let names: String = tokenfare::encodings().map(|name| format!("{name}\n")).collect();
    assert_ran(&tree.run(&["encodings"]), 0, &names, "");
    let json = tree.run(&["encodings", "--json"]).json();
    assert_eq!(json["default"], "o200k_base");
    assert_eq!(json["encodings"].as_array().unwrap().len(), names.lines().count());
    assert!(tree.run(&["encodings", "--format", "table"]).out.ends_with("\n\ndefault: o200k_base\n"));
}

#[test]
fn help_shows_examples_first() {
    let tree = Tree::new("help", &[]);
    let ran = tree.run(&["--help"]);
    let first = "\
Counts the tokens of files and text, offline and exactly, and says what they cost

Examples:
  tokenfare README.md                 how many tokens a file has
";
    assert!(ran.code == 0 && ran.err.is_empty() && ran.out.starts_with(first), "{}", ran.out);
    assert!(ran.out.contains("Exit codes:") && ran.out.contains("Usage: tokenfare [OPTIONS] [PATH]..."));
    assert!(tree.run(&["-h"]).out.starts_with(first));
    assert!(tree.run(&["count", "--help"]).out.contains("Examples:"));
    assert_ran(&tree.run(&["--version"]), 0, concat!("tokenfare ", env!("CARGO_PKG_VERSION"), "\n"), "");
}

#[test]
fn shells_get_completions_and_readers_a_manual() {
    let tree = Tree::new("shells", &[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = tree.run(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("files-from"), "{shell}");
    }
    let man = tree.run(&["man"]);
    assert!(man.code == 0 && man.out.contains(".TH tokenfare 1") && man.out.contains("Exit codes"));
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let tree = Tree::new("colours", &two());
    let run = |args: &[&str], environment: &[(&str, &str)]| {
        let mut command = tree.command(&["a.txt", "none", "--format", "table"]);
        let ran = Ran::from(command.args(args).envs(environment.iter().copied()).output().unwrap());
        (ran.out.contains('\u{1b}'), ran.err.contains('\u{1b}'))
    };
    assert_eq!(run(&[], &[]), (false, false));
    assert_eq!(run(&["--color", "always"], &[("NO_COLOR", "1")]), (true, true));
    assert_eq!(run(&[], &[("CLICOLOR_FORCE", "1")]), (true, true));
    assert_eq!(run(&["--color=never"], &[("CLICOLOR_FORCE", "1")]), (false, false));
    assert_eq!(run(&[], &[("TOKENFARE_COLOR", "always")]), (true, true));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    // More than a pipe holds.
    let names: Vec<String> = (0..500).map(|i| format!("{i:0200}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"hello"[..])).collect();
    let tree = Tree::new("closed", &files);
    for format in ["plain", "table", "json", "jsonl", "csv", "md"] {
        let mut command = tree.command(&[".", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""), "{format}");
    }
    let mut command = tree.command(&["completions", "bash"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let tree = Tree::new("full", &two());
    for args in [
        &["a.txt"][..],
        &["."],
        &[".", "--json"],
        &[".", "--format", "csv"],
        &["models"],
        &["encodings"],
        &["man"],
        &["completions", "zsh"],
        &["--help"],
        &["--version"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = tree.command(args).stdout(full).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{args:?}");
        assert!(err.starts_with("error: cannot write the output: "), "{args:?}: {err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn messages_that_cannot_be_written_do_no_harm() {
    let tree = Tree::new("mute", &two());
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = tree.command(&["none", "a.txt"]).stderr(full).output().unwrap();
    assert_eq!((output.status.code(), &*output.stdout), (Some(3), &b"2\ta.txt\n2\ttotal\n"[..]));
}

#[cfg(target_os = "linux")]
#[test]
fn signals_end_it_as_shells_expect() {
    use std::os::unix::process::ExitStatusExt;
    let tree = Tree::new("signals", &[]);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
    for (name, signal, code) in [("INT", 2, 130), ("TERM", 15, 143)] {
        if ignored & (1 << (signal - 1)) != 0 {
            continue; // Whoever started these tests did not want it to have an effect.
        }
        let mut child = tree.command(&[]).stdin(Stdio::piped()).spawn().unwrap();
        Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal().map(|signal| 128 + signal), Some(code));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_shown_and_kept() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::new("names", &[]);
    fs::write(tree.0.join(OsStr::from_bytes(b"caf\xe9")), "hello").unwrap();
    let file = tree.run(&[".", "--json"]).json()["files"][0].clone();
    assert_eq!(file, json!({"path": "caf\u{fffd}", "path_base64": "Y2Fm6Q==", "bytes": 5, "tokens": 1}));
    let output = tree.command(&["."]).output().unwrap();
    assert_eq!(output.stdout, b"1\tcaf\xe9\n1\ttotal\n");
    let output = tree.command(&[]).arg(OsStr::from_bytes(b"caf\xe9")).output().unwrap();
    assert_eq!(output.stdout, b"1\n");
    for format in ["table", "csv", "md", "jsonl"] {
        assert!(tree.run(&[".", "--format", format]).out.contains("caf\u{fffd}"), "{format}");
    }
    fs::write(tree.0.join("list"), b"caf\xe9\n").unwrap();
    let output = tree.command(&["--files-from", "list"]).output().unwrap();
    assert_eq!(output.stdout, b"1\tcaf\xe9\n1\ttotal\n");
}

#[cfg(unix)]
#[test]
fn a_name_cannot_write_to_the_terminal() {
    let tree = Tree::new("escape", &[("a\u{1b}[31m\nb", b"hello"), ("c\u{7}", b"\0")]);
    let ran = tree.run(&[".", "--format", "table"]);
    let table = "tokens  file\n     1  a\\u{1b}[31m\\nb\n\ncounted with o200k_base\n";
    assert_ran(&ran, 0, table, "note: skipped 1 file: c\\u{7} (binary)\n");
}
