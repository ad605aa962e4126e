//! A form as the browser posts it, posted by a script: without JavaScript it is the same request.

use std::collections::BTreeMap;

use leptos::server_fn::ServerFn;

use super::{Changed, LaunchEnvironment, UiError};
#[cfg(not(feature = "ssr"))]
use crate::links::encoded;

/// A form's fields, and where they go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The path of a server function.
    pub to: &'static str,
    /// Names and values, in the form's order.
    pub fields: Vec<(String, String)>,
}

impl Posted {
    /// The form of a launch of `template`, with its parameters filled in.
    #[must_use]
    pub fn launch(template: &str, parameters: &BTreeMap<String, String>) -> Self {
        let mut fields = vec![("template".to_owned(), template.to_owned())];
        for (name, value) in parameters {
            fields.push((parameter_field(name), value.clone()));
        }
        Self { to: LaunchEnvironment::PATH, fields }
    }

    /// What the form of a launch says of the parameters.
    #[must_use]
    pub fn parameters(&self) -> BTreeMap<String, String> {
        let mut parameters = BTreeMap::new();
        for (key, value) in &self.fields {
            if let Some(name) = key.strip_prefix("parameters[").and_then(|it| it.strip_suffix(']'))
            {
                parameters.insert(name.to_owned(), value.clone());
            }
        }
        parameters
    }

    /// What is in a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// As a form is written in the body of a request.
    #[cfg(not(feature = "ssr"))]
    fn body(&self) -> String {
        let pairs: Vec<String> = self
            .fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        pairs.join("&")
    }
}

/// The field of a template's parameter.
#[must_use]
pub fn parameter_field(parameter: &str) -> String {
    format!("parameters[{parameter}]")
}

/// Posts a form.
///
/// # Errors
/// [`UiError`] as the server function says.
#[cfg(not(feature = "ssr"))]
pub async fn post(form: Posted) -> Result<Changed, UiError> {
    use leptos::server_fn::{
        ContentType as _, Decodes as _,
        client::{Client, browser::BrowserClient},
        codec::{PostUrl, PostcardEncoding},
        error::{FromServerFnError as _, IntoAppError as _, ServerFnErrorErr},
        request::{ClientReq, browser::BrowserRequest},
        response::{ClientRes, browser::BrowserResponse},
    };
    let accepts = PostcardEncoding::CONTENT_TYPE;
    let request = <BrowserRequest as ClientReq<UiError>>::try_new_post(
        form.to,
        accepts,
        PostUrl::CONTENT_TYPE,
        form.body(),
    )?;
    let response: BrowserResponse = <BrowserClient as Client<UiError>>::send(request).await?;
    let refused = <BrowserResponse as ClientRes<UiError>>::status(&response) >= 400;
    let body = ClientRes::<UiError>::try_into_bytes(response).await?;
    if refused {
        return Err(UiError::de(body));
    }
    PostcardEncoding::decode(body)
        .map_err(|error| ServerFnErrorErr::Deserialization(error.to_string()).into_app_error())
}

/// Posts a form; a server that renders a page has none to post.
///
/// # Errors
/// Always.
#[cfg(feature = "ssr")]
pub async fn post(_form: Posted) -> Result<Changed, UiError> {
    Err(UiError::new(super::UiErrorKind::Offline, "Forms are posted by browsers."))
}
