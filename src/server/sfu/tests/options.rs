use clap::{CommandFactory, Parser};

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    sfu: SfuOptions,
}

fn options(line: &str) -> SfuOptions {
    let words = std::iter::once("test").chain(line.split_whitespace());
    Line::parse_from(words).sfu
}

fn places(line: &str, thread: usize) -> Vec<String> {
    let places = options(line).places(thread);
    places.iter().map(ToString::to_string).collect()
}

#[test]
fn calls_go_through_it_when_that_is_better_unless_the_operator_says_otherwise() {
    assert_eq!(options("").mode, SfuMode::Auto);
    assert_eq!(options("--sfu off").mode, SfuMode::Off);
    assert_eq!(options("--sfu always").mode, SfuMode::Always);
    assert_eq!(options("").files, 8);
    assert_eq!(options("--sfu-files 0").files, 0);
    assert_eq!(options("--sfu-files 0").file_bits_per_second(), 0);
    assert_eq!(options("").file_bits_per_second(), 8_000_000);
    let help = Line::command().render_long_help().to_string();
    for option in ["--sfu ", "--sfu-listen", "--sfu-files"] {
        assert!(help.contains(option), "{option}: {help}");
    }
}

#[test]
fn each_thread_has_the_port_after_the_one_before() {
    assert_eq!(places("", 0), ["0.0.0.0:3480", "[::]:3480"]);
    assert_eq!(places("", 7), ["0.0.0.0:3487", "[::]:3487"]);
    assert_eq!(options("").place_choice(), PlaceChoice::Default);
    let line = "--sfu-listen [2001:db8::1]:65528,192.0.2.1:5000";
    assert_eq!(places(line, 7), ["192.0.2.1:5007", "[2001:db8::1]:65535"]);
    assert_eq!(options(line).place_choice(), PlaceChoice::Named);
    assert_eq!(places("--sfu-listen 127.0.0.1:0", 3), ["127.0.0.1:0"]);
}

#[test]
fn other_texts_are_no_places() {
    for text in [
        "",
        "3480",
        "192.0.2.1",
        "192.0.2.1:65529",
        "192.0.2.1:1,192.0.2.2:2",
        "[::]:1,[::1]:2",
        "192.0.2.1:1,",
        "192.0.2.1:1, [::]:1",
    ] {
        assert_eq!(text.parse::<MediaPlaces>(), Err(MediaPlacesError), "{text}");
    }
    let both: MediaPlaces = "192.0.2.1:1 [::]:1".parse().unwrap();
    assert!(both.v4.is_some() && both.v6.is_some());
}

#[test]
fn half_of_the_processors_get_a_thread_or_as_many_as_are_named() {
    for (line, processors, threads) in [
        ("", 1, 1),
        ("", 2, 1),
        ("", 6, 3),
        ("", 64, 8),
        ("--sfu-threads 5", 2, 5),
    ] {
        assert_eq!(options(line).threads(processors), threads, "{line}");
    }
    for number in ["0", "9"] {
        assert!(Line::try_parse_from(["test", "--sfu-threads", number]).is_err());
    }
}

#[test]
fn bandwidth_is_named_in_megabits() {
    assert_eq!(options("").bits_per_second(), 2e9);
    assert_eq!(options("--sfu-bandwidth 3").bits_per_second(), 3e6);
}
