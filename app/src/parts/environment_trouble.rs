use leptos::prelude::*;
use wire::{Environment, Status};

/// Why it is not running, and what happens next.
#[component]
pub fn EnvironmentTrouble(
    /// The environment.
    environment: Memo<Environment>,
    /// Its state.
    status: Memo<Status>,
) -> impl IntoView {
    let message = move || environment.with(|it| it.message.clone());
    view! {
        {move || match (status.get(), message()) {
        (Status::Degraded, message) => {
            let what = if message.is_empty() {
                "It does not run as it should.".to_owned()
            } else {
                message
            };
            view! {
                <p class="why" data-testid="trouble">
                    <b>{what}</b>
                    " Dploy keeps trying; your admin can see why. You can also delete it and launch a new one."
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
