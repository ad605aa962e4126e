//! The ring that shows the time left.

use leptos::prelude::*;

use crate::time::{Countdown, Moment};

/// The circumference of the ring, 2π · 27, in tenths of an SVG unit.
const CIRCUMFERENCE: i64 = 1696;

/// Shows the share of the time that is left; nothing without a deadline.
#[component]
pub fn Ring(
    /// The environment's time.
    countdown: Memo<Option<Countdown>>,
    /// The server's time.
    now: Memo<Moment>,
) -> impl IntoView {
    let offset = move |countdown: Countdown| {
        let tenths = countdown.spent(now.get(), CIRCUMFERENCE);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    view! {
        {move || {
        countdown.get().map(|countdown| {
            view! {
                <svg class="ring" viewBox="0 0 64 64" aria-hidden="true">
                    <circle class="track" cx="32" cy="32" r="27"></circle>
                    <circle
                        class="left"
                        cx="32"
                        cy="32"
                        r="27"
                        stroke-dasharray="169.6"
                        stroke-dashoffset=move || offset(countdown)
                    ></circle>
                    <text x="32" y="32">
                        {move || format!("{}%", countdown.per_cent(now.get()))}
                    </text>
                </svg>
            }
            .into_any()
        })
    }}
    }
}
