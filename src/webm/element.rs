//! EBML elements (RFC 8794): an id, a size, and as many bytes.

/// The size of an element that goes on until the next of its level.
pub(crate) const UNKNOWN: u64 = u64::MAX;

/// The start of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// With its marker bits, as the specifications write it.
    pub(crate) id: u32,
    /// Of its content, in bytes; [`UNKNOWN`] for an open end.
    pub(crate) size: u64,
    /// Of id and size themselves, in bytes.
    pub(crate) length: usize,
}

/// Reads the start of an element; `None` while bytes are missing or when there can be none.
pub(crate) fn start(bytes: &[u8]) -> Option<Start> {
    let id_length = length_of(*bytes.first()?, 4)?;
    let id = big_endian(bytes.get(..id_length)?);
    let rest = bytes.get(id_length..)?;
    let size_length = length_of(*rest.first()?, 8)?;
    let raw = big_endian(rest.get(..size_length)?);
    let mask = (1_u64 << (7 * size_length)) - 1;
    let size = if raw & mask == mask {
        UNKNOWN
    } else {
        raw & mask
    };
    Some(Start {
        id: u32::try_from(id).ok()?,
        size,
        length: id_length + size_length,
    })
}

fn length_of(first: u8, most: usize) -> Option<usize> {
    let length = first.leading_zeros() as usize + 1;
    (length <= most).then_some(length)
}

/// Reads an unsigned integer.
pub(crate) fn big_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// Writes an element whose content is known.
pub(crate) fn write(id: u32, content: &[u8], to: &mut Vec<u8>) {
    write_start(id, content.len() as u64, to);
    to.extend_from_slice(content);
}

/// Writes the start of an element, its size in eight bytes.
pub(crate) fn write_start(id: u32, size: u64, to: &mut Vec<u8>) {
    write_id(id, to);
    to.extend_from_slice(&(size | 1 << 56).to_be_bytes());
}

/// Writes an id alone.
pub(crate) fn write_id(id: u32, to: &mut Vec<u8>) {
    let bytes = id.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    to.extend_from_slice(bytes.get(zeros..).unwrap_or_default());
}

/// Writes an unsigned integer in eight bytes.
pub(crate) fn write_number(id: u32, number: u64, to: &mut Vec<u8>) {
    write(id, &number.to_be_bytes(), to);
}
