//! The stage, painted.
//!
//! Invariant: when another stream brings a picture, the one before is painted until there is a frame of the new one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream, Window};

use super::sources::Sources;
use crate::room::stage::grid::Place;
use crate::room::{Participant, Scene, TrackKind};

/// The picture is this wide, in pixels.
pub(crate) const WIDTH: u32 = 1280;
/// The picture is this high, in pixels.
pub(crate) const HEIGHT: u32 = 720;

/// A player has a frame to show from this state on (HTML section 4.8.11.7, `HAVE_CURRENT_DATA`).
const HAS_FRAME: u16 = 2;

/// The canvas, and a hidden player for each picture on it.
pub(super) struct Canvas {
    /// The hidden players are made in this window's document.
    window: Window,
    /// The canvas is recorded.
    element: HtmlCanvasElement,
    /// The pictures are painted with this.
    context: CanvasRenderingContext2d,
    /// Each picture has a hidden player, and a second one while its stream changes.
    players: HashMap<(Participant, TrackKind), Players>,
}

/// The players of one picture.
struct Players {
    /// What this one plays is painted.
    shown: Player,
    /// This one is painted as soon as it has a frame.
    coming: Option<Player>,
}

/// A hidden player. Dropping it ends it.
struct Player {
    /// The stream has this id: the same stream is not played twice.
    stream: String,
    /// The stream is decoded by this element, which is on no page.
    video: HtmlVideoElement,
}

impl Player {
    fn start(window: &Window, stream: &MediaStream) -> Option<Self> {
        let video = window.document()?.create_element("video").ok()?;
        let video: HtmlVideoElement = video.unchecked_into();
        video.set_muted(true);
        video.set_src_object(Some(stream));
        // A player that cannot play shows nothing; the initials stay.
        drop(video.play());
        Some(Self {
            stream: stream.id(),
            video,
        })
    }

    fn has_frame(&self) -> bool {
        self.video.ready_state() >= HAS_FRAME
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.video.set_src_object(None);
    }
}

impl Canvas {
    /// An empty picture.
    pub(super) fn new(window: &Window) -> Result<Self, JsValue> {
        let document = window.document().ok_or(JsValue::NULL)?;
        let element: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
        element.set_width(WIDTH);
        element.set_height(HEIGHT);
        let context = element.get_context("2d")?.ok_or(JsValue::NULL)?;
        Ok(Self {
            window: window.clone(),
            element,
            context: context.unchecked_into(),
            players: HashMap::new(),
        })
    }

    /// What it looks like, as it changes.
    pub(super) fn stream(&self) -> Result<MediaStream, JsValue> {
        self.element.capture_stream()
    }

    /// Paints these tiles.
    pub(super) fn paint(&mut self, scene: &[Scene], sources: &Sources) {
        self.players.retain(|key, _| sources.contains_key(key));
        self.context.set_fill_style_str("#0b0f10");
        self.context
            .fill_rect(0.0, 0.0, f64::from(WIDTH), f64::from(HEIGHT));
        for tile in scene {
            self.paint_tile(tile, sources);
        }
    }

    fn paint_tile(&mut self, tile: &Scene, sources: &Sources) {
        let Place {
            x,
            y,
            width,
            height,
        } = tile.place;
        let context = Clone::clone(&self.context);
        context.save();
        context.begin_path();
        if context
            .round_rect_with_f64(x, y, width, height, 12.0)
            .is_err()
        {
            context.rect(x, y, width, height);
        }
        context.clip();
        context.set_fill_style_str("#232c2e");
        context.fill_rect(x, y, width, height);
        let player = tile.live.then(|| self.player(tile, sources)).flatten();
        match player.filter(|player| player.video_width() > 0) {
            Some(player) => draw(&context, &player, tile),
            None => {
                context.set_fill_style_str("#d9e3e2");
                context.set_text_align("center");
                context.set_text_baseline("middle");
                context.set_font("600 48px sans-serif");
                drop(context.fill_text(&tile.initials, x + width / 2.0, y + height / 2.0));
            }
        }
        label(&context, tile);
        context.restore();
    }

    fn player(&mut self, tile: &Scene, sources: &Sources) -> Option<HtmlVideoElement> {
        let key = (tile.participant.clone(), tile.kind);
        let stream = sources.get(&key)?;
        let players = match self.players.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(Players {
                shown: Player::start(&self.window, stream)?,
                coming: None,
            }),
        };
        let id = stream.id();
        if players
            .coming
            .as_ref()
            .is_some_and(|coming| coming.stream != id)
        {
            players.coming = None;
        }
        if players.shown.stream != id && players.coming.is_none() {
            players.coming = Player::start(&self.window, stream);
        }
        let is_ready = |coming: &mut Player| coming.has_frame() || !players.shown.has_frame();
        if let Some(coming) = players.coming.take_if(is_ready) {
            players.shown = coming;
        }
        Some(Clone::clone(&players.shown.video))
    }
}

/// Cameras fill their tile, screens are shown whole.
fn draw(context: &CanvasRenderingContext2d, player: &HtmlVideoElement, tile: &Scene) {
    let place = tile.place;
    let (width, height) = (
        f64::from(player.video_width()),
        f64::from(player.video_height()),
    );
    let (across, down) = (place.width / width, place.height / height);
    let scale = if tile.kind == TrackKind::Camera {
        across.max(down)
    } else {
        across.min(down)
    };
    let (shown_width, shown_height) = (width * scale, height * scale);
    drop(context.draw_image_with_html_video_element_and_dw_and_dh(
        player,
        place.x + (place.width - shown_width) / 2.0,
        place.y + (place.height - shown_height) / 2.0,
        shown_width,
        shown_height,
    ));
}

fn label(context: &CanvasRenderingContext2d, tile: &Scene) {
    context.set_font("500 18px sans-serif");
    context.set_text_align("left");
    context.set_text_baseline("middle");
    let measured = context.measure_text(&tile.name).map(|text| text.width());
    let width = measured.unwrap_or(0.0).min(tile.place.width - 24.0);
    let (x, y) = (tile.place.x + 10.0, tile.place.y + tile.place.height - 38.0);
    context.set_fill_style_str("rgb(8 12 13 / 75%)");
    context.fill_rect(x, y, width + 16.0, 28.0);
    context.set_fill_style_str("#f2f5f4");
    drop(context.fill_text_with_max_width(&tile.name, x + 8.0, y + 14.0, width));
}
