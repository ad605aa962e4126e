//! The program of an order, its arguments and its environment variables.

use std::{ffi::OsString, io, process::Stdio};

use rendering::TemplateData;
use resources::{DployInstance, DployInstanceStatus, Source};
use serde_json::json;
use tokio::process::{Child, Command};

use super::{
    Settings, directory::EnvironmentDirectory, leftovers::MARK, ports::ReservedPort,
    supervisor::Arguments,
};
use crate::{Draft, DraftError, Order};

/// The program of an order, rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    command: String,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
}

/// The draft has the template's port. A free port is chosen when the process starts.
pub(super) fn draft(order: &Order) -> Result<Draft, DraftError> {
    let spec = order.revision.process.as_ref();
    let spec = spec.ok_or(DraftError::Missing(Source::Process.field()))?;
    let program = program(order, spec.port)?;
    let document = json!({
        "command": program.command,
        "args": program.arguments,
        "env": program.variables,
        "port": spec.port,
        "healthPath": spec.health_path,
    });
    Ok(Draft { order: order.clone(), documents: vec![document] })
}

/// The order's program, which is to listen on `port`. Templates read the port from
/// `status.engineRef`, which is not written yet.
pub(super) fn program(order: &Order, port: u16) -> Result<Program, DraftError> {
    let mut instance = DployInstance::clone(&order.instance);
    let engine_ref = Some(format!("127.0.0.1:{port}"));
    instance.status = Some(DployInstanceStatus { engine_ref, ..DployInstanceStatus::default() });
    let rendered =
        rendering::process(TemplateData { instance: &instance, ..order.template_data() })
            .map_err(|cause| DraftError::Render(cause.into()))?;
    Ok(Program { command: rendered.command, arguments: rendered.args, variables: rendered.env })
}

/// Starts `program` below a supervisor. It inherits only [`Settings::inherited`]. A drop of the
/// supervisor's standard input ends both.
pub(super) fn start(
    settings: &Settings,
    order: &Order,
    program: &Program,
    directory: &EnvironmentDirectory,
    port: &ReservedPort,
) -> io::Result<Child> {
    let command = executable(settings, &program.command)?;
    let supervised = Arguments {
        log: directory.log(),
        grace: settings.grace,
        program: command,
        arguments: program.arguments.iter().map(OsString::from).collect(),
    };
    Command::new(&settings.supervisor)
        .arg("supervise")
        .args(supervised.into_words())
        .current_dir(directory.work())
        .env_clear()
        .envs(settings.inherited.iter().map(|(name, value)| (name, value)))
        .envs(program.variables.iter().map(|(name, value)| (name, value)))
        .envs(fixed_variables(order, directory, port))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// The path of a program of this installation; any other command is looked up in `PATH`.
fn executable(settings: &Settings, command: &str) -> io::Result<OsString> {
    match settings.programs.get(command) {
        Some(path) if path.is_file() => Ok(path.into()),
        Some(path) => {
            let sentence = format!("the program {command} is missing at {}", path.display());
            Err(io::Error::new(io::ErrorKind::NotFound, sentence))
        }
        None => Ok(command.into()),
    }
}

/// The variables of every process. They override the template's.
fn fixed_variables(
    order: &Order,
    directory: &EnvironmentDirectory,
    port: &ReservedPort,
) -> [(&'static str, OsString); 5] {
    [
        ("PORT", port.number().to_string().into()),
        ("HOME", directory.work().into()),
        (MARK, directory.work().into()),
        ("DPLOY_INSTANCE", order.reference.instance.clone().into()),
        ("DPLOY_UUID", order.reference.uuid.clone().into()),
    ]
}
