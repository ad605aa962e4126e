//! A button that copies a text.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::Icon;
use crate::{
    contexts::use_toasts,
    server_fns::{UiError, UiErrorKind},
};

/// How long the button shows that it has copied.
const CONFIRMATION_DURATION: Duration = Duration::from_secs(2);

/// Copies a text. Without JavaScript it is hidden; the user can select the text beside it.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// The label; the accessible name of a button that shows only its icon.
    label: &'static str,
    /// The CSS classes.
    class: &'static str,
    /// Whether to show only the icon.
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
                toasts.announce(&["Copied.".to_owned()]);
                set_timeout(move || _ = copied.try_set(false), CONFIRMATION_DURATION);
            } else {
                let sentence = "The browser did not allow copying. Select the text and copy it.";
                toasts.failure(&UiError::new(UiErrorKind::Forbidden, sentence));
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

/// Writes a text to the clipboard, which exists only in a secure context.
async fn write(text: &str) -> Result<(), JsValue> {
    if !window().is_secure_context() {
        return Err(JsValue::NULL);
    }
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.map(|_| ())
}
