//! The form that launches a template without parameters.

use leptos::{prelude::*, server_fn::ServerFn};
use wire::CatalogEntry;

use super::ServerForm;
use crate::{form_actions::FormAction, server_fns::LaunchEnvironment};

/// Launches a template without parameters.
#[component]
pub fn LaunchForm(
    /// The template.
    entry: CatalogEntry,
    /// The launch.
    action: FormAction,
) -> impl IntoView {
    let label = format!("Launch {}", entry.display_name);
    view! {
        <ServerForm to=LaunchEnvironment::PATH form_action=action>
            <input type="hidden" name="template" value=entry.name/>
            <button class="btn solid" aria-label=label disabled=move || action.pending().get()>
                {move || if action.pending().get() { "Launching…" } else { "Launch" }}
            </button>
        </ServerForm>
    }
}
