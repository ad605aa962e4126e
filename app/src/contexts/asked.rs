use leptos::prelude::*;

use crate::{
    codec::Compact,
    server_fns::{Answer, Question, UiError, ask},
};

/// What the server says to a question: asked while the page is rendered, and handed to the browser with it.
pub type Asked = Resource<Result<Answer, UiError>, Compact>;

/// Asks a question, and again when it changes. The one resource of the app, so that it is compiled once.
#[must_use]
pub fn asked(question: impl Fn() -> Question + Send + Sync + 'static) -> Asked {
    let question: Box<dyn Fn() -> Question + Send + Sync> = Box::new(question);
    Resource::new_with_options(move || question(), ask, false)
}
