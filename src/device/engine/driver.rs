//! The parts of the engine, and the one way from what happens to what is done about it.
//!
//! Invariant: only this future changes the model, one input at a time and in order. It waits for nobody but the next input.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::announcing::Announcing;
use super::choices::Choices;
use super::clock::{Clock, wall_time};
use super::media::Media;
use super::network::{Internet, Network};
use super::numbers::OfferNumbers;
use super::options::Options;
use super::roster::Roster;
use super::signaling::Signaling;
use super::standing::{Standing, StandingChange};
use super::state_file::StateFile;
use super::termination::Terminations;
use crate::device::connection::handle::Connection;
use crate::device::connection::report::ConnectionReport;
use crate::device::exit::JoinEnd;
use crate::device::lines::acknowledgements::Acknowledgements;
use crate::device::lines::event::Event;
use crate::device::lines::output::Output;
use crate::device::lines::reader::LineRead;
use crate::device::socket::signaling::SocketReport;
use crate::device::words;
use crate::protocol::{IceTransportPolicy, PeerId, ResumeToken};
use crate::room::messaging::application::ApplicationError;
use crate::room::visit::RULES;
use crate::room::{
    AddressPrivacy, CallAction, Environment, Opening, PathId, Preferences, Switch, Visibility,
    Visit, VisitAction, VisitEvent,
};

/// At most so many reports of connections wait; a connection whose report finds no room waits with it.
const REPORTS_WAITING: usize = 1_024;

/// A server that is not there is tried again so long after all attempts failed.
const NEXT_ROUND: Duration = Duration::from_secs(3);

/// What is still to be said may take so long in the end.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// The lines of a program, both ways.
pub(crate) struct Program {
    /// Its lines arrive here; `None` when it has nothing to say.
    pub(crate) lines: Option<mpsc::Receiver<LineRead>>,
    /// What it is told goes here.
    pub(crate) output: Output,
}

/// Everything of a visit.
pub(crate) struct Engine {
    /// The device was told this when it was started.
    pub(super) options: Options,
    /// The model of the room decides.
    pub(super) visit: Visit,
    /// The model's time is told by this.
    pub(super) clock: Clock,
    /// Performing led to these events, which the model does not know yet.
    pub(super) pending: VecDeque<VisitEvent>,
    /// Sockets and connections are opened here.
    pub(super) network: Box<dyn Network>,
    /// The way to the server.
    pub(super) signaling: Signaling,
    /// The socket reports here.
    pub(super) socket_reports: mpsc::Receiver<SocketReport>,
    /// Each path that has a connection has it here.
    pub(super) connections: HashMap<PathId, Connection>,
    /// The connections report here.
    pub(super) connection_reports: mpsc::Receiver<ConnectionReport>,
    /// New connections are given this.
    pub(super) connection_reporter: mpsc::Sender<ConnectionReport>,
    /// Somebody's media is saved from these paths.
    pub(super) choices: Choices,
    /// Connections to people use these candidates.
    pub(super) ice_transport_policy: IceTransportPolicy,
    /// Connections that are saying goodbye.
    pub(super) closing: Vec<JoinHandle<()>>,
    /// The program's lines arrive here; `None` when there are none, or no more.
    pub(super) lines: Option<mpsc::Receiver<LineRead>>,
    /// What the program is told goes here.
    pub(super) output: Output,
    /// Where the device stands, as the program was told.
    pub(super) standing: Standing,
    /// Who is there, as the program was told.
    pub(super) roster: Roster,
    /// These messages wait for an acknowledgement.
    pub(super) acknowledgements: Acknowledgements,
    /// These controls are announced, and these people have to be told of them.
    pub(super) announcing: Announcing,
    /// What was asked of the model last was refused because of this.
    pub(super) refusal: Option<ApplicationError>,
    /// The line under way is the so-manyth with `ack`.
    pub(super) line_number: Option<u32>,
    /// What is sent and what is saved.
    pub(super) media: Media,
    /// The right to the seat is kept here.
    pub(super) state: Option<StateFile>,
    /// This is the right to the seat.
    pub(super) resume: Option<ResumeToken>,
    /// The server gave the seat back with the last welcome.
    pub(super) is_resumed: bool,
    /// Offers are numbered like this.
    pub(super) numbers: OfferNumbers,
    /// The device is told to end here.
    pub(super) terminations: Terminations,
    /// The next round of attempts begins then.
    pub(super) next_round: Option<Instant>,
    /// The source with this number has its turn.
    pub(super) turn: usize,
    /// The visit ended like this.
    pub(super) end: Option<JoinEnd>,
}

impl Engine {
    /// The engine of a device that has done nothing yet.
    ///
    /// # Errors
    /// How the visit ends before it begins.
    pub(crate) fn new(
        options: Options,
        program: Program,
        terminations: Terminations,
    ) -> Result<Self, JoinEnd> {
        let (state, kept) = match &options.state {
            None => (None, None),
            Some(path) => match StateFile::open(path, &options.address) {
                Ok((state, kept)) => (Some(state), kept),
                Err(error) => {
                    let words = words::unusable_file(path, error);
                    return Err(JoinEnd::Invalid(words));
                }
            },
        };
        let (signaling, socket_reports) = Signaling::new();
        let (connection_reporter, connection_reports) = mpsc::channel(REPORTS_WAITING);
        Ok(Self {
            media: Media::new(&options)?,
            options,
            visit: Visit::default(),
            clock: Clock::start(),
            pending: VecDeque::new(),
            network: Box::new(Internet),
            signaling,
            socket_reports,
            connections: HashMap::new(),
            connection_reports,
            connection_reporter,
            choices: Choices::default(),
            ice_transport_policy: IceTransportPolicy::default(),
            closing: Vec::new(),
            lines: program.lines,
            output: program.output,
            standing: Standing::default(),
            roster: Roster::default(),
            acknowledgements: Acknowledgements::default(),
            announcing: Announcing::default(),
            refusal: None,
            line_number: None,
            state,
            numbers: kept
                .as_ref()
                .map_or_else(OfferNumbers::default, |it| OfferNumbers::after(it.offers)),
            resume: kept.map(|kept| kept.resume),
            is_resumed: false,
            terminations,
            next_round: None,
            turn: 0,
            end: None,
        })
    }

    /// Takes part until the visit is over.
    pub(crate) async fn run(mut self) -> JoinEnd {
        self.prepare();
        self.join();
        while self.end.is_none() {
            let input = self.next_input().await;
            self.take(input);
        }
        self.finish().await
    }

    /// Tells the model what it has to do with.
    pub(super) fn prepare(&mut self) {
        let wish = self.options.media_wish();
        self.visit.hand_in(RULES);
        let switch = |is_on| if is_on { Switch::On } else { Switch::Off };
        let address = match self.options.relay {
            Some(_) => AddressPrivacy::Hidden,
            None => AddressPrivacy::Shown,
        };
        self.hand(VisitEvent::Opened(Box::new(Opening {
            preferences: Preferences {
                microphone: switch(wish.sends_sound),
                camera: switch(wish.sends_pictures),
                sounds: Switch::Off,
                address,
                ..Preferences::default()
            },
            environment: Environment::Capable,
            shares_screens: false,
            has_sfu: true,
            refuses_media: !wish.receives,
            page_opened: wall_time(),
        })));
        self.hand(VisitEvent::SfuKnown);
        self.hand(VisitEvent::Sight(self.sight()));
    }

    /// Whether what others show is seen: when it is saved or measured.
    pub(super) fn sight(&self) -> Visibility {
        if self.options.media_wish().receives {
            Visibility::Seen
        } else {
            Visibility::Hidden
        }
    }

    /// Wants in.
    pub(super) fn join(&mut self) {
        self.next_round = None;
        self.numbers.begin(SystemTime::now());
        let action = CallAction::Join {
            room: self.options.address.room.clone(),
            name: self.options.name.clone(),
        };
        self.hand(VisitEvent::Wanted(VisitAction::Call(action)));
    }

    /// Leaves.
    pub(super) fn leave(&mut self) {
        self.lines = None;
        self.hand(VisitEvent::Wanted(VisitAction::Call(CallAction::Leave)));
        // Before the call there is nobody to say it to.
        if self.visit.call().call().is_none() {
            self.end.get_or_insert(JoinEnd::Left);
        }
    }

    /// Hands the model what happened, and performs what it decides, until nothing more follows.
    pub(super) fn hand(&mut self, event: VisitEvent) {
        self.pending.push_back(event);
        while let Some(event) = self.pending.pop_front() {
            let context = self.clock.context();
            for effect in self.visit.handle(event, context) {
                self.perform(effect);
            }
        }
    }

    /// Tells the program where the device stands and who is there, where that is different.
    pub(super) fn follow_call(&mut self) {
        self.follow_standing();
        self.follow_people();
    }

    /// Tells the program where the device stands, where that is different.
    pub(super) fn follow_standing(&mut self) {
        match self.standing.follow(self.visit.call()) {
            Some(StandingChange::Joined) => self.tell_of_joining(),
            Some(StandingChange::Lost) => self.output.tell(Event::Reconnecting),
            Some(StandingChange::Found) => self.output.tell(Event::Reconnected),
            Some(StandingChange::Over(end)) => self.visit_is_over(end),
            None => {}
        }
    }

    /// Tells the program who is there, where that is different.
    fn follow_people(&mut self) {
        if let Some(call) = self.visit.call().call() {
            for event in self.roster.follow(&call.people) {
                self.output.tell(event);
            }
            let here: HashSet<&PeerId> = call.people.iter().map(|person| &person.id).collect();
            self.choices.keep(|peer| here.contains(peer));
        }
    }

    fn tell_of_joining(&mut self) {
        if let Some(call) = self.visit.call().call() {
            let people = self.roster.begin(&call.people);
            self.output.tell(Event::Joined {
                peer: call.me.clone(),
                room: call.room.as_str().to_owned(),
                resumed: self.is_resumed,
                people,
            });
        }
    }

    fn visit_is_over(&mut self, end: JoinEnd) {
        match end {
            JoinEnd::Unreachable(_) if self.next_round.is_some() => {}
            JoinEnd::Unreachable(_) if self.options.reconnects => {
                self.output.tell(Event::Reconnecting);
                self.next_round = Some(Instant::now() + NEXT_ROUND);
            }
            JoinEnd::Unreachable(_) => {
                let reason = self.signaling.failure.clone();
                self.end = Some(JoinEnd::Unreachable(reason));
            }
            JoinEnd::Left | JoinEnd::Refused(_) => {
                if let Some(state) = &self.state {
                    state.remove();
                }
                self.end.get_or_insert(end);
            }
            other => self.end = Some(other),
        }
    }

    /// Says the last words to everyone, and waits for them to leave.
    async fn finish(mut self) -> JoinEnd {
        let mut end = self.end.take().unwrap_or(JoinEnd::Left);
        self.signaling.disconnect();
        let mut closing = self.signaling.take_closing();
        closing.append(&mut self.closing);
        closing.extend(self.connections.drain().map(|(_, it)| it.close()));
        // They report no more: what they would say finds nobody.
        drop(self.connection_reports);
        drop(self.socket_reports);
        let goodbyes = async {
            for goodbye in closing {
                let _ = goodbye.await;
            }
        };
        let _ = timeout(LAST_WORDS, goodbyes).await;
        if let Err(words) = self.media.finish()
            && end == JoinEnd::Left
        {
            end = JoinEnd::Failed(words);
        }
        self.output.tell(Event::Left {
            code: end.code(),
            message: end.words(),
        });
        end
    }
}
