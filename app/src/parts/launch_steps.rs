//! The steps of a launch.

use leptos::prelude::*;

use super::Icon;
use crate::view_models::{Stage, short_url};

/// Shows the steps of a launch: done, current, or to come.
#[component]
pub fn LaunchSteps(
    /// The stage.
    stage: Memo<Stage>,
) -> impl IntoView {
    let done = Memo::new(move |_| stage.with(Stage::steps_done));
    let reserved = move || {
        let text = if done.get() > 1 { "Seat reserved" } else { "Reserving a seat" };
        text.to_owned()
    };
    let starting = move || match stage.get() {
        Stage::Waiting(_) => "Waiting in the queue".to_owned(),
        _ => "Starting the environment".to_owned(),
    };
    let last = move || {
        stage.with(|stage| match stage.environment().filter(|it| !it.url.is_empty()) {
            Some(mine) => format!("Opening {}", short_url(&mine.url)),
            None => "Opening the environment".to_owned(),
        })
    };
    let step = move |position: usize, text: Signal<String>| {
        let class = move || match done.get() {
            done if position < done => "done",
            done if position == done => "now",
            _ => "",
        };
        let current = move || (position == done.get()).then_some("step");
        view! {
            <li class=move || class() aria-current=move || current()>
                <span aria-hidden="true">
                    {move || (position < done.get()).then(|| view! { <Icon name="check"/> }.into_any())}
                </span>
                <span>{move || text.get()}</span>
            </li>
        }
    };
    view! {
        <ol class="steps">
            {step(0, Signal::stored("Signed in".to_owned()))}
            {step(1, Signal::derive(reserved))}
            {step(2, Signal::derive(starting))}
            {step(3, Signal::derive(last))}
        </ol>
    }
}
