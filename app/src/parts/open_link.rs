use leptos::prelude::*;

use super::Icon;

/// Opens an environment in a new tab.
#[component]
pub fn OpenLink(
    /// Where it answers.
    url: String,
    /// How it looks.
    class: &'static str,
) -> impl IntoView {
    view! {
        <a class=class href=url target="_blank" rel="noopener">
            "Open"
            <Icon name="external-link"/>
        </a>
    }
}
