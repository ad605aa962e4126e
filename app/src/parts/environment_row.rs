//! An environment in the list.

use leptos::prelude::*;
use wire::{Environment, Status};

use super::{
    Address, EnvironmentActions, EnvironmentHeading, EnvironmentMessage, Ring, Tile, TimeLeft,
};
use crate::{
    contexts::{use_clock, use_live_list},
    form_actions::{new_form_action, report_deletion},
    time::Countdown,
    view_models::waiting,
};

/// Shows an environment: its time, heading, address, buttons and message.
#[component]
pub fn EnvironmentRow(
    /// The environment, updated by the event stream.
    environment: Memo<Environment>,
) -> impl IntoView {
    let (clock, live) = (use_clock(), use_live_list());
    let rendered = live.rendered_at();
    let now = Memo::new(move |_| clock.now(rendered));
    let countdown = Memo::new(move |_| environment.with(Countdown::of));
    let delete = new_form_action();
    report_deletion(delete, environment);
    let status = Memo::new(move |_| {
        let known = environment.with(|it| it.status);
        let deleting = delete.pending().get() || matches!(delete.value().get(), Some(Ok(_)));
        if deleting { Status::Deleting } else { known }
    });
    let urgency = move || countdown.get().map(|it| it.urgency(now.get()).as_str());
    let waiting = Memo::new(move |_| environment.with(waiting));
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
                {move || waiting.get().is_none().then(|| view! { <Address environment/> }.into_any())}
                <TimeLeft countdown now status waiting/>
            </div>
            <EnvironmentActions environment status delete/>
            <EnvironmentMessage environment status/>
        </li>
    }
}
