//! The state of the event stream.

use leptos::prelude::*;

use super::{Icon, SignInLink};
use crate::contexts::{StreamStatus, use_live_list, use_preferences, use_session};

/// Shows a line while the list is not updated: the session has ended, the stream broke, or the
/// cluster does not answer.
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
                view! { <Outage/> }.into_any()
            }
        }}
    }
}

/// Shows since when the cluster has not answered.
#[component]
fn Outage() -> impl IntoView {
    let (live, zone) = (use_live_list(), use_preferences().zone);
    let line = move || {
        let (since, now) = live.out_of_date_since()?;
        let since = zone.get().until(since, now);
        Some(view! {
            <p class="line" role="status" data-testid="out-of-date">
                <Icon name="wifi-off"/>
                {format!("The cluster does not answer. What you see is from {since}.")}
            </p>
        })
    };
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                // The result is ignored: the line reads it from the list.
                let _ = live.initial.await;
                line
            })}
        </Suspense>
    }
}
