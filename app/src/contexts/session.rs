//! The signed-in user, and which parts of the web app are enabled.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wire::{Me, UiConfig};

use super::{AnswerResource, answer_resource};
use crate::{
    links,
    server_fns::{Answer, Question, UiError, Visit},
};

/// The signed-in user, and which parts of the web app are enabled.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// The server's answer. `parts::Loaded` awaits it.
    pub answer: AnswerResource,
    /// Whether the session ended while the page was open.
    ended: RwSignal<bool>,
}

impl Session {
    /// Loads the session once.
    #[must_use]
    pub fn new() -> Self {
        Self { answer: answer_resource(|| Question::Visit), ended: RwSignal::new(false) }
    }

    fn visit(&self) -> Option<Visit> {
        match self.answer.get() {
            Some(Ok(Answer::Visit(visit))) => Some(visit),
            _ => None,
        }
    }

    /// The user for whom the server rendered the page.
    #[must_use]
    pub fn user(&self) -> Option<Me> {
        self.visit()?.user
    }

    /// Whether the user is signed in now.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        !self.ended.get() && self.user().is_some()
    }

    /// Why the session could not be loaded.
    #[must_use]
    pub fn problem(&self) -> Option<UiError> {
        self.answer.get()?.err()
    }

    /// Which parts of the web app are enabled.
    #[must_use]
    pub fn config(&self) -> UiConfig {
        let known = self.visit().map(|visit| visit.config);
        known.unwrap_or(UiConfig {
            catalog_enabled: true,
            instances_enabled: true,
            manager_enabled: false,
        })
    }

    /// Marks the session as ended. The page keeps its content.
    pub fn end(&self) {
        self.ended.set(true);
    }

    /// Whether the session ended while the page was open.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }
}

/// The link that signs in and returns to this page.
#[must_use]
pub fn use_sign_in_link() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        let query = if search.is_empty() { String::new() } else { format!("?{search}") };
        links::sign_in(&format!("{path}{query}"))
    })
}
