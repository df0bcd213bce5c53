//! What the server says of itself when it is asked by SIGUSR1.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::support::{Client, Server, SfuClient, after, now, sfu_server};

/// Asks the server, and waits for the line that it has not said before.
async fn figures(server: &Server) -> Value {
    let lines = || -> Vec<Value> {
        let log = server.log();
        let complete = log.rsplit_once('\n').map_or("", |(lines, _)| lines);
        let lines = complete.lines().filter(|line| line.starts_with('{'));
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let before = lines().len();
    server.signal("-USR1");
    let answered = timeout(Duration::from_secs(10), async {
        loop {
            if let Some(line) = lines().get(before) {
                return line.clone();
            }
            sleep(Duration::from_millis(10)).await;
        }
    });
    answered.await.expect("a line of figures")
}

/// What all threads of the SFU count of something.
fn sum(figures: &Value, name: &str) -> u64 {
    let shards = figures["sfu"].as_array().unwrap();
    let all = shards.iter().map(|shard| shard[name].as_u64().unwrap());
    all.sum()
}

#[tokio::test]
async fn sigusr1_is_answered_by_one_line_of_what_the_sfu_does() {
    let server = sfu_server();
    let (ada, mut bob) = SfuClient::ada_and_bob(&server).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    bob.until_shown(&ada.peer, "q").await;
    bob.until_heard(&ada.peer, after(now(), 300)).await;
    let first = figures(&server).await;
    assert_eq!(
        (&first["connections"], &first["rooms"]),
        (&2.into(), &1.into())
    );
    for (name, expected) in [
        ("seats", 2),
        ("sessions", 2),
        ("rooms", 1),
        ("offers", 2),
        ("handshakes", 2),
    ] {
        assert_eq!(sum(&first, name), expected, "{name}: {first}");
    }
    for (name, expected) in [("panics", 0), ("paused", 0), ("doorIn", 0), ("lost", 0)] {
        assert_eq!(sum(&first, name), expected, "{name}: {first}");
    }
    for name in ["packetsIn", "bytesIn", "sends", "keyframeRequests"] {
        assert!(sum(&first, name) > 0, "{name}: {first}");
    }
    assert!(sum(&first, "layerSwitches") > 0, "{first}");
    assert!(sum(&first, "packetsOut") >= sum(&first, "sends"), "{first}");
    let busy = first["sfu"].as_array().unwrap().iter();
    let busy = busy.max_by_key(|shard| shard["packetsOut"].as_u64());
    for times in ["turns", "delays"] {
        let times = &busy.unwrap()[times];
        let of = |name: &str| times[name].as_u64().unwrap();
        assert!(of("count") > 0 && of("p50") > 0, "{times}");
        assert!(
            of("p50") <= of("p99") && of("p99") <= of("longest"),
            "{times}"
        );
    }

    bob.until_heard(&ada.peer, after(now(), 300)).await;
    let second = figures(&server).await;
    assert!(sum(&second, "packetsOut") > sum(&first, "packetsOut"));
    assert!(second["uptime"].as_u64() >= first["uptime"].as_u64());

    let said = first.to_string();
    for word in [&*ada.peer, &*bob.peer, "Ada", "Bob", "standup", "127.0.0.1"] {
        assert!(!said.contains(word), "{word} is named: {said}");
    }
}

#[tokio::test]
async fn a_server_without_an_sfu_answers_too_and_goes_on() {
    let server = Server::start(&["--log", "off"]);
    let (_ada, _) = Client::join(&server, "standup", "Ada").await;
    let said = figures(&server).await;
    assert_eq!(said["sfu"], Value::Array(vec![]));
    assert_eq!(
        (&said["connections"], &said["rooms"]),
        (&1.into(), &1.into())
    );
    let (_bob, _) = Client::join(&server, "standup", "Bob").await;
    assert_eq!(figures(&server).await["connections"], 2);
}
