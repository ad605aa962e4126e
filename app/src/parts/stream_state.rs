//! The state of the event stream.

use leptos::prelude::*;

use super::{Icon, SignInLink};
use crate::contexts::{StreamStatus, use_live_list, use_preferences, use_session};

/// Shows a line while the list is not updated: the session has ended, the stream broke, or the
/// cluster does not answer.
#[component]
pub fn StreamState() -> impl IntoView {
    let (live, session, zone) = (use_live_list(), use_session(), use_preferences().zone);
    let out_of_date_since = move || {
        let (since, now) = live.out_of_date_since()?;
        Some(zone.get().until(since, now))
    };
    view! {
        {move || {
        if session.has_ended() {
            view! {
                <p class="line" role="status">
                    "Your session has ended. What you see may be out of date."
                    <SignInLink class="btn quiet small"/>
                </p>
            }
            .into_any()
        } else if live.stream_status() == StreamStatus::Reconnecting {
            view! {
                <p class="line" role="status">
                    <Icon name="wifi-off"/>
                    "Reconnecting…"
                </p>
            }
            .into_any()
        } else if let Some(since) = out_of_date_since() {
            view! {
                <p class="line" role="status" data-testid="out-of-date">
                    <Icon name="wifi-off"/>
                    {format!("The cluster does not answer. What you see is from {since}.")}
                </p>
            }
            .into_any()
        } else {
            ().into_any()
        }
    }}
    }
}
