//! The document's shell and its pages; no logic.

use leptos::either::EitherOf5;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};

use crate::ui::EARLY_SCRIPT;
use crate::ui::kit::has_sfu::HasSfu;
pub use crate::ui::page::Address;
use crate::ui::page::{HomePage, NoSuchRoom, NotFoundPage, RoomPage, TooManyRoomsPage};

/// The sprite of icons, with its licence. It follows the app, so that hydration does not meet it.
const ICONS: &str = include_str!("../public/icons.svg");

/// The whole document around [`App`], as the server renders it for the page at `path`. With an SFU the page is told, by an attribute of its
/// first element.
pub fn shell(options: LeptosOptions, path: &str, has_sfu: bool) -> impl IntoView + use<> {
    let address = Address::of(path);
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-sfu=has_sfu.then_some("")>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f7f6f2"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#10181a"/>
                <meta name="description" content="Video rooms in the browser: open a link, see each other."/>
                <meta name="robots" content="noindex"/>
                <link rel="stylesheet" href=style/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <script nonce=leptos::nonce::use_nonce() inner_html=EARLY_SCRIPT></script>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App address has_sfu/>
                <div hidden inner_html=ICONS></div>
            </body>
        </html>
    }
}

/// The page at an address. To go to another page is to load it: it takes the server a millisecond, and nothing of the page
/// before can linger.
#[component]
pub fn App(
    /// Which page.
    address: Address,
    /// Whether calls of this server may go through it.
    has_sfu: bool,
) -> impl IntoView {
    provide_meta_context();
    provide_context(HasSfu(has_sfu));
    let title = |page: String| {
        if page.is_empty() {
            "Visavis".to_owned()
        } else {
            format!("{page} · Visavis")
        }
    };
    view! {
        <Title formatter=title/>
        {match address {
            Address::Home => EitherOf5::A(view! { <HomePage/> }),
            Address::Room(room) => EitherOf5::B(view! { <RoomPage room/> }),
            Address::ImpossibleRoom { typed, error } => {
                EitherOf5::C(view! { <NoSuchRoom typed error/> })
            }
            Address::TooManyRooms => EitherOf5::D(view! { <TooManyRoomsPage/> }),
            Address::Nowhere => EitherOf5::E(view! { <NotFoundPage/> }),
        }}
    }
}
