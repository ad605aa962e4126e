use leptos::prelude::*;

use crate::{letters::capitalized, links};

/// The categories, as links: they work without JavaScript, and can be sent to somebody.
#[component]
pub fn CategoryChips(
    /// All categories.
    names: Memo<Vec<String>>,
    /// The one that is chosen; empty for all.
    chosen: Signal<String>,
    /// The search, which a choice keeps.
    query: Signal<String>,
) -> impl IntoView {
    let chip = move |name: String| {
        let label = if name.is_empty() { "All".to_owned() } else { capitalized(&name) };
        let (this, here) = (name.clone(), name);
        let href = move || links::catalog(&query.get(), &this);
        let current = move || chosen.get().eq_ignore_ascii_case(&here).then_some("true");
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
