//! What a file is called, how large it is and of what type: safe to show and to write, whatever a peer said.

use std::fmt;
use std::sync::Arc;

/// A file's name has at most so many characters.
pub const FILE_NAME_CHARACTERS: usize = 120;

/// A file's name has at most so many bytes: file systems take 255.
const FILE_NAME_BYTES: usize = 240;

/// When a name is cut, an ending of at most so many characters, its dot included, is kept.
const EXTENSION_CHARACTERS: usize = 20;

/// A name that any file system takes and that reads as what it is: no path, nothing hidden, no device, no disguise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileName(Arc<str>);

impl FileName {
    /// Makes a name safe; what has nothing left is called `file`.
    pub fn made_safe(raw: &str) -> Self {
        Self(safe_file_name(raw).into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A file's media type (RFC 6838), lower case; `application/octet-stream` when unknown or ill-formed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MediaType(Arc<str>);

impl MediaType {
    /// Reads a type, without its parameters.
    pub fn parse(raw: &str) -> Self {
        let essence = raw.split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        let good = |part: &str| (1..=64).contains(&part.len()) && part.bytes().all(allowed);
        match essence.split_once('/') {
            Some((kind, name)) if good(kind) && good(name) => Self(essence.into()),
            _ => Self("application/octet-stream".into()),
        }
    }

    /// The type.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an image that browsers decode and that cannot contain scripts.
    pub fn is_safe_image(&self) -> bool {
        matches!(
            self.as_str(),
            "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif" | "image/bmp"
        )
    }
}

/// This is known of a file before it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// The receiver sees and saves it under this name, which is safe to use.
    pub name: FileName,
    /// It has so many bytes.
    pub size: u64,
    /// Its sender says that it is of this type.
    pub media_type: MediaType,
}

/// Makes a name safe to write: no path separators, no characters Windows refuses, no control or bidirectional
/// characters, no leading dots, no trailing dots or spaces, no device names; at most [`FILE_NAME_CHARACTERS`], the
/// ending kept.
pub fn safe_file_name(raw: &str) -> String {
    let visible = raw.chars().filter(|character| !is_invisible(*character));
    let replaced: String = visible
        .map(|character| match character {
            '/' | '\\' | '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            other if other.is_whitespace() => ' ',
            other => other,
        })
        .collect();
    let trimmed = without_edges(&replaced);
    let named = if trimmed.is_empty() { "file" } else { trimmed };
    let cut = shortened(named);
    if is_device(&cut) {
        shortened(&format!("_{cut}"))
    } else {
        cut
    }
}

fn without_edges(name: &str) -> &str {
    name.trim_start_matches(['.', ' '])
        .trim_end_matches(['.', ' '])
}

/// Control characters, and what has no width or changes the direction of what follows.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `CON`, `LPT1` and their like, with any ending: Windows opens a device instead of a file.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) {
        return true;
    }
    ["COM", "LPT"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|number| {
            matches!(number, "¹" | "²" | "³")
                || (number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit()))
        })
    })
}

fn shortened(name: &str) -> String {
    let fits =
        |name: &str| name.chars().count() <= FILE_NAME_CHARACTERS && name.len() <= FILE_NAME_BYTES;
    if fits(name) {
        return name.to_owned();
    }
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if name[dot..].chars().count() <= EXTENSION_CHARACTERS => name.split_at(dot),
        _ => (name, ""),
    };
    let characters = FILE_NAME_CHARACTERS - extension.chars().count();
    let bytes = FILE_NAME_BYTES - extension.len();
    let mut kept = String::new();
    for character in stem.chars().take(characters) {
        if kept.len() + character.len_utf8() > bytes {
            break;
        }
        kept.push(character);
    }
    let whole = format!("{}{extension}", kept.trim_end_matches(['.', ' ']));
    without_edges(&whole).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_made_safe() {
        let long = format!("{}.tar.gz", "x".repeat(300));
        let long_safe = format!("{}.gz", "x".repeat(117));
        let wide = format!("{}.pdf", "漢".repeat(119));
        let wide_safe = format!("{}.pdf", "漢".repeat(78));
        let table = [
            ("report.pdf", "report.pdf"),
            ("Übersicht 2026.ods", "Übersicht 2026.ods"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\Windows\\x.dll", "C__Windows_x.dll"),
            (".bashrc", "bashrc"),
            ("...", "file"),
            ("", "file"),
            (" \u{202e}\u{0} ", "file"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\nb\tc.txt", "abc.txt"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("LPT¹", "_LPT¹"),
            ("console.log", "console.log"),
            ("com10", "com10"),
            ("trailing. . ", "trailing"),
            ("a?b*c|d<e>f\"g", "a_b_c_d_e_f_g"),
            (&long, &long_safe),
            (&wide, &wide_safe),
        ];
        for (raw, safe) in table {
            assert_eq!(safe_file_name(raw), safe, "{raw:?}");
        }
    }

    #[test]
    fn only_images_without_scripts_are_previewed() {
        for (raw, parsed, safe) in [
            ("image/PNG", "image/png", true),
            ("image/jpeg; q=1", "image/jpeg", true),
            ("image/svg+xml", "image/svg+xml", false),
            ("text/html", "text/html", false),
            ("", "application/octet-stream", false),
            ("a/b/c", "application/octet-stream", false),
            ("x\"/y", "application/octet-stream", false),
        ] {
            let media_type = MediaType::parse(raw);
            assert_eq!(media_type.as_str(), parsed);
            assert_eq!(media_type.is_safe_image(), safe);
        }
    }

    proptest! {
        #[test]
        fn every_name_ends_up_safe_and_stays_as_it_is(raw in "(\\PC|[./\\\\ \u{202e}\u{0}-\u{1f}]|CON|com1){0,200}") {
            let safe = safe_file_name(&raw);
            prop_assert!(!safe.is_empty() && safe.chars().count() <= FILE_NAME_CHARACTERS);
            prop_assert!(safe.len() <= FILE_NAME_BYTES);
            prop_assert!(!safe.contains(['/', '\\', ':', '\0']));
            prop_assert!(!safe.starts_with('.') && !safe.ends_with(['.', ' ']));
            prop_assert!(!safe.chars().any(is_invisible) && !is_device(&safe));
            prop_assert_eq!(safe_file_name(&safe), safe.clone());
        }
    }
}
