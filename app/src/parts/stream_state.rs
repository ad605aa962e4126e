use leptos::prelude::*;

use super::{Icon, SignInLink};
use crate::contexts::{Connection, use_live, use_session};

/// A quiet line while changes do not arrive by themselves.
#[component]
pub fn StreamState() -> impl IntoView {
    let (live, session) = (use_live(), use_session());
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
        } else if live.connection() == Connection::Reconnecting {
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
