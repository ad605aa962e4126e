use leptos::{prelude::*, server_fn::ServerFn};
use wire::CatalogEntry;

use super::ChangeForm;
use crate::{actions::Change, server_fns::LaunchEnvironment};

/// Launches without a question.
#[component]
pub fn LaunchForm(
    /// The template.
    entry: CatalogEntry,
    /// The launch.
    action: Change,
) -> impl IntoView {
    let label = format!("Launch {}", entry.display_name);
    view! {
        <ChangeForm to=LaunchEnvironment::PATH change=action>
            <input type="hidden" name="template" value=entry.name/>
            <button class="btn solid" aria-label=label disabled=move || action.pending().get()>
                {move || if action.pending().get() { "Launching…" } else { "Launch" }}
            </button>
        </ChangeForm>
    }
}
