use leptos::prelude::*;
use wire::Status;

/// The state of an environment, in a word and a colour.
#[component]
pub fn Badge(
    /// The state.
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
