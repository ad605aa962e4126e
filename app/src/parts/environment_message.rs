//! The message of an environment.

use leptos::prelude::*;
use wire::{Environment, Status};

/// Shows the environment's message. For a degraded one, also what happens next.
#[component]
pub fn EnvironmentMessage(
    /// The environment.
    environment: Memo<Environment>,
    /// Its status.
    status: Memo<Status>,
) -> impl IntoView {
    // The place in a queue says more than the message of an environment that waits.
    let message = move || {
        environment.with(|it| if it.position == 0 { it.message.clone() } else { String::new() })
    };
    view! {
        {move || match (status.get(), message()) {
        (Status::Degraded, message) => {
            let what = if message.is_empty() {
                "The environment is degraded.".to_owned()
            } else {
                message
            };
            view! {
                <p class="why" data-testid="trouble">
                    <b>{what}</b>
                    " Dploy keeps trying. Your admin can see the details. You can also delete it and launch a new one."
                </p>
            }
            .into_any()
        }
        (_, message) if !message.is_empty() => {
            view! { <p class="why calm">{message}</p> }.into_any()
        }
        _ => ().into_any(),
    }}
    }
}
