//! The same people in Janus' VideoRoom, over its WebSocket: who sends has a handle and a connection for that, who takes another.
//!
//! Invariant: their media are those of `client`, and do nothing for Janus that they do not do for ours.

use std::net::SocketAddr;

use serde_json::{Value, json};
use str0m::media::Mid;

use super::case::Kind;
use super::crowd::{Audience, Crowd};
use super::roles::Pictures;
use super::signaling::Signaling;
use crate::Result;

/// Requests are told apart by their numbers.
struct Session {
    socket: usize,
    id: u64,
    requests: u32,
}

impl Session {
    fn open(crowd: &mut Crowd, server: SocketAddr) -> Result<Self> {
        let signaling = Signaling::open(server, "/", Some("janus-protocol"))?;
        let mut session = Self {
            socket: crowd.add_socket(signaling)?,
            id: 0,
            requests: 0,
        };
        let created = session.ask(crowd, json!({"janus": "create"}), is_success)?;
        session.id = id_of(&created)?;
        Ok(session)
    }

    /// Sends a request and waits for such an answer to it.
    fn ask(
        &mut self,
        crowd: &mut Crowd,
        mut request: Value,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        self.requests += 1;
        let transaction = self.requests.to_string();
        request["transaction"] = json!(transaction);
        if self.id != 0 {
            request["session_id"] = json!(self.id);
        }
        crowd.send(self.socket, &request)?;
        let answer = crowd.await_message(self.socket, "an answer of Janus", |message| {
            message["transaction"] == *transaction && (is_it(message) || is_error(message))
        })?;
        if is_error(&answer) {
            return Err(format!("Janus refuses {request}: {answer}").into());
        }
        Ok(answer)
    }

    /// Waits until Janus too takes the connection of a handle as standing: before, nobody can subscribe to it.
    fn await_standing(&mut self, crowd: &mut Crowd, handle: u64) -> Result<()> {
        let stands = crowd.await_message(self.socket, "a standing connection", |message| {
            message["janus"] == "webrtcup" && message["sender"] == handle
        });
        stands.map(|_| ())
    }

    fn attach(&mut self, crowd: &mut Crowd) -> Result<u64> {
        let request = json!({"janus": "attach", "plugin": "janus.plugin.videoroom"});
        id_of(&self.ask(crowd, request, is_success)?)
    }

    /// Asks the VideoRoom, with a description if there is one, and waits for its word about that.
    fn tell(
        &mut self,
        crowd: &mut Crowd,
        handle: u64,
        body: Value,
        description: Option<Value>,
    ) -> Result<Value> {
        let mut request = json!({"janus": "message", "handle_id": handle, "body": body});
        if let Some(description) = description {
            request["jsep"] = description;
        }
        self.ask(crowd, request, |it| {
            it["janus"] == "event" || is_success(it)
        })
    }
}

fn is_success(message: &Value) -> bool {
    message["janus"] == "success"
}

fn is_error(message: &Value) -> bool {
    message["janus"] == "error" || !message["plugindata"]["data"]["error"].is_null()
}

fn id_of(answer: &Value) -> Result<u64> {
    let id = answer["data"]["id"].as_u64();
    Ok(id.ok_or("Janus gave no id")?)
}

fn description_of(event: &Value) -> Result<&str> {
    let sdp = event["jsep"]["sdp"].as_str();
    Ok(sdp.ok_or_else(|| format!("no description from Janus: {event}"))?)
}

/// What somebody sends, in Janus' words.
#[derive(Default)]
struct Feed {
    id: Value,
    sections: Vec<(Kind, Mid)>,
}

impl Feed {
    fn stream(&self, kind: Kind) -> Value {
        let section = self.sections.iter().find(|it| it.0 == kind);
        json!({"feed": self.id, "mid": section.map(|it| it.1.to_string())})
    }
}

/// Fills the room of this number with the people of the case.
pub(crate) fn fill(crowd: &mut Crowd, server: SocketAddr, room: usize) -> Result<()> {
    let roles = crowd.case.roles(crowd.size);
    let first = crowd.people;
    crowd.people += roles.len();
    let room = room + 1;
    let mut sessions = vec![];
    let mut feeds: Vec<Feed> = vec![];
    for (number, role) in roles.iter().enumerate() {
        let mut session = Session::open(crowd, server)?;
        let mut feed = Feed::default();
        if role.speaks || role.shows != Pictures::None {
            let handle = session.attach(crowd)?;
            if feeds.is_empty() {
                session.tell(crowd, handle, room_of(room), None)?;
            }
            let media = crowd.add_media()?;
            let sdp = crowd.media[media].offer(role, 0, 0)?;
            let body = json!({"request": "joinandconfigure", "room": room, "ptype": "publisher"});
            let offer = json!({"type": "offer", "sdp": sdp});
            let joined = session.tell(crowd, handle, body, Some(offer))?;
            let answer = description_of(&joined)?;
            crowd.accept(media, answer, first + number)?;
            crowd.await_connection(media)?;
            session.await_standing(crowd, handle)?;
            let sections = crowd.media[media].sending.iter();
            feed.sections = sections.map(|it| (it.kind, it.mid)).collect();
            feed.id = joined["plugindata"]["data"]["id"].clone();
        }
        feeds.push(feed);
        sessions.push(session);
    }
    for (me, role) in roles.iter().enumerate() {
        let voices = (0..roles.len()).filter(|it| *it != me && role.hears && roles[*it].speaks);
        let voices: Vec<usize> = voices.collect();
        let mut streams = vec![];
        for (other, kind) in &role.watches {
            streams.push(feeds[*other].stream(*kind));
        }
        for other in &voices {
            streams.push(feeds[*other].stream(Kind::Voice));
        }
        if streams.is_empty() {
            continue;
        }
        let session = &mut sessions[me];
        let handle = session.attach(crowd)?;
        let body =
            json!({"request": "join", "room": room, "ptype": "subscriber", "streams": streams});
        let attached = session.tell(crowd, handle, body, None)?;
        let media = crowd.add_media()?;
        let answer = crowd.media[media].answer(description_of(&attached)?)?;
        let answer = json!({"type": "answer", "sdp": answer});
        session.tell(crowd, handle, json!({"request": "start"}), Some(answer))?;
        crowd.await_connection(media)?;
        let pictures = role.watches.iter();
        let voices = voices.iter().map(|it| Kind::Voice.source(first + it));
        let voices: Vec<u32> = voices.collect();
        crowd.audiences.push(Audience {
            media,
            pictures: pictures
                .map(|(other, kind)| kind.source(first + other))
                .collect(),
            heard: voices.len(),
            voices,
        });
    }
    Ok(())
}

fn room_of(room: usize) -> Value {
    json!({
        "request": "create", "room": room, "publishers": 60, "bitrate": 0, "videocodec": "vp8", "audiocodec": "opus",
        "notify_joining": false, "audiolevel_event": false,
    })
}
