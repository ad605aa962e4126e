//! Launch: one seat and one instance, whatever other requests do at the same time
//! (docs/ledger.md, "Launch").

mod claim;
mod delete_expired;
mod lasting_claims;
mod make_room;
mod on_demand;
mod personal_values;
mod revision;
mod wait;
mod write_seat;

use std::{collections::BTreeMap, sync::Arc};

use kube::ResourceExt;
use ledger::{
    launch::{LaunchStep, decide},
    order::Order,
    seats::SeatKey,
    standing::{Standing, standing, written_environment as written_by},
};
use resources::{
    DployInstance, DployOwner, DployTemplate, Method, Seat, WhenEmpty, identity_label,
};
use tokio::time::Instant;
use tracing::{Span, field, info, instrument};
use wire::Run;

use self::{
    claim::{Claim, pool_empty},
    delete_expired::delete_expired,
    lasting_claims::lasting_claims,
    make_room::has_room,
    on_demand::create_new,
    wait::WriterDeadline,
};
use crate::{
    Caller, Refusal,
    allowances::Allowance,
    audited::{note_instance, note_owner},
    cluster::ClusterError,
    ledger_read::{LedgerRead, cached_ledger_without, read_ledger},
    metrics::{LaunchOutcome, Metrics},
    own_effect::Effect,
    owners::{Owner, Owners},
    parameters,
    ports::Ports,
    queue::{self, Entry},
    quota::{ending_is_below_limit, is_below_limit, limit},
    views,
};

/// Creates the caller's environment of `template`, or claims a warm member, or returns the
/// environment that the owner has.
#[instrument(skip_all, fields(template, owner = field::Empty))]
pub(crate) async fn launch(
    ports: Ports<'_>,
    metrics: &Metrics,
    caller: &Caller,
    template: &str,
    given: &BTreeMap<String, String>,
) -> Result<Run, Refusal> {
    let began = Instant::now();
    let template = &ports.reads.enabled_template(template).await?;
    let key = SeatKey::of_template(&template.name_any());
    let allowance = ports.allowances.of(caller);
    let launched = Launch { ports, caller, template, key, given, allowance }.run().await;
    if template.spec.method == Method::Pool {
        metrics.claim(began.elapsed(), launched.as_ref().map(|it| it.outcome));
    }
    let Launched { owner, instance, outcome: _ } = launched?;
    note_instance(&instance);
    Ok(views::run(ports.reads, &instance, &owner))
}

/// Reads live whether the create or claim that follows `seat` took effect.
async fn written_environment(
    ports: Ports<'_>,
    record: &DployOwner,
    seat: &Seat,
) -> Result<Effect<DployInstance>, ClusterError> {
    let live = ports.reads.live.instance(&seat.instance).await?;
    let now = ports.reads.now();
    let standing = standing(seat, record, live.as_ref(), now);
    Ok(match written_by(seat, record, live, now) {
        Some(own) => Effect::Own(own),
        None if matches!(standing, Standing::Unwritten(_)) => Effect::Open,
        None => Effect::Never,
    })
}

/// One launch.
struct Launch<'a> {
    ports: Ports<'a>,
    caller: &'a Caller,
    template: &'a Arc<DployTemplate>,
    key: SeatKey,
    given: &'a BTreeMap<String, String>,
    allowance: Allowance<'a>,
}

/// The result of a launch.
#[derive(Debug)]
struct Launched {
    owner: Owner,
    instance: DployInstance,
    outcome: LaunchOutcome,
}

impl Launch<'_> {
    async fn run(&self) -> Result<Launched, Refusal> {
        let owner = self.owner().await?;
        Span::current().record("owner", &owner.key);
        note_owner(&owner.key);
        let _turn = self.ports.contention.turns.wait(&owner.key).await;
        self.settle(owner).await
    }

    /// Decides until there is an environment or a refusal.
    async fn settle(&self, mut owner: Owner) -> Result<Launched, Refusal> {
        if let Some(instance) = self.launch_from_cache(&owner).await? {
            let outcome = outcome(&instance);
            return Ok(Launched { owner, instance, outcome });
        }
        let mut attempts = self.ports.attempts();
        let mut deadline = WriterDeadline::default();
        loop {
            match read_ledger(self.ports.reads, &owner, &self.key).await? {
                Some(read) => {
                    let step = self.step(&owner, read, &mut deadline).await?;
                    if let Some((instance, outcome)) = step {
                        return Ok(Launched { owner, instance, outcome });
                    }
                }
                // An admin has deleted the record since: bind the owner key again.
                None => owner = self.owner().await?,
            }
            attempts.again().await?;
        }
    }

    /// Takes a first seat on the cached record. The write succeeds only if the cached record is the
    /// current one, so the result is that of a live read just before. The cache alone is never a
    /// reason to refuse or to return an environment: `None` leaves that to a live read.
    async fn launch_from_cache(&self, owner: &Owner) -> Result<Option<DployInstance>, Refusal> {
        let reads = self.ports.reads;
        let record = cached_ledger_without(reads, owner, &self.key)
            .filter(|record| is_below_limit(reads, record, &self.template.spec));
        let Some(record) = record else { return Ok(None) };
        let Ok(order) = self.order(&record) else { return Ok(None) };
        match self.take_seat(&order, record).await {
            Err(Refusal::PoolEmpty { .. }) => Ok(None),
            taken => taken,
        }
    }

    /// Decides once and carries the step out. `None` when the launch has to read and decide again.
    async fn step(
        &self,
        owner: &Owner,
        LedgerRead { record, found }: LedgerRead,
        deadline: &mut WriterDeadline,
    ) -> Result<Option<(DployInstance, LaunchOutcome)>, Refusal> {
        let may_take = match decide(found) {
            LaunchStep::Return(instance) => {
                return Ok(Some((*instance, LaunchOutcome::Existing)));
            }
            LaunchStep::TakeSeat => has_room(self.ports, &record, &self.template.spec).await?,
            LaunchStep::ReplaceSeat => true,
            LaunchStep::DeleteExpired(instance) => delete_expired(self.ports, &instance).await?,
            LaunchStep::AwaitWriter(pending) => {
                wait::await_writer(self.ports, &pending, owner, deadline).await?
            }
        };
        if !may_take {
            return Ok(None);
        }
        let launched = self.take_seat(&self.order(&record)?, record).await?;
        Ok(launched.map(|instance| {
            let outcome = outcome(&instance);
            (instance, outcome)
        }))
    }

    /// Writes a seat on exactly this version of the record, then the instance that it names. `None`
    /// when another request wrote first.
    async fn take_seat(
        &self,
        order: &Order,
        record: DployOwner,
    ) -> Result<Option<DployInstance>, Refusal> {
        ending_is_below_limit(self.ports.reads, &record, &self.template.spec)?;
        self.allowance.take()?;
        let launched = match self.template.spec.method {
            Method::OnDemand => {
                create_new(self.ports, &self.key, self.template, order, record).await?
            }
            Method::Pool => self.claim_or_queue(order, record).await?,
        };
        if let Some(instance) = &launched {
            info!(instance = instance.name_any(), "launched an environment");
        }
        Ok(launched)
    }

    /// Claims a member of the pool, or takes a place in its queue. `None` also when the last warm
    /// member went to another request: the record has changed since.
    async fn claim_or_queue(
        &self,
        order: &Order,
        record: DployOwner,
    ) -> Result<Option<DployInstance>, Refusal> {
        let Self { ports, template, key, .. } = self;
        let claim = Claim::new(*ports, key, order);
        match claim::entry(ports.reads, template) {
            Entry::Claim => match claim.run(record).await {
                Err(Refusal::PoolEmpty { .. })
                    if queue::when_empty(template) != WhenEmpty::Refuse =>
                {
                    Ok(None)
                }
                claimed => claimed,
            },
            Entry::Join => create_new(*ports, key, template, order, record).await,
            Entry::Refuse => Err(pool_empty(ports.reads, &key.template)),
        }
    }

    async fn owner(&self) -> Result<Owner, Refusal> {
        let is_allowed = || self.check_newcomer();
        Owners::of(self.ports).for_launch(self.caller, self.template, is_allowed).await
    }

    /// Refuses the launch of somebody without a record, who has no environment that it could
    /// return, before a record is created.
    fn check_newcomer(&self) -> Result<(), Refusal> {
        let (reads, template) = (self.ports.reads, self.template);
        parameters::choose(&template.spec.parameters, self.given)?;
        if limit(reads, None, Some(&template.spec)) == 0 {
            return Err(Refusal::QuotaReached(0));
        }
        match template.spec.method {
            Method::Pool if claim::entry(reads, template) == Entry::Refuse => {
                Err(pool_empty(reads, &self.key.template))
            }
            Method::Pool | Method::OnDemand => Ok(()),
        }
    }

    /// What to write for the owner of `record`. The parameters are checked only here: a launch
    /// returns an existing environment without them.
    fn order(&self, record: &DployOwner) -> Result<Order, Refusal> {
        Ok(Order {
            owner: record.name_any(),
            identity: identity_label(&record.spec.identity),
            record_uid: record.uid().unwrap_or_default(),
            claims: lasting_claims(&self.caller.claims),
            params: parameters::choose(&self.template.spec.parameters, self.given)?,
        })
    }
}

/// What a launch did that wrote this instance.
const fn outcome(instance: &DployInstance) -> LaunchOutcome {
    if instance.spec.queued { LaunchOutcome::Queued } else { LaunchOutcome::Launched }
}
