//! A thread of the SFU: waits for datagrams, letters and time, and gives them to its core.
//!
//! Invariant: the thread sleeps in one function only, and nothing that a client does ends it.

use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use str0m::config::DtlsCert;

use super::core::{Candidates, Core};
use super::door::WayBack;
use super::door_queue::{DoorQueue, Doorway};
use super::egress::NtpClock;
use super::figures::Figures;
use super::gathering::gathering;
use super::letterbox::Letterbox;
use super::load::Load;
use super::session::Ground;
use super::socket::{MediaSocket, Rest};
use super::turn_times::TurnTimes;
use super::waker::{Awaited, Sleeper};
use super::ways::{Arrival, Passage};

/// The figures are logged this often.
const TOLD_EVERY: Duration = Duration::from_secs(60);

/// A thread of the SFU.
pub(super) struct RunningShard {
    /// It is told things here.
    letterbox: Arc<Letterbox>,
    /// The relay hands datagrams over here.
    door_queue: Arc<DoorQueue>,
    /// It has more to do than it has time for.
    is_overloaded: Arc<AtomicBool>,
    /// What happens is counted here.
    figures: Arc<Figures>,
    /// Ends when it has stopped.
    thread: JoinHandle<()>,
}

impl RunningShard {
    /// Starts a thread on these sockets. Each member may send `files` Mbit/s of files through it. What is for clients of the relay goes
    /// by `way_back`.
    ///
    /// # Errors
    /// What the system says when it has no thread or no waker to give.
    pub(super) fn start(
        number: usize,
        sockets: Vec<MediaSocket>,
        candidates: Candidates,
        certificate: DtlsCert,
        bandwidth: f64,
        files: u32,
        way_back: WayBack,
    ) -> std::io::Result<Self> {
        let (sleeper, waker) = Sleeper::with_waker()?;
        let letterbox = Arc::new(Letterbox::new(waker.clone()));
        let is_overloaded = Arc::<AtomicBool>::default();
        let figures = Arc::<Figures>::default();
        let door_queue = Arc::new(DoorQueue::new(waker, figures.clone()));
        let now = Instant::now();
        let mut shard = Shard {
            number,
            core: Core::new(
                Ground {
                    certificate,
                    clock: NtpClock::begin(now),
                },
                candidates,
                bandwidth,
                files,
                figures.clone(),
                now,
            ),
            sockets: sockets.into_iter().map(|it| (it, false)).collect(),
            sleeper,
            rest: Rest::None,
            letterbox: letterbox.clone(),
            doorway: Doorway::of(door_queue.clone()),
            way_back,
            figures: figures.clone(),
            told: now,
            noticed: now,
            began: now,
            times: TurnTimes::new(now),
            is_overloaded: is_overloaded.clone(),
        };
        let thread = std::thread::Builder::new()
            .name(format!("sfu-{number}"))
            .spawn(move || shard.run())?;
        Ok(Self {
            letterbox,
            door_queue,
            is_overloaded,
            figures,
            thread,
        })
    }

    /// Gives the place where it notes that it has more to do than it has time for.
    pub(super) fn is_overloaded(&self) -> Arc<AtomicBool> {
        self.is_overloaded.clone()
    }

    /// Gives the place where what happens is counted.
    pub(super) fn figures(&self) -> Arc<Figures> {
        self.figures.clone()
    }

    /// Gives the place where the relay hands datagrams over.
    pub(super) fn door_queue(&self) -> Arc<DoorQueue> {
        self.door_queue.clone()
    }

    /// Gives the place where it is told things.
    pub(super) fn letterbox(&self) -> Arc<Letterbox> {
        self.letterbox.clone()
    }

    /// Ends its sessions, and waits for it.
    pub(super) fn stop(self) {
        self.letterbox.stop();
        if self.thread.join().is_err() {
            tracing::error!("a thread of the SFU had panicked");
        }
    }
}

/// What the thread has.
struct Shard {
    /// Tells the threads apart in the log.
    number: usize,
    /// The rules.
    core: Core,
    /// Datagrams come and go here, one for each family of addresses; with each, whether it has datagrams that the system did not
    /// take yet.
    sockets: Vec<(MediaSocket, bool)>,
    /// The thread sleeps in this.
    sleeper: Sleeper,
    /// There may be more to read, before the thread sleeps.
    rest: Rest,
    /// It is told things here.
    letterbox: Arc<Letterbox>,
    /// Datagrams that came through the relay are taken out of this.
    doorway: Doorway,
    /// Datagrams for clients of the relay go by this.
    way_back: WayBack,
    /// What happens is counted here.
    figures: Arc<Figures>,
    /// The figures were last logged then.
    told: Instant,
    /// It was noticed then that there is something to do.
    noticed: Instant,
    /// The last turn began then.
    began: Instant,
    /// Turns are measured by this.
    times: TurnTimes,
    /// It is noted here that they take too long.
    is_overloaded: Arc<AtomicBool>,
}

/// Whether the thread goes on.
#[derive(PartialEq, Eq)]
enum Turn {
    GoOn,
    Stop,
}

impl Shard {
    fn run(&mut self) {
        loop {
            if let Err(error) = self.sleep() {
                tracing::error!(%error, shard = self.number, "the SFU cannot wait for datagrams");
                return;
            }
            let began = Instant::now();
            self.began = began;
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn(began)));
            let ended = Instant::now();
            self.figures.turns.note(ended - began, 1);
            if let Some(load) = self.times.add(began, ended) {
                self.core.load = load;
                let is_overloaded = load != Load::Bearable;
                self.is_overloaded.store(is_overloaded, Ordering::Relaxed);
            }
            match turn {
                Ok(Turn::GoOn) => {}
                Ok(Turn::Stop) => return,
                Err(_) => {
                    tracing::error!(shard = self.number, "the SFU begins anew");
                    self.figures.panics.add(1);
                    self.core.begin_anew(Instant::now());
                }
            }
        }
    }

    /// Sleeps until there is something to do.
    fn sleep(&mut self) -> std::io::Result<()> {
        let until = match self.rest {
            Rest::Possible => Some(Instant::now()),
            Rest::None => self.core.next_deadline(),
        };
        let mut awaited = [None, None];
        for (place, (socket, waiting)) in awaited.iter_mut().zip(&self.sockets) {
            *place = Some(Awaited {
                socket: socket.as_fd(),
                to_send: *waiting,
            });
        }
        self.sleeper.wait(awaited, until)?;
        self.noticed = Instant::now();
        if self.rest == Rest::None {
            std::thread::sleep(gathering(self.began, self.noticed));
        }
        Ok(())
    }

    fn turn(&mut self, now: Instant) -> Turn {
        let post = self.letterbox.take();
        if post.stops {
            return Turn::Stop;
        }
        self.core.read(post, now);
        self.rest = Rest::None;
        for (socket, _) in &mut self.sockets {
            let core = &mut self.core;
            let received = socket.receive(|datagram| {
                let arrival = Arrival {
                    from: datagram.from,
                    by: Passage::Socket(datagram.to),
                    at: now,
                };
                core.receive(arrival, datagram.bytes)
            });
            match received {
                Ok(Rest::None) => {}
                Ok(Rest::Possible) => self.rest = Rest::Possible,
                Err(error) => {
                    tracing::debug!(%error, shard = self.number, "reading datagrams");
                }
            }
        }
        self.take_from_door(now);
        self.core.pass(now);
        let mut sent = 0;
        for (socket, waiting) in &mut self.sockets {
            let flushed = socket.flush(&mut self.core.outgoing, now);
            *waiting = flushed.waiting > 0;
            self.figures.packets_out.add(flushed.packets);
            self.figures.bytes_out.add(flushed.bytes);
            self.figures.sends.add(flushed.sends);
            self.figures.lost.add(flushed.lost);
            sent += flushed.packets;
        }
        let passed = self.core.relayed.leave(&self.way_back);
        self.figures.door_out.add(passed.packets);
        self.figures.door_lost.add(passed.lost);
        if sent + passed.packets > 0 {
            let took = self.noticed.elapsed();
            self.figures.delays.note(took, sent + passed.packets);
        }
        if now.saturating_duration_since(self.told) >= TOLD_EVERY {
            self.told = now;
            tracing::debug!(shard = self.number, figures = ?self.figures.snapshot(), "SFU");
        }
        Turn::GoOn
    }

    /// Takes what came through the relay.
    fn take_from_door(&mut self, now: Instant) {
        let (core, figures) = (&mut self.core, &self.figures);
        let rest = self.doorway.receive(|handed, datagram| {
            figures.door_in.add(1);
            let arrival = Arrival {
                from: handed.from,
                by: Passage::Door(handed.to),
                at: now,
            };
            core.receive(arrival, datagram)
        });
        if rest == Rest::Possible {
            self.rest = rest;
        }
    }
}
