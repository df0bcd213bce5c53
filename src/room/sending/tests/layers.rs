//! In which layers a picture is sent.

use super::*;

const ALL_WANTED: [Layer; 3] = Layer::ALL;

fn captured(lines: u32) -> SendingSettings {
    SendingSettings {
        camera_lines: Some(lines),
        ..SendingSettings::default()
    }
}

fn wanted(camera: &[Layer]) -> SfuSend {
    SfuSend {
        number: 1,
        camera: camera.to_vec(),
        screen: Vec::new(),
        sound: true,
    }
}

/// The layers that are sent, each with the lines that it has of so many.
fn sent(targets: &HubTargets, lines: u32) -> Vec<(Layer, u32)> {
    let sent = targets.camera.iter().filter_map(|one| match one.target {
        VideoTarget::Off => None,
        VideoTarget::On {
            scale_resolution_down_by,
            ..
        } => Some((one.layer, lines / scale_resolution_down_by as u32)),
    });
    sent.collect()
}

#[test]
fn a_picture_has_as_many_layers_as_browsers_make_of_its_size() {
    use Layer::{Full, Half, Quarter};
    let table: [(u32, &[(Layer, u32)]); 5] = [
        (180, &[(Quarter, 180)]),
        (360, &[(Quarter, 180), (Half, 360)]),
        (480, &[(Quarter, 240), (Half, 480)]),
        (720, &[(Quarter, 180), (Half, 360), (Full, 720)]),
        (1_080, &[(Quarter, 270), (Half, 540), (Full, 1_080)]),
    ];
    for (lines, layers_of_it) in table {
        let targets = layers(captured(lines), &wanted(&ALL_WANTED), 0);
        assert_eq!(sent(&targets, lines), layers_of_it, "{lines}");
    }
}

#[test]
fn what_is_wanted_is_sent_if_only_in_the_largest_layer_there_is() {
    use Layer::{Full, Half, Quarter};
    let table: [(u32, &[Layer], &[Layer]); 7] = [
        (720, &[], &[]),
        (720, &[Quarter], &[Quarter]),
        (720, &[Quarter, Full], &[Quarter, Full]),
        (480, &[Full], &[Half]),
        (480, &[Quarter], &[Quarter]),
        (180, &[Full], &[Quarter]),
        (180, &[Half], &[Quarter]),
    ];
    for (lines, asked, made) in table {
        let targets = layers(captured(lines), &wanted(asked), 0);
        let made_of_it: Vec<Layer> = sent(&targets, lines).iter().map(|one| one.0).collect();
        assert_eq!(made_of_it, made, "{lines} {asked:?}");
    }
}

#[test]
fn data_are_saved_with_the_smallest_layer_and_a_processor_by_two() {
    let saving = SendingSettings {
        data: DataMode::Save,
        ..captured(720)
    };
    let targets = layers(saving, &wanted(&ALL_WANTED), 0);
    assert_eq!(sent(&targets, 720), [(Layer::Quarter, 180)]);
    let busy = layers(captured(720), &wanted(&ALL_WANTED), 3);
    assert_eq!(sent(&busy, 720).len(), 2);
    let less_busy = layers(captured(720), &wanted(&ALL_WANTED), 2);
    assert_eq!(sent(&less_busy, 720).len(), 3);
}

#[test]
fn nothing_is_sent_of_what_is_not_captured_or_not_heard() {
    let off = SendingSettings::default();
    let everything = SfuSend {
        screen: vec![Layer::Quarter, Layer::Full],
        ..wanted(&ALL_WANTED)
    };
    let targets = layers(off, &everything, 0);
    assert!(sent(&targets, 720).is_empty());
    assert!(
        targets
            .screen
            .iter()
            .all(|one| one.target == VideoTarget::Off)
    );
    assert!(targets.sound);
    let unheard = SfuSend {
        sound: false,
        ..everything.clone()
    };
    assert!(!layers(off, &unheard, 0).sound);
    let shared = SendingSettings {
        screen: Screen::Shared,
        ..off
    };
    let targets = layers(shared, &everything, 0);
    assert!(
        targets
            .screen
            .iter()
            .all(|one| one.target != VideoTarget::Off)
    );
    let slow = SendingSettings {
        frame_rate: 10.0,
        ..captured(720)
    };
    for one in layers(slow, &everything, 0).camera {
        let VideoTarget::On { max_framerate, .. } = one.target else {
            panic!("everything is wanted");
        };
        assert!(max_framerate <= 10.0);
    }
}
