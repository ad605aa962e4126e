//! The link to sign in.

use leptos::prelude::*;

use super::Icon;
use crate::contexts::use_sign_in_link;

/// Signs in, then returns to this page.
#[component]
pub fn SignInLink(
    /// The CSS classes.
    class: &'static str,
) -> impl IntoView {
    let href = use_sign_in_link();
    view! {
        <a class=class href=href rel="external">
            <Icon name="log-in"/>
            "Sign in"
        </a>
    }
}
