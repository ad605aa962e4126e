use leptos::prelude::*;

use super::{Icon, SignInLink};
use crate::server_fns::{UiError, UiErrorKind};

/// What went wrong, and the next step.
#[component]
pub fn Problem(
    /// What went wrong.
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
