use leptos::prelude::*;
use wire::{Environment, Status};

use super::{
    Address, EnvironmentActions, EnvironmentHeading, EnvironmentTrouble, Ring, Tile, TimeLeft,
};
use crate::{
    actions::{follow_removal, new_change},
    contexts::{use_clock, use_live},
    time::Countdown,
};

/// An environment: its time, what it is, where it is, and what can be done.
#[component]
pub fn EnvironmentRow(
    /// The environment, as it changes.
    environment: Memo<Environment>,
) -> impl IntoView {
    let (clock, live) = (use_clock(), use_live());
    let rendered = live.rendered_at();
    let now = Memo::new(move |_| clock.now(rendered));
    let countdown = Memo::new(move |_| environment.with(Countdown::of));
    let remove = new_change();
    follow_removal(remove, environment);
    let status = Memo::new(move |_| {
        let known = environment.with(|it| it.status);
        let going = remove.pending().get() || matches!(remove.value().get(), Some(Ok(_)));
        if going { Status::Deleting } else { known }
    });
    let urgency = move || countdown.get().map(|it| it.urgency(now.get()).as_str());
    let timed = Memo::new(move |_| countdown.get().is_some());
    let tile = move || {
        let of = environment.get();
        view! {
            <span class="no-ring">
                <Tile icon=of.icon name=of.display_name category=of.category/>
            </span>
        }
    };
    view! {
        <li
            class="env"
            id=environment.with_untracked(|it| format!("env-{}", it.uuid))
            data-template=environment.with_untracked(|it| it.name.clone())
            data-status=move || status.get().as_str()
            data-time=move || urgency()
        >
            {move || match timed.get() {
                true => view! { <Ring countdown now/> }.into_any(),
                false => tile().into_any(),
            }}
            <div>
                <EnvironmentHeading environment status/>
                <Address environment/>
                <TimeLeft countdown now status/>
            </div>
            <EnvironmentActions environment status remove/>
            <EnvironmentTrouble environment status/>
        </li>
    }
}
