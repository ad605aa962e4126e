use leptos::prelude::*;

/// Stands in for what is on its way; it shows itself only after 300 ms.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! { <div class="skeleton" aria-hidden="true"></div> }
}
