use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wire::{Me, UiConfig};

use super::{Asked, asked};
use crate::{
    links,
    server_fns::{Answer, Question, UiError, Visit},
};

/// Who reads the page.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// The server's answer; pages wait for it in [`crate::parts::Ready`].
    pub asked: Asked,
    /// Whether the session has ended while the page was open.
    ended: RwSignal<bool>,
}

impl Session {
    /// Asks the server once who reads the page.
    #[must_use]
    pub fn new() -> Self {
        Self { asked: asked(|| Question::Visit), ended: RwSignal::new(false) }
    }

    fn visit(&self) -> Option<Visit> {
        match self.asked.get() {
            Some(Ok(Answer::Visit(visit))) => Some(visit),
            _ => None,
        }
    }

    /// The person, while the session lasts.
    #[must_use]
    pub fn user(&self) -> Option<Me> {
        self.visit()?.user
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        !self.ended.get() && self.user().is_some()
    }

    /// Why it is not known who reads the page.
    #[must_use]
    pub fn problem(&self) -> Option<UiError> {
        self.asked.get()?.err()
    }

    /// Which parts of the web app are switched on.
    #[must_use]
    pub fn config(&self) -> UiConfig {
        let known = self.visit().map(|visit| visit.config);
        known.unwrap_or(UiConfig {
            catalog_enabled: true,
            instances_enabled: true,
            manager_enabled: false,
        })
    }

    /// Remembers that the server does not know the session any more. The page stays as it is.
    pub fn end(&self) {
        self.ended.set(true);
    }

    /// Whether the session has ended while the page was open.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }
}

/// The address that signs in and comes back to this page.
#[must_use]
pub fn use_sign_in_link() -> Signal<String> {
    let here = use_location();
    Signal::derive(move || {
        let (path, search) = (here.pathname.get(), here.search.get());
        let query = if search.is_empty() { String::new() } else { format!("?{search}") };
        links::sign_in(&format!("{path}{query}"))
    })
}
