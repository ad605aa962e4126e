//! The heading of an environment.

use leptos::prelude::*;
use wire::{Environment, Status};

use super::{Badge, Icon};

/// Shows the name, the team and the status of an environment.
#[component]
pub fn EnvironmentHeading(
    /// The environment.
    environment: Memo<Environment>,
    /// Its status.
    status: Memo<Status>,
) -> impl IntoView {
    let team = move || environment.with(|it| it.shared.then(|| it.owner.clone()));
    view! {
        <h2>
            <span>{move || environment.with(|it| it.display_name.clone())}</span>
            {move || {
                team().map(|owner| {
                    view! {
                        <span class="badge team" title="Shared by this team">
                            <Icon name="users"/>
                            {owner}
                        </span>
                    }
                    .into_any()
                })
            }}
            <Badge status/>
        </h2>
    }
}
