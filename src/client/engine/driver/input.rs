//! Anything that wakes the engine, in the order in which it is taken.

use std::future::poll_fn;
use std::task::{Context, Poll};

use futures::{FutureExt, StreamExt};

use super::engine::Engine;
use crate::client::browser::timer::Interval;
use crate::client::capture::{Outcome, Picked};
use crate::client::engine::errands::Ended;
use crate::client::engine::recordings::RecordingInput;
use crate::client::report::Report;
use crate::client::rtc::channels::ChannelReport;
use crate::protocol::PeerId;
use crate::room::messaging::channel::Channel;
use crate::room::messaging::files::DiskEvent;
use crate::room::quality::Reading;
use crate::room::{PathId, PeerEvent};
use crate::session::Action;

/// What woke the engine.
pub(super) enum Input {
    /// The user wants something.
    Action(Action),
    /// A callback of the browser reports.
    Report(Report),
    /// An operation of a path's connection of this generation ended.
    Path(PathId, u32, PeerEvent),
    /// A person's data channel reports.
    Channel(PeerId, Channel, ChannelReport),
    /// Asking for or listing devices ended.
    Captured(Vec<Outcome>),
    /// The picker of screens ended.
    Picked(Picked),
    /// A disk reports.
    Disk(DiskEvent),
    /// A connection was read.
    Reading(Reading),
    /// The recorder, or its disk, reports.
    Recording(RecordingInput),
    /// An errand ended.
    Ended(Ended),
    /// The model has to be woken.
    Alarm,
    /// The clock that is shown moves.
    ClockTick,
    /// Voices are measured.
    LevelTick,
}

impl Engine {
    /// Waits for the next input; `None` once nobody can ask for anything any more.
    pub(super) async fn next_input(&mut self) -> Option<Input> {
        poll_fn(|context| self.poll_input(context)).await
    }

    /// In this order: what the user wants, what happened, and time last.
    fn poll_input(&mut self, context: &mut Context<'_>) -> Poll<Option<Input>> {
        if let Poll::Ready(action) = self.actions.poll_next_unpin(context) {
            return Poll::Ready(action.map(Input::Action));
        }
        for (path, peer) in self.connections.iter_mut() {
            if let Poll::Ready(event) = peer.poll_event(context) {
                return Poll::Ready(Some(Input::Path(path, peer.generation(), event)));
            }
            if let Poll::Ready((channel, report)) = peer.poll_channel(context) {
                let whom = peer.whom().clone();
                return Poll::Ready(Some(Input::Channel(whom, channel, report)));
            }
        }
        if let Poll::Ready(Some(report)) = self.reports.poll_next_unpin(context) {
            return Poll::Ready(Some(Input::Report(report)));
        }
        if let Poll::Ready(outcomes) = self.captures.poll_outcomes(context) {
            return Poll::Ready(Some(Input::Captured(outcomes)));
        }
        if let Poll::Ready(picked) = self.screen.poll_picked(context) {
            return Poll::Ready(Some(Input::Picked(picked)));
        }
        if let Poll::Ready(event) = self.files.disk.poll_event(context) {
            return Poll::Ready(Some(Input::Disk(event)));
        }
        if let Poll::Ready(reading) = self.readings.poll_reading(context) {
            return Poll::Ready(Some(Input::Reading(reading)));
        }
        if let Poll::Ready(input) = self.recordings.poll_input(context) {
            return Poll::Ready(Some(Input::Recording(input)));
        }
        if let Poll::Ready(ended) = self.errands.poll_ended(context) {
            return Poll::Ready(Some(Input::Ended(ended)));
        }
        if let Some(check) = &mut self.check
            && check.poll_unpin(context).is_ready()
        {
            self.check = None;
        }
        if self.alarm.poll_ring(context).is_ready() {
            return Poll::Ready(Some(Input::Alarm));
        }
        if beats(&mut self.clock_ticks, context) {
            return Poll::Ready(Some(Input::ClockTick));
        }
        if beats(&mut self.level_ticks, context) {
            return Poll::Ready(Some(Input::LevelTick));
        }
        Poll::Pending
    }
}

fn beats(ticks: &mut Option<Interval>, context: &mut Context<'_>) -> bool {
    let ticks = ticks.as_mut();
    ticks.is_some_and(|ticks| ticks.poll_next_unpin(context).is_ready())
}
