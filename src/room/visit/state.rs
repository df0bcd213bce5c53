//! The one reducer: every event goes through [`Visit::handle`], and what should happen comes out of it.
//!
//! Responsible for what the parts of a visit mean to each other; each part knows only itself. Invariant: nothing of a visit
//! changes but in [`Visit::handle`], one event at a time.

use std::fmt;

use super::action::VisitAction;
use super::backlog::Backlog;
use super::channel_carriers::ChannelCarriers;
use super::connections::OpenConnections;
use super::effect::{Aspect, VisitEffect};
use super::event::VisitEvent;
use super::kept::KeptFiles;
use super::own_recording::OwnRecording;
use super::page::{CapturedPictures, Opening, TileHeights, Visibility};
use super::people_quality::PeopleQuality;
use super::sfu_event::SfuEvent;
use super::showing::Showing;
use super::turn::VisitTurn;
use crate::protocol::{IceTransportPolicy, PeerId};
use crate::room::attention::gathering::Gathering;
use crate::room::attention::muted_hint::MutedHint;
use crate::room::attention::sound::SoundPacer;
use crate::room::call::event::Event;
use crate::room::call::state::RoomState;
use crate::room::context::Context;
use crate::room::dashboard::event::DashboardEvent;
use crate::room::dashboard::state::Dashboard;
use crate::room::hub::{Hub, HubEvent};
use crate::room::media::local::{LocalMedia, MediaEvent};
use crate::room::media::screen::ScreenEvent;
use crate::room::messaging::chat::message::WallTime;
use crate::room::messaging::state::Messaging;
use crate::room::moment::Moment;
use crate::room::preferences::Preferences;
use crate::room::sending::controller::SendingController;
use crate::room::sending::viewing::Viewing;
use crate::room::stage::active_speaker::ActiveSpeaker;
use crate::room::stage::choices::{Stage, StageAction};

/// What becomes of a visit when something happens that concerns the SFU: [`super::RULES`], and no others.
#[derive(Clone, Copy)]
pub struct SfuRules(pub(super) fn(&mut Visit, SfuEvent<'_>, &mut VisitTurn) -> bool);

impl fmt::Debug for SfuRules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SfuRules")
    }
}

/// The rules, as far as they are here.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum SfuSupport {
    /// There is no SFU, or none that we speak to.
    #[default]
    None,
    /// The rules are being fetched.
    Expected,
    /// They are here.
    Here(SfuRules),
}

/// One participant's visit to one room. The default is a lobby of a page that was not looked at yet.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The participant is in the lobby, in the call or gone from it.
    pub(super) call: RoomState,
    /// The own camera, microphone and screen are like this.
    pub(super) media: LocalMedia,
    /// The user arranges the stage like this.
    pub(super) stage: Stage,
    /// One of the others has the floor.
    pub(super) speaker: ActiveSpeaker,
    /// This was told of who is there, and waits to be followed.
    pub(super) backlog: Backlog,
    /// People send each other this beside media; nothing outside a call.
    pub(super) messaging: Option<Messaging>,
    /// Devices tell these values, and have these controls.
    pub(super) dashboard: Dashboard,
    /// Received files are there.
    pub(super) kept: KeptFiles,
    /// This is remembered for the next visit.
    pub(super) preferences: Preferences,
    /// Everyone's media arrives this well.
    pub(super) quality: PeopleQuality,
    /// It decides what is sent to whom.
    pub(super) sending: SendingController,
    /// It decides when people are told how large they are shown here.
    pub(super) viewing: Viewing,
    /// These connections are open.
    pub(super) connections: OpenConnections,
    /// What becomes of the visit where there is an SFU is decided by this.
    pub(super) sfu: SfuSupport,
    /// These rules were handed in.
    pub(super) handed_in: Option<SfuRules>,
    /// The connection to the SFU is here.
    pub(super) hub: Hub,
    /// Nothing that others send is taken.
    pub(super) refuses_media: bool,
    /// Channels to people take these connections.
    pub(super) carriers: ChannelCarriers,
    /// The driver was told last that connections use these candidates.
    pub(super) ice_transport_policy: IceTransportPolicy,
    /// What arrives is counted next at this moment.
    pub(super) next_count: Moment,
    /// Pictures of this size are captured.
    pub(super) pictures: CapturedPictures,
    /// Tiles are this high.
    pub(super) heights: TileHeights,
    /// The page can be seen, or cannot.
    pub(super) sight: Visibility,
    /// Whether anything of the page can be seen is looked at next at this moment, while it is hidden.
    pub(super) next_look: Moment,
    /// The own recording is like this.
    pub(super) recording: OwnRecording,
    /// It knows when to say that somebody speaks while muted.
    pub(super) muted_hint: MutedHint,
    /// It makes one notice of what happens to several people.
    pub(super) gathering: Gathering,
    /// It keeps sounds apart.
    pub(super) sounds: SoundPacer,
    /// It keeps apart what is shown again and again.
    pub(super) showing: Showing,
    /// The page opened at this wall time.
    pub(super) page_opened: WallTime,
}

impl Visit {
    /// Takes in what happened, and says what should happen because of it.
    pub fn handle(&mut self, event: VisitEvent, context: Context) -> Vec<VisitEffect> {
        let mut turn = VisitTurn::new(context);
        // How high tiles are follows from what others do.
        let is_wish = match &event {
            VisitEvent::Wanted(VisitAction::SetHeights(_)) => false,
            VisitEvent::Wanted(_) => true,
            _ => false,
        };
        self.catch_up_before(&event, &mut turn);
        match event {
            VisitEvent::Opened(opening) => self.open(*opening, &mut turn),
            VisitEvent::Wanted(action) => self.act(action, &mut turn),
            VisitEvent::Application(request) => self.send_for_application(request, &mut turn),
            VisitEvent::Call(event) => self.hear_call(event, &mut turn),
            VisitEvent::Media(event) => self.hear_devices(event, &mut turn),
            VisitEvent::Screen(event) => self.hear_screen(event, &mut turn),
            VisitEvent::Captured(pictures) => self.send_pictures(pictures, &mut turn),
            VisitEvent::Messaging(event) => self.hear_messaging(event, &mut turn),
            VisitEvent::SfuKnown => self.learn_sfu(&mut turn),
            VisitEvent::Unknown(text) => {
                self.tell_sfu(SfuEvent::Said(text), &mut turn);
            }
            VisitEvent::HubChannel(channel, event) => {
                self.tell_sfu(SfuEvent::Hub(HubEvent::Channel(channel, event)), &mut turn);
            }
            VisitEvent::Sampled(samples) => {
                self.tell_sfu(SfuEvent::Hub(HubEvent::Sampled(samples)), &mut turn);
            }
            VisitEvent::Dashboard(rules) => self.learn_dashboard(rules, &mut turn),
            VisitEvent::Kept(key, keeping) => self.kept.keep(key, keeping),
            VisitEvent::Levels(levels) => self.hear_levels(&levels, &mut turn),
            VisitEvent::Read(reading) => self.read(*reading, &mut turn),
            VisitEvent::ReadingsEnded => self.readings_ended(&mut turn),
            VisitEvent::Sight(sight) => self.see(sight, &mut turn),
            VisitEvent::Recording(event) => self.hear_recording(event, &mut turn),
            VisitEvent::Time => self.time_passed(&mut turn),
        }
        // What is shown decides what is asked of whom, and where that changes, it is told once more.
        for _ in 0..2 {
            if std::mem::take(&mut turn.views_moved) {
                self.tell_views(&mut turn);
            }
        }
        self.tell_sfu(SfuEvent::Flush, &mut turn);
        if is_wish {
            self.showing.hurry();
        }
        self.showing.pace(&mut turn.effects, turn.context.now);
        turn.effects
    }

    /// Takes the rules of the SFU, which come with the second wasm. They count from the next [`VisitEvent::SfuKnown`] on, and are handed in
    /// beside the events because no event may name the visit.
    pub fn hand_in(&mut self, rules: SfuRules) {
        self.handed_in = Some(rules);
    }

    /// Where the participant is: in the lobby, in the call or gone from it.
    pub fn call(&self) -> &RoomState {
        &self.call
    }

    /// The own camera, microphone and screen. Whether the microphone is on is asked here, and nowhere else.
    pub fn media(&self) -> &LocalMedia {
        &self.media
    }

    /// How the user arranges the stage, and who shares a screen.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Who speaks, or did last.
    pub fn speaker(&self) -> Option<&PeerId> {
        self.speaker.speaker()
    }

    /// What is remembered for the next visit.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// What people send each other beside media; nothing outside a call.
    pub fn messaging(&self) -> Option<&Messaging> {
        self.messaging.as_ref()
    }

    /// How well everyone's media arrives.
    pub fn quality(&self) -> &PeopleQuality {
        &self.quality
    }

    /// Whether an earlier visit left a recording that has to be saved or discarded before another begins.
    pub fn has_unfinished_recording(&self) -> bool {
        self.recording.unfinished
    }

    /// Whether the participant is in a call, where notices are seen and the screen stays on.
    pub fn is_in_call(&self) -> bool {
        self.call.call().is_some()
    }

    fn open(&mut self, opening: Opening, turn: &mut VisitTurn) {
        self.page_opened = opening.page_opened;
        self.preferences = opening.preferences;
        turn.changed(Aspect::Preferences);
        self.refuses_media = opening.refuses_media;
        if opening.has_sfu {
            self.sfu = SfuSupport::Expected;
        }
        self.stage
            .apply(StageAction::Arrange(self.preferences.layout));
        self.stage
            .apply(StageAction::SetSelfView(self.preferences.self_view));
        turn.changed(Aspect::Stage);
        self.hear_devices(MediaEvent::Remembered(self.preferences.media()), turn);
        self.hear_devices(MediaEvent::Environment(opening.environment), turn);
        if opening.shares_screens {
            self.hear_screen(ScreenEvent::Supported, turn);
        }
    }

    fn act(&mut self, action: VisitAction, turn: &mut VisitTurn) {
        match action {
            VisitAction::Call(action) => {
                self.hear_call(Event::Action(action), turn);
            }
            VisitAction::Media(action) => self.act_on_devices(action, turn),
            VisitAction::Screen(action) => self.act_on_screen(action, turn),
            VisitAction::Stage(action) => self.arrange(action, turn),
            VisitAction::Messaging(action) => self.act_on_messaging(action, turn),
            VisitAction::Files(action) => self.act_on_files(action, turn),
            VisitAction::Record(action) => self.act_on_recording(action, turn),
            VisitAction::Press(device, topic) => {
                self.hear_dashboard(DashboardEvent::Pressed { device, topic }, turn);
            }
            VisitAction::SetData(data) => {
                self.preferences.data = data;
                self.remember(turn);
                self.steer_by_what_is_captured(turn);
            }
            VisitAction::RememberName(name) => {
                self.preferences.name = name;
                self.remember(turn);
            }
            VisitAction::SetAddressPrivacy(privacy) => self.set_address_privacy(privacy, turn),
            VisitAction::SetServerMedia(media) => self.set_server_media(media, turn),
            VisitAction::SetSounds(sounds) => {
                self.preferences.sounds = sounds;
                self.remember(turn);
            }
            VisitAction::SetHeights(heights) => {
                self.heights = heights;
                turn.views_moved = true;
            }
        }
    }

    fn arrange(&mut self, action: StageAction, turn: &mut VisitTurn) {
        let is_remembered = matches!(
            action,
            StageAction::Arrange(_) | StageAction::SetSelfView(_)
        );
        self.stage.apply(action);
        turn.changed(Aspect::Stage);
        turn.views_moved = true;
        if is_remembered {
            self.preferences.layout = self.stage.layout();
            self.preferences.self_view = self.stage.self_view();
            self.remember(turn);
        }
    }

    /// What is remembered is different, and outlives the page.
    pub(super) fn remember(&self, turn: &mut VisitTurn) {
        turn.changed(Aspect::Preferences);
        turn.effect(VisitEffect::Remember);
    }
}

#[cfg(test)]
#[path = "tests/strangers.rs"]
mod tests;
