//! Many participants from one process, against the real server: that the figures are whole and true.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use super::device_media::Studio;
use super::support::{Client, Server, program, sfu_server, wait};

/// Runs it to its end: its code, what it printed, and what it said to people.
async fn load(url: &str, arguments: &str) -> (i32, String, String) {
    let output = command(url, arguments).output();
    let output = wait("the load's end", output).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap_or(-1);
    (code, text(output.stdout), text(output.stderr))
}

fn command(url: &str, arguments: &str) -> Command {
    let mut command = program();
    command
        .args(["load", url])
        .args(arguments.split_whitespace());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn url(server: &Server) -> String {
    format!("http://{}/r/load", server.address())
}

fn figures(printed: &str) -> Value {
    assert_eq!(printed.lines().count(), 1, "one object: {printed}");
    serde_json::from_str(printed).unwrap()
}

/// What it says while it goes on.
type Progress = Lines<BufReader<ChildStderr>>;

/// Two people who hear each other, for as long as one likes.
async fn in_full(server: &Server) -> (Child, Progress) {
    let mut child = command(&url(server), "--voice --duration 600 --json")
        .spawn()
        .unwrap();
    let mut progress = BufReader::new(child.stderr.take().unwrap()).lines();
    says(&mut progress, "2 of 2 tracks").await;
    (child, progress)
}

/// Waits until it says this.
async fn says(progress: &mut Progress, words: &str) {
    let said = async {
        while let Some(line) = progress.next_line().await.unwrap() {
            if line.contains(words) {
                return;
            }
        }
        panic!("it ended before it said {words}");
    };
    wait("its progress", said).await;
}

/// Interrupts it: its figures.
async fn interrupted(child: Child) -> Value {
    let id = child.id().unwrap().to_string();
    let kill = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(kill.unwrap().success());
    let output = wait("the load's end", child.wait_with_output())
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    figures(&String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn everyone_gets_every_track_and_nothing_is_lost() {
    let server = Server::start(&[]);
    let arguments = format!(
        "--rooms 2 --people 3 --publish vp8:360p --voice --messages 10 --duration 10 --json --server-pid {}",
        server.id()
    );
    let (code, printed, words) = load(&url(&server), &arguments).await;
    assert_eq!(code, 0, "{words}");
    let figures = figures(&printed);
    let number = |pointer: &str| {
        let figure = figures.pointer(pointer).and_then(Value::as_f64);
        figure.unwrap_or_else(|| panic!("{pointer} in {figures:#}"))
    };
    assert_eq!(figures["joins"]["joined"], 6, "{figures:#}");
    assert_eq!(figures["joins"]["refused"], json!({}));
    // In each room each of three gets two tracks of two others.
    assert_eq!(
        figures["tracks"],
        json!({"expected": 24, "got": 24}),
        "{figures:#}"
    );
    for lost in ["/packets/lost", "/packets/unrepaired", "/messages/lost"] {
        assert_eq!(number(lost), 0.0, "{lost} in {figures:#}");
    }
    assert!(number("/pictures/frames") > 100.0, "{figures:#}");
    assert!(number("/sound/frames") > 200.0);
    assert!(number("/messages/received") > 100.0);
    for delay in ["/pictures/delay", "/sound/delay", "/messages/delay"] {
        let [p50, p99, max] = ["p50", "p99", "max"].map(|it| number(&format!("{delay}/{it}")));
        assert!(
            0.0 < p50 && p50 <= p99 && p99 <= max,
            "{delay}: {p50} {p99} {max}"
        );
    }
    for (phase, count) in [
        ("socket", 6.0),
        ("welcome", 6.0),
        ("ice", 12.0),
        ("dtls", 12.0),
        ("firstPacket", 12.0),
        ("firstKeyFrame", 12.0),
    ] {
        let counted = number(&format!("/phases/{phase}/count"));
        // A connection may be replaced where a machine is slow.
        assert!(counted >= count, "{phase} in {figures:#}");
        assert!(number(&format!("/phases/{phase}/p50")) > 0.0, "{phase}");
    }
    for process in ["load", "server"] {
        assert!(number(&format!("/{process}/rssKib")) > 0.0);
    }
    // What a server does for six people may be less than the system's unit of time.
    assert!(number("/load/cpuSeconds") > 0.0 && number("/server/cpuSeconds") >= 0.0);
    assert_eq!(figures["errors"], json!({}));
}

#[tokio::test]
async fn over_tls_and_through_relays_it_is_the_same() {
    let server = Server::start(&[
        "--tls-self-signed",
        "--turn-listen",
        "127.0.0.1:0",
        "--ice-transport-policy",
        "relay",
    ]);
    let url = format!("https://localhost:{}/r/load", server.address().port());
    let arguments = "--people 3 --publish vp8:360p --voice --messages 10 --duration 10 --json";
    let (code, _, words) = load(&url, arguments).await;
    assert_eq!(code, 4, "nobody vouches for it: {words}");
    assert!(words.to_lowercase().contains("certificate"), "{words}");
    let (code, printed, words) = load(&url, &format!("{arguments} --insecure")).await;
    assert_eq!(code, 0, "{words}");
    let figures = figures(&printed);
    let everything = json!({"expected": 12, "got": 12});
    assert_eq!(figures["tracks"], everything, "{figures:#}");
    assert_eq!(figures["packets"]["unrepaired"], 0, "{figures:#}");
}

#[tokio::test]
async fn a_room_goes_through_the_sfu_with_one_connection_each() {
    let server = sfu_server();
    let arguments = "--people 6 --publish vp8:360p --voice --messages 2 --duration 10 --json";
    let (code, printed, words) = load(&url(&server), arguments).await;
    assert_eq!(code, 0, "{words}");
    let figures = figures(&printed);
    assert_eq!(figures["joins"]["inside"], 6, "{figures:#}");
    // Each of six gets two tracks of five others; a picture that a line does not carry yet is paused.
    let [expected, got] = ["expected", "got"].map(|it| figures["tracks"][it].as_u64().unwrap());
    assert!(expected == 60 && got > 50, "{figures:#}");
    assert_eq!(figures["packets"]["unrepaired"], 0, "{figures:#}");
    let connections = figures["phases"]["dtls"]["count"].as_u64().unwrap();
    assert!((6..12).contains(&connections), "{figures:#}");
    let received = figures["messages"]["received"].as_u64().unwrap();
    assert!(received > 100, "{figures:#}");
    assert_eq!(figures["errors"], json!({}), "{figures:#}");
}

#[tokio::test]
async fn in_a_webinar_one_is_heard_and_people_are_told_in_a_table() {
    let server = Server::start(&[]);
    let arguments = "--people 3 --pattern webinar --voice --duration 6";
    let (code, printed, words) = load(&url(&server), arguments).await;
    assert_eq!(code, 0, "{words}");
    let row = |name: &str| printed.lines().find(|line| line.starts_with(name));
    assert!(
        row("tracks").is_some_and(|row| row.ends_with("2 of 2")),
        "{printed}"
    );
    assert!(
        row("people").is_some_and(|row| row.contains("3 of 3")),
        "{printed}"
    );
    assert!(row("sound").is_some(), "{printed}");
    assert_eq!(row("pictures"), None, "{printed}");
}

/// What comes out of each frame of a file of pictures, as libvpx decodes it; `None` where ffmpeg is not installed.
fn decoded(file: &Path) -> Option<Vec<String>> {
    let output = std::process::Command::new("ffmpeg")
        .args(["-v", "warning", "-xerror", "-c:v", "libvpx", "-i"])
        .arg(file)
        .args(["-f", "framemd5", "-"])
        .output()
        .ok()?;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert_eq!(text(output.stderr), "", "every picture can be decoded");
    let printed = text(output.stdout);
    assert!(printed.contains("#dimensions 0: 640x360"), "{printed}");
    let frames = printed.lines().filter(|line| !line.starts_with('#'));
    let sums = frames.filter_map(|line| line.split_whitespace().last());
    Some(sums.map(str::to_owned).collect())
}

#[tokio::test]
async fn pictures_that_are_made_up_are_pictures() {
    let server = Server::start(&[]);
    let studio = Studio::new();
    let mut recorder = studio.recorder(&url(&server), &[]).await;
    let arguments = "--people 1 --publish vp8:360p --duration 600";
    let load = command(&url(&server), arguments).spawn().unwrap();
    let file = studio.grown("-camera.ivf", 150_000).await;
    recorder.fall_silent();
    recorder.end().await;
    drop(load);
    let Some(pictures) = decoded(&file) else {
        eprintln!("SKIPPED: ffmpeg is not installed");
        return;
    };
    assert!(pictures.len() > 30, "{} pictures", pictures.len());
    // One is grey in the way of a key frame, and one in the way of the others.
    let different: BTreeSet<&String> = pictures.iter().collect();
    assert_eq!(different.len(), 2, "{pictures:?}");
}

#[tokio::test]
async fn whoever_leaves_comes_again() {
    let server = Server::start(&["--room-capacity", "2"]);
    let arguments = "--pattern audio --churn 120 --duration 3 --json";
    let (code, printed, words) = load(&url(&server), arguments).await;
    assert_eq!(code, 0, "{words}");
    let joins = &figures(&printed)["joins"];
    assert!(joins["joined"].as_u64().unwrap() >= 4, "{joins}");
    assert_eq!(joins["refused"], json!({}), "the seat was free again");
}

#[tokio::test]
async fn a_server_that_lets_nobody_in_is_told_of_with_its_reasons() {
    let server = Server::start(&["--room-capacity", "2"]);
    let (_ada, _) = Client::join(&server, "load", "Ada").await;
    let (_ben, _) = Client::join(&server, "load", "Ben").await;
    let (code, printed, words) = load(&url(&server), "--people 3 --duration 60 --json").await;
    assert_eq!(code, 3, "{words}");
    assert!(words.contains("3 ×"), "{words}");
    let joins = &figures(&printed)["joins"];
    assert_eq!(joins["joined"], 0);
    let refused = joins["refused"].as_object().unwrap();
    assert_eq!(
        refused.values().map(|it| it.as_u64().unwrap()).sum::<u64>(),
        3
    );
}

#[tokio::test]
async fn an_interruption_ends_it_with_the_figures_so_far() {
    let server = Server::start(&[]);
    let (child, _progress) = in_full(&server).await;
    let figures = interrupted(child).await;
    assert_eq!(figures["interrupted"], true);
    assert_eq!(figures["tracks"]["got"], 2, "{figures:#}");
}

#[tokio::test]
async fn a_server_that_goes_in_the_middle_is_seen_while_media_go_on() {
    let server = Server::start(&[]);
    let (child, mut progress) = in_full(&server).await;
    drop(server);
    says(&mut progress, "2 without the server").await;
    let figures = interrupted(child).await;
    let joins = &figures["joins"];
    assert_eq!((&joins["inside"], &joins["cutOff"]), (&json!(2), &json!(2)));
    assert_eq!(joins["reconnected"], 0);
    assert_eq!(figures["tracks"]["got"], 2, "{figures:#}");
}

#[tokio::test]
async fn figures_that_nobody_takes_are_a_failure_in_words() {
    let server = Server::start(&[]);
    let mut child = command(&url(&server), "--people 1 --duration 1 --json")
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = wait("the load's end", child.wait_with_output())
        .await
        .unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("could not be printed"), "{words}");
}

#[tokio::test]
async fn its_help_says_how_it_ends() {
    let output = program().args(["load", "--help"]).output();
    let output = wait("its help", output).await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("Ends with 0"), "{help}");
}

#[tokio::test]
async fn what_cannot_be_asked_for_ends_with_two() {
    for (arguments, about) in [
        ("--publish h264", "--publish"),
        ("--pattern audio --publish vp8:360p", "no pictures"),
        ("--messages 100", "between 0 and 20"),
        ("--server-pid 4294967295", "--server-pid"),
        ("--people 0", "--people"),
    ] {
        let (code, printed, words) = load("http://127.0.0.1:1/r/load", arguments).await;
        assert_eq!((code, printed.as_str()), (2, ""), "{arguments}: {words}");
        assert!(words.contains(about), "{arguments}: {words}");
        assert_eq!(words.lines().count(), 1, "{words}");
    }
}

#[tokio::test]
async fn where_the_machine_gives_no_sockets_the_figures_say_so() {
    let server = Server::start(&[]);
    // As few as are needed to join: there are twelve ends of connections, each with a socket of its own.
    let limited = "ulimit -n 20 && exec \"$@\"";
    let output = Command::new("sh")
        .args(["-c", limited, "sh", env!("CARGO_BIN_EXE_visavis"), "load"])
        .args([&url(&server), "--json"])
        .args("--people 4 --duration 2".split(' '))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = wait("the load's end", output).await.unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("ulimit -n"), "{words}");
    let figures = figures(&String::from_utf8(output.stdout).unwrap());
    let without = figures["errors"]["no-socket"].as_u64();
    assert!(without.is_some_and(|count| count > 0), "{figures:#}");
}
