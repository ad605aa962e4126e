//! Engine `process`: a workload is a local child process with a directory, a process group and a
//! port of its own.
//!
//! For `dploy dev` on one machine. The directory `<data dir>/environments/<instance>/` holds
//! `work/` (the process's working directory and HOME), `output.log` and `port`. Each process runs
//! below a supervisor ([`supervise`]), so that it does not outlive the server. A process that exits
//! is restarted with growing pauses. A claim or an edit never restarts a process.

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
    collections::{BTreeMap, HashMap, hash_map::Entry},
    ffi::OsString,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use async_trait::async_trait;
use futures::{
    future::ready,
    stream::{BoxStream, StreamExt},
};
use resources::{OperatorConfigSpec, OrderRef, Placed, WorkloadState, label};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use super::{Draft, DraftError, Engine, EngineError, Order, Withdrawal};
use directory::EnvironmentDirectory;
use keeper::{Keeper, Shared};
use ports::Ports;
pub use supervisor::supervise;

/// How many changes a slow receiver may lag behind before it misses some. The controllers also
/// poll.
const MAX_LAG: usize = 1024;

/// The settings of engine `process`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The directory whose subdirectory `environments` holds the environments.
    pub data_dir: PathBuf,
    /// The program whose subcommand `supervise` is [`supervise`].
    pub supervisor: PathBuf,
    /// Commands of templates that name a program of this installation, and the path of each
    /// program.
    pub programs: BTreeMap<String, PathBuf>,
    /// The server's environment variables that processes inherit, and no others. See
    /// [`Settings::inheritable`].
    pub inherited: Vec<(OsString, OsString)>,
    /// How long a process may take to exit after SIGTERM.
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

    /// The variables that are harmless and needed: the program path, the language, the terminal.
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
    shared: Arc<Shared>,
    keepers: Mutex<HashMap<String, Keeper>>,
    changes: broadcast::Sender<OrderRef>,
}

impl ProcessEngine {
    /// Starts the engine in this data directory. Kills the processes that an earlier server left
    /// behind there.
    ///
    /// # Errors
    /// [`EngineError`] when the directory cannot be created.
    pub fn start(settings: Settings) -> Result<Self, EngineError> {
        let root = directory::root(&settings.data_dir)?;
        leftovers::end_all_below(&root);
        let (changes, _) = broadcast::channel(MAX_LAG);
        let shared = Shared {
            settings,
            root,
            ports: Ports::default(),
            changes: changes.clone(),
            keepers: AtomicU64::default(),
        };
        Ok(Self { shared: Arc::new(shared), keepers: Mutex::default(), changes })
    }

    fn keepers(&self) -> MutexGuard<'_, HashMap<String, Keeper>> {
        self.keepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the process of an instance, then removes its directory.
    async fn end(&self, instance: &str) -> Result<Withdrawal, EngineError> {
        if let Some(keeper) = self.keepers().get(instance)
            && !keeper.stop()
        {
            return Ok(Withdrawal::StillGoing("The process is being stopped.".into()));
        }
        self.directory(instance).remove().await?;
        self.keepers().remove(instance);
        Ok(Withdrawal::Done)
    }

    fn directory(&self, instance: &str) -> EnvironmentDirectory {
        EnvironmentDirectory::of(&self.shared.root, instance)
    }
}

#[async_trait]
impl Engine for ProcessEngine {
    fn draft(&self, order: &Order) -> Result<Draft, DraftError> {
        command::draft(order)
    }

    async fn place(&self, draft: Draft) -> Result<WorkloadState, EngineError> {
        let instance = draft.order.reference.instance.clone();
        self.directory(&instance).create().await?;
        let mut keepers = self.keepers();
        let keeper = match keepers.entry(instance) {
            Entry::Occupied(kept) => {
                kept.get().set_next_draft(draft);
                kept.into_mut()
            }
            Entry::Vacant(place) => place.insert(Keeper::start(draft, Arc::clone(&self.shared))),
        };
        Ok(keeper.observe())
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        Ok(self.keepers().get(&order.instance).map_or_else(WorkloadState::absent, Keeper::observe))
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        self.end(&order.instance).await
    }

    /// The processes that this server runs. No other server can run any in its data directory.
    async fn list(&self, _: &str, _: &OperatorConfigSpec) -> Result<Vec<Placed>, EngineError> {
        let placed = |(instance, keeper): (&String, &Keeper)| Placed {
            api_version: String::new(),
            kind: "Process".into(),
            namespace: String::new(),
            name: instance.clone(),
            uid: keeper.uid(),
            instance: Some(label(instance)),
            is_deleting: keeper.is_stopping(),
        };
        Ok(self.keepers().iter().map(placed).collect())
    }

    async fn discard(&self, leftover: &Placed) -> Result<(), EngineError> {
        let is_same = |keeper: &Keeper| keeper.uid() == leftover.uid;
        if self.keepers().get(&leftover.name).is_some_and(is_same) {
            self.end(&leftover.name).await?;
        }
        Ok(())
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        BroadcastStream::new(self.changes.subscribe()).filter_map(|it| ready(it.ok())).boxed()
    }

    async fn close(&self) {
        let keepers: Vec<Keeper> = self.keepers().drain().map(|(_, keeper)| keeper).collect();
        for keeper in &keepers {
            keeper.stop();
        }
        futures::future::join_all(keepers.into_iter().map(Keeper::ended)).await;
    }
}
