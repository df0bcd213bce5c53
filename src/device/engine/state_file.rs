//! The right to a seat, kept over restarts of the program.
//!
//! Invariant: the file is readable by its owner only, complete or absent, also when the power fails; one that others can read, or
//! that is somebody else's, is not used. What another program has put there is not taken away. What is in it is never shown.

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
    /// This is known to stand in it for that seat, unless another program has written it since.
    kept: Option<ResumeToken>,
}

/// What an earlier run kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The right to the seat.
    pub(crate) resume: ResumeToken,
    /// Offers were numbered from here on.
    pub(crate) offers: u32,
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
    /// Offers were numbered from here on.
    #[serde(default)]
    offers: u32,
}

impl StateFile {
    /// Opens the file of a device in this room, and reads the token, if there is one for it.
    ///
    /// # Errors
    /// [`StateFileError`], when the file may not be used.
    pub(crate) fn open(
        path: &Path,
        address: &RoomAddress,
    ) -> Result<(Self, Option<Kept>), StateFileError> {
        let mut state = Self {
            path: path.to_owned(),
            room: address.to_string(),
            kept: None,
        };
        let content = match File::open(path) {
            Ok(file) => Content::read(file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let content = content.filter(|content| content.room == state.room);
        state.kept = content.as_ref().map(|content| content.resume.clone());
        let kept = content.map(|content| Kept {
            resume: content.resume,
            offers: content.offers,
        });
        Ok((state, kept))
    }

    /// Keeps a token, in place of any other, and from where on offers are numbered.
    ///
    /// # Errors
    /// The file system's, and when the token is longer than any that would be read again.
    pub(crate) fn keep(&mut self, resume: &ResumeToken, offers: u32) -> io::Result<()> {
        let content = Content {
            room: self.room.clone(),
            resume: resume.clone(),
            offers,
        };
        let text = serde_json::to_string(&content).map_err(io::Error::other)?;
        if text.len() as u64 > LARGEST {
            return Err(io::Error::other("the server's token is too long"));
        }
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", std::process::id()));
        let draft = self.path.with_file_name(name);
        let mut options = OpenOptions::new();
        // Whatever has this name is of an earlier run, or a trap: it is never written to.
        let _ = fs::remove_file(&draft);
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options
            .open(&draft)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&draft, &self.path));
        match &written {
            Ok(()) => self.kept = Some(resume.clone()),
            Err(_) => {
                let _ = fs::remove_file(&draft);
            }
        }
        written
    }

    /// The seat is given up: there is nothing to come back to. What another program keeps there, or another room's seat, stays.
    pub(crate) fn remove(&self) {
        let content = File::open(&self.path)
            .map_err(StateFileError::from)
            .and_then(Content::read);
        if let Ok(Some(content)) = content
            && content.room == self.room
            && Some(&content.resume) == self.kept.as_ref()
        {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Content {
    /// Reads a file; `None` for one that is empty.
    fn read(file: File) -> Result<Option<Self>, StateFileError> {
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
        let (mut state, none) = open("greenhouse");
        assert_eq!(none, None);
        state.keep(&token("one"), 1_000).unwrap();
        state.keep(&token("two"), 2_000).unwrap();
        let kept = Kept {
            resume: token("two"),
            offers: 2_000,
        };
        assert_eq!(open("greenhouse").1, Some(kept));
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
        let (mut state, _) = StateFile::open(&path, &address("abc")).unwrap();
        state.keep(&token("one"), 0).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let opened = StateFile::open(&path, &address("abc"));
            assert!(matches!(opened, Err(StateFileError::Exposed(shown)) if shown == mode));
        }
    }

    #[test]
    fn what_another_program_or_another_room_keeps_there_is_not_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let open = |room| StateFile::open(&path, &address(room)).unwrap().0;
        let mut one = open("greenhouse");
        one.keep(&token("one"), 0).unwrap();
        let mut other = open("greenhouse");
        other.keep(&token("other"), 0).unwrap();
        one.remove();
        open("kitchen").remove();
        let kept = StateFile::open(&path, &address("greenhouse")).unwrap().1;
        assert_eq!(kept.map(|kept| kept.resume), Some(token("other")));
        other.remove();
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_somebody_laid_in_the_way_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let trap = folder.path().join("trap");
        fs::write(&trap, "").unwrap();
        let draft = folder.path().join(format!("state.{}", std::process::id()));
        std::os::unix::fs::symlink(&trap, &draft).unwrap();
        let mut state = StateFile::open(&path, &address("abc")).unwrap().0;
        state.keep(&token("secret"), 0).unwrap();
        assert_eq!(fs::read_to_string(&trap).unwrap(), "");
        assert!(!fs::symlink_metadata(&path).unwrap().is_symlink());
    }

    #[test]
    fn a_token_that_would_not_be_read_again_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let mut state = StateFile::open(&path, &address("abc")).unwrap().0;
        state.keep(&token("good"), 0).unwrap();
        assert!(state.keep(&token(&"x".repeat(20_000)), 0).is_err());
        let kept = StateFile::open(&path, &address("abc")).unwrap().1;
        assert_eq!(kept.map(|kept| kept.resume), Some(token("good")));
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
