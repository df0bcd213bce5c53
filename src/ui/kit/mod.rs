//! Parts of the page that know nothing of a call.

pub mod avatar;
pub mod brand;
pub mod brief_memo;
pub mod browser_only;
pub mod dialog;
pub mod early_form;
pub mod full_screen;
pub mod has_sfu;
pub mod icon;
pub mod level_meter;
pub mod measure;
pub mod part;
pub mod popover;
pub mod problem;
pub mod sentence;
pub mod switch_row;
pub mod tab_stop;
pub mod tool_button;
