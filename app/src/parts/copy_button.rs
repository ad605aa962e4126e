use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::Icon;
use crate::{
    contexts::use_toasts,
    server_fns::{UiError, UiErrorKind},
};

/// Copies a text. Without JavaScript the text beside it can be selected.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says; for a button with an icon alone, what it is called.
    label: &'static str,
    /// How it looks.
    class: &'static str,
    /// Whether the icon alone is shown.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let toasts = use_toasts();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            if write(&text).await.is_ok() {
                copied.set(true);
                toasts.say(&["Copied.".to_owned()]);
                set_timeout(move || _ = copied.try_set(false), Duration::from_secs(2));
            } else {
                let sentence = "The browser did not allow copying. Select the text and copy it.";
                toasts.bad(&UiError::new(UiErrorKind::Forbidden, sentence));
            }
        });
    };
    let icon = move || if copied.get() { "check" } else { "copy" };
    let class = format!("{class} needs-js");
    view! {
        <button type="button" class=class aria-label=label title=label on:click=copy>
            {move || view! { <Icon name=icon()/> }.into_any()}
            {(!bare).then_some(label)}
        </button>
    }
}

/// Puts a text on the clipboard, which only secure pages have.
async fn write(text: &str) -> Result<(), JsValue> {
    if !window().is_secure_context() {
        return Err(JsValue::NULL);
    }
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.map(|_| ())
}
