use leptos::{form::ActionForm, prelude::*};
use wire::CatalogEntry;

use crate::server_fns::LaunchEnvironment;

/// Launches without a question.
#[component]
pub fn LaunchForm(
    /// The template.
    entry: CatalogEntry,
    /// The launch.
    action: ServerAction<LaunchEnvironment>,
) -> impl IntoView {
    let label = format!("Launch {}", entry.display_name);
    view! {
        <ActionForm action>
            <input type="hidden" name="template" value=entry.name/>
            <button class="btn solid" aria-label=label disabled=move || action.pending().get()>
                {move || if action.pending().get() { "Launching…" } else { "Launch" }}
            </button>
        </ActionForm>
    }
}
