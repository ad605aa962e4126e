//! The page after a failed sign-in, `/auth/error?reason=…`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{
    links,
    parts::{EmptyState, Icon},
    response,
    view_models::SignInFailure,
};

/// Shows why a sign-in failed, and a link to try again.
#[component]
pub fn SignInErrorPage() -> impl IntoView {
    let query = use_location().query;
    let reason = query.with_untracked(|query| query.get("reason").unwrap_or_default());
    let failure = SignInFailure::parse(&reason);
    response::set_status(failure.map_or(400, SignInFailure::status));
    let title = failure.map_or("The sign-in failed", SignInFailure::title);
    let text =
        failure.map_or("Try again. If it fails again, tell your admin.", SignInFailure::advice);
    view! {
        <Title text="Sign-in failed"/>
        <h1 class="vh">"Sign-in failed"</h1>
        <EmptyState icon="log-in" title=title.to_owned() text>
            <a class="btn solid" href=links::sign_in(links::CATALOG) rel="external">
                <Icon name="log-in"/>
                "Sign in again"
            </a>
        </EmptyState>
    }
}
