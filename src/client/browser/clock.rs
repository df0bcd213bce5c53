//! The browser's clock and its dice: what the pure model may not find out for itself.

use web_sys::Performance;

use crate::room::{Context, Moment};

/// Reads the monotonic clock of the page (W3C High Resolution Time).
#[derive(Clone)]
pub(crate) struct Clock {
    /// This clock never goes back; `None` where the browser has none.
    performance: Option<Performance>,
}

impl Clock {
    /// The clock of this page; one without `performance` counts from 1970 instead, which serves as well.
    pub(crate) fn of(window: &web_sys::Window) -> Self {
        Self {
            performance: window.performance(),
        }
    }

    /// Now, in whole ms.
    pub(crate) fn now(&self) -> Moment {
        let ms = match &self.performance {
            Some(performance) => performance.now(),
            None => js_sys::Date::now(),
        };
        Moment(ms as u64)
    }

    /// The wall time of `Moment(0)`, in ms since 1970.
    pub(crate) fn page_opened(&self) -> u64 {
        match &self.performance {
            Some(performance) => performance.time_origin() as u64,
            None => 0,
        }
    }

    /// Now as wall time, in ms since 1970: the clock of what media the browser plays.
    pub(crate) fn wall_ms(&self) -> f64 {
        match &self.performance {
            Some(performance) => performance.time_origin() + performance.now(),
            None => js_sys::Date::now(),
        }
    }

    /// Now, and a fresh random number.
    pub(crate) fn context(&self) -> Context {
        Context {
            now: self.now(),
            chance: js_sys::Math::random(),
        }
    }
}
