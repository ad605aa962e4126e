//! The link to an environment.

use leptos::prelude::*;

use super::Icon;

/// Opens an environment in a new tab.
#[component]
pub fn OpenLink(
    /// The environment's URL.
    url: String,
    /// The CSS classes.
    class: &'static str,
) -> impl IntoView {
    view! {
        <a class=class href=url target="_blank" rel="noopener">
            "Open"
            <Icon name="external-link"/>
        </a>
    }
}
