//! The examples for devices, run as they stand.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::device_media::{Studio, marks_of_pictures};
use super::support::{Device, Server};

/// An example and whatever it started; all of it ends with this.
struct Example(Child);

impl Example {
    /// Starts an example; `None`, loudly, when what it needs is not installed.
    fn start(
        needed: &str,
        name: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Option<Self> {
        use std::os::unix::process::CommandExt;
        let is_there = Command::new(needed)
            .arg(if needed == "ffmpeg" {
                "-version"
            } else {
                "--version"
            })
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if needed != "sh" && !is_there.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: {needed} is not installed");
            return None;
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples/devices")
            .join(name);
        let child = Command::new(path)
            .args(arguments)
            .env("VISAVIS", env!("CARGO_BIN_EXE_visavis"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        Some(Self(child))
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_thermometer_tells_a_temperature() {
    let server = Server::start(&[]);
    let url = server.room("workshop");
    let mut ada = Device::start(&url, "Ada", &[]);
    ada.event("joined").await;
    let faster = [("INTERVAL", "0.2")];
    let _thermometer = Example::start("sh", "thermometer.sh", &[&url], &faster).unwrap();
    for _ in 0..3 {
        let reading = ada.message("telemetry/temperature").await;
        assert_eq!(reading["name"], "Thermometer");
        assert!(reading["data"]["celsius"].is_f64(), "{reading}");
    }
}

#[tokio::test]
async fn the_lamp_does_what_it_is_asked_and_says_so() {
    let server = Server::start(&[]);
    let url = server.room("workshop");
    let Some(_lamp) = Example::start("python3", "lamp.py", &[&url], &[]) else {
        return;
    };
    let mut ada = Device::start(&url, "Ada", &[]);
    let controls = ada.message("device/controls").await;
    let announced =
        |on: bool| json!([{"topic": "control/lamp", "label": "Lamp", "kind": "switch", "on": on}]);
    assert_eq!(controls["data"], announced(false));
    let state = ada.message("telemetry/lamp").await;
    assert_eq!(state["data"], json!({"on": false}));
    let lamp = controls["from"].clone();
    let order = |data| json!({"topic": "control/lamp", "data": data, "to": lamp, "ack": 10_000});
    ada.say(&order(json!({"on": true}))).await;
    let lines = ada.collect(|line| line["event"] == "acknowledged").await;
    assert_eq!(lines.last().unwrap().get("error"), None);
    assert!(
        lines.iter().any(|line| line["data"] == json!({"on": true})),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line["data"] == announced(true)),
        "a page shows how the switch is: {lines:?}"
    );
    ada.say(&order(json!("loudly"))).await;
    let acknowledged = ada.event("acknowledged").await;
    assert!(
        acknowledged["error"]
            .as_str()
            .is_some_and(|why| why.contains("expected"))
    );
}

#[tokio::test]
async fn two_play_snake_at_twenty_updates_a_second() {
    let server = Server::start(&[]);
    let url = server.room("workshop");
    let Some(_snake) = Example::start("python3", "snake.py", &[&url], &[]) else {
        return;
    };
    let ([mut ada, mut ben], _) = Device::pair(&url, ["Ada", "Ben"], &[]).await;
    for (player, way) in [(&mut ada, "up"), (&mut ben, "left")] {
        player.message("snake/state").await;
        player
            .say(&json!({"topic": "snake/turn", "data": {"to": way}}))
            .await;
    }
    let both = |line: &serde_json::Value| {
        line["topic"] == "snake/state" && line["data"]["snakes"].as_array().unwrap().len() == 2
    };
    let before = ada.until(both).await;
    let started = Instant::now();
    for _ in 0..39 {
        ada.message("snake/state").await;
    }
    let after = ada.message("snake/state").await;
    // Two seconds' worth: a machine that does other things may take longer for it, and nothing makes it shorter.
    assert!(
        started.elapsed() > Duration::from_millis(1_500),
        "{:?}",
        started.elapsed()
    );
    let numbers = [before, after.clone()].map(|line| line["data"]["number"].as_u64().unwrap());
    assert!(
        numbers[1] - numbers[0] < 80,
        "most of them arrive: {numbers:?}"
    );
    assert_eq!(after["reliable"], false);
    let names = after["data"]["snakes"].as_array().unwrap().iter();
    let mut names: Vec<&str> = names.map(|snake| snake["n"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Ada", "Ben"]);
}

#[tokio::test]
async fn the_camera_plays_what_it_is_given() {
    let server = Server::start(&[]);
    let studio = Studio::new();
    let url = server.room("workshop");
    let mut recorder = studio.recorder(&url, &[]).await;
    let files = [url.as_str(), &studio.video, &studio.audio];
    let _camera = Example::start("sh", "camera.sh", &files, &[]).unwrap();
    let name = recorder.event("person-joined").await["name"].clone();
    assert_eq!(name, "Camera (a)");
    let file = studio.grown("-camera.ivf", 100_000).await;
    studio.grown("-voice.ogg", 100).await;
    recorder.fall_silent();
    recorder.end().await;
    assert!(marks_of_pictures(&std::fs::read(file).unwrap()).len() > 20);
}

#[tokio::test]
async fn the_camera_encodes_what_is_not_made_for_the_web() {
    let server = Server::start(&[]);
    let studio = Studio::new();
    let film = studio.folder.path().join("film.mkv");
    let test_picture = "testsrc=size=320x240:rate=25:duration=2";
    let made = Command::new("ffmpeg")
        .args([
            "-loglevel",
            "error",
            "-f",
            "lavfi",
            "-i",
            test_picture,
            "-c:v",
            "mpeg4",
        ])
        .arg(&film)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: ffmpeg is not installed");
        return;
    }
    let url = server.room("workshop");
    let mut recorder = studio.recorder(&url, &[]).await;
    let arguments = [&url, film.to_str().unwrap()];
    let Some(_camera) = Example::start("ffmpeg", "camera.sh", &arguments, &[]) else {
        return;
    };
    recorder.event("connected").await;
    let file = studio.grown("-camera.ivf", 20_000).await;
    recorder.fall_silent();
    recorder.end().await;
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-count_frames",
            "-show_entries",
            "stream=codec_name,width,height,nb_read_frames",
        ])
        .args(["-of", "csv=p=0"])
        .arg(&file)
        .output();
    let Ok(output) = output else {
        eprintln!("SKIPPED: ffprobe is not installed");
        return;
    };
    let seen = String::from_utf8(output.stdout).unwrap();
    assert!(seen.starts_with("vp8,320,240,"), "{seen}");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "",
        "every picture can be decoded"
    );
}
