//! The button that connects to an environment.

use leptos::prelude::*;
use wire::{ConnectionType, Environment, Status};

use super::{CopyButton, OpenLink};

/// Opens the environment, or copies the command that connects to it.
#[component]
pub fn ConnectAction(
    /// The environment.
    environment: Memo<Environment>,
    /// Its status.
    status: Memo<Status>,
) -> impl IntoView {
    let connection = Memo::new(move |_| environment.with(|it| it.connection_type));
    let url = Memo::new(move |_| environment.with(|it| it.url.clone()));
    let command = Signal::derive(move || environment.with(|it| it.connection_message.clone()));
    view! {
        {move || match (connection.get(), status.get()) {
        (ConnectionType::Web, Status::Healthy) => {
            view! { <OpenLink url=url.get() class="btn solid"/> }.into_any()
        }
        (ConnectionType::Web, _) => view! {
            <button class="btn quiet" disabled title="The environment is not ready yet">
                "Open"
            </button>
        }
        .into_any(),
        (ConnectionType::Instructions, _) => view! {
            <CopyButton text=command label="Copy command" class="btn solid"/>
        }
        .into_any(),
    }}
    }
}
