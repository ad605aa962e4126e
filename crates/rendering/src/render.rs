//! Renders the templates of an instance: its URL, its command, its chart's values, its manifests,
//! its process.

use gtmpl_ng::Value;
use resources::ConnectionType;
use serde_json::{Map, Value as Json};

use crate::{
    data::{TemplateData, started_at},
    engine,
    error::{Fault, RenderError},
    fixed_inputs::FixedInputs,
    structure::{self, Masked},
    yaml,
};

/// The templates that render YAML.
const VALUES: &str = "valuesTemplate";
const MANIFESTS: &str = "manifests";

/// How people reach an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedConnection {
    /// `<template>-<uuid>.<baseDomain>`
    pub host: String,
    /// The URL.
    pub url: String,
    /// Whether people open the URL or copy a command.
    pub connection_type: ConnectionType,
    /// The command to copy; empty for connection type `web`.
    pub message: String,
}

/// The command of a process, with rendered arguments and environment variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RenderedProcess {
    /// The program; not a template.
    pub command: String,
    /// The arguments.
    pub args: Vec<String>,
    /// Additional environment variables, in the template's order.
    pub env: Vec<(String, String)>,
}

/// Renders the URL of an environment and the command to copy.
///
/// # Errors
///
/// When `connectionURLTemplate` or `connectionMessageTemplate` cannot be rendered, or the URL is
/// not valid.
pub fn connection(data: TemplateData<'_>) -> Result<RenderedConnection, RenderError> {
    let rendering = Rendering::start(data)?;
    let connection_type = rendering.template_data.revision.connection_type;
    let message = match connection_type {
        ConnectionType::Web => String::new(),
        ConnectionType::Instructions => {
            let template = &rendering.template_data.revision.connection_message_template;
            rendering.text("connectionMessageTemplate", template)?.trim().to_owned()
        }
    };
    let host = rendering.template_data.host();
    Ok(RenderedConnection { host, url: rendering.url, connection_type, message })
}

/// Renders the values of the chart. An empty text gives no values.
///
/// # Errors
///
/// When `valuesTemplate` cannot be rendered, or the rendered text is not a YAML mapping.
pub fn values(data: TemplateData<'_>) -> Result<Map<String, Json>, RenderError> {
    match documents(data, VALUES, &data.revision.values_template, yaml::document_or_none)?.pop() {
        Some(Json::Object(values)) => Ok(values),
        None => Ok(Map::new()),
        _ => Err(Fault::new("the rendered text must be a YAML mapping: lines of `key: value`")
            .in_template(VALUES)),
    }
}

/// Renders the objects of engine `manifests`, in the template's order.
///
/// # Errors
///
/// When `manifests` cannot be rendered, or a document is not a Kubernetes object.
pub fn manifests(data: TemplateData<'_>) -> Result<Vec<Json>, RenderError> {
    let template = data.revision.manifests.as_deref().unwrap_or_default();
    let documents = documents(data, MANIFESTS, template, yaml::documents)?;
    for (at, document) in documents.iter().enumerate() {
        let is_given = |path: &str| {
            document.pointer(path).is_some_and(|it| it.as_str() != Some("") && it.is_string())
        };
        if let Some(missing) =
            ["/apiVersion", "/kind", "/metadata/name"].into_iter().find(|path| !is_given(path))
        {
            let field = missing.trim_start_matches('/').replace('/', ".");
            return Err(Fault::new(format!("document {} has no {field}; add it", at + 1))
                .in_template(MANIFESTS));
        }
    }
    Ok(documents)
}

/// Checks that no parameter and no claim changes the structure of the chart's values or of the
/// manifests.
///
/// # Errors
///
/// The value that does, in [`RenderError::unquoted`]. The operator reports any other fault.
pub fn check_structure(data: TemplateData<'_>) -> Result<(), RenderError> {
    if data.risky_values().is_empty() {
        return Ok(());
    }
    let checked = values(data).map(drop).and(manifests(data).map(drop));
    checked.or_else(|error| if error.unquoted.is_some() { Err(error) } else { Ok(()) })
}

/// Renders the YAML template called `name`, and parses it with `parse`.
fn documents(
    data: TemplateData<'_>,
    name: &str,
    template: &str,
    parse: impl Fn(&str) -> Result<Vec<Json>, Fault>,
) -> Result<Vec<Json>, RenderError> {
    structure::checked(name, &data.risky_values(), |masked| {
        let text = Rendering::masked(data, masked)?.text(name, template)?;
        parse(&text).map_err(|fault| fault.in_template(name))
    })
}

/// Renders the command of engine `process`.
///
/// # Errors
///
/// When the template has no `process`, or an argument or environment variable cannot be rendered.
pub fn process(data: TemplateData<'_>) -> Result<RenderedProcess, RenderError> {
    let rendering = Rendering::start(data)?;
    let Some(process) = &rendering.template_data.revision.process else {
        return Err(
            Fault::new("the template has no process; add spec.process").in_template("process")
        );
    };
    let args = process.args.iter().enumerate();
    let args = args.map(|(at, arg)| rendering.text(&format!("process.args[{at}]"), arg));
    let env = process.env.iter().map(|variable| {
        let value = rendering.text(&format!("process.env {}", variable.name), &variable.value)?;
        Ok((variable.name.clone(), value))
    });
    Ok(RenderedProcess {
        command: process.command.clone(),
        args: args.collect::<Result<_, _>>()?,
        env: env.collect::<Result<_, _>>()?,
    })
}

/// An instance with its rendered URL, which its other templates read.
struct Rendering<'a> {
    template_data: TemplateData<'a>,
    data: Value,
    url: String,
    masked: Masked<'a>,
}

impl<'a> Rendering<'a> {
    /// Renders the URL, which the other templates read as `.URL`.
    fn start(template_data: TemplateData<'a>) -> Result<Self, RenderError> {
        Self::masked(template_data, Masked::None)
    }

    fn masked(template_data: TemplateData<'a>, masked: Masked<'a>) -> Result<Self, RenderError> {
        const NAME: &str = "connectionURLTemplate";
        let revision = template_data.revision;
        let data = template_data.root("", masked);
        let mut rendering = Rendering { template_data, data, url: String::new(), masked };
        let url = rendering.text(NAME, &revision.connection_url_template)?.trim().to_owned();
        check_url(&url, revision.connection_type).map_err(|fault| fault.in_template(NAME))?;
        rendering.data = rendering.template_data.root(&url, masked);
        rendering.url = url;
        Ok(rendering)
    }

    fn text(&self, name: &str, template: &str) -> Result<String, RenderError> {
        if !template.contains("{{") {
            return Ok(template.to_owned());
        }
        let seed = self.template_data.instance.spec.seed.as_deref().unwrap_or_default();
        let inputs = FixedInputs::new(seed, name, started_at(self.template_data.instance))
            .masked(self.masked != Masked::None);
        engine::render(template, self.data.clone(), inputs).map_err(|fault| fault.in_template(name))
    }
}

/// Checks that the URL is safe as a link: a browser opens it and runs no script from it.
fn check_url(url: &str, connection_type: ConnectionType) -> Result<(), Fault> {
    let is_web = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Fault::new("the URL must not contain spaces or line breaks"));
    }
    if connection_type == ConnectionType::Web && !is_web {
        return Err(Fault::new(
            "the URL of connection type web must start with https:// or http://",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
