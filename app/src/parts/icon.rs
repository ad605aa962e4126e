//! An icon.

use leptos::prelude::*;

/// An icon of the sprite `public/icons.svg`, which holds icons of Lucide.
#[component]
pub fn Icon(
    /// Its name in the sprite.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="i" aria-hidden="true">
            <use_ href=format!("/icons.svg#{name}")/>
        </svg>
    }
}
