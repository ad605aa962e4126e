use leptos::prelude::*;
use wire::CatalogEntry;

use super::{Dialog, ParameterForm};
use crate::{actions::Change, links};

/// Asks for a template's parameters: in a dialog, or without JavaScript on the launch page.
#[component]
pub fn AskButton(
    /// The template.
    entry: CatalogEntry,
    /// The launch.
    action: Change,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let href = links::ask_page(&entry.name);
    let label = format!("Launch {} with parameters", entry.display_name);
    let title = format!("Launch {}", entry.display_name);
    let ask = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        open.set(true);
    };
    view! {
        <a class="btn solid" href=href aria-label=label aria-haspopup="dialog" on:click=ask>
            "Launch…"
        </a>
        <Dialog open title=title>
            <ParameterForm
                entry=entry.clone()
                action
                given=std::collections::BTreeMap::new()
                cancel=Callback::new(move |()| open.set(false))
            />
        </Dialog>
    }
}
