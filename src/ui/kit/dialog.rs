//! A modal dialog, on the browser's own `<dialog>`: focus is kept inside, Escape closes it, and focus returns. What does not fit
//! is scrolled inside of it, below its title.

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::MouseEvent;

use super::icon::Icon;
use super::part::{Part, PartView};
use super::tool_button::ToolButton;
use crate::ui::words;

/// A dialog with a title, shown while `open`.
#[component]
pub fn Dialog(
    /// The dialog is shown while this is true. Closing it by any way sets it to false.
    open: RwSignal<bool>,
    /// Its title has this id, by which screen readers name the dialog.
    id: &'static str,
    /// The title stands above everything else in it.
    title: &'static str,
    /// This is in it, made anew each time it is opened.
    part: Part,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let open = open.get();
        let Some(dialog) = dialog.get() else {
            return;
        };
        if open && !dialog.open() {
            drop(dialog.show_modal());
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let on_backdrop = move |event: MouseEvent| {
        let on_dialog_itself = dialog
            .get_untracked()
            .is_some_and(|dialog| event.target().as_ref() == Some(&**dialog));
        if on_dialog_itself {
            open.set(false);
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            aria-labelledby=id
            on:close=move |_| open.set(false)
            on:click=on_backdrop
        >
            <div class="dialog-sheet">
                <div class="dialog-head">
                    <h2 id=id>{title}</h2>
                    <ToolButton
                        name=words::buttons::CLOSE
                        icon=Icon::Close
                        class="tool-quiet"
                        on_press=move || open.set(false)
                    />
                </div>
                {move || open.get().then(|| view! { <PartView part/> })}
            </div>
        </dialog>
    }
}
