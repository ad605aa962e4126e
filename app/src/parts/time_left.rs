use leptos::prelude::*;
use wire::Status;

use crate::{
    contexts::use_preferences,
    time::{Countdown, Moment},
};

/// The digits, and until when in the reader's own time zone.
#[component]
pub fn TimeLeft(
    /// Its time.
    countdown: Memo<Option<Countdown>>,
    /// The server's time.
    now: Memo<Moment>,
    /// Its state.
    status: Memo<Status>,
) -> impl IntoView {
    let zone = use_preferences().zone;
    view! {
        {move || {
        if status.get() == Status::Deleting {
            return view! { <p class="left-text">"Being removed; it no longer counts."</p> }
                .into_any();
        }
        let Some(countdown) = countdown.get() else {
            return view! { <p class="left-text"><b>"No end"</b></p> }.into_any();
        };
        view! {
            <p class="left-text num">
                <b data-testid="countdown">{move || countdown.face(now.get())}</b>
                " left, until "
                {move || countdown.until(now.get(), zone.get())}
            </p>
        }
        .into_any()
    }}
    }
}
