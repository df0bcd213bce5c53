//! From when to when a certificate is valid: the one thing the server has to know about it beyond what TLS itself checks.
//!
//! Invariant: reads the fields before the validity of an X.509 certificate (RFC 5280 section 4.1) and nothing after;
//! whatever the bytes, the answer is a time or `None`.

use std::time::{Duration, SystemTime};

use time::{Date, Month, Time, UtcDateTime};

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The span in which a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    /// The certificate is not valid before this time.
    pub(crate) from: SystemTime,
    /// The certificate is not valid after this time.
    pub(super) until: SystemTime,
}

impl Validity {
    /// Reads it from a certificate in DER; `None` when it is not one.
    pub(crate) fn of(certificate: &[u8]) -> Option<Self> {
        let (outer, _) = element(certificate, SEQUENCE)?;
        let (mut fields, _) = element(outer, SEQUENCE)?;
        if fields.first() == Some(&VERSION) {
            fields = skip(fields)?;
        }
        // Serial number, signature algorithm, issuer.
        for _ in 0..3 {
            fields = skip(fields)?;
        }
        let (span, _) = element(fields, SEQUENCE)?;
        let (from, rest) = moment(span)?;
        let (until, _) = moment(rest)?;
        Some(Self { from, until })
    }

    /// Counts the whole days left at `now`; negative when it is over.
    pub(crate) fn days_left(&self, now: SystemTime) -> i64 {
        let days = |span: Duration| i64::try_from(span.as_secs() / 86_400).unwrap_or(i64::MAX);
        match self.until.duration_since(now) {
            Ok(left) => days(left),
            Err(past) => -days(past.duration()) - 1,
        }
    }
}

/// Gives the content of the first element, which must have this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (length, rest) = length(rest)?;
    (found == tag && length <= rest.len()).then(|| rest.split_at(length))
}

/// Gives what follows the first element, whatever it is.
fn skip(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = length(bytes.get(1..)?)?;
    rest.get(length..)
}

/// Reads a length of at most three bytes; certificates are no larger.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=3).contains(&count) {
        return None;
    }
    let digits = rest.get(..count)?;
    let length = digits
        .iter()
        .fold(0, |sum, digit| (sum << 8) | usize::from(*digit));
    Some((length, &rest[count..]))
}

/// Reads a time, and gives what follows it.
fn moment(bytes: &[u8]) -> Option<(SystemTime, &[u8])> {
    let tag = *bytes.first()?;
    let (text, rest) = element(bytes, tag)?;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, text) = match (tag, text.len()) {
        (UTC_TIME, 12) => {
            let year: i32 = text[..2].parse().ok()?;
            // RFC 5280 section 4.1.2.5.1.
            (
                if year < 50 { 2000 + year } else { 1900 + year },
                &text[2..],
            )
        }
        (GENERALIZED_TIME, 14) => (text[..4].parse().ok()?, &text[4..]),
        _ => return None,
    };
    let field = |at: usize| text[at..at + 2].parse::<u8>().ok();
    let date = Date::from_calendar_date(year, Month::try_from(field(0)?).ok()?, field(2)?).ok()?;
    let time = Time::from_hms(field(4)?, field(6)?, field(8)?).ok()?;
    let seconds = UtcDateTime::new(date, time).unix_timestamp();
    let span = Duration::from_secs(seconds.unsigned_abs());
    let moment = if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(span)?
    } else {
        SystemTime::UNIX_EPOCH.checked_add(span)?
    };
    Some((moment, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(from: (i32, u8, u8), until: (i32, u8, u8)) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(vec!["example.org".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
        params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
        let key = rcgen::KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn both_ways_of_writing_a_time_are_read() {
        let validity = Validity::of(&certificate((2020, 1, 2), (2055, 3, 4))).unwrap();
        assert_eq!(validity.from, at(1_577_923_200));
        assert_eq!(validity.until, at(2_687_731_200));
    }

    #[test]
    fn days_left_are_counted_to_both_sides() {
        let validity = Validity {
            from: at(0),
            until: at(10 * 86_400),
        };
        assert_eq!(validity.days_left(at(0)), 10);
        assert_eq!(validity.days_left(at(9 * 86_400 + 1)), 0);
        assert_eq!(validity.days_left(at(10 * 86_400 + 1)), -1);
    }

    #[test]
    fn a_certificate_cut_short_or_changed_never_panics() {
        let whole = certificate((2020, 1, 2), (2055, 3, 4));
        for length in 0..120 {
            let _ = Validity::of(&whole[..length]);
        }
        for index in 0..120 {
            for value in [0, 0x80, 0x83, 0xff] {
                let mut changed = whole.clone();
                changed[index] = value;
                let _ = Validity::of(&changed);
            }
        }
        assert_eq!(Validity::of(b"-----BEGIN CERTIFICATE-----"), None);
    }
}
