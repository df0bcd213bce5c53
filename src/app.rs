//! The document's shell and its routes; no logic.

use leptos::prelude::*;

/// The whole document around [`App`], as the server renders it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The page.
#[component]
pub fn App() -> impl IntoView {
    view! { <main><h1>"Visavis"</h1></main> }
}
