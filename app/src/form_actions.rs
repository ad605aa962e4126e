//! The actions behind forms: how they are posted, which toast follows, and which page.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::Environment;

use crate::{
    contexts::{use_clock, use_live_list, use_preferences, use_toasts},
    links,
    reactive::effect,
    server_fns::{MutationReply, PostedForm, UiError, post_form},
    time::Moment,
};

/// The action of a form, and its state.
///
/// All forms share one type: each of their own would add code to the WebAssembly module.
pub type FormAction = Action<PostedForm, Result<MutationReply, UiError>>;

/// An action that has not run.
#[must_use]
pub fn new_form_action() -> FormAction {
    Action::new(|form: &PostedForm| post_form(form.clone()))
}

/// An action that launches `template` and opens the launch page. A failure shows a toast.
#[must_use]
pub fn use_launch_action(template: String) -> FormAction {
    let launch = new_form_action();
    let (live, toasts, navigate) = (use_live_list(), use_toasts(), use_navigate());
    effect(move || match launch.value().get() {
        Some(Ok(_)) => {
            spawn_local(async move { _ = live.refresh().await });
            navigate(&links::launch_page(&template), NavigateOptions::default());
        }
        // The form shows the error of a field beside the field.
        Some(Err(error)) if error.field.is_none() => toasts.failure(&error),
        _ => {}
    });
    launch
}

/// Shows a toast when an extension finishes, and refreshes the list.
pub fn report_extension(extend: FormAction, environment: Memo<Environment>) {
    let (live, toasts, clock) = (use_live_list(), use_toasts(), use_clock());
    let zone = use_preferences().zone;
    effect(move || {
        let Some(result) = extend.value().get() else { return };
        match result {
            Ok(extended) => {
                let now = untrack(|| clock.now(None));
                let end = Moment::parse(&extended.expires_at).unwrap_or(now);
                let name = environment.with_untracked(|it| it.display_name.clone());
                let until = zone.get_untracked().until(end, now);
                toasts.success(format!("{name} runs until {until}."));
            }
            Err(error) => toasts.failure(&error),
        }
        spawn_local(async move { _ = live.refresh().await });
    });
}

/// Shows a toast when a deletion is accepted or refused, and refreshes the list.
pub fn report_deletion(delete: FormAction, environment: Memo<Environment>) {
    let (live, toasts) = (use_live_list(), use_toasts());
    effect(move || {
        let Some(result) = delete.value().get() else { return };
        match result {
            Ok(_) => {
                let name = environment.with_untracked(|it| it.display_name.clone());
                toasts.success(format!("{name} is being deleted."));
            }
            Err(error) => toasts.failure(&error),
        }
        spawn_local(async move { _ = live.refresh().await });
    });
}
