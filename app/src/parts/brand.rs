//! The logo.

use leptos::prelude::*;

use crate::links;

/// The logo, a link to the catalog.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href=links::CATALOG aria-label="Dploy, home">
            <svg class="mark" viewBox="0 0 28 28" aria-hidden="true">
                <rect width="28" height="28" rx="8"/>
                <circle class="orbit" cx="14" cy="14" r="7.2"/>
                <path d="M14 6.8a7.2 7.2 0 0 1 7.2 7.2"/>
                <circle class="core" cx="14" cy="14" r="2.3"/>
            </svg>
            <span class="t">"Dploy"</span>
        </a>
    }
}
