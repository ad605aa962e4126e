use leptos::{prelude::*, server_fn::ServerFn};

use super::{ChangeForm, Icon};
use crate::{
    actions::new_change, contexts::use_preferences, reactive::effect, server_fns::ChooseTheme,
    theme::Theme,
};

/// Turns to the next colours, and lets the server remember them.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    let action = new_change();
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
        // A document whose colours cannot be set keeps those it has.
        let _ = match theme.get() {
            Theme::System => root.remove_attribute("data-theme"),
            chosen => root.set_attribute("data-theme", chosen.as_str()),
        };
    });
    view! {
        <ChangeForm to=ChooseTheme::PATH change=action class="inline">
            <input type="hidden" name="theme" value=move || next().as_str()/>
            <button class="btn plain square" aria-label=move || next().invitation() title=move || next().invitation()>
                {move || view! { <Icon name=next().icon()/> }.into_any()}
            </button>
        </ChangeForm>
    }
}
