//! The read-only server function `ask`: every question of the pages, and its answer.

use leptos::{prelude::*, server_fn::codec::Postcard};
use serde::{Deserialize, Serialize};
use wire::{CatalogEntry, EnvironmentList, Me, UiConfig};

use super::UiError;
#[cfg(feature = "ssr")]
use super::{
    request::{caller, environments},
    status::with_status,
};

/// What a page asks the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// Who the user is, and which parts of the web app are enabled.
    Visit,
    /// The environments that the user owns, personally and through teams.
    Environments,
    /// The catalog.
    Catalog,
    /// The template of this name, for the launch page. The template may be hidden.
    Template(String),
}

/// The server's answer. Its variant follows from the question's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Question::Visit`].
    Visit(Visit),
    /// To [`Question::Environments`].
    Environments(EnvironmentList),
    /// To [`Question::Catalog`]; to [`Question::Template`], with one entry.
    Templates(Vec<CatalogEntry>),
}

/// Who the user is, and which parts of the web app are enabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The user; `None` when the request is anonymous.
    pub user: Option<Me>,
    /// Which parts are enabled.
    pub config: UiConfig,
}

/// Answers a question.
///
/// All questions share one server function and one resource: each of their own would add code to
/// the WebAssembly module.
///
/// # Errors
/// [`UiError`] when the question needs a signed-in user, when the template does not exist, when
/// that part of the web app is disabled, or when the cluster does not respond.
#[server(input = Postcard, output = Postcard)]
pub async fn ask(
    /// The question.
    question: Question,
) -> Result<Answer, UiError> {
    let answer = match question {
        Question::Visit => visit().await.map(Answer::Visit),
        Question::Environments => list().await.map(Answer::Environments),
        Question::Catalog => environments().map(|it| Answer::Templates(it.catalog())),
        Question::Template(name) => template(&name).await.map(|it| Answer::Templates(vec![it])),
    };
    with_status(answer)
}

#[cfg(feature = "ssr")]
async fn visit() -> Result<Visit, UiError> {
    let config = use_context::<UiConfig>().unwrap_or(UiConfig {
        catalog_enabled: true,
        instances_enabled: true,
        manager_enabled: false,
    });
    let user = match caller() {
        Ok(caller) => Some(environments()?.me(&caller).await?),
        Err(_) => None,
    };
    Ok(Visit { user, config })
}

#[cfg(feature = "ssr")]
async fn list() -> Result<EnvironmentList, UiError> {
    Ok(environments()?.list(&caller()?).await?)
}

#[cfg(feature = "ssr")]
async fn template(name: &str) -> Result<CatalogEntry, UiError> {
    Ok(environments()?.entry(name).await?)
}
