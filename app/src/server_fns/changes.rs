use std::collections::BTreeMap;

use leptos::prelude::*;
use wire::{Extended, Run};

use super::UiError;
#[cfg(feature = "ssr")]
use super::door::{self, Landing};
#[cfg(feature = "ssr")]
use crate::links;

/// Launches `template`, or finds the environment of it that the owner already has.
///
/// # Errors
/// [`UiError`] in the cases of CONTRACT, `GET /run/{env}`.
#[server]
pub async fn launch_environment(
    /// The template's name.
    template: String,
    /// What was chosen for its parameters.
    #[server(default)]
    parameters: BTreeMap<String, String>,
) -> Result<Run, UiError> {
    let launched = launch(&template, &parameters).await;
    let there = Landing::At(links::launch_page(&template));
    let again = Landing::At(links::launch_page_with(&template, &parameters));
    door::landed(launched, (there, "Launched.".to_owned()), again)
}

#[cfg(feature = "ssr")]
async fn launch(template: &str, given: &BTreeMap<String, String>) -> Result<Run, UiError> {
    // A field that was left empty is one that was not given.
    let given = given.iter().filter(|(_, value)| !value.is_empty());
    let parameters = given.map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(door::rules()?.launch(&door::caller()?, template, &parameters).await?)
}

/// Moves the end of the caller's environment of `template` on.
///
/// # Errors
/// [`UiError`] in the cases of CONTRACT, `POST /run/{env}/extend`.
#[server]
pub async fn extend_environment(
    /// The template's name.
    template: String,
) -> Result<Extended, UiError> {
    let extended = extend(&template).await;
    door::landed(extended, (Landing::Back, "Extended.".to_owned()), Landing::Back)
}

#[cfg(feature = "ssr")]
async fn extend(template: &str) -> Result<Extended, UiError> {
    Ok(door::rules()?.extend(&door::caller()?, template).await?)
}

/// Deletes the caller's environment of `template`.
///
/// # Errors
/// [`UiError`] in the cases of CONTRACT, `DELETE /run/{env}`.
#[server]
pub async fn delete_environment(
    /// The template's name.
    template: String,
) -> Result<(), UiError> {
    let removed = remove(&template).await;
    let list = || Landing::At(links::ENVIRONMENTS.to_owned());
    door::landed(removed, (list(), "It is being removed.".to_owned()), list())
}

#[cfg(feature = "ssr")]
async fn remove(template: &str) -> Result<(), UiError> {
    Ok(door::rules()?.remove(&door::caller()?, template).await?)
}
