//! The live region for screen readers.

use leptos::prelude::*;

use crate::contexts::use_toasts;

/// The page's only live region. A screen reader reads each announcement once.
#[component]
pub fn Announcer() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <p class="vh" role="status" aria-live="polite" data-testid="announcer">
            {move || toasts.announcement()}
        </p>
    }
}
