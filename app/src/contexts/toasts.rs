//! Toasts, and the announcements of a screen reader.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    message::Message,
    server_fns::{UiError, UiErrorKind},
};

/// How long the toast of a success stays. The toast of a failure stays until it is dismissed.
const SUCCESS_DURATION: Duration = Duration::from_secs(6);

/// A short message at the edge of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// A number that no other toast of the page has.
    pub id: u32,
    /// Its message.
    pub message: Message,
}

/// The toasts on screen, and the last announcement.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    announcement: RwSignal<String>,
    next_id: RwSignal<u32>,
}

impl Toasts {
    /// No toasts.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shown: RwSignal::new(Vec::new()),
            announcement: RwSignal::new(String::new()),
            next_id: RwSignal::new(0),
        }
    }

    /// The toasts on screen, oldest first.
    #[must_use]
    pub fn shown(&self) -> Vec<Toast> {
        self.shown.get()
    }

    /// The last announcement.
    #[must_use]
    pub fn announcement(&self) -> String {
        self.announcement.get()
    }

    /// Shows a success.
    pub fn success(&self, text: impl Into<String>) {
        let id = self.show(Message::success(text));
        let toasts = *self;
        set_timeout(move || toasts.dismiss(id), SUCCESS_DURATION);
    }

    /// Shows an error.
    pub fn failure(&self, error: &UiError) {
        let sign_in = error.kind == UiErrorKind::SignedOut;
        self.show(Message { sign_in, ..Message::failure(error.sentence.clone()) });
    }

    /// Removes a toast.
    pub fn dismiss(&self, id: u32) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }

    /// Makes a screen reader read these sentences once.
    pub fn announce(&self, sentences: &[String]) {
        if !sentences.is_empty() {
            self.announcement.set(sentences.join(" "));
        }
    }

    fn show(&self, message: Message) -> u32 {
        let id = self.next_id.get_untracked();
        self.next_id.set(id.wrapping_add(1));
        self.announce(std::slice::from_ref(&message.text));
        self.shown.update(|shown| {
            // A repeated message replaces its first toast.
            shown.retain(|toast| toast.message != message);
            shown.push(Toast { id, message });
        });
        id
    }
}
