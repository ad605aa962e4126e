//! The search field of the catalog.

use leptos::{ev, html, prelude::*};

use crate::reactive::effect;

use super::Icon;

/// The search field of the catalog. The key `/` focuses it. Without JavaScript it is a form.
#[component]
pub fn Search(
    /// The search words.
    query: Signal<String>,
    /// Sets the search words.
    set_query: Callback<String>,
    /// The category, which a search keeps.
    category: Signal<String>,
    /// How many templates there are.
    count: Signal<usize>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    effect(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            if let Some(field) = field.get_untracked().filter(|_| is_shortcut(&event)) {
                event.prevent_default();
                // Without the focus, the page stays usable.
                let _ = field.focus();
            }
        });
        on_cleanup(move || handle.remove());
    });
    let on_keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            set_query.run(String::new());
            let _ = event_target::<web_sys::HtmlElement>(&event).blur();
        }
    };
    view! {
        <form class="search" role="search" method="get" action="/">
            <Icon name="search"/>
            <input
                type="search"
                name="q"
                node_ref=field
                autocomplete="off"
                aria-label="Search templates"
                aria-keyshortcuts="/"
                placeholder=move || format!("Search {} templates", count.get())
                value=query.get_untracked()
                prop:value=move || query.get()
                on:input=move |event| set_query.run(event_target_value(&event))
                on:keydown=on_keydown
            />
            {move || {
                let category = category.get();
                (!category.is_empty())
                    .then(|| view! { <input type="hidden" name="category" value=category/> }.into_any())
            }}
            <kbd aria-hidden="true">"/"</kbd>
        </form>
    }
}

/// Whether a key press is the search shortcut, and not a slash typed into a field.
fn is_shortcut(event: &web_sys::KeyboardEvent) -> bool {
    let typing = document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT" | "DIALOG")
            || element.closest("dialog").ok().flatten().is_some()
    });
    event.key() == "/" && !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !typing
}
