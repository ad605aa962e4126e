//! The replicas: each runs in a task that starts it again when it ends, kills it and suspends it.

use std::{future::pending, sync::Arc, time::Duration};

use anyhow::Result;
use clock::World;
use harness::{DployProcess, Fixture};
use k8s_openapi::api::coordination::v1::Lease;
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    caller::Replicas,
    health::{Health, SAMPLE_INTERVAL},
    report::Tally,
    templates::QUOTA,
};

/// The shortest and the longest time between two disturbances of one replica.
const DISTURBANCE_INTERVAL: (Duration, Duration) =
    (Duration::from_secs(5), Duration::from_secs(25));
/// The longest suspension of the usual ones, and of the rare ones.
const MAX_FREEZE: (Duration, Duration) = (Duration::from_secs(6), Duration::from_secs(30));
/// The time after which a load balancer takes a suspended replica out of service.
const HEALTH_CHECK_DELAY: Duration = Duration::from_secs(1);
/// The longest pause before a replica that has ended is started again.
const MAX_RESTART_PAUSE: Duration = Duration::from_secs(2);

/// The name of the operators' lease.
const LEASE: &str = "dploy-operator";

/// What a replica does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// `dploy serve`
    Serve,
    /// `dploy operate`
    Operate,
}

/// What the tasks of all replicas share.
pub(crate) struct Surroundings {
    /// Starts the processes.
    pub(crate) fixture: Arc<Fixture>,
    /// The `serve` replicas in service.
    pub(crate) in_service: Arc<Replicas>,
    /// The clock, and the source of choices.
    pub(crate) world: World,
    /// The number of disturbances.
    pub(crate) tally: Tally,
    /// The samples of the replicas that nothing disturbs.
    pub(crate) health: Health,
    /// Whether nothing disturbs the first replica of each role.
    pub(crate) spares_first: bool,
}

/// The running replicas.
pub(crate) struct Fleet {
    tasks: JoinSet<Result<()>>,
    calm: CancellationToken,
    stopping: CancellationToken,
}

impl Fleet {
    /// Starts `serve` and `operate` replicas. At most all but one of a role are disturbed at once.
    pub(crate) fn start(around: &Arc<Surroundings>, serve: usize, operate: usize) -> Self {
        let (calm, stopping) = (CancellationToken::new(), CancellationToken::new());
        let mut tasks = JoinSet::new();
        for (role, count) in [(Role::Serve, serve), (Role::Operate, operate)] {
            let permits = Arc::new(Semaphore::new(count.saturating_sub(1)));
            for number in 0..count {
                let replica = Replica {
                    role,
                    number,
                    around: Arc::clone(around),
                    permits: Arc::clone(&permits),
                    calm: calm.clone(),
                    stopping: stopping.clone(),
                };
                tasks.spawn(replica.run());
            }
        }
        Self { tasks, calm, stopping }
    }

    /// Ends the disturbances.
    pub(crate) fn calm(&self) {
        self.calm.cancel();
    }

    /// Stops all replicas. Returns why some of them did not stop in order.
    pub(crate) async fn stop(mut self) -> Vec<String> {
        self.calm.cancel();
        self.stopping.cancel();
        let mut failures = Vec::new();
        while let Some(ended) = self.tasks.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => failures.push(format!("{error:#}")),
                Err(error) => failures.push(error.to_string()),
            }
        }
        failures
    }
}

struct Replica {
    role: Role,
    number: usize,
    around: Arc<Surroundings>,
    permits: Arc<Semaphore>,
    calm: CancellationToken,
    stopping: CancellationToken,
}

/// How a process has ended.
enum Ended {
    Killed,
    ByItself,
    Stopped,
}

impl Replica {
    async fn run(self) -> Result<()> {
        while !self.stopping.is_cancelled() {
            match self.start().await {
                Ok((process, origin)) => match self.live(process, origin.as_deref()).await? {
                    Ended::Stopped => return Ok(()),
                    Ended::ByItself => self.around.tally.exits.add(),
                    Ended::Killed => self.around.tally.kills.add(),
                },
                Err(error) => {
                    tracing::warn!("{:?} {} did not start: {error:#}", self.role, self.number)
                }
            }
            sleep(self.around.world.jitter(MAX_RESTART_PAUSE)).await;
        }
        Ok(())
    }

    /// Starts the process. A server has an origin.
    async fn start(&self) -> Result<(DployProcess, Option<String>)> {
        let fixture = &self.around.fixture;
        if self.role == Role::Operate {
            return Ok((fixture.operate_as(&self.host())?, None));
        }
        let quota = QUOTA.to_string();
        let server = fixture.serve_with(&[("MAX_ENVIRONMENTS_PER_USER", &quota)]).await?;
        let origin = format!("http://{}", server.host());
        Ok((server.into_process(), Some(origin)))
    }

    /// Keeps the process in service until it ends.
    async fn live(&self, mut process: DployProcess, origin: Option<&str>) -> Result<Ended> {
        self.put_into_service(origin);
        let is_spared = self.around.spares_first && self.number == 0;
        loop {
            let is_due = self.disturbance();
            tokio::select! {
                () = sleep(SAMPLE_INTERVAL), if is_spared => {
                    self.sample(&process).await;
                    continue;
                }
                status = process.exited() => {
                    tracing::warn!("{:?} {} exited: {status:?}", self.role, self.number);
                    self.take_out_of_service(origin);
                    return Ok(Ended::ByItself);
                }
                () = self.stopping.cancelled() => {
                    self.take_out_of_service(origin);
                    return process.stop().await.map(|()| Ended::Stopped);
                }
                () = is_due, if !is_spared => {}
            }
            let Ok(_permit) = self.permits.try_acquire() else { continue };
            if self.around.world.random_index(0..2) == 0 {
                self.take_out_of_service(origin);
                process.kill().await?;
                return Ok(Ended::Killed);
            }
            self.freeze(&process, origin).await?;
        }
    }

    /// Takes a sample during the storms. A leader needs more memory than a replica that waits.
    async fn sample(&self, process: &DployProcess) {
        if self.calm.is_cancelled() {
            return;
        }
        let mut name = format!("{:?} {}", self.role, self.number).to_lowercase();
        if self.role == Role::Operate && self.leads().await {
            name.push_str(" as leader");
        }
        self.around.health.sample(&name, process);
    }

    async fn leads(&self) -> bool {
        let leases = self.around.fixture.api::<Lease>();
        let lease = leases.get_opt(LEASE).await.ok().flatten();
        let holder = lease.and_then(|lease| lease.spec?.holder_identity);
        holder.is_some_and(|holder| holder == self.host())
    }

    /// The host name of an operator, which names it in the election.
    fn host(&self) -> String {
        format!("race-{}", self.number)
    }

    /// Waits for the next disturbance; for ever once the run is calm.
    async fn disturbance(&self) {
        let (shortest, longest) = DISTURBANCE_INTERVAL;
        let pause = shortest + self.around.world.jitter(longest - shortest);
        tokio::select! {
            () = sleep(pause) => {}
            () = self.calm.cancelled() => pending().await,
        }
    }

    /// Suspends the process for a while, and ends early when the run is calm.
    async fn freeze(&self, process: &DployProcess, origin: Option<&str>) -> Result<()> {
        let (usual, rare) = MAX_FREEZE;
        let longest = if self.around.world.random_index(0..4) == 0 { rare } else { usual };
        process.freeze()?;
        self.around.tally.freezes.add();
        sleep(HEALTH_CHECK_DELAY).await;
        self.take_out_of_service(origin);
        tokio::select! {
            () = sleep(self.around.world.jitter(longest)) => {}
            () = self.calm.cancelled() => {}
        }
        process.resume()?;
        self.put_into_service(origin);
        Ok(())
    }

    fn put_into_service(&self, origin: Option<&str>) {
        if let Some(origin) = origin {
            self.around.in_service.add(origin.to_owned());
        }
    }

    fn take_out_of_service(&self, origin: Option<&str>) {
        if let Some(origin) = origin {
            self.around.in_service.remove(origin);
        }
    }
}
