//! The state of the event stream.

use leptos::prelude::*;

use super::{Icon, SignInLink};
use crate::contexts::{StreamStatus, use_live_list, use_session};

/// Shows a line while the list is not updated: the session has ended, or the stream broke.
#[component]
pub fn StreamState() -> impl IntoView {
    let (live, session) = (use_live_list(), use_session());
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
        } else {
            ().into_any()
        }
    }}
    }
}
