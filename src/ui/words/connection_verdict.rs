//! What a test of the connection means as a whole, and what to do.

use crate::room::DeviceKind;
use crate::room::connection_test::{RelayTransport, TestVerdict, Ways};
use crate::ui::words::connection_test::{ASK_NETWORK, ASK_SERVER};

/// What it all means, and what to do.
pub fn sentence(verdict: &TestVerdict) -> String {
    let fixed = match verdict {
        TestVerdict::Running => "Checking your connection\u{2026} This takes about ten seconds.",
        TestVerdict::Good => "Everything works, in strict networks too.",
        TestVerdict::InsecurePage => {
            "This address is not secure, so browsers allow no calls here. Open the https:// link, or ask whoever runs this server to set up HTTPS."
        }
        TestVerdict::NoWebRtc => {
            "This browser cannot make calls. Use a current Chrome, Edge, Firefox or Safari."
        }
        TestVerdict::ServerSilent => {
            "The server does not answer. Look whether other sites open; if they do, ask whoever runs this server."
        }
        TestVerdict::SocketBlocked => {
            "Something between you and the server holds back WebSockets, and without them nobody can join. Try another network or browser, or ask whoever runs this server."
        }
        TestVerdict::Device(DeviceKind::Camera) => {
            "Your connection works. Your camera does not: others will hear you and not see you."
        }
        TestVerdict::Device(_) => {
            "Your connection works. Your microphone does not: others will not hear you."
        }
        TestVerdict::UdpBlockedWithoutRelay => {
            return [
                "Your network blocks UDP, and this server offers no relay around that. ",
                ASK_NETWORK,
            ]
            .concat();
        }
        TestVerdict::Slow => {
            "Everything works, slowly: pictures will be small. Move closer to your router, or let others of your network pause their downloads."
        }
        TestVerdict::NoRelay => {
            "Your connection works. This server offers no relay, so people behind strict firewalls may not reach you."
        }
        TestVerdict::NothingOffered => {
            "The server can be reached. It offers neither STUN nor a relay, so calls work within one network, and beyond it only by luck."
        }
        TestVerdict::Incomplete => {
            "What could be tried works. The relays could not be tried; check again in two minutes."
        }
        TestVerdict::MediaBlocked(port) => {
            let port =
                port.map_or_else(String::new, |port| [" on UDP ", &port.to_string()].concat());
            return [
                "Calls of a few people will work. Large ones go through this server, whose media port does not answer",
                &port,
                ". ",
                ASK_SERVER,
                " whether it is open, and the server\u{2019}s public address set.",
            ]
            .concat();
        }
        TestVerdict::MediaRelayed(port) => {
            return [
                "Calls will work, and large ones may be delayed: the server\u{2019}s media port did not answer on UDP ",
                &port.to_string(),
                ", so they go through our relay. ",
                ASK_SERVER,
                " whether that port is open, and the server\u{2019}s public address set.",
            ]
            .concat();
        }
        TestVerdict::CutOff(ways) => {
            let failing = list(&ways.failing);
            return [
                "Your network blocks UDP, and our relay did not answer on ",
                &failing,
                ". Calls beyond your own network will not work. ",
                ASK_NETWORK,
            ]
            .concat();
        }
        TestVerdict::UdpBlocked(Ways { working, .. }) => {
            return [
                "Calls will work, and may be delayed: your network blocks UDP, so everything goes through our relay on ",
                &list(working),
                ".",
            ]
            .concat();
        }
        TestVerdict::RelaysSilent(Ways { failing, .. }) => {
            return [
                "Calls with people in open networks will work. Our relay did not answer on ",
                &list(failing),
                ", so others may not reach you. ",
                ASK_SERVER,
                " whether these ports are open.",
            ]
            .concat();
        }
        TestVerdict::RelaysPartly(Ways { working, failing }) => {
            return [
                "Calls will work. Our relay answers on ",
                &list(working),
                " and not on ",
                &list(failing),
                ", which people in strict networks need.",
            ]
            .concat();
        }
    };
    fixed.to_owned()
}

/// As in "UDP 3478 and TCP 443".
fn list(ways: &[(RelayTransport, u16)]) -> String {
    let mut text = String::new();
    for (index, (transport, port)) in ways.iter().enumerate() {
        if index > 0 {
            text += if index + 1 == ways.len() {
                " and "
            } else {
                ", "
            };
        }
        text += transport.name();
        text += " ";
        text += &port.to_string();
    }
    text
}
