//! What is built in the browser alone, such as the call: never rendered by the server, so never hydrated.
//!
//! Why it is a type of its own: for a view that might be hydrated the compiler emits the code that reads it from the page,
//! twice (once for lazy pages), which for the call would be a fifth of the program. Invariant: stands only where the server
//! renders something else or nothing; a change of what it shows builds everything anew.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Position, PositionState};
use leptos::web_sys::{Element, Node};

/// A view of any type that is built when it is shown.
pub struct BrowserOnly(Box<dyn FnOnce() -> BrowserOnlyState + Send>);

/// Such a view on the page.
pub struct BrowserOnlyState(Box<dyn Mountable>);

impl BrowserOnly {
    /// A view that `view` makes when it is shown.
    pub fn new<V>(view: impl FnOnce() -> V + Send + 'static) -> Self
    where
        V: IntoView + 'static,
    {
        Self(Box::new(move || BrowserOnlyState(Box::new(view().build()))))
    }
}

impl Render for BrowserOnly {
    type State = BrowserOnlyState;

    fn build(self) -> Self::State {
        (self.0)()
    }

    fn rebuild(self, state: &mut Self::State) {
        let mut new = self.build();
        state.0.insert_before_this(&mut *new.0);
        state.0.unmount();
        *state = new;
    }
}

impl Mountable for BrowserOnlyState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl AddAnyAttr for BrowserOnly {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

impl RenderHtml for BrowserOnly {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Self::State {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
