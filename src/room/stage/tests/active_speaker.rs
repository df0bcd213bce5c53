//! Seeded conversations.

use super::*;
use crate::random::{Random, seeds};

fn id(index: usize) -> PeerId {
    PeerId::new(format!("p{index:02}"))
}

/// A voice: syllables with short gaps. `loudness` is its mean level.
fn voice(random: &mut Random, loudness: f32) -> f32 {
    if random.fraction() < 0.2 {
        loudness * 0.15
    } else {
        loudness * (0.7 + 0.6 * random.fraction() as f32)
    }
}

#[test]
fn in_a_conversation_the_floor_follows_each_turn_and_only_those() {
    for seed in seeds(200) {
        let mut random = Random::new(seed);
        let people = 2 + (random.fraction() * 4.0) as usize;
        let mut speaker = ActiveSpeaker::default();
        let (mut now, mut changes, mut turns) = (0, 0, 0);
        let mut talking = usize::MAX;
        let mut shown = None;
        // Who coughs again and again within a second is not coughing: they want to be heard.
        let mut coughed = vec![None; people];
        while turns < 12 {
            let next = (random.fraction() * people as f64) as usize % people;
            if next == talking {
                continue;
            }
            talking = next;
            turns += 1;
            let length = 32 + (random.fraction() * 60.0) as u64;
            for step in 0..length {
                now += 100;
                let levels: Vec<_> = (0..people)
                    .map(|index| {
                        let again = coughed[index].is_some_and(|before| now - before < 1_000);
                        let cough = random.fraction() < 0.004 && !again;
                        if cough {
                            coughed[index] = Some(now);
                        }
                        let level = if index == talking {
                            voice(&mut random, 0.2)
                        } else if cough {
                            0.6
                        } else {
                            0.02 * random.fraction() as f32
                        };
                        (id(index), level)
                    })
                    .collect();
                let named = speaker.hear(Moment(now), &levels).cloned();
                if named != shown {
                    changes += 1;
                    shown = named;
                }
                if step >= 30 {
                    assert_eq!(
                        shown,
                        Some(id(talking)),
                        "seed {seed}, turn {turns}, step {step}"
                    );
                }
            }
            // A pause: nobody says anything, and nothing changes.
            for _ in 0..10 {
                now += 100;
                let levels: Vec<_> = (0..people).map(|index| (id(index), 0.01)).collect();
                assert_eq!(speaker.hear(Moment(now), &levels).cloned(), shown);
            }
        }
        assert!(
            changes <= turns,
            "seed {seed}: {changes} changes in {turns} turns"
        );
    }
}

/// Nobody is replaced within a second and a half: that holds always. More than four changes in a minute are a matter of chance:
/// they come in none of the usual stories, and in at most one of a hundred others.
#[test]
fn two_who_talk_over_each_other_do_not_make_the_stage_flap() {
    let stories = seeds(100);
    let told = stories.end - stories.start;
    let mut flapping = Vec::new();
    for seed in stories {
        let mut random = Random::new(seed);
        let mut speaker = ActiveSpeaker::default();
        let mut names = Vec::new();
        for step in 0..600 {
            let levels = [
                (id(0), voice(&mut random, 0.2)),
                (id(1), voice(&mut random, 0.21)),
            ];
            names.push(speaker.hear(Moment(step * 100), &levels).cloned());
        }
        let changed: Vec<usize> = (1..names.len())
            .filter(|step| names[*step] != names[step - 1])
            .collect();
        assert!(
            changed.windows(2).all(|pair| pair[1] - pair[0] >= 15),
            "seed {seed}: replaced at once, {changed:?}"
        );
        assert!(
            changed.len() <= 4 || seed >= 100,
            "seed {seed}: {} changes in a minute",
            changed.len()
        );
        if changed.len() > 4 {
            flapping.push(seed);
        }
    }
    assert!(flapping.len() as u64 * 100 <= told, "seeds {flapping:?}");
}

#[test]
fn less_than_four_tenths_of_a_second_takes_nothing_over() {
    let mut speaker = ActiveSpeaker::default();
    let levels = |first, second| [(id(0), first), (id(1), second)];
    for step in 0..40 {
        speaker.hear(Moment(step * 100), &levels(0.2, 0.0));
    }
    assert_eq!(speaker.speaker(), Some(&id(0)));
    speaker.hear(Moment(4_000), &levels(0.0, 0.2));
    for step in 41..50 {
        speaker.hear(Moment(step * 100), &levels(0.0, 0.0));
    }
    assert_eq!(speaker.speaker(), Some(&id(0)));
    for step in 50..60 {
        speaker.hear(Moment(step * 100), &levels(0.0, 0.2));
    }
    assert_eq!(speaker.speaker(), Some(&id(1)));
}

#[test]
fn who_leaves_loses_the_floor_and_nonsense_is_silence() {
    let mut speaker = ActiveSpeaker::default();
    for step in 0..10 {
        speaker.hear(Moment(step * 100), &[(id(0), 0.3), (id(1), f32::NAN)]);
    }
    assert_eq!(speaker.speaker(), Some(&id(0)));
    assert_eq!(speaker.hear(Moment(1_100), &[(id(1), f32::NAN)]), None);
}
