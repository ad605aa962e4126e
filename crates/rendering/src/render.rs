//! What an instance's templates render to. Pure functions of the instance, its resolved template and the cluster's
//! settings: the server and the operator, asked at any time, get the same.

use gtmpl_ng::Value;
use resources::{ConnectionType, DployInstance, OperatorConfigSpec, ResolvedTemplate};
use serde_json::{Map, Value as Json};

use crate::{
    RenderError,
    data::{Subject, started_at},
    engine::{self, session::Session},
    error::Fault,
    yaml,
};

/// How people reach an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// `<template>-<uuid>.<baseDomain>`
    pub host: String,
    /// The address.
    pub url: String,
    /// Whether the address is opened, or a command is copied.
    pub connection_type: ConnectionType,
    /// The command to copy; empty for `web`.
    pub message: String,
}

/// A process's command with its arguments and variables rendered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RenderedProcess {
    /// The program, as the template names it.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables that come on top of its environment, in the template's order.
    pub env: Vec<(String, String)>,
}

/// Where the environment answers and what its owner is told.
///
/// # Errors
///
/// When `connectionURLTemplate` or `connectionMessageTemplate` cannot be rendered, or the address is none.
pub fn connection(
    instance: &DployInstance,
    config: &OperatorConfigSpec,
) -> Result<Connection, RenderError> {
    let rendering = Rendering::address(instance, config)?;
    let connection_type = rendering.subject.resolved.connection_type;
    let message = match connection_type {
        ConnectionType::Web => String::new(),
        ConnectionType::Instructions => {
            let template = &rendering.subject.resolved.connection_message_template;
            rendering.text("connectionMessageTemplate", template)?.trim().to_owned()
        }
    };
    Ok(Connection { host: rendering.subject.host(), url: rendering.url, connection_type, message })
}

/// The chart's values. A template that renders to nothing gives none.
///
/// # Errors
///
/// When `valuesTemplate` cannot be rendered or does not give a YAML mapping.
pub fn values(
    instance: &DployInstance,
    config: &OperatorConfigSpec,
) -> Result<Map<String, Json>, RenderError> {
    const NAME: &str = "valuesTemplate";
    let rendering = Rendering::address(instance, config)?;
    let text = rendering.text(NAME, &rendering.subject.resolved.values_template)?;
    match yaml::document(&text).map_err(|fault| fault.of(NAME))? {
        Json::Object(values) => Ok(values),
        Json::Null => Ok(Map::new()),
        _ => Err(Fault::new("it has to render a YAML mapping, lines of `key: value`").of(NAME)),
    }
}

/// The objects of engine manifests, in the template's order.
///
/// # Errors
///
/// When `manifests` cannot be rendered, or a document of it is no Kubernetes object.
pub fn manifests(
    instance: &DployInstance,
    config: &OperatorConfigSpec,
) -> Result<Vec<Json>, RenderError> {
    const NAME: &str = "manifests";
    let rendering = Rendering::address(instance, config)?;
    let text = rendering
        .text(NAME, rendering.subject.resolved.manifests.as_deref().unwrap_or_default())?;
    let documents = yaml::documents(&text).map_err(|fault| fault.of(NAME))?;
    for (at, document) in documents.iter().enumerate() {
        let is_given = |path: &str| {
            document.pointer(path).is_some_and(|it| it.as_str() != Some("") && it.is_string())
        };
        if let Some(missing) =
            ["/apiVersion", "/kind", "/metadata/name"].into_iter().find(|path| !is_given(path))
        {
            let field = missing.trim_start_matches('/').replace('/', ".");
            return Err(Fault::new(format!("document {} has no {field}; add it", at + 1)).of(NAME));
        }
    }
    Ok(documents)
}

/// The command of engine process.
///
/// # Errors
///
/// When the template has no `process`, or one of its arguments or variables cannot be rendered.
pub fn process(
    instance: &DployInstance,
    config: &OperatorConfigSpec,
) -> Result<RenderedProcess, RenderError> {
    let rendering = Rendering::address(instance, config)?;
    let Some(process) = &rendering.subject.resolved.process else {
        return Err(Fault::new("the template has none; add spec.process").of("process"));
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

/// An instance whose address is known, ready for its other templates.
struct Rendering<'a> {
    subject: Subject<'a>,
    data: Value,
    url: String,
}

impl<'a> Rendering<'a> {
    /// Renders the address, which the other templates see as `.URL`.
    fn address(
        instance: &'a DployInstance,
        config: &'a OperatorConfigSpec,
    ) -> Result<Self, RenderError> {
        const NAME: &str = "connectionURLTemplate";
        let resolved: &ResolvedTemplate = instance.spec.resolved.as_ref().ok_or_else(|| {
            Fault::new("the instance carries no resolved template yet; the operator adds it")
                .of("spec.resolved")
        })?;
        let subject = Subject { instance, resolved, config };
        let data = subject.root("");
        let mut rendering = Rendering { subject, data, url: String::new() };
        let url = rendering.text(NAME, &resolved.connection_url_template)?.trim().to_owned();
        check_address(&url, resolved.connection_type).map_err(|fault| fault.of(NAME))?;
        rendering.data = rendering.subject.root(&url);
        rendering.url = url;
        Ok(rendering)
    }

    fn text(&self, name: &str, template: &str) -> Result<String, RenderError> {
        if !template.contains("{{") {
            return Ok(template.to_owned());
        }
        let seed = &self.subject.resolved.seed;
        let session = Session::new(seed, name, started_at(self.subject.instance));
        engine::render(template, self.data.clone(), session).map_err(|fault| fault.of(name))
    }
}

/// The address becomes a link, so it has to be one that a browser opens and that runs nothing.
fn check_address(url: &str, connection_type: ConnectionType) -> Result<(), Fault> {
    let is_web = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Fault::new("an address has no spaces and one line"));
    }
    if connection_type == ConnectionType::Web && !is_web {
        return Err(Fault::new("an address to open starts with https:// or http://"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
