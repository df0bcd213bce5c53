//! The IPv4 addresses inside IPv6 addresses.
//!
//! Invariant: every form that an IPv4 address is reached in over IPv6 by a standard way, and that can be told from the
//! address alone, is known here. A NAT64 with a prefix of its operator's choice cannot be told.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IPv6 address may lead to IPv4 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Embedding {
    /// The address stands for itself.
    Nothing,
    /// The address is another way to write these, and stands for nothing else.
    Instead([Option<Ipv4Addr>; 2]),
    /// The address is one of its network, and leads to this one too.
    Beside(Ipv4Addr),
    /// The address is another way to write one, in a form that does not say where it stands.
    Hidden,
}

impl Embedding {
    /// Reads an address.
    pub(super) fn of(address: Ipv6Addr) -> Self {
        let segments = address.segments();
        let at = |index: usize| {
            let [a, b] = segments[index].to_be_bytes();
            let [c, d] = segments[index + 1].to_be_bytes();
            Ipv4Addr::new(a, b, c, d)
        };
        let one = |inner| Self::Instead([Some(inner), None]);
        match segments {
            // Unspecified, loopback and IPv4-compatible; mapped; translated (RFC 2765).
            [0, 0, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => {
                one(at(6))
            }
            // NAT64 with the well-known prefix (RFC 6052), and with local ones (RFC 8215).
            [0x64, 0xff9b, 0, 0, 0, 0, ..] => one(at(6)),
            [0x64, 0xff9b, ..] => Self::Hidden,
            // 6to4 (RFC 3056).
            [0x2002, ..] => one(at(1)),
            // Teredo (RFC 4380): its server, and its client with every bit flipped.
            [0x2001, 0, ..] => {
                let client = Ipv4Addr::from_bits(!at(6).to_bits());
                Self::Instead([Some(at(2)), Some(client)])
            }
            // ISATAP (RFC 5214), in whatever network.
            [.., 0 | 0x0200, 0x5efe, _, _] => Self::Beside(at(6)),
            _ => Self::Nothing,
        }
    }

    fn known(self) -> [Option<Ipv4Addr>; 2] {
        match self {
            Self::Nothing | Self::Hidden => [None; 2],
            Self::Instead(inner) => inner,
            Self::Beside(inner) => [Some(inner), None],
        }
    }
}

/// Lists the IPv4 addresses that an address leads to besides itself.
pub(super) fn inner(address: IpAddr) -> impl Iterator<Item = IpAddr> {
    let known = match address {
        IpAddr::V4(_) => [None; 2],
        IpAddr::V6(address) => Embedding::of(address).known(),
    };
    known.into_iter().flatten().map(IpAddr::V4)
}

/// Every IPv6 address that leads to the IPv4 address.
#[cfg(test)]
pub(super) fn forms(inner: Ipv4Addr) -> Vec<Ipv6Addr> {
    let bits = u128::from(inner.to_bits());
    let teredo = |server: u128, client: u128| {
        0x2001_0000_u128 << 96 | server << 64 | (!client & 0xffff_ffff)
    };
    let public = u128::from(Ipv4Addr::new(1, 1, 1, 1).to_bits());
    [
        bits,
        0xffff_u128 << 32 | bits,
        0xffff_u128 << 48 | bits,
        0x0064_ff9b_u128 << 96 | bits,
        0x2002_u128 << 112 | bits << 80 | 1,
        teredo(bits, public),
        teredo(public, bits),
        0x2a00_u128 << 112 | 0x5efe_u128 << 32 | bits,
        0x2a00_u128 << 112 | 0x0200_5efe_u128 << 32 | bits,
    ]
    .map(Ipv6Addr::from_bits)
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(text: &str) -> Vec<String> {
        let inner = inner(text.parse().unwrap());
        inner.map(|address| address.to_string()).collect()
    }

    #[test]
    fn what_stands_inside_is_found_in_every_form() {
        for (form, expected) in [
            ("::7.7.7.7", &["7.7.7.7"][..]),
            ("::ffff:7.7.7.7", &["7.7.7.7"]),
            ("::ffff:0:7.7.7.7", &["7.7.7.7"]),
            ("64:ff9b::7.7.7.7", &["7.7.7.7"]),
            ("2002:707:707::1", &["7.7.7.7"]),
            (
                "2001:0:4136:e378:8000:63bf:f8f8:f8f8",
                &["65.54.227.120", "7.7.7.7"],
            ),
            ("2a00::5efe:7.7.7.7", &["7.7.7.7"]),
            ("2a00::200:5efe:7.7.7.7", &["7.7.7.7"]),
            ("fe80::5efe:7.7.7.7", &["7.7.7.7"]),
            ("64:ff9b:1::7.7.7.7", &[]),
            ("2a00::7.7.7.7", &[]),
            ("7.7.7.7", &[]),
        ] {
            assert_eq!(inside(form), expected, "{form}");
        }
    }

    #[test]
    fn every_form_leads_to_the_address() {
        let address = Ipv4Addr::new(7, 7, 7, 7);
        for form in forms(address) {
            assert!(inner(form.into()).any(|inner| inner == address), "{form}");
        }
    }
}
