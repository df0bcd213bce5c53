//! When one carrier takes over from the other, and what is heard meanwhile.

use proptest::prelude::*;

use super::*;
use crate::protocol::sfu::{SfuAvailability, SfuUse};
use crate::random::{Random, seeds};
use crate::room::hub::carrier::Footing;
use Carrier::{Direct, Hub};
use TrackKind::{Camera, Microphone, ScreenAudio};

const UP: CarrierFacts = CarrierFacts {
    sfu_use: SfuUse::On,
    hub: Footing::Connected,
    person: Some(SfuAvailability::Ready),
    direct: Footing::Connected,
};

const DOWN: CarrierFacts = CarrierFacts {
    sfu_use: SfuUse::Off,
    ..UP
};

/// One thing that one person sends, looked at every 100 ms.
struct Watched {
    takeover: Takeover,
    facts: CarrierFacts,
    now: Moment,
}

impl Watched {
    /// It is brought directly, and the room is about to go through the SFU.
    fn direct(kind: TrackKind) -> Self {
        let takeover = Takeover::new(kind, DOWN, Missed::Something, Moment(0));
        let mut watched = Self {
            takeover,
            facts: DOWN,
            now: Moment(0),
        };
        watched.sample(Some(0), None);
        assert_eq!(watched.takeover.chosen(), Some(Direct));
        watched
    }

    fn tell(&mut self, facts: CarrierFacts) {
        self.facts = facts;
        let takeover = &mut self.takeover;
        takeover.follow(facts, Missed::Something, self.now);
    }

    fn sample(&mut self, direct: Option<u64>, hub: Option<u64>) {
        self.now = self.now.plus(100);
        self.takeover.observe(Arrivals { direct, hub }, self.now);
    }

    /// Takes samples until `done`, and says how long that took, in ms.
    fn samples_until(&mut self, direct: Option<u64>, hub: Option<u64>, carrier: Carrier) -> u64 {
        let begun = self.now;
        while self.takeover.chosen() != Some(carrier) {
            self.sample(direct, hub);
            assert!(self.now.since(begun) < 60_000, "never");
        }
        self.now.since(begun)
    }

    fn asked(&self) -> [bool; 2] {
        [Direct, Hub].map(|carrier| self.takeover.asks(carrier))
    }
}

#[test]
fn a_voice_is_cut_over_after_half_a_second_of_fresh_samples() {
    let mut voice = Watched::direct(Microphone);
    assert_eq!(voice.asked(), [true, false]);
    voice.tell(UP);
    assert_eq!(voice.asked(), [true, true], "both while it is proved");
    assert_eq!(voice.samples_until(Some(0), Some(100), Hub), 500);
    assert!(!voice.takeover.is_proving());
}

#[test]
fn what_was_cut_from_goes_on_for_a_second_while_the_page_catches_up() {
    for kind in [Microphone, Camera] {
        let mut watched = Watched::direct(kind);
        watched.tell(UP);
        watched.samples_until(Some(0), Some(0), Hub);
        assert_eq!(watched.asked(), [true, true]);
        let due = watched.takeover.next_deadline().expect("it ends");
        assert_eq!(due, watched.now.plus(FAREWELL_MS));
        watched.takeover.tick(due);
        assert_eq!(watched.asked(), [false, true]);
        assert_eq!(watched.takeover.next_deadline(), None);
    }
}

#[test]
fn a_picture_that_the_sfu_holds_back_goes_on_directly_for_as_long_as_the_sfu_is_given() {
    let mut picture = Watched::direct(Camera);
    picture.tell(UP);
    let held_back = |picture: &mut Watched, ms: u64| {
        for _ in 0..ms / 100 {
            picture.now = picture.now.plus(100);
            let takeover = &mut picture.takeover;
            takeover.follow(UP, Missed::HeldBack, picture.now);
            let arrivals = Arrivals {
                direct: Some(0),
                hub: None,
            };
            takeover.observe(arrivals, picture.now);
        }
    };
    held_back(&mut picture, 4_900);
    assert_eq!(picture.takeover.chosen(), Some(Direct));
    held_back(&mut picture, 100);
    assert_eq!(picture.takeover.chosen(), Some(Hub), "both ways are narrow");
}

#[test]
fn what_comes_over_the_sfu_alone_is_not_missed_while_it_is_held_back() {
    let mut takeover = Takeover::new(Camera, UP, Missed::HeldBack, Moment(0));
    assert_eq!(takeover.chosen(), Some(Hub));
    takeover.follow(DOWN, Missed::HeldBack, Moment(100));
    assert_eq!(takeover.chosen(), Some(Hub), "the way back is proved");
    assert!(takeover.asks(Direct));
}

#[test]
fn a_sample_that_is_not_fresh_begins_the_proof_of_a_voice_anew() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    for age in [0, 0, 0, 0, 151, 0, 0, 0, 0] {
        voice.sample(Some(0), Some(age));
        assert_eq!(voice.takeover.chosen(), Some(Direct));
    }
    voice.sample(Some(0), Some(0));
    assert_eq!(voice.takeover.chosen(), Some(Hub));
}

#[test]
fn samples_that_come_too_fast_prove_nothing_sooner() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    for _ in 0..20 {
        let arrivals = Arrivals {
            direct: Some(0),
            hub: Some(0),
        };
        voice.takeover.observe(arrivals, voice.now);
    }
    assert_eq!(voice.takeover.chosen(), Some(Direct));
}

#[test]
fn a_picture_is_cut_over_once_its_frames_were_seen_for_three_tenths_of_a_second() {
    let mut picture = Watched::direct(Camera);
    picture.tell(UP);
    picture.sample(Some(0), None);
    assert_eq!(picture.samples_until(Some(0), Some(40), Hub), 400);
}

#[test]
fn a_frame_of_before_it_was_asked_for_proves_no_picture() {
    let mut picture = Watched::direct(Camera);
    picture.now = Moment(60_000);
    picture.tell(UP);
    for later in 1..40 {
        picture.sample(Some(0), Some(200 + later * 100));
        assert_eq!(picture.takeover.chosen(), Some(Direct));
    }
}

#[test]
fn one_frame_of_a_screen_that_stands_still_is_enough() {
    let mut screen = Watched::direct(TrackKind::ScreenVideo);
    screen.tell(UP);
    for age in [None, Some(30), Some(130), Some(230)] {
        screen.sample(Some(0), age);
        assert_eq!(screen.takeover.chosen(), Some(Direct));
    }
    screen.sample(Some(0), Some(330));
    assert_eq!(screen.takeover.chosen(), Some(Hub));
}

#[test]
fn what_is_not_sent_or_not_shown_is_cut_over_at_once_if_the_carrier_stands() {
    for kind in TrackKind::ALL {
        let mut takeover = Takeover::new(kind, DOWN, Missed::Nothing, Moment(0));
        assert_eq!(takeover.chosen(), Some(Direct));
        assert!(takeover.follow(UP, Missed::Nothing, Moment(1)));
        assert_eq!(takeover.chosen(), Some(Hub));
        let undialled = CarrierFacts {
            direct: Footing::Possible,
            ..DOWN
        };
        takeover.follow(undialled, Missed::Nothing, Moment(2));
        assert_eq!(takeover.chosen(), Some(Hub), "nothing is there to cut to");
        assert!(takeover.asks(Direct));
        takeover.follow(DOWN, Missed::Nothing, Moment(3));
        assert_eq!(takeover.chosen(), Some(Direct));
    }
}

#[test]
fn a_voice_that_falls_mute_while_it_is_proved_is_cut_over() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    voice.sample(Some(0), None);
    assert!(voice.takeover.follow(UP, Missed::Nothing, voice.now));
    assert_eq!(voice.takeover.chosen(), Some(Hub));
}

#[test]
fn the_sound_of_a_screen_without_sound_is_cut_over_and_that_is_no_failure() {
    let mut sound = Watched::direct(ScreenAudio);
    sound.tell(UP);
    assert_eq!(sound.samples_until(None, None, Hub), 500);
    let mut first = Takeover::new(ScreenAudio, UP, Missed::Something, Moment(0));
    for sample in 1..=5 {
        assert_eq!(first.chosen(), None);
        first.observe(Arrivals::default(), Moment(sample * 100));
    }
    assert_eq!(first.chosen(), Some(Hub));
    assert_eq!(first.failing(), None);
}

#[test]
fn the_sound_of_a_screen_that_has_some_is_proved_like_a_voice() {
    let mut sound = Watched::direct(ScreenAudio);
    sound.tell(UP);
    for _ in 0..20 {
        sound.sample(Some(0), None);
        assert_eq!(sound.takeover.chosen(), Some(Direct));
    }
    assert_eq!(sound.samples_until(Some(0), Some(0), Hub), 500);
}

#[test]
fn the_first_evidence_decides_while_nothing_is_heard() {
    for kind in [Microphone, Camera] {
        let mut takeover = Takeover::new(kind, UP, Missed::Something, Moment(0));
        assert_eq!(takeover.chosen(), None);
        assert!(takeover.asks(Hub) && !takeover.asks(Direct));
        takeover.observe(Arrivals::default(), Moment(100));
        assert_eq!(takeover.chosen(), None);
        let arrivals = Arrivals {
            direct: None,
            hub: Some(20),
        };
        assert!(takeover.observe(arrivals, Moment(200)));
        assert_eq!(takeover.chosen(), Some(Hub));
    }
}

#[test]
fn both_are_asked_where_the_wish_changes_before_anything_is_heard() {
    let mut takeover = Takeover::new(Microphone, UP, Missed::Something, Moment(0));
    takeover.follow(DOWN, Missed::Something, Moment(50));
    assert!(takeover.asks(Hub) && takeover.asks(Direct));
    let arrivals = Arrivals {
        direct: None,
        hub: Some(0),
    };
    takeover.observe(arrivals, Moment(100));
    assert_eq!(takeover.chosen(), Some(Hub), "what is heard is heard");
    assert!(takeover.asks(Direct), "and what is wished is proved");
}

#[test]
fn a_carrier_that_is_out_of_the_question_is_not_asked() {
    let crowded = CarrierFacts {
        direct: Footing::Impossible,
        ..UP
    };
    let mut takeover = Takeover::new(Microphone, crowded, Missed::Something, Moment(0));
    for second in 0..60 {
        takeover.tick(Moment(second * 1_000));
        assert!(takeover.asks(Hub) && !takeover.asks(Direct));
    }
}

#[test]
fn what_is_not_proved_in_five_seconds_is_tried_again_ever_more_rarely() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    for (wait, told) in [
        (15_000, false),
        (30_000, true),
        (60_000, true),
        (60_000, true),
    ] {
        let begun = voice.now;
        assert_eq!(voice.takeover.next_deadline(), Some(begun.plus(5_000)));
        while voice.takeover.asks(Hub) {
            voice.sample(Some(0), None);
        }
        assert_eq!(voice.now, begun.plus(5_000));
        assert_eq!(voice.takeover.chosen(), Some(Direct));
        assert_eq!(voice.takeover.failing(), told.then_some(Hub));
        let retry = voice.now.plus(wait);
        assert_eq!(voice.takeover.next_deadline(), Some(retry));
        voice.takeover.tick(Moment(retry.0 - 1));
        assert_eq!(voice.asked(), [true, false]);
        voice.now = retry;
        assert!(voice.takeover.tick(retry));
        assert_eq!(voice.asked(), [true, true]);
    }
    assert_eq!(voice.samples_until(Some(0), Some(0), Hub), 500);
    assert_eq!(voice.takeover.failing(), None, "it works after all");
}

#[test]
fn a_failure_is_forgotten_when_something_else_is_wished() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    for _ in 0..50 {
        voice.sample(Some(0), None);
    }
    assert_eq!(voice.asked(), [true, false]);
    voice.tell(DOWN);
    voice.tell(UP);
    assert_eq!(voice.asked(), [true, true]);
}

#[test]
fn a_carrier_that_does_not_stand_yet_gets_eight_seconds() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    voice.samples_until(Some(0), Some(0), Hub);
    let undialled = CarrierFacts {
        direct: Footing::Possible,
        ..DOWN
    };
    voice.tell(undialled);
    let begun = voice.now;
    assert_eq!(voice.takeover.next_deadline(), Some(begun.plus(8_000)));
    voice.now = begun.plus(7_000);
    voice.tell(DOWN);
    assert_eq!(voice.takeover.next_deadline(), Some(begun.plus(12_000)));
    assert_eq!(voice.samples_until(Some(0), Some(0), Direct), 500);
}

#[test]
fn that_a_carrier_does_not_stand_is_no_failure_of_its_and_nothing_is_looked_at() {
    let alone = CarrierFacts {
        person: Some(SfuAvailability::Able),
        direct: Footing::Impossible,
        ..UP
    };
    let mut takeover = Takeover::new(Microphone, alone, Missed::Something, Moment(0));
    for second in 0..200 {
        takeover.tick(Moment(second * 1_000));
        assert!(takeover.failing().is_none() && !takeover.is_proving());
    }
    takeover.follow(UP, Missed::Something, Moment(200_000));
    assert!(takeover.is_proving());
}

#[test]
fn a_hidden_page_that_is_woken_once_a_second_cuts_over_too() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    for second in 1..=6 {
        assert_eq!(voice.takeover.chosen(), Some(Direct));
        let age = (second > 1).then_some(10);
        voice.now = Moment(second * 1_000);
        let arrivals = Arrivals {
            direct: Some(0),
            hub: age,
        };
        voice.takeover.observe(arrivals, voice.now);
    }
    assert_eq!(voice.takeover.chosen(), Some(Hub));
}

#[test]
fn the_first_evidence_decides_when_the_old_carrier_dies() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    voice.samples_until(Some(0), Some(0), Hub);
    let silent = CarrierFacts {
        hub: Footing::Possible,
        ..UP
    };
    voice.tell(silent);
    assert_eq!(voice.asked(), [true, true]);
    assert_eq!(
        voice.takeover.next_deadline(),
        None,
        "nothing to go back to"
    );
    for _ in 0..200 {
        voice.sample(None, Some(20_000));
    }
    assert!(voice.takeover.asks(Direct));
    assert_eq!(voice.samples_until(Some(100), Some(20_000), Direct), 100);
}

#[test]
fn a_carrier_that_comes_back_before_another_was_proved_goes_on() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    voice.samples_until(Some(0), Some(0), Hub);
    voice.tell(CarrierFacts {
        person: Some(SfuAvailability::Able),
        ..UP
    });
    voice.sample(None, None);
    voice.tell(UP);
    assert_eq!(voice.takeover.chosen(), Some(Hub));
    assert_eq!(voice.asked(), [false, true]);
}

#[test]
fn a_failed_carrier_is_asked_at_once_when_the_other_dies() {
    let mut voice = Watched::direct(Microphone);
    voice.tell(UP);
    while voice.takeover.asks(Hub) {
        voice.sample(Some(0), None);
    }
    voice.tell(CarrierFacts {
        direct: Footing::Possible,
        ..UP
    });
    assert!(voice.takeover.asks(Hub));
}

#[test]
fn whoever_is_never_proved_over_the_sfu_is_heard_directly() {
    let mut takeover = Takeover::new(Microphone, UP, Missed::Something, Moment(0));
    assert_eq!(takeover.next_deadline(), Some(Moment(5_000)));
    takeover.tick(Moment(5_000));
    assert!(takeover.asks(Hub) && takeover.asks(Direct));
    let arrivals = Arrivals {
        direct: Some(0),
        hub: None,
    };
    takeover.observe(arrivals, Moment(5_200));
    assert_eq!(takeover.chosen(), Some(Direct));
    assert!(!takeover.asks(Hub));
    assert_eq!(takeover.next_deadline(), Some(Moment(20_000)));
}

/// The two carriers as they are: what they bring once they were asked for a while, and how soon their end is noticed.
struct Wires {
    /// They carry what is sent, each in its place of [direct, hub].
    is_up: [bool; 2],
    /// They bring it so long after they were asked, in ms.
    latency: [u64; 2],
    /// They are asked since then.
    asked_since: [Option<u64>; 2],
    /// They last brought it then.
    last: [Option<u64>; 2],
}

impl Wires {
    fn new(random: &mut Random) -> Self {
        Self {
            is_up: [true; 2],
            latency: [0; 2].map(|_| random.between(20, 600)),
            asked_since: [None; 2],
            last: [None; 2],
        }
    }

    /// Lets 10 ms pass; what is brought now comes every `interval` ms.
    fn pass(&mut self, takeover: &Takeover, now: u64, interval: u64) {
        for (index, carrier) in [Direct, Hub].into_iter().enumerate() {
            let since = &mut self.asked_since[index];
            *since = takeover.asks(carrier).then(|| since.unwrap_or(now));
            if self.brings(index, now) {
                let begun = self.asked_since[index].unwrap_or(now) + self.latency[index];
                if (now - begun) % interval < 10 {
                    self.last[index] = Some(now);
                }
            }
        }
    }

    fn brings(&self, index: usize, now: u64) -> bool {
        let is_asked =
            self.asked_since[index].is_some_and(|since| now >= since + self.latency[index]);
        self.is_up[index] && is_asked
    }

    fn arrivals(&self, now: u64) -> Arrivals {
        let [direct, hub] = self.last.map(|last| last.map(|last| now - last));
        Arrivals { direct, hub }
    }

    fn is_brought_by(&self, chosen: Option<Carrier>, now: u64) -> bool {
        chosen.is_some_and(|carrier| self.brings(carrier as usize, now))
    }
}

fn any_use(random: &mut Random) -> SfuUse {
    if random.percent(50) {
        SfuUse::On
    } else {
        SfuUse::Off
    }
}

/// Tells a story of flips alone, while both carriers stand: what was heard once is heard without an end, and by the carrier
/// that is wished in the end.
fn tell_flips(seed: u64, kind: TrackKind) {
    let mut random = Random::new(seed);
    let mut wires = Wires::new(&mut random);
    let interval = match kind {
        Camera => 60,
        _ => 20,
    };
    let mut facts = if random.percent(50) { UP } else { DOWN };
    let mut takeover = Takeover::new(kind, facts, Missed::Something, Moment(0));
    let fastest = random.between(10, 2_000);
    let (mut next_flip, mut is_heard) = (0, false);
    for now in (0..44_000).step_by(10) {
        if now >= next_flip && now < 40_000 {
            next_flip = now + random.between(10, 10 + fastest);
            facts.sfu_use = any_use(&mut random);
            if random.percent(20) {
                let person = &mut facts.person;
                *person = match person {
                    Some(SfuAvailability::Ready) => Some(SfuAvailability::Able),
                    _ => Some(SfuAvailability::Ready),
                };
            }
            takeover.follow(facts, Missed::Something, Moment(now));
        }
        if takeover.next_deadline().is_some_and(|due| due.0 <= now) {
            takeover.tick(Moment(now));
        }
        wires.pass(&takeover, now, interval);
        if now % 100 == 0 {
            takeover.observe(wires.arrivals(now), Moment(now));
        }
        let is_brought = wires.is_brought_by(takeover.chosen(), now);
        assert!(is_brought || !is_heard, "seed {seed}: a gap at {now}");
        is_heard |= is_brought;
        if now >= 42_000 {
            let wished = facts.wished(takeover.chosen());
            assert_eq!(takeover.chosen(), Some(wished), "seed {seed}");
            assert!(takeover.asks(wished) && !takeover.asks(wished.other()));
        }
        assert!(is_heard || now < 5_000, "seed {seed}: nothing is heard");
    }
    assert_eq!(takeover.failing(), None, "seed {seed}");
}

#[test]
fn flips_alone_never_interrupt_a_voice_or_a_picture() {
    for seed in seeds(60) {
        tell_flips(seed, Microphone);
        tell_flips(seed, Camera);
    }
}

/// Flips and deaths: silence ends soon where the carrier that is wished is known to stand.
fn tell_deaths(seed: u64, kind: TrackKind) {
    const NOTICED_AFTER: u64 = 900;
    const SILENCE_ALLOWED: u64 = 900 + 600 + 300;
    let mut random = Random::new(seed);
    let mut wires = Wires::new(&mut random);
    let mut facts = UP;
    let mut takeover = Takeover::new(kind, facts, Missed::Something, Moment(0));
    let mut changed = [0; 2];
    let (mut next_event, mut silent_since, mut wished) = (0, 0, Hub);
    for now in (0..90_000).step_by(10) {
        if now >= next_event {
            next_event = now + random.between(50, 4_000);
            match random.below(4) {
                0 => facts.sfu_use = any_use(&mut random),
                1 => facts.sfu_use = SfuUse::On,
                event => {
                    let index = (event % 2) as usize;
                    wires.is_up[index] = !wires.is_up[index];
                    changed[index] = now;
                }
            }
        }
        let footing = |index: usize, before: Footing| {
            let is_noticed = now >= changed[index] + NOTICED_AFTER;
            match wires.is_up[index] {
                true if is_noticed => Footing::Connected,
                false if is_noticed => Footing::Possible,
                _ => before,
            }
        };
        facts.direct = footing(0, facts.direct);
        facts.hub = footing(1, facts.hub);
        takeover.follow(facts, Missed::Something, Moment(now));
        wires.pass(&takeover, now, 20);
        if now % 100 == 0 {
            takeover.observe(wires.arrivals(now), Moment(now));
        }
        let wish = facts.wished(takeover.chosen());
        let is_known = now >= changed[wish as usize] + NOTICED_AFTER;
        let could_be_heard = wires.is_up[wish as usize] && is_known && wish == wished;
        wished = wish;
        if wires.is_brought_by(takeover.chosen(), now) || !could_be_heard {
            silent_since = now;
        }
        let silence = now - silent_since;
        assert!(silence <= SILENCE_ALLOWED, "seed {seed}: silent at {now}");
    }
}

#[test]
fn the_death_of_a_carrier_is_heard_no_longer_than_it_takes_to_notice_and_to_ask() {
    for seed in seeds(60) {
        tell_deaths(seed, Microphone);
        tell_deaths(seed, Camera);
    }
}

#[derive(Clone, Copy, Debug)]
enum Happening {
    Facts(bool, usize, usize, usize),
    Awaited(bool),
    Sample(Option<u64>, Option<u64>),
    Time,
}

fn happening() -> impl Strategy<Value = Happening> {
    let age = || proptest::option::of(0_u64..400);
    prop_oneof![
        (any::<bool>(), 0_usize..3, 0_usize..4, 0_usize..3)
            .prop_map(|(on, hub, person, direct)| { Happening::Facts(on, hub, person, direct) }),
        any::<bool>().prop_map(Happening::Awaited),
        (age(), age()).prop_map(|(direct, hub)| Happening::Sample(direct, hub)),
        Just(Happening::Time),
    ]
}

const FOOTINGS: [Footing; 3] = [Footing::Impossible, Footing::Possible, Footing::Connected];

const PEOPLE: [Option<SfuAvailability>; 4] = [
    None,
    Some(SfuAvailability::Able),
    Some(SfuAvailability::Ready),
    Some(SfuAvailability::Unable),
];

proptest! {
    #[test]
    fn what_is_chosen_is_asked_and_what_was_chosen_was_asked_before(
        happenings in proptest::collection::vec((happening(), 1_u64..3_000), 1..200),
        kind in 0_usize..4,
    ) {
        let mut now = Moment(0);
        let (mut facts, mut awaited) = (UP, Missed::Something);
        let mut takeover = Takeover::new(TrackKind::ALL[kind], facts, awaited, now);
        for (happening, ms) in happenings {
            now = now.plus(ms);
            let before = takeover.clone();
            let changed = match happening {
                Happening::Facts(on, hub, person, direct) => {
                    facts = CarrierFacts {
                        sfu_use: if on { SfuUse::On } else { SfuUse::Off },
                        hub: FOOTINGS[hub],
                        person: PEOPLE[person],
                        direct: FOOTINGS[direct],
                    };
                    takeover.follow(facts, awaited, now)
                }
                Happening::Awaited(is_awaited) => {
                    awaited = if is_awaited { Missed::Something } else { Missed::Nothing };
                    takeover.follow(facts, awaited, now)
                }
                Happening::Sample(direct, hub) => takeover.observe(Arrivals { direct, hub }, now),
                Happening::Time => takeover.tick(now),
            };
            let outcome = |takeover: &Takeover| (takeover.chosen(), takeover.asks(Direct), takeover.asks(Hub));
            prop_assert_eq!(changed, outcome(&before) != outcome(&takeover));
            if let Some(chosen) = takeover.chosen() {
                prop_assert!(takeover.asks(chosen));
            } else {
                prop_assert!(before.chosen().is_none(), "nothing heard is let go");
            }
            if let (Some(was), Some(is)) = (before.chosen(), takeover.chosen()) && was != is {
                prop_assert!(before.asks(is) || awaited == Missed::Nothing, "cut to what nobody asked");
                prop_assert!(facts.stands(is) || matches!(happening, Happening::Sample(..)));
            }
            prop_assert!(takeover.next_deadline().is_none_or(|due| due > now), "a deadline that stays");
        }
    }
}
