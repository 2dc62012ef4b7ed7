//! The catalog that is asked: the bundled one, and what is laid over it; and `tokenfare catalog check`.

use crate::message::Messages;
use crate::{Exit, Failure};
use std::path::PathBuf;
use tokenfare::Catalog;
use tokenfare::read::{self, File};

/// Lays files over the bundled catalog; without one, that is it.
pub(crate) fn open(files: &[PathBuf], force: bool) -> Result<&'static Catalog, Failure> {
    let files: Vec<&PathBuf> = files.iter().filter(|path| !path.as_os_str().is_empty()).collect();
    if files.is_empty() {
        return Ok(Catalog::bundled());
    }
    let mut read = Vec::new();
    for path in files {
        read.push(read_file(path).map_err(Failure::Usage)?);
    }
    let encodings: Vec<&str> = tokenfare::encodings().collect();
    let catalog = Catalog::overlay(&read, &encodings, force).map_err(|error| {
        let way_out = if error.is_outdated() { " with --force-catalog" } else { "" };
        Failure::Usage(format!("{error}{way_out}"))
    })?;
    // It is asked until the end of the run.
    Ok(Box::leak(Box::new(catalog)))
}

pub(crate) fn check(paths: &[PathBuf], messages: &Messages) -> Result<Exit, Failure> {
    let mut files = Vec::new();
    let mut faults = Vec::new();
    for path in paths {
        match read_file(path) {
            Ok(file) => files.push(file),
            Err(why) => faults.push(why),
        }
    }
    let encodings: Vec<&str> = tokenfare::encodings().collect();
    for file in &files {
        faults.extend(read::check(std::slice::from_ref(file), &encodings).iter().map(ToString::to_string));
    }
    if faults.is_empty()
        && let Err(error) = Catalog::overlay(&files, &encodings, false)
    {
        faults.push(error.to_string());
    }
    for fault in &faults {
        messages.error(fault);
    }
    if faults.is_empty() {
        let models: usize = files.iter().map(|file| file.models.len()).sum();
        messages.note(&format!("{} files with {models} models keep the rules", files.len()));
    }
    Ok(if faults.is_empty() { Exit::Done } else { Exit::Check })
}

fn read_file(path: &PathBuf) -> Result<File, String> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    read::read(&name, &text).map_err(|error| error.to_string())
}
