//! The facts on a template's card. Show a new field of the template here.

use leptos::prelude::*;
use wire::{CatalogEntry, Environment};

use super::{Badge, Icon};
use crate::{
    contexts::use_clock,
    time::{Countdown, Moment},
    view_models::{Offer, lifetime},
};

/// Shows the lifetime of an environment and the number of ready pool members, or the status of the
/// existing environment.
#[component]
pub fn CardFacts(
    /// The template.
    entry: CatalogEntry,
    /// What its button does.
    offer: Memo<Offer>,
    /// How many unclaimed pool members are ready.
    ready: Signal<Option<u32>>,
) -> impl IntoView {
    let lifetime = lifetime(&entry);
    view! {
        {move || match offer.get().environment().cloned() {
        Some(environment) => view! { <EnvironmentFacts environment/> }.into_any(),
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
fn EnvironmentFacts(environment: Environment) -> impl IntoView {
    let clock = use_clock();
    let rendered = crate::contexts::use_live_list().rendered_at();
    let status = environment.status;
    let left = move || {
        let now: Moment = clock.now(rendered);
        Countdown::of(&environment).map(|countdown| format!("{} left", countdown.digits(now)))
    };
    view! {
        <div class="facts">
            <Badge status=Signal::stored(status)/>
            <span class="num">{move || left().unwrap_or_else(|| "no time limit".to_owned())}</span>
        </div>
    }
}
