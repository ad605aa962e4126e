//! The engines of one machine: child processes, and objects of the embedded API server.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf, sync::Arc};

use engines::{
    Engines,
    manifests::ManifestsEngine,
    process::{ProcessEngine, Settings},
};
use resources::EngineName;

use crate::{DevError, Development, samples};

/// The programs that the engine `process` needs.
#[derive(Debug)]
pub struct Programs {
    /// The program `dploy`, which supervises child processes; `dploy-samples` is beside it.
    pub dploy: PathBuf,
    /// The variables of this process. Environments inherit the harmless ones.
    pub variables: Vec<(OsString, OsString)>,
}

impl Development {
    /// The engines `process` and `manifests`.
    ///
    /// # Errors
    /// [`DevError::Data`] when the directory of the environments cannot be used.
    pub fn engines(&self, programs: Programs) -> Result<Engines, DevError> {
        let samples = samples::program_beside(&programs.dploy);
        let mut settings = Settings::new(self.data.root().to_owned(), programs.dploy);
        settings.programs = BTreeMap::from([(samples::COMMAND.to_owned(), samples)]);
        settings.inherited = Settings::inheritable(programs.variables);
        let process = ProcessEngine::start(settings).map_err(|cause| DevError::Data {
            directory: self.data.environments(),
            cause: cause.into(),
        })?;
        Ok(Engines::default()
            .with(EngineName::Process, Arc::new(process))
            .with(EngineName::Manifests, Arc::new(ManifestsEngine::new(self.client()))))
    }
}

/// Becomes the supervisor of a child process: the command `dploy supervise`.
pub fn supervise(arguments: Vec<OsString>) -> std::process::ExitCode {
    engines::process::supervise(arguments)
}
