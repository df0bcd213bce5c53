//! A certificate that the server signs itself, for networks where nobody else would sign one.
//!
//! Invariant: it is made once and kept in the data folder, so that its fingerprint stays the same over restarts; it is
//! made anew only when it is about to expire. The file is complete or absent, and readable by its owner only.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use time::{Duration, OffsetDateTime};

use super::certificate::CertificateFiles;
use super::error::TlsError;

const FILE_NAME: &str = "self-signed.pem";

/// A certificate is valid for so many days. Some systems take none that is valid for longer than 825.
const VALID_DAYS: i64 = 820;

/// With fewer days left than this a new one is made.
const RENEW_DAYS: i64 = 14;

/// Finds the certificate in the folder, or makes one for these names and addresses.
///
/// # Errors
/// [`TlsError`] names the file and what is wrong with it.
pub(crate) fn load_or_create(
    folder: &Path,
    names: Vec<String>,
) -> Result<CertificateFiles, TlsError> {
    let path = folder.join(FILE_NAME);
    let files = CertificateFiles {
        certificate: path.clone(),
        key: path.clone(),
    };
    match files.read() {
        Ok(found) if found.validity.days_left(SystemTime::now()) >= RENEW_DAYS => return Ok(files),
        Ok(_) => {}
        Err(TlsError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    fs::create_dir_all(folder).map_err(TlsError::file(folder))?;
    write(&path, &make(names)?)?;
    Ok(files)
}

/// Makes a certificate and its key, in PEM.
fn make(names: Vec<String>) -> Result<String, TlsError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "Visavis (self-signed)");
    params.distinguished_name = name;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::DAY;
    params.not_after = now + Duration::days(VALID_DAYS);
    let certificate = params.self_signed(&key)?;
    Ok(certificate.pem() + &key.serialize_pem())
}

fn write(path: &Path, pem: &str) -> Result<(), TlsError> {
    let draft = PathBuf::from(format!("{}.{}", path.display(), std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut file| {
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map_err(TlsError::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        vec!["localhost".to_owned(), "192.168.1.5".to_owned()]
    }

    #[test]
    fn the_certificate_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("made/on/demand");
        let first = load_or_create(&inner, names()).unwrap().read().unwrap();
        let second = load_or_create(&inner, names()).unwrap().read().unwrap();
        assert_eq!(first.fingerprint(), second.fingerprint());
        let left = first.validity.days_left(SystemTime::now());
        assert!((VALID_DAYS - 1..=VALID_DAYS).contains(&left), "{left}");
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn the_file_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let files = load_or_create(folder.path(), names()).unwrap();
        let mode = fs::metadata(files.key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_named_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE_NAME), "nothing").unwrap();
        let error = load_or_create(folder.path(), names()).unwrap_err();
        assert!(error.to_string().contains(FILE_NAME), "{error}");
    }
}
