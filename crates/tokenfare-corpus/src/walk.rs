//! The files of a directory, as its ignore files have it.

use crate::document::{Document, Name, Outcome, Skip};
use crate::error::Error;
use crate::source::Source;
use ignore::{DirEntry, WalkBuilder};
use std::path::{Path, PathBuf};

/// Which files of a directory are counted.
///
/// What is ignored depends on the files in the tree and above it, and on nothing else of the machine: a tree has the same
/// count on every machine, and in a repository as outside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Walk {
    hidden: bool,
    no_ignore: bool,
}

impl Walk {
    /// Also finds files and directories whose name begins with a dot, except `.git`.
    #[must_use]
    pub fn hidden(self, hidden: bool) -> Self {
        Self { hidden, ..self }
    }

    /// Also finds what `.gitignore`, `.ignore` and `.tokenfareignore` leave out, and `.git` if hidden files are found.
    #[must_use]
    pub fn no_ignore(self, no_ignore: bool) -> Self {
        Self { no_ignore, ..self }
    }

    /// Walks a directory in the order of file names.
    pub(crate) fn files(self, root: &Path) -> impl Iterator<Item = Result<Source, Document>> + use<> {
        let Self { hidden, no_ignore } = self;
        let mut builder = WalkBuilder::new(root);
        builder
            .standard_filters(!no_ignore)
            .hidden(!hidden)
            // These two are settings of the machine or of one clone.
            .git_global(false)
            .git_exclude(false)
            .require_git(false)
            .sort_by_file_name(Ord::cmp)
            .filter_entry(move |entry| no_ignore || entry.depth() == 0 || entry.file_name() != ".git");
        if !no_ignore {
            builder.add_custom_ignore_filename(".tokenfareignore");
        }
        let here = root == Path::new(".");
        let root = root.to_owned();
        builder.build().flat_map(move |entry| match entry {
            Ok(entry) => {
                let warned = entry.error().map(|error| Outcome::Warned(error.to_string()));
                let warned = warned.map(|outcome| Err(named(entry.path().to_owned(), outcome)));
                warned.into_iter().chain(found(entry, here))
            }
            Err(error) => {
                let path = path_of(&error).unwrap_or(&root).to_owned();
                let failed = Err(named(path, Outcome::Failed(Error::walk(error))));
                Some(failed).into_iter().chain(None)
            }
        })
    }
}

/// `None` for directories, which are not documents.
fn found(entry: DirEntry, here: bool) -> Option<Result<Source, Document>> {
    let kind = entry.file_type()?;
    // What was named is a directory even if it is a link to one.
    if kind.is_dir() || entry.depth() == 0 {
        return None;
    }
    let path = entry.into_path();
    // `./a` is what the walk calls it, and `a` what everybody else does.
    let path = if here { path.strip_prefix(".").map(Path::to_owned).unwrap_or(path) } else { path };
    Some(if kind.is_file() {
        Ok(Source::Found(path))
    } else if kind.is_symlink() {
        Err(named(path, Outcome::Skipped(Skip::SymbolicLink)))
    } else {
        Err(named(path, Outcome::Skipped(Skip::NotAFile)))
    })
}

fn named(path: PathBuf, outcome: Outcome) -> Document {
    Document { name: Name::Path(path), outcome }
}

/// The path that an error of the walk is about.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        _ => None,
    }
}
