//! A day in the life of a device, in model time: people come, go and reconnect, the server is restarted, a value is sent every
//! second, and nothing grows.

use serde_json::json;

use super::world::World;
use crate::device::chance::Chance;
use crate::device::engine::standing::Standing;
use crate::room::messaging::chat::entries::CONVERSATION_MESSAGES;

/// So many people are there at most.
const MOST_PEOPLE: usize = 4;

const HOUR: u32 = 3_600;

#[tokio::test(start_paused = true)]
async fn a_day_leaves_nothing_behind() {
    let mut world = World::new(3);
    let mut chance = Chance::new(0x5eed_0001);
    let (mut down_until, mut restarts, mut sizes) = (0, 0, Vec::new());
    for second in 1..=24 * HOUR {
        world.is_up |= second >= down_until;
        if world.engine.standing == Standing::Inside {
            let celsius = second % 40;
            let is_reliable = second.is_multiple_of(2);
            world.write(&json!({
                "topic": "telemetry/temperature", "data": {"celsius": celsius}, "reliable": is_reliable
            }));
        }
        happen(&mut world, &mut chance, second);
        if world.is_up && chance.once_in(HOUR as usize) {
            world.end_server();
            down_until = second + 5 + u32::try_from(chance.below(40)).unwrap();
            restarts += 1;
        }
        world.pass_second().await;
        if second.is_multiple_of(60) {
            require_bounds(&world);
        }
        if second.is_multiple_of(HOUR) {
            sizes.push(format!("{:?}", world.engine.visit).len());
        }
    }
    assert!(restarts > 10, "{restarts} restarts");
    assert_eq!(world.welcomes, restarts + 1);
    assert!(world.came > 200, "{} people came", world.came);
    let arrived = world.arrived;
    assert!(arrived > 24 * u64::from(HOUR), "{arrived} messages arrived");
    // After nine hours every store that has a bound has reached it.
    let (early, late) = (&sizes[9..15], &sizes[18..]);
    let largest = |sizes: &[usize]| *sizes.iter().max().unwrap();
    assert!(
        largest(late) <= largest(early) + largest(early) / 4,
        "the model grows: {sizes:?}"
    );
}

fn happen(world: &mut World, chance: &mut Chance, second: u32) {
    let people = world.people.len();
    if world.is_up && people < MOST_PEOPLE && chance.once_in(200) {
        world.come();
    }
    if world.is_up && people > 1 && chance.once_in(240) {
        world.go(chance.below(people));
    }
    let people = world.people.len();
    if chance.once_in(300) {
        world.break_connection(chance.below(people));
    }
    if chance.once_in(300) {
        world.blink(chance.below(people));
    }
    if chance.once_in(20) {
        world.talk(chance.below(people));
    }
    world.acknowledges = chance.below(4) > 0;
    if second.is_multiple_of(60) {
        world.write(&json!({"topic": "control/lamp", "data": {"on": true}, "ack": 3_000}));
        world.write(&json!({"chat": format!("It is {second}")}));
    }
    if second.is_multiple_of(600) {
        let lamp = json!({"topic": "control/lamp", "label": "Lamp", "kind": "switch"});
        world.write(&json!({ "announce": [lamp] }));
    }
}

fn require_bounds(world: &World) {
    let engine = &world.engine;
    let people = world.people.len();
    assert!(engine.connections.len() <= people);
    assert!(engine.roster.reached().len() <= people);
    assert!(engine.announcing.count() <= people);
    assert!(engine.acknowledgements.count() <= 8);
    assert!(engine.closing.len() <= MOST_PEOPLE);
    assert!(engine.signaling.closing_count() <= 4);
    assert_eq!(engine.pending.len(), 0);
    let messaging = engine.visit.messaging();
    let said = messaging.map_or(0, |it| it.conversation().entries().len());
    assert!(said <= CONVERSATION_MESSAGES, "{said} messages are kept");
}
