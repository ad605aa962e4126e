use leptos::prelude::*;

use super::Icon;

/// A place where something will be, and how to get it there.
#[component]
pub fn Empty(
    /// Its icon.
    icon: &'static str,
    /// What is not there.
    title: String,
    /// What to do.
    text: &'static str,
    /// The way to do it, where there is one.
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
