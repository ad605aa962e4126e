//! The address of an environment.

use leptos::prelude::*;
use wire::{ConnectionType, Environment};

use super::CopyButton;
use crate::view_models::short_url;

/// Shows the environment's URL, or the command that connects to it, with a button to copy it.
#[component]
pub fn Address(
    /// The environment.
    environment: Memo<Environment>,
) -> impl IntoView {
    let shown = move || {
        environment.with(|it| match it.connection_type {
            ConnectionType::Web => short_url(&it.url).to_owned(),
            ConnectionType::Instructions => it.connection_message.clone(),
        })
    };
    let copied = Signal::derive(move || {
        environment.with(|it| match it.connection_type {
            ConnectionType::Web => it.url.clone(),
            ConnectionType::Instructions => it.connection_message.clone(),
        })
    });
    let label = environment.with_untracked(|it| match it.connection_type {
        ConnectionType::Web => "Copy address",
        ConnectionType::Instructions => "Copy the command",
    });
    view! {
        <p class="url">
            <span class="mono">{move || shown()}</span>
            <CopyButton text=copied label class="btn plain square small" bare=true/>
        </p>
    }
}
