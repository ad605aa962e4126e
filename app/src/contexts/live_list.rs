//! The list of the user's environments, kept up to date by the event stream.

use leptos::prelude::*;
use wire::{Environment, EnvironmentList};

use super::{AnswerResource, Clock, Session, Toasts, answer_resource};
use crate::{
    links,
    reactive::effect,
    server_fns::{Answer, Question, UiError, UiErrorKind, ask},
    time::Moment,
    view_models::{active_environment, announcements},
};

/// The state of the event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamStatus {
    /// The stream is open, or not needed because the user is not signed in.
    Connected,
    /// The stream broke, and is being opened again.
    Reconnecting,
}

/// The list of the user's environments: first as the server rendered it, then as the stream
/// updates it.
#[derive(Debug, Clone, Copy)]
pub struct LiveList {
    /// The list that the server embedded in the page. `parts::Loaded` awaits it.
    pub initial: AnswerResource,
    latest: RwSignal<Option<EnvironmentList>>,
    /// How many lists the stream has brought.
    streamed_count: StoredValue<u32>,
    stream_status: RwSignal<StreamStatus>,
    clock: Clock,
    session: Session,
    toasts: Toasts,
}

impl LiveList {
    /// Loads the initial list.
    #[must_use]
    pub fn new(clock: Clock, session: Session, toasts: Toasts) -> Self {
        let initial = answer_resource(question);
        let latest = RwSignal::new(None);
        let streamed_count = StoredValue::new(0);
        let stream_status = RwSignal::new(StreamStatus::Connected);
        let live = Self { initial, latest, streamed_count, stream_status, clock, session, toasts };
        effect(move || {
            if let Some(list) = list_in(initial.get())
                && latest.with_untracked(Option::is_none)
            {
                live.apply(list);
            }
        });
        live
    }

    /// The newest list.
    #[must_use]
    pub fn list(&self) -> Option<EnvironmentList> {
        self.latest.get().or_else(|| list_in(self.initial.get()))
    }

    /// Since when the list may lack changes, and the server's time then. `None` while it is up to
    /// date.
    #[must_use]
    pub fn out_of_date_since(&self) -> Option<(Moment, Moment)> {
        let list = self.list()?;
        Some((Moment::parse(&list.out_of_date_since)?, Moment::parse(&list.now)?))
    }

    /// Why there is no list.
    #[must_use]
    pub fn problem(&self) -> Option<UiError> {
        let missing = self.latest.with(Option::is_none);
        missing.then(|| self.initial.get().and_then(Result::err)).flatten()
    }

    /// The server's time when it rendered the page.
    #[must_use]
    pub fn rendered_at(&self) -> Option<Moment> {
        Moment::parse(&list_in(self.initial.get_untracked())?.now)
    }

    /// The environment of `template`, unless it is being deleted.
    #[must_use]
    pub fn active_environment(&self, template: &str) -> Option<Environment> {
        active_environment(&self.list()?, template).cloned()
    }

    /// Applies a list of the stream.
    pub fn apply_streamed(&self, list: EnvironmentList) {
        self.streamed_count.update_value(|count| *count += 1);
        self.apply(list);
    }

    /// Replaces the list, corrects the clock and announces the changes.
    fn apply(&self, list: EnvironmentList) {
        if let Some(now) = Moment::parse(&list.now) {
            self.clock.learn(now);
        }
        if let Some(before) = self.latest.get_untracked() {
            self.toasts.announce(&announcements(&before, &list));
        }
        self.latest.set(Some(list));
    }

    /// Loads the list, after a mutation or when the stream broke. Returns whether that succeeded.
    pub async fn refresh(self) -> bool {
        let before = self.streamed_count.get_value();
        match ask(question()).await {
            // The stream brought a list in the meantime. It may be newer than this answer.
            Ok(_) if self.streamed_count.get_value() != before => {}
            Ok(Answer::Environments(list)) => self.apply(list),
            Ok(_) => return false,
            Err(error) => {
                if error.kind == UiErrorKind::SignedOut {
                    self.session.end();
                }
                return false;
            }
        }
        true
    }

    /// The state of the event stream.
    #[must_use]
    pub fn stream_status(&self) -> StreamStatus {
        self.stream_status.get()
    }

    /// Sets the state of the event stream.
    pub fn set_stream_status(&self, status: StreamStatus) {
        if self.stream_status.get_untracked() != status {
            self.stream_status.set(status);
        }
    }
}

/// The question for the list on the page that is open.
fn question() -> Question {
    Question::Environments(path().as_deref().and_then(links::launched_template))
}

/// The path of the page.
#[cfg(feature = "ssr")]
fn path() -> Option<String> {
    use_context::<http::request::Parts>().map(|request| request.uri.path().to_owned())
}

/// The path of the page.
#[cfg(not(feature = "ssr"))]
fn path() -> Option<String> {
    window().location().pathname().ok()
}

fn list_in(answer: Option<Result<Answer, UiError>>) -> Option<EnvironmentList> {
    match answer {
        Some(Ok(Answer::Environments(list))) => Some(list),
        _ => None,
    }
}
