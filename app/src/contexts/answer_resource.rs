//! The one resource type of the app. A second type would add code to the WebAssembly module.

use leptos::prelude::*;

use crate::{
    page_data::PostcardCodec,
    server_fns::{Answer, Question, UiError, ask},
};

/// The answer to a question. The server loads it while it renders the page, and embeds it there.
pub type AnswerResource = Resource<Result<Answer, UiError>, PostcardCodec>;

/// Loads the answer to a question, and loads it again when the question changes.
#[must_use]
pub fn answer_resource(question: impl Fn() -> Question + Send + Sync + 'static) -> AnswerResource {
    let question: Box<dyn Fn() -> Question + Send + Sync> = Box::new(question);
    Resource::new_with_options(move || question(), ask, false)
}
