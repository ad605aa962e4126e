use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use engines::{
    Engines,
    manifests::ManifestsEngine,
    process::{ProcessEngine, Settings},
};
use kube::Client;
use resources::EngineName;

use super::{DataDirectory, samples};
use crate::roles::Failure;

/// The engines of `dploy dev`: environments are child processes of this machine, or objects of the embedded API server, in which
/// nothing runs them.
pub(super) fn engines(
    data: &DataDirectory,
    program: PathBuf,
    client: Client,
) -> Result<Engines, Failure> {
    let samples = samples::program_beside(&program);
    let mut settings = Settings::new(data.root().to_owned(), program);
    settings.programs = BTreeMap::from([(samples::COMMAND.to_owned(), samples)]);
    settings.inherited = Settings::inheritable(std::env::vars_os());
    let engine = ProcessEngine::start(settings)
        .map_err(|cause| Failure::Data { directory: data.environments(), cause: cause.into() })?;
    Ok(Engines::default()
        .with(EngineName::Process, Arc::new(engine))
        .with(EngineName::Manifests, Arc::new(ManifestsEngine::new(client))))
}
