use leptos::prelude::*;
use wire::{CatalogEntry, Environment};

use super::{Badge, Icon};
use crate::{
    contexts::use_clock,
    plain::{Offer, lifetime},
    time::{Countdown, Moment},
};

/// What is worth knowing before a launch, or of the environment that runs already.
#[component]
pub fn CardFacts(
    /// The template.
    entry: CatalogEntry,
    /// What its button does.
    offer: Memo<Offer>,
    /// How many wait to be claimed.
    ready: Signal<Option<u32>>,
) -> impl IntoView {
    let lifetime = lifetime(&entry);
    view! {
        {move || match offer.get().environment().cloned() {
        Some(mine) => view! { <RunningFacts mine/> }.into_any(),
        None => view! {
            <div class="facts">
                <span>
                    <Icon name="clock"/>
                    {lifetime.clone()}
                </span>
                {move || {
                    ready.get().filter(|count| *count > 0).map(|count| {
                        view! {
                            <span class="warm">
                                <Icon name="zap"/>
                                {format!("{count} ready now")}
                            </span>
                        }
                        .into_any()
                    })
                }}
            </div>
        }
        .into_any(),
    }}
    }
}

#[component]
fn RunningFacts(mine: Environment) -> impl IntoView {
    let clock = use_clock();
    let rendered = crate::contexts::use_live().rendered_at();
    let status = mine.status;
    let left = move || {
        let now: Moment = clock.now(rendered);
        Countdown::of(&mine).map(|countdown| format!("{} left", countdown.face(now)))
    };
    view! {
        <div class="facts">
            <Badge status=Signal::stored(status)/>
            <span class="num">{move || left().unwrap_or_else(|| "no end".to_owned())}</span>
        </div>
    }
}
