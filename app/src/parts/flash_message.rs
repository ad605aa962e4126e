//! The flash message.

use leptos::prelude::*;

use super::Icon;
use crate::{contexts::use_preferences, message::Tone};

/// Shows the message of a form that was posted without JavaScript.
#[component]
pub fn FlashMessage() -> impl IntoView {
    let flash_message = use_preferences().flash_message;
    view! {
        {move || {
        flash_message.get().map(|message| {
            let (class, icon) = match message.tone {
                Tone::Success => ("note good", "circle-check"),
                Tone::Failure => ("note bad", "triangle-alert"),
            };
            view! {
                <p class=class role="status" data-testid="notice">
                    <Icon name=icon/>
                    <span>{message.text}</span>
                    <button
                        class="btn plain square needs-js"
                        aria-label="Dismiss"
                        on:click=move |_| flash_message.set(None)
                    >
                        <Icon name="x"/>
                    </button>
                </p>
            }
            .into_any()
        })
    }}
    }
}
