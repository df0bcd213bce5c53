//! One transfer, with what can be done about it.

use leptos::prelude::*;

use crate::room::messaging::files::{Ending, Side, TransferStage};
use crate::room::{FileAction, Keeping, VisitAction};
use crate::session::Session;
use crate::session::files::{ShownTransfer, TransferRow};
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::sentence::isolated;
use crate::ui::words;
use crate::ui::words::files;

/// A button of a card does this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// It accepts an offer.
    Accept,
    /// It declines an offer.
    Decline,
    /// It stops a transfer.
    Cancel,
    /// It saves a received file to the downloads.
    Save,
    /// It takes a transfer that is over from the list.
    Dismiss,
}

impl Act {
    const fn name(self) -> &'static str {
        match self {
            Self::Accept => files::ACCEPT,
            Self::Decline => files::DECLINE,
            Self::Cancel => files::CANCEL,
            Self::Save => files::SAVE,
            Self::Dismiss => words::buttons::DISMISS,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Accept | Self::Save => "button button-small button-primary",
            Self::Decline | Self::Cancel | Self::Dismiss => "button button-small",
        }
    }
}

/// What can be done, most likely first.
fn acts(shown: &ShownTransfer) -> &'static [Act] {
    match (shown.stage, shown.keeping) {
        (TransferStage::Offered, _) if shown.key.side == Side::Receiver => {
            &[Act::Accept, Act::Decline]
        }
        (TransferStage::Ended(Ending::Complete), Keeping::WithPage | Keeping::Saved) => {
            &[Act::Save, Act::Dismiss]
        }
        (TransferStage::Ended(_), _) => &[Act::Dismiss],
        (TransferStage::Checking, _) if shown.key.side == Side::Receiver => &[],
        _ => &[Act::Cancel],
    }
}

/// How a card looks.
fn tone(shown: &ShownTransfer) -> &'static str {
    match shown.stage {
        TransferStage::Ended(Ending::Complete) => "done",
        TransferStage::Ended(Ending::Failed(_) | Ending::Corrupt) => "failed",
        TransferStage::Ended(_) => "over",
        TransferStage::Offered if shown.key.side == Side::Receiver => "asking",
        _ => "moving",
    }
}

/// One line of the list.
#[component]
pub fn TransferCard(
    /// The card is of this transfer.
    row: TransferRow,
) -> impl IntoView {
    let session = Session::expect();
    let TransferRow { key, shown } = row;
    let file = shown.with_untracked(|shown| shown.file.clone());
    let label = files::file(&file);
    let name = file.name.to_string();
    let size = file.size;
    let signal = move || shown.clone();
    let (preview, tone_of, status, acting, moving) =
        (signal(), signal(), signal(), signal(), signal());
    let possible = Memo::new(move |_| acting.with(acts));
    let progress = Memo::new(move |_| {
        moving.with(|shown| match shown.stage {
            TransferStage::Moving => Some(shown.done),
            TransferStage::Interrupted if shown.done > 0 => Some(shown.done),
            _ => None,
        })
    });
    let going = Memo::new(move |_| progress.get().is_some());
    let picture = Memo::new(move |_| preview.with(|shown| shown.preview.clone()));
    let act = move |act: Act| {
        let key = key.clone();
        session.ask(VisitAction::Files(match act {
            Act::Accept => FileAction::Accept(key),
            Act::Decline | Act::Cancel => FileAction::Cancel(key),
            Act::Save => FileAction::Save(key),
            Act::Dismiss => FileAction::Dismiss(key),
        }));
    };
    let button_file = name.clone();
    view! {
        <li class="transfer" data-tone=move || tone_of.with(tone) aria-label=label>
            <span class="transfer-picture">
                {move || match picture.get() {
                    Some(address) => {
                        BrowserOnly::new(|| view! { <img src=address alt="" loading="lazy" decoding="async"/> })
                    }
                    None => BrowserOnly::new(|| view! { <IconView icon=Icon::File/> }),
                }}
            </span>
            <span class="transfer-words">
                <span class="transfer-name" dir="auto" title=name.clone()>{name.clone()}</span>
                <span class="transfer-size">{files::size(size)}</span>
                <span class="transfer-status">
                    {move || status.with(|shown| isolated(&files::status(shown), &[shown.person.as_str()]))}
                </span>
                {move || {
                    let label = files::progress_of(&name);
                    going
                        .get()
                        .then(|| {
                            view! {
                                <progress
                                    aria-label=label
                                    max=size.to_string()
                                    prop:value=move || progress.get().unwrap_or_default() as f64
                                ></progress>
                            }
                        })
                }}
            </span>
            <span class="transfer-acts">
                {move || {
                    possible
                        .get()
                        .iter()
                        .map(|possible| {
                            let possible = *possible;
                            let act = act.clone();
                            view! {
                                <button
                                    type="button"
                                    class=possible.class()
                                    aria-label=files::act_on(possible.name(), &button_file)
                                    on:click=move |_| act(possible)
                                >
                                    {possible.name()}
                                </button>
                            }
                        })
                        .collect_view()
                }}
            </span>
        </li>
    }
}
