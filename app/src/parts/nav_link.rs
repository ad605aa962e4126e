use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// A link of the navigation, which says when the reader is there.
#[component]
pub fn NavLink(
    /// Where it leads; the pages below belong to it.
    href: &'static str,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let path = use_location().pathname;
    let here = move || {
        let there = path.with(|path| match path.strip_prefix(href) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        });
        there.then_some("page")
    };
    view! {
        <a href=href aria-current=move || here()>
            {children()}
        </a>
    }
}
