//! A form that a script posts. The request is the one that a browser sends without JavaScript.

use std::collections::BTreeMap;

use leptos::server_fn::ServerFn;

use super::{LaunchEnvironment, MutationReply, UiError};
#[cfg(not(feature = "ssr"))]
use crate::links::encoded;

/// A form's target and fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedForm {
    /// The path of the server function.
    pub to: &'static str,
    /// The names and values, in the form's order.
    pub fields: Vec<(String, String)>,
}

impl PostedForm {
    /// The form that launches `template` with these parameters.
    #[must_use]
    pub fn launch(template: &str, parameters: &BTreeMap<String, String>) -> Self {
        let mut fields = vec![("template".to_owned(), template.to_owned())];
        for (name, value) in parameters {
            fields.push((parameter_field(name), value.clone()));
        }
        Self { to: LaunchEnvironment::PATH, fields }
    }

    /// The template parameters in the fields of a launch form.
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

    /// The value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The fields as `application/x-www-form-urlencoded`.
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

/// The name of the form field of a template parameter.
#[must_use]
pub fn parameter_field(parameter: &str) -> String {
    format!("parameters[{parameter}]")
}

/// Posts a form to its server function.
///
/// # Errors
/// [`UiError`] of the server function or of the transport.
#[cfg(not(feature = "ssr"))]
pub async fn post_form(form: PostedForm) -> Result<MutationReply, UiError> {
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

/// Fails: the server posts no forms while it renders a page.
///
/// # Errors
/// Always.
#[cfg(feature = "ssr")]
pub async fn post_form(_form: PostedForm) -> Result<MutationReply, UiError> {
    Err(UiError::new(super::UiErrorKind::Offline, "Only a browser can post a form."))
}
