use leptos::prelude::*;

use crate::contexts::use_toasts;

/// What a screen reader says when something changes: the one polite live region.
#[component]
pub fn Announcer() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <p class="vh" role="status" aria-live="polite" data-testid="announcer">
            {move || toasts.spoken()}
        </p>
    }
}
