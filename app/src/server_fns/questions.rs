use leptos::{prelude::*, server_fn::codec::Postcard};
use serde::{Deserialize, Serialize};
use wire::{CatalogEntry, EnvironmentList, Me, UiConfig};

use super::UiError;
#[cfg(feature = "ssr")]
use super::door;

/// What a page asks of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// Who reads the page, and which of its parts are switched on.
    Visit,
    /// All that the reader owns, personally and through teams.
    Environments,
    /// What can be launched.
    Catalog,
    /// The template of this name, a hidden one too: what the launch page asks for.
    Template(String),
}

/// What the server says. The kind of the answer is that of the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Question::Visit`].
    Visit(Visit),
    /// To [`Question::Environments`].
    Environments(EnvironmentList),
    /// To [`Question::Catalog`], and the one template to [`Question::Template`].
    Templates(Vec<CatalogEntry>),
}

/// Who reads the page, and which of its parts are switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The person; `None` when nobody is signed in.
    pub user: Option<Me>,
    /// Which parts are switched on.
    pub config: UiConfig,
}

/// Answers a question. One function for all of them: each would bring its own client, and its own resource, into the
/// WebAssembly module.
///
/// # Errors
/// [`UiError`] when nobody is signed in who would have to be, there is no such template, that part is switched off, or the
/// cluster does not answer.
#[server(input = Postcard, output = Postcard)]
pub async fn ask(
    /// The question.
    question: Question,
) -> Result<Answer, UiError> {
    let answer = match question {
        Question::Visit => visit().await.map(Answer::Visit),
        Question::Environments => list().await.map(Answer::Environments),
        Question::Catalog => door::rules().map(|rules| Answer::Templates(rules.catalog())),
        Question::Template(name) => template(&name).await.map(|it| Answer::Templates(vec![it])),
    };
    door::answered(answer)
}

#[cfg(feature = "ssr")]
async fn visit() -> Result<Visit, UiError> {
    let config = use_context::<UiConfig>().unwrap_or(UiConfig {
        catalog_enabled: true,
        instances_enabled: true,
        manager_enabled: false,
    });
    let user = match door::caller() {
        Ok(caller) => Some(door::rules()?.me(&caller).await?),
        Err(_) => None,
    };
    Ok(Visit { user, config })
}

#[cfg(feature = "ssr")]
async fn list() -> Result<EnvironmentList, UiError> {
    Ok(door::rules()?.list(&door::caller()?).await?)
}

#[cfg(feature = "ssr")]
async fn template(name: &str) -> Result<CatalogEntry, UiError> {
    Ok(door::rules()?.entry(name).await?)
}
