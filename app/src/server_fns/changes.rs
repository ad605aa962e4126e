use std::collections::BTreeMap;

use leptos::{prelude::*, server_fn::codec::Postcard};
use serde::{Deserialize, Serialize};

use super::UiError;
#[cfg(feature = "ssr")]
use super::door::{self, Landing};
#[cfg(feature = "ssr")]
use crate::links;

/// What a change leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// When the environment's time is up now; empty when it has no end, or is on its way out.
    pub expires_at: String,
}

/// Launches `template`, or finds the environment of it that the owner already has.
///
/// # Errors
/// [`UiError`] in the cases of CONTRACT, `GET /run/{env}`.
#[server(output = Postcard)]
pub async fn launch_environment(
    /// The template's name.
    template: String,
    /// What was chosen for its parameters.
    #[server(default)]
    parameters: BTreeMap<String, String>,
) -> Result<Changed, UiError> {
    let launched = launch(&template, &parameters).await;
    let there = Landing::At(links::launch_page(&template));
    let again = Landing::At(links::launch_page_with(&template, &parameters));
    door::landed(launched, (there, "Launched.".to_owned()), again)
}

#[cfg(feature = "ssr")]
async fn launch(template: &str, given: &BTreeMap<String, String>) -> Result<Changed, UiError> {
    // A field that was left empty is one that was not given.
    let given = given.iter().filter(|(_, value)| !value.is_empty());
    let parameters = given.map(|(name, value)| (name.clone(), value.clone())).collect();
    let run = door::rules()?.launch(&door::caller()?, template, &parameters).await?;
    Ok(Changed { expires_at: run.expires_at })
}

/// Moves the end of the caller's environment of `template` on.
///
/// # Errors
/// [`UiError`] in the cases of CONTRACT, `POST /run/{env}/extend`.
#[server(output = Postcard)]
pub async fn extend_environment(
    /// The template's name.
    template: String,
) -> Result<Changed, UiError> {
    let extended = extend(&template).await;
    door::landed(extended, (Landing::Back, "Extended.".to_owned()), Landing::Back)
}

#[cfg(feature = "ssr")]
async fn extend(template: &str) -> Result<Changed, UiError> {
    let extended = door::rules()?.extend(&door::caller()?, template).await?;
    Ok(Changed { expires_at: extended.expires_at })
}

/// Deletes the caller's environment of `template`.
///
/// # Errors
/// [`UiError`] in the cases of CONTRACT, `DELETE /run/{env}`.
#[server(output = Postcard)]
pub async fn delete_environment(
    /// The template's name.
    template: String,
) -> Result<Changed, UiError> {
    let removed = remove(&template).await;
    let list = || Landing::At(links::ENVIRONMENTS.to_owned());
    door::landed(removed, (list(), "It is being removed.".to_owned()), list())
}

#[cfg(feature = "ssr")]
async fn remove(template: &str) -> Result<Changed, UiError> {
    door::rules()?.remove(&door::caller()?, template).await?;
    Ok(Changed::default())
}
