//! The account menu.

use leptos::{ev, html, prelude::*};

use super::{Icon, SignInLink};
use crate::{contexts::use_session, links, reactive::effect, text_case::initial};

/// The account menu, or the link to sign in.
#[component]
pub fn Account() -> impl IntoView {
    let session = use_session();
    view! {
        {move || match session.user().filter(|_| !session.has_ended()) {
        Some(user) => view! { <AccountMenu username=user.username/> }.into_any(),
        None => view! { <SignInLink class="btn solid"/> }.into_any(),
    }}
    }
}

/// Shows the user, and the link to sign out. `<details>` opens without JavaScript.
#[component]
fn AccountMenu(username: String) -> impl IntoView {
    let initial = initial(&username);
    let menu = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    effect(move || {
        let escape = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                close();
            }
        });
        let click_outside = window_event_listener(ev::click, move |event| {
            let inside = menu
                .get_untracked()
                .is_some_and(|menu| menu.contains(Some(&event_target::<web_sys::Node>(&event))));
            if !inside {
                close();
            }
        });
        on_cleanup(move || {
            escape.remove();
            click_outside.remove();
        });
    });
    view! {
        <details class="menu" node_ref=menu>
            <summary class="btn plain who">
                <i aria-hidden="true">{initial}</i>
                <span class="vh">"Account of "</span>
                <span class="t">{username.clone()}</span>
                <Icon name="chevron-down"/>
            </summary>
            <div class="sheet">
                <p>"Signed in as " <b>{username}</b></p>
                <a class="btn plain" href=links::SIGN_OUT rel="external">
                    <Icon name="log-out"/>
                    "Sign out"
                </a>
            </div>
        </details>
    }
}
