//! The toasts.

use leptos::prelude::*;

use super::{Icon, SignInLink};
use crate::{
    contexts::{Toast, use_toasts},
    message::Tone,
};

/// The toasts at the edge of the page.
#[component]
pub fn ToastStack() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <ul class="toasts" data-testid="toasts">
            {move || {
                let shown = toasts.shown().into_iter();
                shown.map(|toast| view! { <ToastItem toast/> }.into_any()).collect_view().into_any()
            }}
        </ul>
    }
}

#[component]
fn ToastItem(toast: Toast) -> impl IntoView {
    let toasts = use_toasts();
    let Toast { id, message } = toast;
    let (class, icon) = match message.tone {
        Tone::Success => ("toast", "circle-check"),
        Tone::Failure => ("toast bad", "triangle-alert"),
    };
    view! {
        <li class=class>
            <Icon name=icon/>
            <span>{message.text}</span>
            {message.sign_in.then(|| view! { <SignInLink class="btn plain small"/> }.into_any())}
            <button class="btn plain square" aria-label="Dismiss" on:click=move |_| toasts.dismiss(id)>
                <Icon name="x"/>
            </button>
        </li>
    }
}
