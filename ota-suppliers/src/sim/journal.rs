//! An append-only journal of JSON lines: what a simulator must still know after kill -9.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Largest journal that is read back, in bytes: a simulator's data folder is thrown away long before.
pub const JOURNAL_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Why a journal could not be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file could not be read, written or synced.
    #[error("journal {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A whole line (not the torn last one) is not an entry of this journal.
    #[error("journal {path}, line {line}: not an entry")]
    Entry {
        /// The file.
        path: PathBuf,
        /// The line, counted from one.
        line: usize,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The file is larger than [`JOURNAL_BYTES_MAX`].
    #[error("journal {path} is larger than {JOURNAL_BYTES_MAX} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

/// An append-only file of `T`, one JSON line each, durable before [`Journal::append`] returns.
pub struct Journal<T> {
    file: Option<(PathBuf, File, u64)>,
    entry: PhantomData<fn(&T)>,
}

impl<T> fmt::Debug for Journal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("path", &self.file.as_ref().map(|(path, ..)| path)).finish()
    }
}

impl<T: Serialize + DeserializeOwned> Journal<T> {
    /// A journal that keeps nothing, for simulators without a data folder.
    #[must_use]
    pub fn forgetful() -> Self {
        Self { file: None, entry: PhantomData }
    }

    /// Opens or creates the file and reads what it holds. A torn last line (killed while writing; never acknowledged)
    /// is cut off.
    ///
    /// # Errors
    /// The file cannot be used, or a whole line is not an entry.
    pub fn open(path: &Path) -> Result<(Self, Vec<T>), JournalError> {
        let io = |source| JournalError::Io { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(io)?;
        if file.metadata().map_err(io)?.len() > JOURNAL_BYTES_MAX {
            return Err(JournalError::TooLarge { path: path.to_owned() });
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(io)?;
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        text.truncate(whole);
        let mut entries = Vec::new();
        for (index, line) in
            text.split(|&byte| byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty())
        {
            let entry = serde_json::from_slice(line).map_err(|source| JournalError::Entry {
                path: path.to_owned(),
                line: index + 1,
                source,
            })?;
            entries.push(entry);
        }
        let length = whole as u64;
        file.set_len(length).map_err(io)?;
        file.seek(SeekFrom::Start(length)).map_err(io)?;
        file.sync_all().map_err(io)?;
        // The folder too, or the file's name itself may be lost with the power.
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
        }
        Ok((Self { file: Some((path.to_owned(), file, length)), entry: PhantomData }, entries))
    }

    /// Appends one entry and syncs it: reply to a write only after this returned.
    ///
    /// # Errors
    /// The file cannot be written; then it is as long as before.
    pub fn append(&mut self, entry: &T) -> Result<(), JournalError> {
        let Some((path, file, length)) = &mut self.file else { return Ok(()) };
        let mut line = serde_json::to_vec(entry).map_err(|source| JournalError::Entry {
            path: path.clone(),
            line: 0,
            source,
        })?;
        line.push(b'\n');
        let written = file.write_all(&line).and_then(|()| file.sync_data());
        if let Err(source) = written {
            // Half a line would swallow the next one. If even this fails, the next open cuts it off.
            let _ = file.set_len(*length).and_then(|()| file.seek(SeekFrom::Start(*length)));
            return Err(JournalError::Io { path: path.clone(), source });
        }
        *length += line.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resumes_and_cuts_a_torn_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper").join("orders.jsonl");
        let (mut journal, entries) = Journal::<u32>::open(&path).unwrap();
        assert!(entries.is_empty());
        journal.append(&7).unwrap();
        journal.append(&8).unwrap();
        drop(journal);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"123").unwrap();
        let (mut journal, entries) = Journal::<u32>::open(&path).unwrap();
        assert_eq!(entries, [7, 8]);
        journal.append(&9).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "7\n8\n9\n");
    }

    #[test]
    fn names_the_line_that_is_no_entry() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.jsonl");
        fs::write(&path, "1\nnonsense\n2\n").unwrap();
        let error = Journal::<u32>::open(&path).unwrap_err();
        assert!(matches!(error, JournalError::Entry { line: 2, .. }), "{error}");
    }
}
