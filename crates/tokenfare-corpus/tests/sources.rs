//! Which documents are found, in which order, and that none is lost on the way through.
#![allow(clippy::unwrap_used)] // Allowed in tests, and what they call is part of them.

use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tokenfare::{Encoding, InvalidUtf8};
use tokenfare_corpus::{Counting, Document, Input, Name, Outcome, Skip, Total, Walk, listed, sources};

/// Makes an empty directory. It looks like the root of a repository, so that ignore files above it are not heeded.
fn tree(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sources").join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join(".git")).unwrap();
    for (path, bytes) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    root
}

fn o200k() -> &'static Encoding {
    tokenfare::encoding("o200k_base").unwrap()
}

fn all(counting: Counting, inputs: Vec<Input>, walk: Walk) -> Vec<Document> {
    let mut documents = Vec::new();
    let ran = counting.run(sources(inputs, walk), |document| {
        documents.push(document);
        ControlFlow::<()>::Continue(())
    });
    assert!(ran.is_continue());
    documents
}

/// Walks a tree and says what became of what is in it, under names relative to its root.
fn walked(root: &Path, walk: Walk) -> Vec<(String, String)> {
    all(Counting::new(o200k()), vec![Input::Path(root.to_owned())], walk)
        .into_iter()
        .map(|document| {
            let path = document.name.path().unwrap();
            let outcome = match document.outcome {
                Outcome::Counted(counted) => counted.tokens.to_string(),
                Outcome::Skipped(why) => why.to_string(),
                Outcome::Failed(error) => error.to_string(),
                Outcome::Warned(_) => "warned".to_owned(),
            };
            (path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"), outcome)
        })
        .collect()
}

fn names(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_directory_is_walked_in_the_order_of_file_names() {
    let root = tree("order", &[("b.txt", b"b"), ("a/z", b"z"), ("a/b/c", b"c"), ("B.txt", b"B"), ("a.txt", b"a")]);
    let found = walked(&root, Walk::default());
    assert_eq!(names(&found), ["B.txt", "a/b/c", "a/z", "a.txt", "b.txt"]);
    assert!(found.iter().all(|(_, outcome)| outcome == "1"));
}

#[test]
fn ignore_files_are_heeded_in_a_repository_and_outside_one() {
    let files: &[(&str, &[u8])] = &[
        (".gitignore", b"*.log\n"),
        (".ignore", b"/b\n"),
        ("sub/.tokenfareignore", b"c\n"),
        ("a", b"a"),
        ("a.log", b"a"),
        ("b", b"b"),
        ("sub/c", b"c"),
        ("sub/d", b"d"),
        ("sub/d.log", b"d"),
    ];
    let root = tree("ignored", files);
    assert_eq!(names(&walked(&root, Walk::default())), ["a", "sub/d"]);
    // Ignore files above the directory that was named count as well.
    assert_eq!(names(&walked(&root.join("sub"), Walk::default())), ["d"]);
    let everything = ["a", "a.log", "b", "sub/c", "sub/d", "sub/d.log"];
    assert_eq!(names(&walked(&root, Walk::default().no_ignore(true))), everything);
    fs::remove_dir(root.join(".git")).unwrap();
    assert_eq!(names(&walked(&root, Walk::default())), ["a", "sub/d"]);
}

#[test]
fn hidden_files_are_found_on_request_and_the_repository_only_without_ignoring() {
    let root = tree("hidden", &[(".a", b"a"), (".b/c", b"c"), (".git/config", b"x"), ("d", b"d")]);
    assert_eq!(names(&walked(&root, Walk::default())), ["d"]);
    assert_eq!(names(&walked(&root, Walk::default().hidden(true))), [".a", ".b/c", "d"]);
    let all = Walk::default().hidden(true).no_ignore(true);
    assert_eq!(names(&walked(&root, all)), [".a", ".b/c", ".git/config", "d"]);
}

#[test]
fn what_is_no_text_is_skipped_when_it_is_found_and_not_when_it_is_named() {
    let mut late = vec![b'a'; 8 << 10];
    late.push(0);
    let root = tree("binary", &[("early", b"hello\0world"), ("late", &late), ("text", b"hello world")]);
    let found = walked(&root, Walk::default());
    assert_eq!(found[0], ("early".to_owned(), "binary".to_owned()));
    assert_eq!(found[1].1, o200k().count(str::from_utf8(&late).unwrap()).to_string());
    let named = all(Counting::new(o200k()), vec![Input::Path(root.join("early"))], Walk::default());
    assert!(matches!(&named[0].outcome, Outcome::Counted(counted) if counted.bytes == 11));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_skipped_when_they_are_found_and_links_are_followed_when_they_are_named() {
    let root = tree("links", &[("a/file", b"hello world")]);
    std::os::unix::fs::symlink("a/file", root.join("to-file")).unwrap();
    std::os::unix::fs::symlink("a", root.join("to-directory")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.join("to-nothing")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).ok();
    let found = walked(&root, Walk::default());
    let link = |name: &str| (name.to_owned(), Skip::SymbolicLink.to_string());
    assert_eq!(found[0], ("a/file".to_owned(), "2".to_owned()));
    if found.len() == 5 {
        assert_eq!(found[1], ("socket".to_owned(), Skip::NotAFile.to_string()));
    }
    assert_eq!(found[found.len() - 3..], [link("to-directory"), link("to-file"), link("to-nothing")]);

    let named = ["to-file", "to-directory", "to-nothing"].map(|name| Input::Path(root.join(name)));
    let named = all(Counting::new(o200k()), named.into(), Walk::default());
    assert!(matches!(&named[0].outcome, Outcome::Counted(counted) if counted.tokens == 2));
    assert_eq!(named[1].name.path(), Some(&*root.join("to-directory/file")));
    assert!(matches!(&named[2].outcome, Outcome::Failed(error) if error.is_not_found()));
}

#[test]
fn a_senseless_line_of_an_ignore_file_is_told_and_the_rest_counted() {
    let root = tree("senseless", &[(".ignore", b"[z-a]\nb\n"), ("a", b"a"), ("b", b"b")]);
    let found = walked(&root, Walk::default());
    assert!(found.iter().any(|(_, outcome)| outcome == "warned"), "{found:?}");
    assert_eq!(found.last().unwrap(), &("a".to_owned(), "1".to_owned()));
}

#[test]
fn a_list_names_files_and_no_directories() {
    let root = tree("listed", &[("a", b"a")]);
    let documents = all(
        Counting::new(o200k()),
        vec![Input::Listed(root.join("a")), Input::Listed(root.clone()), Input::Listed(root.join("b"))],
        Walk::default(),
    );
    let outcomes: Vec<String> = documents
        .iter()
        .map(|document| match &document.outcome {
            Outcome::Counted(counted) => counted.tokens.to_string(),
            Outcome::Failed(error) => error.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(outcomes[0], "1");
    assert!(outcomes[1].starts_with("is a directory"));
    assert_eq!(outcomes[2], "no such file or directory");
}

#[test]
fn names_in_a_list_end_at_newlines_or_at_nuls() {
    let read = |list: &'static [u8], null| -> Vec<PathBuf> {
        listed(list, null)
            .map(|input| match input.unwrap() {
                Input::Listed(path) => path,
                other => panic!("{other:?}"),
            })
            .collect()
    };
    assert_eq!(read(b"a b\n\n c\n-", false), ["a b", " c", "-"].map(PathBuf::from));
    assert_eq!(read(b"a\nb\0\0c\0", true), ["a\nb", "c"].map(PathBuf::from));
    assert!(read(b"", false).is_empty());
}

#[cfg(unix)]
#[test]
fn a_list_that_cannot_be_read_ends_with_its_error() {
    let directory = std::io::BufReader::new(fs::File::open(env!("CARGO_MANIFEST_DIR")).unwrap());
    let mut list = listed(directory, false);
    assert_eq!(list.next().unwrap().unwrap_err().to_string(), "is a directory");
    assert!(list.next().is_none());
}

#[test]
fn many_documents_come_in_order_with_the_same_counts_on_any_number_of_threads() {
    let texts: Vec<String> = (0..50).map(|i| format!("{} document", "very ".repeat(i))).collect();
    let names: Vec<String> = (0..texts.len()).map(|i| format!("{i:02}")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let root = tree("many", &files);
    let inputs: Vec<Input> = names.iter().map(|name| Input::Listed(root.join(name))).cycle().take(5_000).collect();
    for threads in [None, NonZeroUsize::new(1), NonZeroUsize::new(3), NonZeroUsize::new(100_000)] {
        let documents = all(Counting::new(o200k()).threads(threads), inputs.clone(), Walk::default());
        assert_eq!(documents.len(), inputs.len());
        let mut total = Total::default();
        for (document, (name, text)) in documents.iter().zip(names.iter().zip(&texts).cycle()) {
            assert_eq!(document.name, Name::Path(root.join(name)));
            match document.outcome {
                Outcome::Counted(counted) => {
                    assert_eq!(counted.tokens, o200k().count(text) as u64);
                    total.add(counted);
                }
                ref other => panic!("{other:?}"),
            }
        }
        assert_eq!(total.files, 5_000);
        assert_eq!(total.bytes, 100 * texts.iter().map(|text| text.len() as u64).sum::<u64>());
    }
}

#[test]
fn a_bad_document_does_not_cost_the_others_their_counts() {
    let root = tree("bad", &[("a", b"hello world"), ("b", b"hello \xff world"), ("c", b"hello world")]);
    assert_eq!(
        walked(&root, Walk::default()),
        [("a", "2"), ("b", "invalid UTF-8 at byte 6"), ("c", "2")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let replaced = Counting::new(o200k()).invalid_utf8(InvalidUtf8::Replace);
    let replaced = all(replaced, vec![Input::Path(root.join("b"))], Walk::default());
    let tokens = o200k().count("hello \u{fffd} world") as u64;
    assert!(
        matches!(replaced[0].outcome, Outcome::Counted(counted) if counted.tokens == tokens && counted.bytes == 13)
    );
}

#[test]
fn counting_stops_when_it_is_told_to() {
    let root = tree("stop", &[("a", b"a"), ("b", b"b"), ("c", b"c")]);
    let mut seen = 0;
    let ran = Counting::new(o200k()).run(sources([Input::Path(root)], Walk::default()), |_| {
        seen += 1;
        if seen == 2 { ControlFlow::Break("enough") } else { ControlFlow::Continue(()) }
    });
    assert_eq!((ran, seen), (ControlFlow::Break("enough"), 2));
}
