//! What to do when devices come and go.
//!
//! Responsible for comparing two lists of `enumerateDevices`. Invariant: a list without ids (permission is missing) decides
//! nothing, so granting permission is never mistaken for plugging something in.

use crate::room::device::{Device, DeviceId, DeviceKind};

/// The devices the user chose; `None` is the browser's default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceChoices {
    /// The user chose this `audioinput`.
    pub microphone: Option<DeviceId>,
    /// The user chose this `videoinput`.
    pub camera: Option<DeviceId>,
    /// The user chose this `audiooutput`.
    pub speaker: Option<DeviceId>,
}

impl DeviceChoices {
    fn of(&self, kind: DeviceKind) -> Option<&DeviceId> {
        match kind {
            DeviceKind::Microphone => self.microphone.as_ref(),
            DeviceKind::Camera => self.camera.as_ref(),
            DeviceKind::Speaker => self.speaker.as_ref(),
        }
    }
}

/// The list changed, and this should happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceDecision {
    /// The chosen device is gone: the browser's default is used, and the user told.
    FallBack {
        /// The device was of this kind.
        kind: DeviceKind,
        /// The device was called this.
        lost: String,
    },
    /// The chosen device is gone and there is no other: the user is told.
    NoneLeft {
        /// The device was of this kind.
        kind: DeviceKind,
        /// The device was called this.
        lost: String,
    },
    /// The chosen device is back: it is used again, and the user told.
    Return {
        /// This is the one.
        device: Device,
    },
    /// The system's default is another device now, and the default is what is used: it is opened anew.
    FollowDefault {
        /// The default of this kind changed.
        kind: DeviceKind,
    },
    /// Something new was plugged in: the user is asked whether to use it. A headset comes as microphone and speaker at
    /// once.
    Offer {
        /// This microphone is new.
        microphone: Option<Device>,
        /// This speaker is new.
        speaker: Option<Device>,
        /// This camera is new.
        camera: Option<Device>,
    },
}

/// The changes of these kinds of devices are told one after another, in this order.
const KINDS: [DeviceKind; 3] = [
    DeviceKind::Microphone,
    DeviceKind::Camera,
    DeviceKind::Speaker,
];

/// Chromium lists the system's choices once more under these ids.
const ALIASES: [&str; 2] = ["default", "communications"];

/// Compares the list before and after a `devicechange`.
pub fn device_decisions(
    before: &[Device],
    after: &[Device],
    choices: &DeviceChoices,
) -> Vec<DeviceDecision> {
    let mut decisions = Vec::new();
    for kind in KINDS {
        if hides_ids(after, kind) {
            continue;
        }
        let chosen = choices.of(kind);
        decisions.extend(match chosen {
            Some(id) => follow_choice(id, kind, before, after),
            None => follow_default(kind, before, after),
        });
    }
    let offered = |kind| {
        newcomers(kind, before, after)
            .find(|device| choices.of(kind) != Some(&device.id))
            .cloned()
    };
    let (microphone, speaker, camera) = (
        offered(DeviceKind::Microphone),
        offered(DeviceKind::Speaker),
        offered(DeviceKind::Camera),
    );
    if microphone.is_some() || speaker.is_some() || camera.is_some() {
        decisions.push(DeviceDecision::Offer {
            microphone,
            speaker,
            camera,
        });
    }
    decisions
}

fn follow_choice(
    id: &DeviceId,
    kind: DeviceKind,
    before: &[Device],
    after: &[Device],
) -> Option<DeviceDecision> {
    match (find(before, kind, id), find(after, kind, id)) {
        (Some(lost), None) => {
            let lost = lost.label.clone();
            let others = of_kind(after, kind).next();
            Some(match others {
                Some(_) => DeviceDecision::FallBack { kind, lost },
                None => DeviceDecision::NoneLeft { kind, lost },
            })
        }
        (None, Some(back)) if !before.is_empty() && !hides_ids(before, kind) => {
            Some(DeviceDecision::Return {
                device: back.clone(),
            })
        }
        _ => None,
    }
}

/// Only Chromium tells what the default is, by the label of an alias.
fn follow_default(kind: DeviceKind, before: &[Device], after: &[Device]) -> Option<DeviceDecision> {
    let alias = |devices| {
        let default = DeviceId(ALIASES[0].to_owned());
        find(devices, kind, &default).map(|device: &Device| device.label.clone())
    };
    let (was, is) = (alias(before)?, alias(after)?);
    (was != is).then_some(DeviceDecision::FollowDefault { kind })
}

fn newcomers<'a>(
    kind: DeviceKind,
    before: &'a [Device],
    after: &'a [Device],
) -> impl Iterator<Item = &'a Device> {
    let comparable = !before.is_empty() && !hides_ids(before, kind);
    of_kind(after, kind).filter(move |device| {
        let known = find(before, kind, &device.id).is_some();
        comparable && !known && !device.id.0.is_empty() && !ALIASES.contains(&device.id.0.as_str())
    })
}

fn of_kind(devices: &[Device], kind: DeviceKind) -> impl Iterator<Item = &Device> {
    devices.iter().filter(move |device| device.kind == kind)
}

fn find<'a>(devices: &'a [Device], kind: DeviceKind, id: &DeviceId) -> Option<&'a Device> {
    of_kind(devices, kind).find(|device| device.id == *id)
}

fn hides_ids(devices: &[Device], kind: DeviceKind) -> bool {
    of_kind(devices, kind).any(|device| device.id.0.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(kind: DeviceKind, id: &str) -> Device {
        Device {
            id: DeviceId(id.to_owned()),
            kind,
            label: format!("The {id}"),
        }
    }

    fn microphone(id: &str) -> Device {
        device(DeviceKind::Microphone, id)
    }

    fn chosen(id: &str) -> DeviceChoices {
        DeviceChoices {
            microphone: Some(DeviceId(id.to_owned())),
            ..DeviceChoices::default()
        }
    }

    #[test]
    fn a_chosen_device_that_disappears_falls_back_to_the_default_by_name() {
        let before = [microphone("built-in"), microphone("usb")];
        let after = [microphone("built-in")];
        assert_eq!(
            device_decisions(&before, &after, &chosen("usb")),
            [DeviceDecision::FallBack {
                kind: DeviceKind::Microphone,
                lost: "The usb".to_owned()
            }]
        );
        assert_eq!(device_decisions(&before, &after, &chosen("built-in")), []);
        assert_eq!(
            device_decisions(&before[1..], &[], &chosen("usb")),
            [DeviceDecision::NoneLeft {
                kind: DeviceKind::Microphone,
                lost: "The usb".to_owned()
            }]
        );
    }

    #[test]
    fn a_chosen_device_that_comes_back_is_used_again_and_not_offered() {
        let before = [microphone("built-in")];
        let after = [microphone("built-in"), microphone("usb")];
        assert_eq!(
            device_decisions(&before, &after, &chosen("usb")),
            [DeviceDecision::Return {
                device: microphone("usb")
            }]
        );
    }

    #[test]
    fn a_new_headset_is_offered_once_with_both_its_halves() {
        let speaker = |id| device(DeviceKind::Speaker, id);
        let before = [microphone("built-in"), speaker("loud")];
        let mut after = before.to_vec();
        after.extend([microphone("headset"), speaker("headset")]);
        assert_eq!(
            device_decisions(&before, &after, &DeviceChoices::default()),
            [DeviceDecision::Offer {
                microphone: Some(microphone("headset")),
                speaker: Some(speaker("headset")),
                camera: None,
            }]
        );
        assert_eq!(
            device_decisions(&after, &after, &DeviceChoices::default()),
            []
        );
    }

    #[test]
    fn the_default_is_followed_where_the_browser_tells_of_it() {
        let alias = |label: &str| Device {
            label: label.to_owned(),
            ..microphone("default")
        };
        let before = [alias("Default - A"), microphone("a"), microphone("b")];
        let after = [alias("Default - B"), microphone("a"), microphone("b")];
        assert_eq!(
            device_decisions(&before, &after, &DeviceChoices::default()),
            [DeviceDecision::FollowDefault {
                kind: DeviceKind::Microphone
            }]
        );
        assert_eq!(device_decisions(&before, &after, &chosen("a")), []);
    }

    #[test]
    fn permission_coming_or_going_is_no_change_of_devices() {
        let hidden = [microphone("")];
        let known = [microphone("a"), microphone("b")];
        for choices in [chosen("a"), DeviceChoices::default()] {
            assert_eq!(device_decisions(&hidden, &known, &choices), []);
            assert_eq!(device_decisions(&known, &hidden, &choices), []);
            assert_eq!(device_decisions(&[], &known, &choices), []);
        }
    }
}
