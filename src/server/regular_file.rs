//! Opens files that have to be files: whatever else stands under their name is refused, and never waited for.
//!
//! Invariant: opening returns at once, also where a pipe (FIFO) stands that nobody writes to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Opens a regular file, or a link to one, for reading.
///
/// # Errors
/// What the system says, or that something else than a file has this name.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        // Without it, opening a FIFO waits until somebody opens its other end.
        let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        let kind = io::ErrorKind::InvalidInput;
        Err(io::Error::new(kind, "it is not a regular file"))
    }
}

/// Reads a regular file, or the one a link leads to, to its end.
///
/// # Errors
/// As [`open`].
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path)?.read_to_end(&mut content)?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_file_is_read_also_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "content").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read(&file).unwrap(), b"content");
        assert_eq!(read(&link).unwrap(), b"content");
    }

    #[test]
    fn a_pipe_and_a_folder_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        for path in [pipe, folder.path().to_owned()] {
            let (done, refused) = mpsc::channel();
            std::thread::spawn(move || done.send(open(&path).unwrap_err()));
            let error = refused.recv_timeout(Duration::from_secs(10));
            let error = error.expect("opening returns");
            assert!(error.to_string().contains("not a regular file"), "{error}");
        }
    }
}
