use std::{path::PathBuf, sync::Arc};

use operator::engines::{
    Engines,
    process::{ProcessEngine, Settings},
};
use resources::EngineName;

use super::DataDirectory;
use crate::roles::Failure;

/// The only engine of `dploy dev`: environments are child processes of this machine.
pub(super) fn processes(data: &DataDirectory, program: PathBuf) -> Result<Engines, Failure> {
    let mut settings = Settings::new(data.root().to_owned(), program);
    settings.inherited = Settings::inheritable(std::env::vars_os());
    let engine = ProcessEngine::start(settings)
        .map_err(|cause| Failure::Data { directory: data.environments(), cause: cause.into() })?;
    Ok(Engines::default().with(EngineName::Process, Arc::new(engine)))
}
