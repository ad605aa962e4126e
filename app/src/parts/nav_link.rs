//! A link of the main navigation.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// A link of the main navigation. It is marked as current on its page and on the pages below.
#[component]
pub fn NavLink(
    /// The path of its page.
    href: &'static str,
    /// The label.
    children: Children,
) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || {
        let is_current = path.with(|path| match path.strip_prefix(href) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        });
        is_current.then_some("page")
    };
    view! {
        <a href=href aria-current=move || current()>
            {children()}
        </a>
    }
}
