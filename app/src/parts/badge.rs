//! The status of an environment.

use leptos::prelude::*;
use wire::Status;

/// Shows a status as a coloured word.
#[component]
pub fn Badge(
    /// The status.
    #[prop(into)]
    status: Signal<Status>,
) -> impl IntoView {
    let class = move || format!("badge {}", status.get().as_str());
    let word = move || match status.get() {
        Status::Pending => "Pending",
        other => other.as_str(),
    };
    view! {
        <span class=move || class() data-testid="status">
            {move || word()}
        </span>
    }
}
