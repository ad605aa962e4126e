//! Launch: one seat, one instance, whatever else happens at the same time (DESIGN, "Protocols of the writes").

mod claim;
mod decide;
mod fence;
mod on_demand;
mod order;
mod quota;
mod seats;

use std::{collections::BTreeMap, sync::Arc};

use kube::ResourceExt;
use resources::{DployInstance, DployOwner, DployTemplate, Method};
use tokio::time::Instant;
use tracing::{Span, field, info, instrument};
use wire::Run;

pub(crate) use self::claim::is_warm;
use self::{
    decide::{LaunchStep, decide},
    fence::Patience,
    order::{Order, lasting_claims},
};
use crate::{
    Caller, Refusal, courtesy::Attempts, ledger::Sighting, measures::News, owners::Owner,
    parameters, room::Room,
};

/// What was asked for.
#[derive(Debug, Clone, Copy)]
struct Request<'a> {
    caller: &'a Caller,
    template: &'a Arc<DployTemplate>,
    given: &'a BTreeMap<String, String>,
}

/// What a launch came to.
#[derive(Debug)]
struct Settled {
    owner: Owner,
    instance: DployInstance,
    news: News,
}

impl Request<'_> {
    /// What is to be written for `owner`; parameters matter only now, an environment that exists is found without them.
    fn order(&self, owner: &Owner) -> Result<Order, Refusal> {
        Ok(Order {
            template: Arc::clone(self.template),
            owner: owner.clone(),
            claims: lasting_claims(&self.caller.claims),
            params: parameters::choose(&self.template.spec.parameters, self.given)?,
        })
    }
}

impl Room {
    /// Creates the caller's environment of `template`, or claims a warm one, or returns the one that the owner has.
    #[instrument(skip_all, fields(template, owner = field::Empty))]
    pub(crate) async fn launch(
        &self,
        caller: &Caller,
        template: &str,
        given: &BTreeMap<String, String>,
    ) -> Result<Run, Refusal> {
        let began = Instant::now();
        let template = self.enabled_template(template).await?;
        let settled = self.launch_for(Request { caller, template: &template, given }).await;
        if template.spec.method == Method::Pool {
            self.measures.claim(began.elapsed(), settled.as_ref().map(|it| it.news));
        }
        let Settled { owner, instance, news: _ } = settled?;
        Ok(self.run_of(&instance, &owner))
    }

    async fn launch_for(&self, request: Request<'_>) -> Result<Settled, Refusal> {
        let owner = self.owner_for(request.caller, request.template).await?;
        Span::current().record("owner", &owner.key);
        let _turn = self.turns.wait(&owner.key).await;
        self.settle(request, owner).await
    }

    /// Decides again and again until there is an environment, or a reason why not.
    async fn settle(&self, request: Request<'_>, mut owner: Owner) -> Result<Settled, Refusal> {
        if let Some(instance) = self.launch_unread(request, &owner).await? {
            return Ok(Settled { owner, instance, news: News::Launched });
        }
        let mut attempts = Attempts::default();
        let mut patience = Patience::default();
        loop {
            match self.sight(&owner, &request.template.name_any()).await? {
                Some(sighting) => {
                    let step = self.step(request, &owner, sighting, &mut patience).await?;
                    if let Some((instance, news)) = step {
                        return Ok(Settled { owner, instance, news });
                    }
                }
                // An admin deleted the record since: the key is bound anew.
                None => owner = self.owner_for(request.caller, request.template).await?,
            }
            attempts.again().await?;
        }
    }

    /// Takes a first seat in the ledger that the cache has. It is written only where that is the ledger's version still,
    /// so it is as if the ledger had been read just before. What the cache says is never a reason to refuse, nor to answer
    /// with what the owner has: `None` then, and a live read decides.
    async fn launch_unread(
        &self,
        request: Request<'_>,
        owner: &Owner,
    ) -> Result<Option<DployInstance>, Refusal> {
        let template = request.template;
        let record = self
            .ledger_without(owner, &template.name_any())
            .filter(|record| self.is_below_limit(record, template));
        let (Some(record), Ok(order)) = (record, request.order(owner)) else { return Ok(None) };
        match self.take_seat(&order, record).await {
            Err(Refusal::PoolEmpty) => Ok(None),
            taken => taken,
        }
    }

    /// One decision and what follows from it; `None` when the next one has to be taken from a new look.
    async fn step(
        &self,
        request: Request<'_>,
        owner: &Owner,
        sighting: Sighting,
        patience: &mut Patience,
    ) -> Result<Option<(DployInstance, News)>, Refusal> {
        let Sighting { record, found } = sighting;
        let step = decide(found);
        let may_take = match step {
            LaunchStep::Return(instance) => return Ok(Some((*instance, News::Existing))),
            LaunchStep::TakeFirst => self.has_room(&record, request.template).await?,
            LaunchStep::TakeOver => true,
            LaunchStep::Retire(instance) => self.retire(&instance).await?,
            LaunchStep::Await(pending) => self.outwait(&pending, owner, patience).await?,
        };
        if !may_take {
            return Ok(None);
        }
        let launched = self.take_seat(&request.order(owner)?, record).await?;
        Ok(launched.map(|instance| (instance, News::Launched)))
    }

    /// Writes a seat into exactly this ledger, then makes the instance that it names. `None` when somebody was faster.
    async fn take_seat(
        &self,
        order: &Order,
        record: DployOwner,
    ) -> Result<Option<DployInstance>, Refusal> {
        let launched = match order.template.spec.method {
            Method::OnDemand => self.create_new(order, record).await?,
            Method::Pool => self.claim(order, record).await?,
        };
        if let Some(instance) = &launched {
            info!(instance = instance.name_any(), "launched an environment");
        }
        Ok(launched)
    }
}
