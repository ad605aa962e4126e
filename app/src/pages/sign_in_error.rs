use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{
    links,
    parts::{Empty, Icon},
    plain::SignInFailure,
    response,
};

/// Signing in did not work (`/auth/error?reason=…`): why, and the way to try again.
#[component]
pub fn SignInErrorPage() -> impl IntoView {
    let query = use_location().query;
    let reason = query.with_untracked(|query| query.get("reason").unwrap_or_default());
    let failure = SignInFailure::parse(&reason);
    response::set_status(failure.map_or(400, SignInFailure::status));
    let title = failure.map_or("Signing in did not work", SignInFailure::title);
    let text = failure.map_or("Try again. If it stays, tell your admin.", SignInFailure::advice);
    view! {
        <Title text="Sign-in failed"/>
        <h1 class="vh">"Sign-in failed"</h1>
        <Empty icon="log-in" title=title.to_owned() text>
            <a class="btn solid" href=links::sign_in(links::CATALOG) rel="external">
                <Icon name="log-in"/>
                "Sign in again"
            </a>
        </Empty>
    }
}
