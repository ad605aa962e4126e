//! Engine `process`: a workload is a local child process with a directory, a process group and a port of its own.
//!
//! For `dploy dev` on one machine. Below `<data dir>/environments/<instance>/` stand `work/` (the process's working directory and
//! HOME), `output.log` and `port`. Each process runs below a supervisor ([`supervise`]), so that none outlives the server. A
//! process that ends is started again, with growing pauses; a claim or an edit never restarts one that runs.

mod command;
mod directory;
mod keeper;
mod leftovers;
mod ports;
mod probe;
#[cfg(target_os = "linux")]
mod procfs;
mod restart;
mod supervisor;

use std::{
    collections::{BTreeMap, HashMap},
    ffi::OsString,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::{
    future::ready,
    stream::{BoxStream, StreamExt},
};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use super::{Draft, DraftError, Engine, EngineError, Look, Order, OrderRef, Withdrawal};
use directory::EnvironmentDirectory;
use keeper::{Keeper, Tools};
use ports::Ports;
pub use supervisor::supervise;

/// How many changes a slow listener may be behind before it misses some; the controllers look again by themselves, too.
const CHANGES_KEPT: usize = 1024;

/// Where the engine works, and with what.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Environments live in `environments/` below it.
    pub data_dir: PathBuf,
    /// The program whose subcommand `supervise` is [`supervise`].
    pub supervisor: PathBuf,
    /// Commands of templates that name a program of this installation, and where each program is.
    pub programs: BTreeMap<String, PathBuf>,
    /// What processes see of the server's own environment; nothing else gets through. See [`Settings::inheritable`].
    pub inherited: Vec<(OsString, OsString)>,
    /// How long a process may take after SIGTERM.
    pub grace: Duration,
}

impl Settings {
    /// Settings with no programs, no inherited variables and a grace of 5 s.
    #[must_use]
    pub fn new(data_dir: PathBuf, supervisor: PathBuf) -> Self {
        Self {
            data_dir,
            supervisor,
            programs: BTreeMap::new(),
            inherited: Vec::new(),
            grace: Duration::from_secs(5),
        }
    }

    /// The variables that are harmless and needed: how to find programs, language, terminal.
    pub fn inheritable(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Vec<(OsString, OsString)> {
        const NAMES: [&str; 6] = ["PATH", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "TZ"];
        variables.into_iter().filter(|(name, _)| NAMES.iter().any(|it| name == it)).collect()
    }
}

/// Engine `process`.
#[derive(Debug)]
pub struct ProcessEngine {
    tools: Arc<Tools>,
    kept: Mutex<HashMap<String, Keeper>>,
    changes: broadcast::Sender<OrderRef>,
}

impl ProcessEngine {
    /// The engine at work in this data directory. Ends what an earlier server may have left behind there.
    ///
    /// # Errors
    /// [`EngineError`] when the directory cannot be used.
    pub fn start(settings: Settings) -> Result<Self, EngineError> {
        let root = directory::root(&settings.data_dir)?;
        leftovers::end_all_below(&root);
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        let tools = Tools { settings, root, ports: Ports::default(), changes: changes.clone() };
        Ok(Self { tools: Arc::new(tools), kept: Mutex::default(), changes })
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Keeper>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn directory(&self, instance: &str) -> EnvironmentDirectory {
        EnvironmentDirectory::of(&self.tools.root, instance)
    }
}

#[async_trait]
impl Engine for ProcessEngine {
    fn draft(&self, order: &Order) -> Result<Draft, DraftError> {
        command::draft(order)
    }

    async fn place(&self, draft: Draft) -> Result<(), EngineError> {
        let instance = draft.order.reference.instance.clone();
        self.directory(&instance).create().await?;
        let mut kept = self.kept();
        match kept.get(&instance) {
            Some(keeper) => keeper.start_next_time(draft),
            None => {
                kept.insert(instance, Keeper::start(draft, Arc::clone(&self.tools)));
            }
        }
        Ok(())
    }

    async fn look(&self, order: &OrderRef) -> Result<Look, EngineError> {
        Ok(self.kept().get(&order.instance).map_or_else(Look::nothing, Keeper::look))
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        if let Some(keeper) = self.kept().get(&order.instance)
            && !keeper.stop()
        {
            return Ok(Withdrawal::StillGoing("The process is being ended.".into()));
        }
        self.directory(&order.instance).remove().await?;
        self.kept().remove(&order.instance);
        Ok(Withdrawal::Done)
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        BroadcastStream::new(self.changes.subscribe()).filter_map(|it| ready(it.ok())).boxed()
    }

    async fn close(&self) {
        let keepers: Vec<Keeper> = self.kept().drain().map(|(_, keeper)| keeper).collect();
        for keeper in &keepers {
            keeper.stop();
        }
        futures::future::join_all(keepers.into_iter().map(Keeper::ended)).await;
    }
}
