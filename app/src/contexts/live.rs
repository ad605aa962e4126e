use leptos::prelude::*;
use wire::{Environment, EnvironmentList};

use super::{Asked, Clock, Session, Toasts, asked};
use crate::{
    plain::{announcements, living},
    reactive::effect,
    server_fns::{Answer, Question, UiError, UiErrorKind, ask},
    time::Moment,
};

/// Whether changes arrive by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// They do, or nobody is signed in.
    Fine,
    /// Not at the moment.
    Reconnecting,
}

/// What the reader owns: first as the server rendered it, then as the stream tells it.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// The list that the page came with; pages wait for it in [`crate::parts::Ready`].
    pub first: Asked,
    latest: RwSignal<Option<EnvironmentList>>,
    /// How many lists the stream has brought.
    streamed: StoredValue<u32>,
    connection: RwSignal<Connection>,
    clock: Clock,
    session: Session,
    toasts: Toasts,
}

impl Live {
    /// Asks for the first list.
    #[must_use]
    pub fn new(clock: Clock, session: Session, toasts: Toasts) -> Self {
        let first = asked(|| Question::Environments);
        let (latest, connection) = (RwSignal::new(None), RwSignal::new(Connection::Fine));
        let streamed = StoredValue::new(0);
        let live = Self { first, latest, streamed, connection, clock, session, toasts };
        effect(move || {
            if let Some(list) = listed(first.get())
                && latest.with_untracked(Option::is_none)
            {
                live.apply(list);
            }
        });
        live
    }

    /// The newest list that is known.
    #[must_use]
    pub fn list(&self) -> Option<EnvironmentList> {
        self.latest.get().or_else(|| listed(self.first.get()))
    }

    /// Why there is no list.
    #[must_use]
    pub fn problem(&self) -> Option<UiError> {
        self.latest.with(Option::is_none).then(|| self.first.get().and_then(Result::err)).flatten()
    }

    /// The server's time when it rendered the page.
    #[must_use]
    pub fn rendered_at(&self) -> Option<Moment> {
        Moment::parse(&listed(self.first.get_untracked())?.now)
    }

    /// The environment of `template`, unless it is on its way out.
    #[must_use]
    pub fn living(&self, template: &str) -> Option<Environment> {
        living(&self.list()?, template).cloned()
    }

    /// Takes in a list that the stream brought.
    pub fn follow(&self, list: EnvironmentList) {
        self.streamed.update_value(|count| *count += 1);
        self.apply(list);
    }

    /// Takes in a list: the clock learns from it, and what changed is announced.
    fn apply(&self, list: EnvironmentList) {
        if let Some(now) = Moment::parse(&list.now) {
            self.clock.learn(now);
        }
        if let Some(before) = self.latest.get_untracked() {
            self.toasts.say(&announcements(&before, &list));
        }
        self.latest.set(Some(list));
    }

    /// Asks for the list, after a change or when the stream is cut. Tells whether it came.
    pub async fn refresh(self) -> bool {
        let before = self.streamed.get_value();
        match ask(Question::Environments).await {
            // What the stream brought in the meantime may be newer than this answer, and what follows it certainly is.
            Ok(_) if self.streamed.get_value() != before => {}
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

    /// Whether changes arrive by themselves.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.connection.get()
    }

    /// Notes whether changes arrive by themselves.
    pub fn set_connection(&self, connection: Connection) {
        if self.connection.get_untracked() != connection {
            self.connection.set(connection);
        }
    }
}

/// The list in an answer.
fn listed(answer: Option<Result<Answer, UiError>>) -> Option<EnvironmentList> {
    match answer {
        Some(Ok(Answer::Environments(list))) => Some(list),
        _ => None,
    }
}
