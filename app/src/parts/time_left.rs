//! The countdown of an environment, or its place in a queue.

use leptos::prelude::*;
use wire::Status;

use crate::{
    contexts::use_preferences,
    time::{Countdown, Moment},
};

/// Shows the time left, and the deadline in the user's time zone. Of an environment that waits, its
/// place.
#[component]
pub fn TimeLeft(
    /// The environment's time.
    countdown: Memo<Option<Countdown>>,
    /// The server's time.
    now: Memo<Moment>,
    /// Its status.
    status: Memo<Status>,
    /// Its place in a queue, as a text.
    waiting: Memo<Option<String>>,
) -> impl IntoView {
    let zone = use_preferences().zone;
    view! {
        {move || {
        if status.get() == Status::Deleting {
            return view! { <p class="left-text">"Being deleted; it no longer counts against your limit."</p> }
                .into_any();
        }
        if let Some(waiting) = waiting.get() {
            return view! { <p class="left-text num"><b data-testid="waiting">{waiting}</b></p> }.into_any();
        }
        let Some(countdown) = countdown.get() else {
            return view! { <p class="left-text"><b>"No time limit"</b></p> }.into_any();
        };
        view! {
            <p class="left-text num">
                <b data-testid="countdown">{move || countdown.digits(now.get())}</b>
                " left, until "
                {move || countdown.until(now.get(), zone.get())}
            </p>
        }
        .into_any()
    }}
    }
}
