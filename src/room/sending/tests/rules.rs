//! The controller's rules one by one.

use proptest::prelude::*;

use super::super::allocation::divide;
use super::super::*;
use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;
use crate::room::quality::entry::LimitationReason;
use crate::room::sending::controller::SendingController;
use crate::room::sending::feedback::PeerFeedback;
use crate::room::sending::loss::Loss;
use crate::room::sending::simulation::stories::turns;
use crate::room::sending::strain::Strain;
use crate::room::sending::target::{Screen, SendingSettings};
use crate::room::sending::view::{Heard, ViewRequest, ViewSize};
use crate::room::sending::viewing::Viewing;

fn peers(count: usize) -> Vec<PeerId> {
    (0..count)
        .map(|index| PeerId::new(format!("p{index}")))
        .collect()
}

fn controller(settings: SendingSettings, count: usize) -> SendingController {
    let mut controller = SendingController::new(settings);
    controller.set_peers(peers(count));
    controller
}

fn with_camera() -> SendingSettings {
    SendingSettings {
        camera_lines: Some(720),
        ..SendingSettings::default()
    }
}

/// Three of ten, of many.
const HEAVY: Loss = Loss {
    share: 0.3,
    packets: 400.0,
};

fn calm(peer: &PeerId) -> PeerFeedback {
    PeerFeedback {
        peer: peer.clone(),
        sent_bitrate: None,
        available_bitrate: None,
        loss: Some(Loss::NONE),
        round_trip_ms: Some(30.0),
        limitation: LimitationReason::None,
    }
}

#[test]
fn one_bad_sample_is_enough_to_step_down() {
    let ada = &peers(1)[0];
    let mut controller = controller(with_camera(), 1);
    controller.observe(&[calm(ada)]);
    let before = controller.targets(ada).unwrap().bitrate();
    controller.observe(&[PeerFeedback {
        loss: Some(HEAVY),
        ..calm(ada)
    }]);
    let after = controller.targets(ada).unwrap().bitrate();
    assert!(f64::from(after) < f64::from(before) * 0.7);
}

#[test]
fn a_line_found_too_narrow_and_a_slow_processor_are_a_strain() {
    let people = peers(4);
    let mut narrow = controller(with_camera(), 4);
    assert_eq!(narrow.strain(), Strain::default(), "nothing was lost yet");
    for _ in 0..6 {
        let lossy = people.iter().map(|peer| PeerFeedback {
            loss: Some(HEAVY),
            ..calm(peer)
        });
        narrow.observe(&lossy.collect::<Vec<_>>());
    }
    assert!(narrow.strain().uplink);

    let mut slow = controller(with_camera(), 1);
    for _ in 0..2 {
        slow.observe(&[PeerFeedback {
            limitation: LimitationReason::Cpu,
            ..calm(&people[0])
        }]);
    }
    let strain = Strain {
        uplink: false,
        processor: true,
    };
    assert_eq!(slow.strain(), strain);
}

#[test]
fn few_packets_prove_little() {
    let ada = &peers(1)[0];
    for (packets, is_cut) in [(40.0, false), (1_000.0, true)] {
        let mut controller = controller(with_camera(), 1);
        controller.observe(&[calm(ada)]);
        let before = controller.targets(ada).unwrap().bitrate();
        let loss = Some(Loss {
            share: 0.2,
            packets,
        });
        controller.observe(&[PeerFeedback { loss, ..calm(ada) }]);
        let after = controller.targets(ada).unwrap().bitrate();
        assert_eq!(after < before, is_cut, "{packets} packets");
    }
}

/// What four people are sent, in bits/s, after each of ten samples in which answers come late.
fn late_answers(available: Option<f64>) -> Vec<u32> {
    let people = peers(4);
    let mut controller = controller(with_camera(), 4);
    let samples = (0..10).map(|sample| {
        let feedback = people.iter().map(|peer| PeerFeedback {
            available_bitrate: available,
            round_trip_ms: Some(if sample == 0 { 5.0 } else { 900.0 }),
            ..calm(peer)
        });
        controller.observe(&feedback.collect::<Vec<_>>());
        let targets = people.iter().filter_map(|peer| controller.targets(peer));
        targets.map(|targets| targets.bitrate()).sum()
    });
    samples.collect()
}

#[test]
fn answers_that_come_late_from_a_busy_processor_are_no_queue() {
    let busy = late_answers(Some(4_000_000.0));
    assert!(busy.is_sorted(), "{busy:?}");
    for available in [None, Some(40_000.0)] {
        let queued = late_answers(available);
        assert!(queued[1] < queued[0] * 9 / 10, "{queued:?}");
    }
}

#[test]
fn the_uplink_is_shared_by_count_and_sound_comes_first() {
    let bitrates: Vec<u32> = (1..=6)
        .map(|count| {
            let controller = controller(with_camera(), count);
            let targets: Vec<_> = peers(count)
                .iter()
                .map(|peer| controller.targets(peer).unwrap())
                .collect();
            assert!(targets.iter().all(|target| *target == targets[0]));
            assert_eq!(targets[0].microphone.max_bitrate, 40_000);
            targets[0].bitrate()
        })
        .collect();
    assert!(
        bitrates.is_sorted_by(|more, less| more >= less),
        "{bitrates:?}"
    );
    assert!(bitrates[5] * 6 <= 3_000_000 && bitrates[5] * 6 > 2_500_000);
}

#[test]
fn who_does_not_see_me_is_sent_less_and_the_rest_goes_to_the_others() {
    let people = peers(4);
    let mut controller = controller(with_camera(), 4);
    let fair = controller.targets(&people[3]).unwrap().camera.bitrate();
    let view = |camera| ViewRequest {
        camera,
        ..ViewRequest::default()
    };
    controller.set_view(&people[0], ViewRequest::HIDDEN);
    controller.set_view(&people[1], view(ViewSize::Thumbnail));
    controller.set_view(&people[2], view(ViewSize::Medium));
    let cameras: Vec<_> = people
        .iter()
        .map(|peer| controller.targets(peer).unwrap().camera)
        .collect();
    assert_eq!(cameras[0], VideoTarget::Off);
    let scale = |camera| match camera {
        VideoTarget::Off => 0.0,
        VideoTarget::On {
            scale_resolution_down_by,
            ..
        } => scale_resolution_down_by,
    };
    assert_eq!(scale(cameras[1]), 4.0);
    assert_eq!(scale(cameras[2]), 2.0);
    assert!(cameras[1].bitrate() <= 200_000 && cameras[2].bitrate() <= 700_000);
    assert!(cameras[3].bitrate() > fair);

    controller.set_view(&people[0], ViewRequest::default());
    assert_ne!(
        controller.targets(&people[0]).unwrap().camera,
        VideoTarget::Off
    );
}

#[test]
fn a_shared_screen_keeps_its_resolution_and_its_frame_rate_falls() {
    let ada = &peers(1)[0];
    let mut controller = controller(
        SendingSettings {
            screen: Screen::Shared,
            ..with_camera()
        },
        1,
    );
    let mut rates = Vec::new();
    for _ in 0..12 {
        if let VideoTarget::On {
            scale_resolution_down_by,
            max_framerate,
            ..
        } = controller.targets(ada).unwrap().screen
        {
            assert_eq!(scale_resolution_down_by, 1.0);
            rates.push(max_framerate);
        }
        controller.observe(&[PeerFeedback {
            loss: Some(HEAVY),
            sent_bitrate: Some(f64::from(controller.targets(ada).unwrap().bitrate())),
            ..calm(ada)
        }]);
        controller.observe(&[calm(ada)]);
    }
    assert!(rates.is_sorted_by(|more, less| more >= less), "{rates:?}");
    assert!(
        rates[0] >= 15.0 && *rates.last().unwrap() <= 5.0,
        "{rates:?}"
    );
}

#[test]
fn saving_data_bounds_everything() {
    let ada = &peers(1)[0];
    let mut controller = controller(with_camera(), 1);
    let settings = |screen| SendingSettings {
        data: DataMode::Save,
        screen,
        ..with_camera()
    };
    controller.set_settings(settings(Screen::NotShared));
    let targets = controller.targets(ada).unwrap();
    assert!(targets.bitrate() <= 224_000);
    assert_eq!(targets.microphone.max_bitrate, 24_000);
    controller.set_settings(settings(Screen::Shared));
    assert!(controller.targets(ada).unwrap().bitrate() <= 560_000);
}

#[test]
fn a_tired_processor_makes_pictures_smaller_and_they_do_not_flap() {
    let ada = &peers(1)[0];
    let mut controller = controller(with_camera(), 1);
    let mut scales = Vec::new();
    for _ in 0..400 {
        let VideoTarget::On {
            scale_resolution_down_by,
            ..
        } = controller.targets(ada).unwrap().camera
        else {
            panic!("the camera is off");
        };
        scales.push(scale_resolution_down_by);
        // This device cannot encode more than 540 lines.
        let tired = scale_resolution_down_by < 1.3;
        controller.observe(&[PeerFeedback {
            limitation: if tired {
                LimitationReason::Cpu
            } else {
                LimitationReason::None
            },
            ..calm(ada)
        }]);
    }
    assert_eq!(scales[0], 1.0);
    assert_eq!(*scales.last().unwrap(), 720.0 / 540.0);
    assert!(turns(scales) <= 11);
}

#[test]
fn changes_are_told_once_and_again_for_a_new_connection() {
    let people = peers(2);
    let mut controller = controller(with_camera(), 2);
    assert_eq!(controller.take_changes().len(), 2);
    assert_eq!(controller.take_changes(), []);
    controller.connection_replaced(&people[1]);
    let changes = controller.take_changes();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].0, people[1]);
    controller.set_peers(people[..1].to_vec());
    assert_eq!(controller.targets(&people[1]), None);
}

#[test]
fn view_requests_read_what_other_versions_write() {
    let read = |text| serde_json::from_str::<ViewRequest>(text).unwrap();
    assert_eq!(read("{}"), ViewRequest::default());
    assert_eq!(
        read(r#"{"camera":"hidden","screen":"hidden"}"#),
        ViewRequest::HIDDEN
    );
    assert_eq!(
        read(r#"{"camera":"gigantic","more":1}"#).camera,
        ViewSize::Large
    );
    let written = serde_json::to_string(&ViewRequest {
        camera: ViewSize::Thumbnail,
        screen: ViewSize::Large,
        sound: Heard(true),
    });
    assert_eq!(
        written.unwrap(),
        r#"{"camera":"thumbnail","screen":"large"}"#
    );
    let unheard = ViewRequest {
        sound: Heard(false),
        ..ViewRequest::HIDDEN
    };
    let written = serde_json::to_string(&unheard).unwrap();
    assert_eq!(
        written,
        r#"{"camera":"hidden","screen":"hidden","sound":false}"#
    );
    assert_eq!(read(&written), unheard);
    assert_eq!(ViewSize::for_height(f64::NAN), ViewSize::Hidden);
    assert_eq!(ViewSize::for_height(180.0), ViewSize::Thumbnail);
    assert_eq!(ViewSize::for_height(480.0), ViewSize::Medium);
    assert_eq!(ViewSize::for_height(481.0), ViewSize::Large);
}

#[test]
fn more_is_asked_for_at_once_and_less_only_when_it_lasts() {
    let ada = peers(1).remove(0);
    let mut viewing = Viewing::default();
    let hidden = OrderedMap::from_iter([(ada.clone(), ViewRequest::HIDDEN)]);
    let large = OrderedMap::from_iter([(ada.clone(), ViewRequest::default())]);
    assert_eq!(viewing.observe(Moment(0), &large), []);
    assert_eq!(viewing.observe(Moment(100), &hidden), []);
    assert_eq!(viewing.observe(Moment(900), &large), []);
    assert_eq!(viewing.observe(Moment(1_000), &hidden), []);
    assert_eq!(viewing.observe(Moment(3_000), &hidden), []);
    assert_eq!(
        viewing.observe(Moment(3_500), &hidden),
        [(ada.clone(), ViewRequest::HIDDEN)]
    );
    assert_eq!(viewing.observe(Moment(9_000), &hidden), []);
    assert_eq!(
        viewing.observe(Moment(9_100), &large),
        [(ada.clone(), ViewRequest::default())]
    );
    viewing.channel_opened(&ada);
    viewing.observe(Moment(9_200), &hidden);
    assert_eq!(viewing.observe(Moment(12_000), &hidden).len(), 1);
}

#[test]
fn a_wish_for_less_is_due_two_and_a_half_seconds_after_it_began() {
    let [ada, ben] = peers(2).try_into().unwrap();
    let shown = |ada_sees, ben_sees| {
        OrderedMap::from_iter([(ada.clone(), ada_sees), (ben.clone(), ben_sees)])
    };
    let (large, hidden) = (ViewRequest::default(), ViewRequest::HIDDEN);
    let mut viewing = Viewing::default();
    viewing.observe(Moment(0), &shown(large, large));
    assert_eq!(viewing.next_deadline(), None);
    viewing.observe(Moment(100), &shown(hidden, large));
    viewing.observe(Moment(600), &shown(hidden, hidden));
    for (due, whom) in [(2_600, &ada), (3_100, &ben)] {
        assert_eq!(viewing.next_deadline(), Some(Moment(due)));
        let before = viewing.clone();
        let early = viewing.observe(Moment(due - 1), &shown(hidden, hidden));
        assert_eq!((early, &viewing), (Vec::new(), &before));
        let told = viewing.observe(Moment(due), &shown(hidden, hidden));
        assert_eq!(told, [(whom.clone(), hidden)]);
    }
    assert_eq!(viewing.next_deadline(), None);
    viewing.observe(Moment(4_000), &shown(large, hidden));
    viewing.observe(Moment(4_100), &shown(hidden, hidden));
    assert_eq!(viewing.next_deadline(), Some(Moment(6_600)));
    viewing.observe(Moment(4_200), &shown(large, hidden));
    assert_eq!(viewing.next_deadline(), None, "it is shown large again");
}

proptest! {
    #[test]
    fn a_division_is_fair_and_within_the_budget(budget in 0.0..1e8f64, demands in proptest::collection::vec(0.0..1e7f64, 0..12)) {
        let shares = divide(budget, &demands);
        prop_assert!(shares.iter().sum::<f64>() <= budget + 1e-3);
        for (share, demand) in shares.iter().zip(&demands) {
            prop_assert!(share <= demand && *share >= 0.0);
            // Whoever gets less than wanted gets at least as much as anyone.
            if share + 1e-6 < *demand {
                prop_assert!(shares.iter().all(|other| *other <= share + 1e-3));
            }
        }
    }
}
