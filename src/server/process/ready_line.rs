//! What the server says when it is ready: where to open it, and what will not work there.
//!
//! Invariant: the first line is `Visavis is ready on` and the URL of the listener; programs read it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use super::host_names;
use crate::server::net::public_urls::PublicUrls;
use crate::server::net::tls::{Issuer, TlsConfig};

/// What is said.
#[derive(Debug)]
pub(crate) struct Announcement<'a> {
    /// The server listens here.
    pub(crate) address: SocketAddr,
    /// Its certificate is this one; `None` over plain HTTP.
    pub(crate) tls: Option<&'a TlsConfig>,
    /// Plain HTTP at this address leads to HTTPS; `None` when nothing does.
    pub(crate) redirect: Option<SocketAddr>,
    /// A reverse proxy stands before the server and has the certificate, so that plain HTTP is no trouble.
    pub(crate) behind_proxy: bool,
    /// People open the site at these addresses; with some named, it is open at no other.
    pub(crate) public: PublicUrls,
    /// The self-signed certificate is kept in this folder.
    pub(crate) data_dir: &'a Path,
}

impl fmt::Display for Announcement<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        writeln!(out, "Visavis is ready on {scheme}://{}", self.address)?;
        if let Some(redirect) = self.redirect {
            writeln!(out, "http://{redirect} leads there.")?;
        }
        let ip = self.address.ip();
        if self.public.are_named() {
            let urls: Vec<String> = self.public.iter().map(ToString::to_string).collect();
            writeln!(
                out,
                "It is open at {} and nowhere else.",
                urls.join(" and ")
            )?;
        } else if ip.is_unspecified() && !self.behind_proxy {
            let urls: Vec<String> = host_names::addresses(ip)
                .into_iter()
                .map(|ip| format!("{scheme}://{}", SocketAddr::new(ip, self.address.port())))
                .collect();
            if !urls.is_empty() {
                writeln!(out, "On this network, open {}", urls.join(" or "))?;
            }
        }
        match self.tls.map(|tls| (tls.issuer(), tls)) {
            Some((Issuer::Ourselves, tls)) => {
                writeln!(
                    out,
                    "Browsers allow cameras only over HTTPS or on localhost, and nobody they know vouches for the \
                     certificate this server made (kept in {}). They warn once: go on when the SHA-256 fingerprint is\n  {}",
                    self.data_dir.display(),
                    tls.certificate().fingerprint(),
                )
            }
            None if cameras_fail(ip) && !self.behind_proxy => writeln!(
                out,
                "Cameras and microphones will not work there: browsers allow them only over HTTPS or on localhost. \
                 Start with --tls-self-signed on a LAN, with --tls-cert and --tls-key where you have a certificate, \
                 or behind a reverse proxy that has one (and name it with --trusted-proxy).",
            ),
            _ => Ok(()),
        }
    }
}

/// Says whether browsers refuse cameras to pages from there over plain HTTP (W3C Secure Contexts section 3.1).
pub(crate) fn cameras_fail(listen: IpAddr) -> bool {
    !listen.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(address: &str, behind_proxy: bool) -> String {
        let announcement = Announcement {
            address: address.parse().unwrap(),
            tls: None,
            redirect: None,
            behind_proxy,
            public: PublicUrls::default(),
            data_dir: Path::new("data"),
        };
        announcement.to_string()
    }

    #[test]
    fn on_loopback_one_line_says_it_all() {
        for (address, line) in [
            (
                "127.0.0.1:3000",
                "Visavis is ready on http://127.0.0.1:3000\n",
            ),
            ("[::1]:3000", "Visavis is ready on http://[::1]:3000\n"),
        ] {
            assert_eq!(said(address, false), line);
        }
    }

    #[test]
    fn where_cameras_do_not_work_it_says_so_and_what_to_do() {
        for address in ["0.0.0.0:3000", "192.168.1.5:3000", "[::]:3000"] {
            let words = said(address, false);
            assert!(words.contains("Cameras and microphones will not work"));
            assert!(words.contains("--tls-self-signed"), "{words}");
            assert_eq!(said(address, true).lines().count(), 1);
        }
    }

    #[test]
    fn a_certificate_of_our_own_is_explained_with_its_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["localhost".to_owned()];
        let tls = TlsConfig::self_signed(folder.path(), names).unwrap();
        let announcement = Announcement {
            address: "127.0.0.1:3443".parse().unwrap(),
            tls: Some(&tls),
            redirect: Some("127.0.0.1:3080".parse().unwrap()),
            behind_proxy: false,
            public: PublicUrls::new(&["https://meet.example.org".parse().unwrap()]),
            data_dir: folder.path(),
        };
        let words = announcement.to_string();
        assert!(words.starts_with("Visavis is ready on https://127.0.0.1:3443\n"));
        assert!(words.contains("http://127.0.0.1:3080 leads there."));
        assert!(words.contains("It is open at https://meet.example.org and nowhere else."));
        assert!(words.contains(&tls.certificate().fingerprint()));
    }
}
