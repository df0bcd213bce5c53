use super::*;

const MS: Duration = Duration::from_millis(1);

fn asked(publication: &mut Publication, now: Instant) -> Vec<Layer> {
    publication.keyframes_to_ask(now).collect()
}

#[test]
fn whoever_asks_for_keyframes_all_the_time_gets_two_a_second() {
    let begun = Instant::now();
    let mut publication = Publication::new(Track::Camera, &Layer::ALL, begun);
    let mut times = 0;
    for step in 0..1_000 {
        let now = begun + step * 10 * MS;
        publication.need_keyframe(Layer::Half);
        times += asked(&mut publication, now).len();
    }
    assert_eq!(times, 20, "in ten seconds");
}

#[test]
fn layers_are_asked_apart_and_a_keyframe_that_came_is_not_asked_for() {
    let now = Instant::now();
    let mut publication = Publication::new(Track::Camera, &Layer::ALL, now);
    publication.need_keyframe(Layer::Quarter);
    assert_eq!(asked(&mut publication, now), [Layer::Quarter]);
    publication.need_keyframe(Layer::Full);
    assert_eq!(asked(&mut publication, now + MS), [Layer::Full]);
    publication.keyframe_came(Layer::Quarter);
    let later = now + KEYFRAME_PAUSE;
    assert_eq!(asked(&mut publication, later), []);
    assert_eq!(asked(&mut publication, later + MS), [Layer::Full]);
}

#[test]
fn who_was_silent_and_goes_on_elsewhere_is_asked_for_a_keyframe() {
    let begun = Instant::now();
    let mut publication = Publication::new(Track::Camera, &Layer::ALL, begun);
    let mut came = |sequence, at| publication.picture_came(Layer::Half, sequence, begun + at * MS);
    assert!(!came(10, 0));
    assert!(!came(13, 30), "a packet or two are sent again");
    assert!(!came(11, 60));
    assert!(!came(14, 1_000), "nothing was lost of what was paused");
    assert!(!came(12, 2_000), "this one is late");
    assert!(came(40, 2_100));
    assert!(!came(41, 2_130));
    assert!(!publication.picture_came(Layer::Full, 90, begun + 9_000 * MS));
    let now = begun + 2_100 * MS;
    assert_eq!(asked(&mut publication, now), [Layer::Half]);
}
