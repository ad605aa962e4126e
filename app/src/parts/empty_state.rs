//! A placeholder for missing content.

use leptos::prelude::*;

use super::Icon;

/// Says what is missing, and what the user can do.
#[component]
pub fn EmptyState(
    /// The icon.
    icon: &'static str,
    /// What is missing.
    title: String,
    /// What the user can do.
    text: &'static str,
    /// A link or a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty" data-testid="empty">
            <span class="tile hue-0" aria-hidden="true">
                <Icon name=icon/>
            </span>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
