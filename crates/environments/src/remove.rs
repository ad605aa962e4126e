//! Delete: the instance on the version it was read at, then the seat, then the answer.

use kube::ResourceExt;
use resources::{DployInstance, DployOwner};
use tracing::{info, instrument};

use crate::{
    Caller, Refusal,
    courtesy::Attempts,
    ledger::{Found, Sighting, seats, seats_without, standing::Standing},
    owners::Owner,
    room::Room,
};

/// What became of the instance that was to be deleted.
enum Removal {
    /// There is none.
    Nothing,
    /// It changed meanwhile: look again.
    Again,
    /// It had no seat, and its deletion was accepted.
    Unseated,
    /// Its seat can be freed; `won` when the deletion was accepted from this request.
    Free { instance: String, won: bool },
}

impl Room {
    /// Deletes the caller's environment of `template`.
    #[instrument(skip(self, caller))]
    pub(crate) async fn remove(&self, caller: &Caller, template: &str) -> Result<(), Refusal> {
        self.filled().await?;
        for owner in self.holders_of(caller, template).await? {
            let _turn = self.turns.wait(&owner.key).await;
            if self.remove_of(&owner, template).await? {
                info!(owner = owner.key, "deleted an environment");
                return Ok(());
            }
        }
        Err(Refusal::NotFound(template.to_owned()))
    }

    /// Whether the owner had one and this request deleted it.
    async fn remove_of(&self, owner: &Owner, template: &str) -> Result<bool, Refusal> {
        let mut attempts = Attempts::default();
        loop {
            let Some(sighting) = self.sight(owner, template).await? else { return Ok(false) };
            let Sighting { record, found } = sighting;
            match self.take_away(found).await? {
                Removal::Nothing => return Ok(false),
                Removal::Unseated => return Ok(true),
                Removal::Free { instance, won } => return self.free(record, &instance, won).await,
                Removal::Again => attempts.again().await?,
            }
        }
    }

    async fn take_away(&self, found: Found) -> Result<Removal, Refusal> {
        let (seat, instance, standing) = match found {
            Found::Nothing => return Ok(Removal::Nothing),
            Found::Unseated(instance) => return self.delete(&instance, Removal::Unseated).await,
            Found::Seat { seat, instance, standing } => (seat, instance, standing),
        };
        let name = seat.instance.clone();
        match (standing, instance) {
            (Standing::Lives, Some(instance)) => {
                self.delete(&instance, Removal::Free { instance: name, won: true }).await
            }
            (Standing::Unwritten(writer), member) => {
                let is_fenced = self.fence(&seat, writer, member.as_deref()).await?;
                Ok(if is_fenced {
                    Removal::Free { instance: name, won: false }
                } else {
                    Removal::Again
                })
            }
            (Standing::Expired | Standing::Leaving, _) => Ok(Removal::Nothing),
            (Standing::Over | Standing::Lives, _) => {
                Ok(Removal::Free { instance: name, won: false })
            }
        }
    }

    async fn delete(&self, instance: &DployInstance, done: Removal) -> Result<Removal, Refusal> {
        match self.cluster.delete(instance).await {
            Ok(()) => Ok(done),
            Err(error) if error.is_overtaken() => Ok(Removal::Again),
            Err(error) => Err(error.into()),
        }
    }

    /// Frees the seat. Whoever finds it freed already has deleted nothing, unless the deletion itself was theirs.
    async fn free(
        &self,
        mut record: DployOwner,
        instance: &str,
        won: bool,
    ) -> Result<bool, Refusal> {
        let mut attempts = Attempts::default();
        loop {
            if !seats(&record).iter().any(|seat| seat.instance == instance) {
                return Ok(won);
            }
            let rest = seats_without(&record, instance);
            match self.cluster.write_seats(&record, &rest).await {
                Ok(_) => return Ok(true),
                Err(error) if error.is_overtaken() => attempts.again().await?,
                Err(error) => return Err(error.into()),
            }
            match self.cluster.owner(&record.name_any()).await? {
                Some(read_again) => record = read_again,
                None => return Ok(won),
            }
        }
    }
}
