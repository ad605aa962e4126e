use leptos::prelude::*;

use super::Icon;
use crate::{contexts::use_preferences, notice::Tone};

/// What a form that was posted without JavaScript has to say.
#[component]
pub fn PageNotice() -> impl IntoView {
    let notice = use_preferences().notice;
    view! {
        {move || {
        notice.get().map(|said| {
            let (class, icon) = match said.tone {
                Tone::Good => ("note good", "circle-check"),
                Tone::Bad => ("note bad", "triangle-alert"),
            };
            view! {
                <p class=class role="status" data-testid="notice">
                    <Icon name=icon/>
                    <span>{said.text}</span>
                    <button
                        class="btn plain square needs-js"
                        aria-label="Dismiss"
                        on:click=move |_| notice.set(None)
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
