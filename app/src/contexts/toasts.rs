use std::time::Duration;

use leptos::prelude::*;

use crate::{
    notice::Notice,
    server_fns::{UiError, UiErrorKind},
};

/// How long good news stays; bad news stays until it is dismissed.
const STAY: Duration = Duration::from_secs(6);

/// A short message at the edge of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Tells it from the others.
    pub id: u32,
    /// What it says.
    pub notice: Notice,
}

/// Messages that are shown, and what a screen reader says.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    spoken: RwSignal<String>,
    next: RwSignal<u32>,
}

impl Toasts {
    /// No messages yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shown: RwSignal::new(Vec::new()),
            spoken: RwSignal::new(String::new()),
            next: RwSignal::new(0),
        }
    }

    /// The messages on screen, oldest first.
    #[must_use]
    pub fn shown(&self) -> Vec<Toast> {
        self.shown.get()
    }

    /// What a screen reader says last.
    #[must_use]
    pub fn spoken(&self) -> String {
        self.spoken.get()
    }

    /// Tells good news.
    pub fn good(&self, text: impl Into<String>) {
        let id = self.show(Notice::good(text));
        let toasts = *self;
        set_timeout(move || toasts.dismiss(id), STAY);
    }

    /// Tells what went wrong.
    pub fn bad(&self, error: &UiError) {
        let sign_in = error.kind == UiErrorKind::SignedOut;
        self.show(Notice { sign_in, ..Notice::bad(error.sentence.clone()) });
    }

    /// Takes a message away.
    pub fn dismiss(&self, id: u32) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }

    /// Lets a screen reader say these, once.
    pub fn say(&self, sentences: &[String]) {
        if !sentences.is_empty() {
            self.spoken.set(sentences.join(" "));
        }
    }

    fn show(&self, notice: Notice) -> u32 {
        let id = self.next.get_untracked();
        self.next.set(id.wrapping_add(1));
        self.say(std::slice::from_ref(&notice.text));
        self.shown.update(|shown| {
            // The same sentence twice is one message.
            shown.retain(|toast| toast.notice != notice);
            shown.push(Toast { id, notice });
        });
        id
    }
}
