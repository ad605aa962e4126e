//! The buttons of an environment.

use leptos::prelude::*;
use wire::{Environment, Status};

use super::{ConnectAction, DeleteButton, ExtendForm};
use crate::form_actions::FormAction;

/// Shows the buttons of an environment, unless it is being deleted. One that waits in a queue can
/// only be deleted.
#[component]
pub fn EnvironmentActions(
    /// The environment.
    environment: Memo<Environment>,
    /// Its status.
    status: Memo<Status>,
    /// The action that deletes it.
    delete: FormAction,
) -> impl IntoView {
    let shown = Memo::new(move |_| status.get() != Status::Deleting);
    let waits = Memo::new(move |_| environment.with(|it| it.position > 0));
    let uses = move || {
        view! {
            <ConnectAction environment status/>
            <ExtendForm environment/>
        }
        .into_any()
    };
    view! {
        {move || shown.get().then(|| view! {
            <div class="acts">
                {move || (!waits.get()).then(uses)}
                <DeleteButton environment delete/>
            </div>
        }.into_any())}
    }
}
