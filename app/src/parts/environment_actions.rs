use leptos::prelude::*;
use wire::{Environment, Status};

use super::{ConnectAction, DeleteButton, ExtendForm};
use crate::actions::Change;

/// What can be done with an environment; nothing, once it is on its way out.
#[component]
pub fn EnvironmentActions(
    /// The environment.
    environment: Memo<Environment>,
    /// Its state.
    status: Memo<Status>,
    /// Its deletion.
    remove: Change,
) -> impl IntoView {
    let stays = Memo::new(move |_| status.get() != Status::Deleting);
    view! {
        {move || stays.get().then(|| view! {
            <div class="acts">
                <ConnectAction environment status/>
                <ExtendForm environment/>
                <DeleteButton environment remove/>
            </div>
        }.into_any())}
    }
}
