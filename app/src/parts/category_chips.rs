//! The categories of the catalog.

use leptos::prelude::*;

use crate::{links, text_case::capitalized};

/// Shows the categories as links, which work without JavaScript and can be shared.
#[component]
pub fn CategoryChips(
    /// All categories.
    names: Memo<Vec<String>>,
    /// The chosen category; empty for every category.
    chosen: Signal<String>,
    /// The search words, which the links keep.
    query: Signal<String>,
) -> impl IntoView {
    let chip = move |name: String| {
        let label = if name.is_empty() { "All".to_owned() } else { capitalized(&name) };
        let (target, own) = (name.clone(), name);
        let href = move || links::catalog(&query.get(), &target);
        let current = move || chosen.get().eq_ignore_ascii_case(&own).then_some("true");
        view! {
            <a class="chip" href=move || href() aria-current=move || current() data-noscroll="true">
                {label}
            </a>
        }
        .into_any()
    };
    view! {
        <nav class="chips" aria-label="Category">
            {chip(String::new())}
            {move || names.get().into_iter().map(chip).collect_view().into_any()}
        </nav>
    }
}
