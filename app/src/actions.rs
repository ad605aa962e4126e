//! Changes: how they are asked for, what the reader is told, and where they lead.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::Environment;

use crate::{
    contexts::{use_clock, use_live, use_preferences, use_toasts},
    links,
    reactive::effect,
    server_fns::{Changed, Posted, UiError, post},
    time::Moment,
};

/// A change that a form asks for, and how it goes. One type for all of them: each would bring its own machinery into the
/// WebAssembly module.
pub type Change = Action<Posted, Result<Changed, UiError>>;

/// A change that nobody has asked for yet.
#[must_use]
pub fn new_change() -> Change {
    Action::new(|form: &Posted| post(form.clone()))
}

/// A launch of `template` that leads to the launch page; a refusal is told where the reader is.
#[must_use]
pub fn use_launch(template: String) -> Change {
    let launch = new_change();
    let (live, toasts, navigate) = (use_live(), use_toasts(), use_navigate());
    effect(move || match launch.value().get() {
        Some(Ok(_)) => {
            spawn_local(async move { _ = live.refresh().await });
            navigate(&links::launch_page(&template), NavigateOptions::default());
        }
        // A field that is at fault says so itself.
        Some(Err(error)) if error.field.is_none() => toasts.bad(&error),
        _ => {}
    });
    launch
}

/// Tells how an extension went, and looks at the list anew.
pub fn follow_extension(extend: Change, environment: Memo<Environment>) {
    let (live, toasts, clock) = (use_live(), use_toasts(), use_clock());
    let zone = use_preferences().zone;
    effect(move || {
        let Some(result) = extend.value().get() else { return };
        match result {
            Ok(extended) => {
                let now = untrack(|| clock.now(None));
                let end = Moment::parse(&extended.expires_at).unwrap_or(now);
                let name = environment.with_untracked(|it| it.display_name.clone());
                let until = zone.get_untracked().until(end, now);
                toasts.good(format!("{name} runs until {until}."));
            }
            Err(error) => toasts.bad(&error),
        }
        spawn_local(async move { _ = live.refresh().await });
    });
}

/// Tells how a deletion went, and looks at the list anew.
pub fn follow_removal(remove: Change, environment: Memo<Environment>) {
    let (live, toasts) = (use_live(), use_toasts());
    effect(move || {
        let Some(result) = remove.value().get() else { return };
        match result {
            Ok(_) => {
                let name = environment.with_untracked(|it| it.display_name.clone());
                toasts.good(format!("{name} is being removed."));
            }
            Err(error) => toasts.bad(&error),
        }
        spawn_local(async move { _ = live.refresh().await });
    });
}
