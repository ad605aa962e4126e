//! A placeholder for content that is loading.

use leptos::prelude::*;

/// A placeholder for content that is loading. The style sheet shows it after 300 ms.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! { <div class="skeleton" aria-hidden="true"></div> }
}
