use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    parts::{Empty, Icon},
    response,
};

/// Signing in did not work (`/auth/error?reason=…`): why, and the way to try again.
#[component]
pub fn SignInErrorPage() -> impl IntoView {
    let query = use_query_map();
    let reason = query.with_untracked(|query| query.get("reason").unwrap_or_default());
    let Explanation { status, title, text } = explain(&reason);
    response::set_status(status);
    view! {
        <Title text="Sign-in failed"/>
        <h1 class="vh">"Sign-in failed"</h1>
        <Empty icon="log-in" title=title.to_owned() text>
            <a class="btn solid" href="/auth/login?return_url=%2F" rel="external">
                <Icon name="log-in"/>
                "Sign in again"
            </a>
        </Empty>
    }
}

/// What a reason means for the reader.
struct Explanation {
    status: u16,
    title: &'static str,
    text: &'static str,
}

fn explain(reason: &str) -> Explanation {
    let (status, title, text) = match reason {
        "refused" => (
            400,
            "Your identity provider did not sign you in",
            "You may have cancelled, or you may not be allowed to use Dploy. Try again, or ask your admin.",
        ),
        "state" | "nonce" | "session" => (
            400,
            "This sign-in was not started here, or it took too long",
            "A sign-in can be finished once, in the browser that began it. Start again.",
        ),
        "exchange" | "verification" => (
            502,
            "The identity provider's answer could not be used",
            "Nothing is wrong with your account as far as Dploy can tell. Try again in a moment; if it stays, tell your admin.",
        ),
        _ => (400, "Signing in did not work", "Try again. If it stays, tell your admin."),
    };
    Explanation { status, title, text }
}

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn a_reason_has_the_status_of_the_contract() {
        let status = |reason| explain(reason).status;
        assert_eq!(
            [status("refused"), status("state"), status("nonce"), status("session")],
            [400; 4]
        );
        assert_eq!([status("exchange"), status("verification")], [502; 2]);
        assert_eq!(status("<script>"), 400);
    }
}
