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
    /// The environments that the user owns, personally and through teams. On the launch page of
    /// this template, its environments also while the list is disabled.
    Environments(Option<String>),
    /// The catalog.
    Catalog,
    /// The template of this name, for the launch page. A user may ask for a hidden template.
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
        Question::Environments(launched) => list(launched).await.map(Answer::Environments),
        Question::Catalog => catalog().map(Answer::Templates),
        Question::Template(name) => template(&name).await.map(|it| Answer::Templates(vec![it])),
    };
    with_status(answer)
}

#[cfg(feature = "ssr")]
async fn visit() -> Result<Visit, UiError> {
    let environments = environments()?;
    let user = match caller() {
        Ok(caller) => Some(environments.me(&caller).await?),
        Err(_) => None,
    };
    Ok(Visit { user, config: environments.features() })
}

#[cfg(feature = "ssr")]
async fn list(launched: Option<String>) -> Result<EnvironmentList, UiError> {
    let (environments, caller) = (environments()?, caller()?);
    Ok(match launched {
        Some(template) => environments.list_for_launch(&caller, &template).await?,
        None => environments.list(&caller).await?,
    })
}

#[cfg(feature = "ssr")]
fn catalog() -> Result<Vec<CatalogEntry>, UiError> {
    Ok(environments()?.catalog()?)
}

#[cfg(feature = "ssr")]
async fn template(name: &str) -> Result<CatalogEntry, UiError> {
    Ok(environments()?.entry(caller().ok().as_ref(), name).await?)
}
