//! An error in the content of a page.

use leptos::prelude::*;

use super::{Icon, SignInLink};
use crate::server_fns::{UiError, UiErrorKind};

/// Shows an error. If the user is not signed in, it adds a link to sign in.
#[component]
pub fn Problem(
    /// The error.
    error: UiError,
) -> impl IntoView {
    let sign_in = error.kind == UiErrorKind::SignedOut;
    view! {
        <div class="note bad" role="alert" data-testid="problem">
            <Icon name="triangle-alert"/>
            <span>{error.sentence}</span>
            {sign_in.then(|| view! { <SignInLink class="btn quiet"/> }.into_any())}
        </div>
    }
}
