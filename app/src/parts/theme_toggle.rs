//! The button that changes the theme.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Icon, ServerForm};
use crate::{
    contexts::use_preferences, form_actions::new_form_action, reactive::effect,
    server_fns::ChooseTheme, theme::Theme,
};

/// Switches to the next theme, and stores it.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    let action = new_form_action();
    let preferences = use_preferences();
    let theme = preferences.theme;
    let next = move || theme.get().next();
    effect(move || {
        let form = action.input().get();
        if let Some(Ok(chosen)) = form.as_ref().and_then(|it| it.field("theme")).map(str::parse) {
            preferences.choose(chosen);
        }
    });
    effect(move || {
        let Some(root) = document().document_element() else { return };
        // If the attribute cannot be set, the page keeps its theme.
        let _ = match theme.get() {
            Theme::System => root.remove_attribute("data-theme"),
            chosen => root.set_attribute("data-theme", chosen.as_str()),
        };
    });
    view! {
        <ServerForm to=ChooseTheme::PATH form_action=action class="inline">
            <input type="hidden" name="theme" value=move || next().as_str()/>
            <button class="btn plain square" aria-label=move || next().button_label() title=move || next().button_label()>
                {move || view! { <Icon name=next().icon()/> }.into_any()}
            </button>
        </ServerForm>
    }
}
