//! The key that signs resume tokens, kept in the data directory so that it survives a restart.
//!
//! Invariant: the file is complete or absent, a regular file of the server's own user, readable by nobody else, and never
//! replaced.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::random::{self, NoRandomness};
use super::resume_token::KEY_BYTES;
use crate::server::regular_file;

const FILE_NAME: &str = "resume.key";

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The folder or the file could not be read or written.
    #[error("cannot use {path} as the key of resume tokens: {source}", path = path.display())]
    File {
        /// The error met this file or folder.
        path: PathBuf,
        /// The system said so.
        source: io::Error,
    },
    /// Whoever owns the file knows the key, and may give it to anybody.
    #[error("{path} belongs to another user (number {owner}); give it to the user the server runs as (chown), or move it away and a new one is made", path = path.display())]
    Foreign {
        /// The key stands in this file.
        path: PathBuf,
        /// The file belongs to the user of this number.
        owner: u32,
    },
    /// Somebody else on this machine could read the key.
    #[error("{path} can be read by other users (mode {mode:03o}); run: chmod 600 '{path}'", path = path.display())]
    Exposed {
        /// The key stands in this file.
        path: PathBuf,
        /// The file has these permission bits.
        mode: u32,
    },
    /// The file is not what this program wrote.
    #[error("{path} is not a key: it has {length} bytes instead of {KEY_BYTES}; move it away and a new one is made", path = path.display())]
    Malformed {
        /// The key should stand in this file.
        path: PathBuf,
        /// The file has this many bytes, as far as they were read: at most one more than a key has.
        length: usize,
    },
    /// The system has no random numbers to make a key of.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Reads the key from the folder, making folder and key when they are not there.
///
/// # Errors
/// [`KeyError`] says which file and why.
pub(crate) fn load_or_create(folder: &Path) -> Result<[u8; KEY_BYTES], KeyError> {
    let key = load_or_make(folder)?;
    if let Some(mode) = open_to_others(folder) {
        tracing::warn!(
            folder = %folder.display(),
            mode = format_args!("{mode:03o}"),
            "other users can write to the folder of the key, and so put another in its place (chmod go-w)"
        );
    }
    Ok(key)
}

fn load_or_make(folder: &Path) -> Result<[u8; KEY_BYTES], KeyError> {
    let path = folder.join(FILE_NAME);
    match read(&path) {
        Err(KeyError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
        decided => return decided,
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| KeyError::File { path, source }
    };
    make_folder(folder).map_err(failed(folder))?;
    let nonce = random::bytes::<8>()?;
    let draft = folder.join(format!(".{FILE_NAME}.{:016x}", u64::from_be_bytes(nonce)));
    let published =
        write(&draft, &random::bytes::<KEY_BYTES>()?).and_then(|()| fs::hard_link(&draft, &path));
    let _ = fs::remove_file(&draft);
    match published {
        // Another process made one in the meantime: that one counts.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        published => published.map_err(failed(&path))?,
    }
    read(&path)
}

/// Says whether the key of the folder can be used; one that is not there yet can be made.
///
/// # Errors
/// [`KeyError`] says which file and why.
pub(crate) fn check(folder: &Path) -> Result<(), KeyError> {
    match read(&folder.join(FILE_NAME)) {
        Err(KeyError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(()),
        decided => decided.map(drop),
    }
}

/// Gives the permission bits of the folder when users other than its owner may write to it, and so replace what is in it.
pub(crate) fn open_to_others(folder: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        let permissions = fs::metadata(folder).ok()?.permissions();
        let mode = std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777;
        (mode & 0o022 != 0).then_some(mode)
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// Makes the folder and those above it, for this user alone.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn write(path: &Path, key: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(key)?;
    file.sync_all()
}

fn read(path: &Path) -> Result<[u8; KEY_BYTES], KeyError> {
    let failed = |source| KeyError::File {
        path: path.to_owned(),
        source,
    };
    let file = regular_file::open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        let metadata = file.metadata().map_err(failed)?;
        let owner = std::os::unix::fs::MetadataExt::uid(&metadata);
        if owner != rustix::process::geteuid().as_raw() {
            return Err(KeyError::Foreign {
                path: path.to_owned(),
                owner,
            });
        }
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
    }
    let mut content = Vec::with_capacity(KEY_BYTES + 1);
    file.take(KEY_BYTES as u64 + 1)
        .read_to_end(&mut content)
        .map_err(failed)?;
    <[u8; KEY_BYTES]>::try_from(content.as_slice()).map_err(|_| KeyError::Malformed {
        path: path.to_owned(),
        length: content.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("made/on/demand");
        let key = load_or_create(&inner).unwrap();
        assert_eq!(load_or_create(&inner).unwrap(), key);
        let files: Vec<_> = fs::read_dir(&inner).unwrap().collect();
        assert_eq!(files.len(), 1, "no draft is left behind");
    }

    #[test]
    fn two_folders_have_two_keys() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert_ne!(
            load_or_create(one.path()).unwrap(),
            load_or_create(two.path()).unwrap()
        );
    }

    #[test]
    fn a_short_or_long_file_is_refused() {
        for length in [0, KEY_BYTES - 1, KEY_BYTES + 1] {
            let folder = tempfile::tempdir().unwrap();
            write(&folder.path().join(FILE_NAME), &vec![0; length]).unwrap();
            let error = load_or_create(folder.path()).unwrap_err();
            assert!(
                matches!(error, KeyError::Malformed { length: seen, .. } if seen == length),
                "{error}"
            );
        }
    }

    #[test]
    fn racing_processes_agree_on_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| load_or_create(folder.path()).unwrap()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    #[cfg(unix)]
    fn the_file_is_private_and_an_exposed_one_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        load_or_create(folder.path()).unwrap();
        let path = folder.path().join(FILE_NAME);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = load_or_create(folder.path()).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn another_users_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        write(&path, &[7; KEY_BYTES]).unwrap();
        // Only root can give a file away; for everybody else one of root's does.
        let path = match std::os::unix::fs::chown(&path, Some(65_534), None) {
            Ok(()) => path,
            Err(_) => PathBuf::from("/etc/passwd"),
        };
        let error = read(&path).unwrap_err();
        assert!(matches!(error, KeyError::Foreign { .. }), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_that_others_may_write_to_is_noticed_and_one_that_is_made_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        for (mode, noticed) in [
            (0o700, None),
            (0o755, None),
            (0o770, Some(0o770)),
            (0o777, Some(0o777)),
        ] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(open_to_others(folder.path()), noticed);
        }
        let made = folder.path().join("made/on/demand");
        load_or_create(&made).unwrap();
        let mode = fs::metadata(&made).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
