//! The right to a seat, kept over restarts of the program.
//!
//! Invariant: the file is readable by its owner only, complete or absent; one that others can read, or that is somebody else's, is
//! not used. What is in it is never shown.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::device::socket::address::RoomAddress;
use crate::protocol::ResumeToken;

/// A file has at most so many bytes.
const LARGEST: u64 = 16 * 1024;

/// Where the right to the seat is kept.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// It is for the seat in this room.
    room: String,
}

/// Why a state file cannot be used.
#[derive(Debug, Error)]
pub(crate) enum StateFileError {
    /// The system does not let us.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Others can read it.
    #[error("others can read it (mode {0:03o}); `chmod 600` it, or remove it")]
    Exposed(u32),
    /// It is another user's.
    #[error("it belongs to another user")]
    Foreign,
    /// It holds something else.
    #[error("it is no state file of a device")]
    Malformed,
}

/// What stands in the file.
#[derive(Serialize, Deserialize)]
struct Content {
    /// The room, as its address.
    room: String,
    /// The token of the last welcome.
    resume: ResumeToken,
}

impl StateFile {
    /// Opens the file of a device in this room, and reads the token, if there is one for it.
    ///
    /// # Errors
    /// [`StateFileError`], when the file may not be used.
    pub(crate) fn open(
        path: &Path,
        address: &RoomAddress,
    ) -> Result<(Self, Option<ResumeToken>), StateFileError> {
        let state = Self {
            path: path.to_owned(),
            room: address.to_string(),
        };
        let content = match File::open(path) {
            Ok(file) => state.read(file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let resume = content.filter(|content| content.room == state.room);
        Ok((state, resume.map(|content| content.resume)))
    }

    fn read(&self, file: File) -> Result<Option<Content>, StateFileError> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let metadata = file.metadata()?;
            if metadata.uid() != rustix::process::geteuid().as_raw() {
                return Err(StateFileError::Foreign);
            }
            let mode = metadata.mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(StateFileError::Exposed(mode));
            }
        }
        let mut text = String::new();
        file.take(LARGEST)
            .read_to_string(&mut text)
            .map_err(|error| match error.kind() {
                io::ErrorKind::InvalidData => StateFileError::Malformed,
                _ => error.into(),
            })?;
        // What `mktemp` makes is empty.
        if text.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(&text).map_err(|_| StateFileError::Malformed)
    }

    /// Keeps a token, in place of any other.
    ///
    /// # Errors
    /// The file system's.
    pub(crate) fn keep(&self, resume: &ResumeToken) -> io::Result<()> {
        let content = Content {
            room: self.room.clone(),
            resume: resume.clone(),
        };
        let text = serde_json::to_string(&content).map_err(io::Error::other)?;
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", std::process::id()));
        let draft = self.path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options
            .open(&draft)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .and_then(|()| fs::rename(&draft, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written
    }

    /// The seat is given up: there is nothing to come back to.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(room: &str) -> RoomAddress {
        format!("https://example.org/r/{room}").parse().unwrap()
    }

    fn token(text: &str) -> ResumeToken {
        ResumeToken::new(text)
    }

    #[test]
    fn a_token_is_kept_for_its_room_and_forgotten_with_the_seat() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let open = |room| StateFile::open(&path, &address(room)).unwrap();
        let (state, none) = open("greenhouse");
        assert_eq!(none, None);
        state.keep(&token("one")).unwrap();
        state.keep(&token("two")).unwrap();
        assert_eq!(open("greenhouse").1, Some(token("two")));
        assert_eq!(open("kitchen").1, None);
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "no draft is left behind");
        state.remove();
        assert_eq!(open("greenhouse").1, None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused_and_none_is_made() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let (state, _) = StateFile::open(&path, &address("abc")).unwrap();
        state.keep(&token("one")).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let opened = StateFile::open(&path, &address("abc"));
            assert!(matches!(opened, Err(StateFileError::Exposed(shown)) if shown == mode));
        }
    }

    #[test]
    fn what_is_no_state_file_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        for (content, is_good) in [("", true), ("hello", false), ("{}", false)] {
            fs::write(&path, content).unwrap();
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
                .unwrap();
            let opened = StateFile::open(&path, &address("abc"));
            assert_eq!(opened.is_ok(), is_good, "{content}");
        }
        assert!(StateFile::open(&folder.path().join("no/such"), &address("abc")).is_ok());
        assert!(StateFile::open(folder.path(), &address("abc")).is_err());
    }
}
