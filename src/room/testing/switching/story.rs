//! What befalls the visitors: who comes when, when the room changes between direct connections and the SFU, and what goes wrong.

use super::visitor::SharedScreen;
use super::world::{Happening, World};
use crate::protocol::sfu::SfuUse;
use crate::protocol::{CloseCode, DisplayName, RoomName};
use crate::random::Random;
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::call::state::RoomState;
use crate::room::device::DeviceKind;
use crate::room::media::local::{Environment, MediaAction, MediaEvent};
use crate::room::media::screen::{ScreenAction, ScreenShare};
use crate::room::messaging::chat::message::WallTime;
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::recipients::Recipients;
use crate::room::moment::Moment;
use crate::room::preferences::Preferences;
use crate::room::switch::Switch;
use crate::room::visit::action::VisitAction;
use crate::room::visit::event::VisitEvent;
use crate::room::visit::page::Opening;
use crate::room::visit::sfu_rules::RULES;

/// Whoever leaves is away for less than this, in ms.
pub(crate) const LONGEST_ABSENCE_MS: u64 = 6_000;

/// Whether whoever returns was let in is looked at so often, in ms.
const LOOKED_AFTER_MS: u64 = 2_000;

/// At most so many share a screen at a time: as many as have a slot for its sound beside six voices.
const MOST_SCREENS: usize = 2;
/// So many come at most in the stories that are not of large rooms.
pub(crate) const MOST_VISITORS: usize = 10;

/// So many are heard and seen in those of large rooms.
const MOST_HEARD: usize = 5;

/// The circumstances of one story.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conditions {
    /// How many there are: 2 to 10.
    pub(crate) visitors: usize,
    /// Longest latency of a message, one way, in ms.
    pub(crate) latency_ms: u64,
    /// The room is in this mode when the server begins.
    pub(crate) begins_with: SfuUse,
    /// Direct connections are kept beside the SFU.
    pub(crate) standby: bool,
    /// The first visitor never speaks to the SFU.
    pub(crate) has_stranger: bool,
    /// Screens are shared, with and without sound.
    pub(crate) screens: bool,
    /// People leave and return.
    pub(crate) comings: bool,
    /// The SFU refuses offers, and sometimes those that it took already.
    pub(crate) refusals: bool,
    /// Something breaks: what is missing for a while is no fault, as long as it comes back.
    pub(crate) trouble: bool,
    /// Until when things happen, in ms.
    pub(crate) acts_until: u64,
    /// How many things happen until then.
    pub(crate) acts: u64,
    /// The SFU takes so many bit/s of content of files from each person.
    pub(crate) file_rate: Option<u64>,
}

impl Conditions {
    pub(crate) fn draw(chance: &mut Random) -> Self {
        let mut conditions = Self {
            visitors: match chance.percent(30) {
                true => chance.between(6, 11) as usize,
                false => chance.between(2, 6) as usize,
            },
            latency_ms: [5, 40, 120, 300][chance.between(0, 4) as usize],
            begins_with: match chance.percent(40) {
                true => SfuUse::On,
                false => SfuUse::Off,
            },
            standby: chance.percent(70),
            has_stranger: chance.percent(20),
            screens: chance.percent(50),
            comings: chance.percent(40),
            refusals: chance.percent(30),
            trouble: chance.percent(50),
            acts_until: chance.between(9_000, 18_000),
            acts: chance.between(3, 14),
            file_rate: None,
        };
        // Where no direct connections are kept, the room never goes back to them.
        if !conditions.standby {
            conditions.begins_with = SfuUse::On;
        }
        conditions
    }

    /// Draws what the SFU takes of files.
    pub(crate) fn draw_files(&mut self, chance: &mut Random) {
        self.file_rate =
            [None, Some(8_000_000), Some(3_000_000), Some(0)][chance.below(4) as usize];
    }

    /// A room in which more people are than keep direct connections beside the SFU.
    pub(crate) fn large(chance: &mut Random) -> Self {
        let mut conditions = Self {
            visitors: chance.between(11, 13) as usize,
            latency_ms: [5, 40, 120][chance.below(3) as usize],
            begins_with: SfuUse::On,
            standby: true,
            has_stranger: false,
            screens: false,
            comings: false,
            refusals: false,
            trouble: false,
            acts_until: 20_000,
            acts: 0,
            file_rate: None,
        };
        conditions.draw_files(chance);
        conditions
    }
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// The page opens, and the visitor wants in.
    Come(usize),
    /// The second wasm is there.
    Learn(usize),
    Flip,
    Say(usize),
    Mute(usize),
    Face(usize),
    /// Somebody speaks up, and is the loudest of all.
    SpeakUp(usize),
    /// A screen is shared, or no more.
    Share(usize, SharedScreen),
    Unshare(usize),
    /// Somebody leaves, and returns after some ms.
    Leave(usize, u64),
    Return(usize),
    /// The SFU does not take the next offer of somebody.
    RefuseNext(usize),
    /// The SFU refuses what somebody said, whatever that was: they may have had their answer long ago.
    RefuseLate(usize),
    /// The media port of the server cannot be reached by somebody from now on, or by everybody.
    Block(Option<usize>),
    /// It can be again.
    Unblock(Option<usize>),
    BreakSocket(usize),
    /// Somebody offers everybody a file.
    SendFile(usize),
    /// Nothing gets through directly between two any more.
    Wall(usize, usize),
    /// The server stops, and is back after some ms.
    Restart(u64),
}

impl World {
    /// Writes down what is going to happen.
    pub(crate) fn write_story(&mut self) {
        let conditions = self.conditions;
        for who in 0..conditions.visitors {
            let at = self.chance.between(0, 3_000);
            self.schedule(at, Happening::Act(Act::Come(who)));
            // Usually the rules come before they are asked for; now and then nobody waits for them any more.
            let late = match self.chance.between(0, 10) {
                0 => self.chance.between(2_000, 8_000),
                1..=4 => self.chance.between(0, 2_000),
                _ => 0,
            };
            self.schedule(at + late, Happening::Act(Act::Learn(who)));
        }
        for _ in 0..conditions.acts {
            let at = self.chance.between(1_000, conditions.acts_until);
            let who = self.chance.below(conditions.visitors as u64) as usize;
            if self.chance.percent(50)
                && let Some(act) = self.other_act(who)
            {
                self.schedule(at, Happening::Act(act));
                continue;
            }
            let kinds = if conditions.trouble { 15 } else { 11 };
            // Whoever is not in yet gives up when too much breaks.
            let late = at.max(self.chance.between(7_500, 9_000));
            let kind = self.chance.between(0, kinds);
            let at = if kind > 10 { late } else { at };
            let act = match kind {
                0..=4 => Act::Flip,
                5 => {
                    // And back, before anything could come of it.
                    let back = at + self.chance.between(1, 300);
                    self.schedule(back, Happening::Act(Act::Flip));
                    Act::Flip
                }
                6..=8 => Act::Say(who),
                9 => Act::Mute(who),
                10 => Act::Face(who),
                11 | 12 => {
                    let whom = self.chance.percent(60).then_some(who);
                    let over = at + self.chance.between(300, 14_000);
                    self.schedule(over, Happening::Act(Act::Unblock(whom)));
                    Act::Block(whom)
                }
                13 => Act::BreakSocket(who),
                _ => Act::Restart(self.chance.between(50, 3_000)),
            };
            self.schedule(at, Happening::Act(act));
        }
        let last = conditions.acts_until;
        for who in 0..conditions.visitors {
            self.schedule(last, Happening::Act(Act::Say(who)));
        }
    }

    /// Something that only happens in some stories.
    fn other_act(&mut self, who: usize) -> Option<Act> {
        let conditions = self.conditions;
        let is_large = conditions.visitors > 6;
        let kinds = [
            (is_large, 0),
            (is_large, 1),
            (conditions.screens, 2),
            (conditions.screens, 3),
            (conditions.comings, 4),
            (conditions.refusals, 5),
            (conditions.refusals, 6),
        ];
        let kinds: Vec<u32> = kinds
            .into_iter()
            .filter_map(|(may_be, kind)| may_be.then_some(kind))
            .collect();
        let kind = *kinds.get(self.chance.below(kinds.len() as u64) as usize)?;
        Some(match kind {
            0 | 1 => Act::SpeakUp(who),
            2 => Act::Share(
                who,
                SharedScreen {
                    has_sound: self.chance.percent(50),
                    is_still: self.chance.percent(50),
                },
            ),
            3 => Act::Unshare(who),
            4 => Act::Leave(who, self.chance.between(50, LONGEST_ABSENCE_MS)),
            5 => Act::RefuseNext(who),
            _ => Act::RefuseLate(who),
        })
    }

    /// Writes down who sends files in a story. With whoever leaves theirs end, so there are none where somebody may.
    pub(crate) fn write_files(&mut self, chance: &mut Random) {
        if self.conditions.comings {
            return;
        }
        for _ in 0..chance.below(3) {
            let who = chance.below(self.conditions.visitors as u64) as usize;
            let at = chance.between(3_500, self.conditions.acts_until);
            self.schedule(at, Happening::Act(Act::SendFile(who)));
        }
    }

    /// Writes down what happens in a large room: everybody comes, some send files to all, some of them cannot reach each other
    /// directly from the first on, or not any more in the middle of it.
    pub(crate) fn write_large_story(&mut self) {
        let count = self.conditions.visitors;
        for who in 0..count {
            let at = self.chance.between(0, 2_000);
            self.schedule(at, Happening::Act(Act::Come(who)));
            self.schedule(at, Happening::Act(Act::Learn(who)));
        }
        for _ in 0..4 {
            let one = self.chance.below(count as u64) as usize;
            let other = (one + self.chance.between(1, count as u64) as usize) % count;
            let at = match self.chance.percent(50) {
                true => 0,
                false => self.chance.between(10_000, 16_000),
            };
            self.schedule(at, Happening::Act(Act::Wall(one, other)));
        }
        for _ in 0..3 {
            let who = self.chance.below(count as u64) as usize;
            let at = self.chance.between(9_000, 14_000);
            self.schedule(at, Happening::Act(Act::SendFile(who)));
        }
        self.schedule(20_000, Happening::Act(Act::Say(0)));
    }

    pub(crate) fn act(&mut self, act: Act) {
        self.tell(|| format!("== {act:?}"));
        self.stirred = true;
        match act {
            Act::Come(who) => self.come(who),
            Act::Learn(who) => {
                if !(self.conditions.has_stranger && who == 0) {
                    self.visitors[who].visit.hand_in(RULES);
                    self.feed(who, VisitEvent::SfuKnown);
                }
            }
            Act::Flip => {
                if self.server.up && self.conditions.standby {
                    self.sfu.decide(match self.sfu.r#use {
                        SfuUse::On => SfuUse::Off,
                        SfuUse::Off => SfuUse::On,
                    });
                }
            }
            Act::Say(who) => {
                if self.visitors[who].joined().is_some() {
                    self.words += 1;
                    let text = format!("word {}", self.words);
                    // Who is away while it is said may never hear of it.
                    let mut visitors = self.visitors.iter();
                    let counts = visitors.all(|visitor| visitor.joined().is_some());
                    if counts || !self.conditions.comings {
                        self.texts.push(text.clone());
                    }
                    let to = Recipients::Everyone;
                    self.want(
                        who,
                        VisitAction::Messaging(MessagingAction::Say { text, to }),
                    );
                }
            }
            Act::Mute(who) => {
                let switch = self.either_switch();
                self.want(who, VisitAction::Media(MediaAction::SetMicrophone(switch)));
            }
            Act::Face(who) => {
                let switch = self.either_switch();
                self.want(who, VisitAction::Media(MediaAction::SetCamera(switch)));
            }
            Act::SpeakUp(who) => {
                if let Some(me) = self.visitors[who].me() {
                    self.sfu.voices.raise(&me);
                }
            }
            Act::Share(who, screen) => self.share(who, screen),
            Act::Unshare(who) => self.want(who, VisitAction::Screen(ScreenAction::Stop)),
            Act::Leave(who, away_ms) => {
                if self.visitors[who].joined().is_some() {
                    self.texts.clear();
                    self.want(who, VisitAction::Call(CallAction::Leave));
                    let back = Happening::Act(Act::Return(who));
                    self.schedule(self.now + away_ms, back);
                }
            }
            Act::Return(who) => self.come_back(who),
            Act::RefuseNext(who) => {
                self.refused.insert(who);
            }
            Act::RefuseLate(who) => {
                if let Some(me) = self.visitors[who].me() {
                    self.after(2, 120, Happening::Refusal(me));
                }
            }
            Act::Block(Some(who)) => {
                self.blocked.insert(who);
            }
            Act::Block(None) => self.sfu_is_mute = true,
            Act::Unblock(Some(who)) => {
                self.blocked.remove(&who);
            }
            Act::Unblock(None) => self.sfu_is_mute = false,
            Act::SendFile(who) => self.send_file(who),
            Act::Wall(one, other) => self.wall(one, other, true),
            Act::BreakSocket(who) => self.break_socket(who),
            Act::Restart(away_ms) => self.stop_server(away_ms),
        }
    }

    fn either_switch(&mut self) -> Switch {
        match self.chance.percent(50) {
            true => Switch::On,
            false => Switch::Off,
        }
    }

    pub(crate) fn want(&mut self, who: usize, action: VisitAction) {
        self.feed(who, VisitEvent::Wanted(action));
    }

    fn come(&mut self, who: usize) {
        self.feed(
            who,
            VisitEvent::Opened(Box::new(Opening {
                preferences: Preferences::default(),
                environment: Environment::Capable,
                shares_screens: true,
                has_sfu: !(self.conditions.has_stranger && who == 0),
                refuses_media: false,
                page_opened: WallTime(1_000_000),
            })),
        );
        for kind in [DeviceKind::Microphone, DeviceKind::Camera] {
            self.feed(who, VisitEvent::Media(MediaEvent::Started(kind, None)));
        }
        // In a large room not everybody is heard.
        if self.conditions.visitors > MOST_VISITORS && who >= MOST_HEARD {
            for off in [MediaAction::SetMicrophone, MediaAction::SetCamera] {
                self.want(who, VisitAction::Media(off(Switch::Off)));
            }
        }
        self.join(who);
    }

    /// Shares a screen, unless as many do as there are slots for their sound besides all voices.
    fn share(&mut self, who: usize, screen: SharedScreen) {
        let sharing = self.visitors.iter().filter(|visitor| {
            let share = visitor.visit.media().screen;
            share.is_sharing() || share == ScreenShare::Choosing
        });
        let is_idle = self.visitors[who].visit.media().screen == ScreenShare::Idle;
        if is_idle && sharing.count() < MOST_SCREENS && self.visitors[who].joined().is_some() {
            self.visitors[who].shared = screen;
            self.want(who, VisitAction::Screen(ScreenAction::Share));
        }
    }

    /// Comes back, however often it takes: whoever is not let in gives up.
    fn come_back(&mut self, who: usize) {
        match self.visitors[who].visit.call() {
            RoomState::Joined(_) | RoomState::Reconnecting(..) => return,
            RoomState::Joining(_) => {}
            RoomState::Lobby(_) | RoomState::Left(_) => self.join(who),
        }
        self.schedule(self.now + LOOKED_AFTER_MS, Happening::Act(Act::Return(who)));
    }

    fn join(&mut self, who: usize) {
        let room = RoomName::parse("simulation").unwrap();
        let name = DisplayName::parse(&format!("P{who}")).unwrap();
        let join = CallAction::Join { room, name };
        self.want(who, VisitAction::Call(join));
    }

    fn stop_server(&mut self, away_ms: u64) {
        if !self.server.up {
            return;
        }
        self.server.up = false;
        for who in 0..self.visitors.len() {
            if let Some(socket) = self.visitors[who].socket.take() {
                self.server.on_drop(socket, Moment(self.now));
                let code = match self.chance.percent(50) {
                    true => CloseCode::Restarting,
                    false => CloseCode::Other(1006),
                };
                self.feed(
                    who,
                    VisitEvent::Call(Event::Socket(SocketEvent::Closed(code))),
                );
            }
        }
        self.schedule(self.now + away_ms, Happening::ServerIsBack);
    }
}
