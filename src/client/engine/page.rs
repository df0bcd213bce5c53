//! What every part of the engine is handed: the page it runs in.

use web_sys::Window;

use crate::client::browser::clock::Clock;
use crate::client::report::Reporter;
use crate::room::Moment;
use crate::session::Session;

/// The page. Cheap to clone.
#[derive(Clone)]
pub(super) struct Page {
    /// The page shows these signals.
    pub(super) session: Session,
    /// The browser's APIs are reached by this.
    pub(super) window: Window,
    /// The page's clock and dice tell the model what it may not find out for itself.
    pub(super) clock: Clock,
    /// The browser's callbacks report to the engine through this.
    pub(super) reporter: Reporter,
}

impl Page {
    /// Now, in whole ms.
    pub(super) fn now(&self) -> Moment {
        self.clock.now()
    }
}
