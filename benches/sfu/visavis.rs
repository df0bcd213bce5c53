//! Our wire (docs/protocol.md), as far as a client of a measurement speaks it.
//!
//! Invariant: a client says that it has seen each map of the slots, and sends the sizes alone that anybody wants.

use std::net::SocketAddr;
use std::time::Instant;

use serde_json::{Value, json};

use super::case::{Kind, voices_passed_on};
use super::client::Media;
use super::crowd::{Audience, Crowd};
use super::roles::{Pictures, Role};
use super::signaling::Signaling;
use crate::Result;

/// Slots for sound are as many as are ever passed on at a time.
const SOUNDS: usize = 6;

/// What is to be done about a message of the server's.
pub(crate) enum Reply {
    /// Nothing.
    None,
    /// Say this.
    Say(Value),
    /// It is not of those that are answered at once.
    Unknown,
}

/// Counts the pictures that a map of the slots says there is no bandwidth for.
pub(crate) fn paused(slots: &Value) -> usize {
    let slots = slots["slots"].as_array().into_iter().flatten();
    slots.filter(|slot| slot["paused"] == true).count()
}

/// Answers what the server says at any time.
pub(crate) fn reply(message: &Value, media: Option<&mut Media>) -> Reply {
    match message["type"].as_str() {
        Some("slots") => Reply::Say(json!({"type": "slots-seen", "number": message["number"]})),
        Some("send") => {
            if let Some(media) = media {
                take_wish(media, message);
            }
            Reply::None
        }
        Some("peer-joined" | "peer-sfu" | "peer-left" | "media") => Reply::None,
        _ => Reply::Unknown,
    }
}

fn take_wish(media: &mut Media, send: &Value) {
    let wanted = send["camera"].as_array();
    let wants = |rid: &str| wanted.is_some_and(|wanted| wanted.iter().any(|it| it == rid));
    for stream in &mut media.sending {
        if let Some(rid) = stream.kind.rid() {
            stream.switch(wants(rid), Instant::now());
        }
    }
}

/// Somebody who is there.
struct Seat {
    socket: usize,
    media: usize,
    /// The server calls them so.
    peer: Value,
}

/// The wish to watch whomever somebody of that role watches, of those who are there.
fn watch(number: u32, role: &Role, seats: &[Seat]) -> Value {
    let watched = role.watches.iter().filter_map(|(other, kind)| {
        let size = match kind {
            Kind::Quarter => "thumbnail",
            Kind::Half => "medium",
            _ => "large",
        };
        let peer = &seats.get(*other)?.peer;
        Some(json!({"peer": peer, "camera": size}))
    });
    let pictures: Vec<Value> = watched.collect();
    json!({"type": "watch", "number": number, "pictures": pictures, "unheard": []})
}

/// Fills a room of this server with the people of the case, who are connected and say what they watch.
pub(crate) fn fill(crowd: &mut Crowd, server: SocketAddr, room: &str) -> Result<()> {
    let roles = crowd.case.roles(crowd.size);
    let first = crowd.people;
    crowd.people += roles.len();
    let mut seats: Vec<Seat> = vec![];
    for (number, role) in roles.iter().enumerate() {
        let socket = crowd.add_socket(Signaling::open(server, "/ws", None)?)?;
        let (audio, video) = (role.speaks, role.shows != Pictures::None);
        let media = json!({"audio": audio, "video": video, "screen": false});
        let join = json!({"type": "join", "room": room, "name": "Load", "sfu": 1, "media": media});
        crowd.send(socket, &join)?;
        let welcome = crowd.await_message(socket, "welcome", |it| it["type"] == "welcome")?;
        if welcome["sfu"]["use"] != "on" {
            return Err("the server has no SFU, or does not use it".into());
        }
        let media = crowd.add_media()?;
        crowd.bind(socket, media);
        crowd.send(socket, &watch(1, role, &seats))?;
        let sounds = if role.hears { SOUNDS } else { 0 };
        let sdp = crowd.media[media].offer(role, sounds, role.watches.len())?;
        let offer = json!({"type": "offer", "target": "sfu", "sdp": sdp, "serial": 1});
        crowd.send(socket, &offer)?;
        let answer = crowd.await_message(socket, "answer", |it| it["type"] == "answer")?;
        let sdp = answer["sdp"].as_str().ok_or("an answer without sdp")?;
        crowd.accept(media, sdp, first + number)?;
        crowd.await_connection(media)?;
        let peer = welcome["peer"].clone();
        seats.push(Seat {
            socket,
            media,
            peer,
        });
    }
    let voices = |me: usize| {
        let others = roles.iter().enumerate();
        let others = others.filter(move |(other, role)| *other != me && role.speaks);
        others.map(move |(other, _)| Kind::Voice.source(first + other))
    };
    let speakers = roles.iter().filter(|role| role.speaks).count();
    for (me, role) in roles.iter().enumerate() {
        let Seat { socket, media, .. } = seats[me];
        // Whoever came before has been watched since the beginning.
        if role.watches.iter().any(|(other, _)| *other > me) {
            crowd.send(socket, &watch(2, role, &seats))?;
        }
        let watched = role.watches.iter();
        let watched = watched.map(|(other, kind)| kind.source(first + other));
        let voices: Vec<u32> = voices(me).filter(|_| role.hears).collect();
        let heard = match voices.len() {
            0 => 0,
            all if speakers > SOUNDS => all.min(voices_passed_on(speakers)),
            all => all,
        };
        crowd.audiences.push(Audience {
            media,
            pictures: watched.collect(),
            voices,
            heard,
        });
    }
    Ok(())
}
