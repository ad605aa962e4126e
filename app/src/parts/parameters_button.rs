//! The button that opens the parameter form.

use leptos::prelude::*;
use wire::CatalogEntry;

use super::{Dialog, ParameterForm};
use crate::{form_actions::FormAction, links};

/// Opens the parameter form in a dialog. Without JavaScript, it is a link to the launch page.
#[component]
pub fn ParametersButton(
    /// The template.
    entry: CatalogEntry,
    /// The launch.
    action: FormAction,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let href = links::parameters_page(&entry.name);
    let label = format!("Launch {} with parameters", entry.display_name);
    let title = format!("Launch {}", entry.display_name);
    let show = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        open.set(true);
    };
    view! {
        <a class="btn solid" href=href aria-label=label aria-haspopup="dialog" on:click=show>
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
