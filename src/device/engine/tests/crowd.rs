//! Many at once: nobody is forgotten, and nobody drowns the others.

use serde_json::json;
use tokio::time::Instant;

use super::world::World;
use crate::device::connection::report::{ConnectionNews, ConnectionReport};
use crate::device::engine::input::Input;
use crate::device::engine::standing::Standing;
use crate::device::exit::JoinEnd;
use crate::protocol::PeerId;
use crate::room::Moment;
use crate::room::path::id::PathIds;

#[tokio::test(start_paused = true)]
async fn everyone_hears_of_the_controls_however_many_come_at_once() {
    let mut world = World::new(90);
    let controls = json!([{"topic": "control/lamp", "label": "Lamp", "kind": "switch"}]);
    world.write(&json!({ "announce": controls }));
    for _ in 0..5 {
        world.pass_second().await;
    }
    assert_eq!(world.connected(), 90);
    for peer in &world.people {
        let heard = world
            .heard
            .get(&(peer.clone(), "device/controls".to_owned()));
        assert!(heard.is_some_and(|times| *times >= 1), "{peer} did not");
    }
    assert_eq!(world.engine.announcing.count(), 0);
    assert_eq!(world.engine.announcing.next_deadline(), None);
}

#[tokio::test(start_paused = true)]
async fn whoever_talks_without_end_drowns_neither_the_program_nor_the_time() {
    let mut world = World::new(0);
    let engine = &mut world.engine;
    engine.standing = Standing::Inside;
    engine.next_round = Some(Instant::now());
    let flood = engine.connection_reporter.clone();
    let report = || ConnectionReport {
        path: PathIds::since(Moment(9)).give(),
        generation: 1,
        whom: PeerId::new("P1"),
        what: ConnectionNews::KeyFrameWanted,
    };
    let leave = json!({"leave": true}).to_string();
    let leave = crate::device::lines::reader::LineRead::Line(leave);
    world.lines.send(leave).await.unwrap();
    let (mut is_time_heard, mut rounds) = (false, 0);
    while engine.end.is_none() || !is_time_heard {
        while flood.try_send(report()).is_ok() {}
        let input = engine.next_input().await;
        if matches!(input, Input::Time) {
            engine.next_round = None;
            is_time_heard = true;
        } else {
            engine.take(input);
        }
        rounds += 1;
        assert!(rounds < 1_000, "the program or the time is not heard");
    }
    assert_eq!(engine.end, Some(JoinEnd::Left));
}
