//! Server functions that change an environment: launch, extend, delete.

use std::collections::BTreeMap;

use leptos::{prelude::*, server_fn::codec::Postcard};
use serde::{Deserialize, Serialize};

use super::UiError;
#[cfg(feature = "ssr")]
use super::{
    form_redirect::{Landing, redirect_form},
    request,
};
#[cfg(feature = "ssr")]
use crate::links;

/// The result of a mutation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MutationReply {
    /// The environment's deadline; empty when it has none, or is being deleted.
    pub expires_at: String,
}

/// Launches `template`, or returns the owner's environment of that template.
///
/// # Errors
/// [`UiError`] where `GET /run/{env}` fails (docs/contract.md, "REST").
#[server(output = Postcard)]
pub async fn launch_environment(
    /// The template's name.
    template: String,
    /// The values of the template's parameters.
    #[server(default)]
    parameters: BTreeMap<String, String>,
) -> Result<MutationReply, UiError> {
    let launched = launch(&template, &parameters).await;
    let launch_page = Landing::At(links::launch_page(&template));
    let filled_form = Landing::At(links::launch_page_with(&template, &parameters));
    redirect_form(launched, (launch_page, "Launched.".to_owned()), filled_form)
}

#[cfg(feature = "ssr")]
async fn launch(
    template: &str,
    given: &BTreeMap<String, String>,
) -> Result<MutationReply, UiError> {
    // A form posts its empty fields, too: an empty value means "not given".
    let given = given.iter().filter(|(_, value)| !value.is_empty());
    let parameters = given.map(|(name, value)| (name.clone(), value.clone())).collect();
    let caller = request::caller()?;
    let run = request::environments()?.launch(&caller, template, &parameters).await?;
    Ok(MutationReply { expires_at: run.expires_at })
}

/// Extends the caller's environment of `template`.
///
/// # Errors
/// [`UiError`] where `POST /run/{env}/extend` fails (docs/contract.md, "REST").
#[server(output = Postcard)]
pub async fn extend_environment(
    /// The template's name.
    template: String,
) -> Result<MutationReply, UiError> {
    let extended = extend(&template).await;
    redirect_form(extended, (Landing::Back, "Extended.".to_owned()), Landing::Back)
}

#[cfg(feature = "ssr")]
async fn extend(template: &str) -> Result<MutationReply, UiError> {
    let extended = request::environments()?.extend(&request::caller()?, template).await?;
    Ok(MutationReply { expires_at: extended.expires_at })
}

/// Deletes the caller's environment of `template`.
///
/// # Errors
/// [`UiError`] where `DELETE /run/{env}` fails (docs/contract.md, "REST").
#[server(output = Postcard)]
pub async fn delete_environment(
    /// The template's name.
    template: String,
) -> Result<MutationReply, UiError> {
    let deleted = delete(&template).await;
    let list = || Landing::At(links::ENVIRONMENTS.to_owned());
    redirect_form(deleted, (list(), "The environment is being deleted.".to_owned()), list())
}

#[cfg(feature = "ssr")]
async fn delete(template: &str) -> Result<MutationReply, UiError> {
    request::environments()?.remove(&request::caller()?, template).await?;
    Ok(MutationReply::default())
}
