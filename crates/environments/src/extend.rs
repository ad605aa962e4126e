//! Extend: deadline and count in one patch, on exactly the version that they were counted from.

use jiff::Timestamp;
use kube::ResourceExt;
use resources::{DployInstance, LaunchDefaults, meta};
use serde_json::json;
use tracing::{info, instrument};
use wire::Extended;

use crate::{
    Caller, Refusal,
    cache::spec_of,
    courtesy::Attempts,
    instant,
    ledger::{Found, standing::Standing},
    owners::Owner,
    room::Room,
};

/// How far, and how often, an environment can be extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Seconds that one extension adds.
    pub(crate) extend_seconds: i64,
    /// How often; 0 for no cap.
    pub(crate) max_extends: i64,
}

/// What an extension writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extension {
    deadline: Timestamp,
    count: i64,
}

/// Decides on an extension of an environment that lives. Pure.
fn decide(instance: &DployInstance, terms: Terms) -> Result<Extension, Refusal> {
    let deadline = instance.spec.expires_at.as_ref().ok_or(Refusal::UnlimitedTtl)?;
    let count = extend_count(instance);
    if terms.max_extends > 0 && count >= terms.max_extends {
        return Err(Refusal::ExtensionsUsedUp(terms.max_extends));
    }
    let deadline = instant::after(deadline.0, terms.extend_seconds);
    Ok(Extension { deadline, count: count + 1 })
}

/// How often the environment was extended.
pub(crate) fn extend_count(instance: &DployInstance) -> i64 {
    let annotation = instance.annotations().get(meta::EXTEND_COUNT);
    annotation.and_then(|count| count.parse().ok()).unwrap_or(0)
}

impl Room {
    /// Moves the end of the caller's environment on.
    #[instrument(skip(self, caller))]
    pub(crate) async fn extend(
        &self,
        caller: &Caller,
        template: &str,
    ) -> Result<Extended, Refusal> {
        self.filled().await?;
        for owner in self.holders_of(caller, template).await? {
            let _turn = self.turns.wait(&owner.key).await;
            if let Some(extended) = self.extend_of(&owner, template).await? {
                info!(owner = owner.key, count = extended.extend_count, "extended an environment");
                return Ok(extended);
            }
        }
        Err(Refusal::NotFound(template.to_owned()))
    }

    /// `None` when the owner has none that lives.
    async fn extend_of(&self, owner: &Owner, template: &str) -> Result<Option<Extended>, Refusal> {
        let mut attempts = Attempts::default();
        loop {
            let Some(instance) = self.living(owner, template).await? else { return Ok(None) };
            let terms = self.terms(&instance);
            let Extension { deadline, count } = decide(&instance, terms)?;
            let patch = json!({
                "metadata": { "annotations": { (meta::EXTEND_COUNT): count.to_string() } },
                "spec": { "expiresAt": instant::text(deadline) },
            });
            match self.cluster.patch(&instance, patch).await {
                Ok(_) => {
                    return Ok(Some(Extended {
                        expires_at: instant::text(deadline),
                        extend_count: count,
                        max_extends: terms.max_extends,
                    }));
                }
                Err(error) if error.is_overtaken() => attempts.again().await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The owner's environment of `template` that lives, read live.
    pub(crate) async fn living(
        &self,
        owner: &Owner,
        template: &str,
    ) -> Result<Option<DployInstance>, Refusal> {
        let found = self.sight(owner, template).await?.map(|sighting| sighting.found);
        Ok(match found {
            Some(Found::Seat { instance, standing: Standing::Lives, .. }) => instance.map(|it| *it),
            Some(Found::Unseated(instance)) => Some(*instance),
            Some(Found::Nothing | Found::Seat { .. }) | None => None,
        })
    }

    /// The rules of its launch; for an instance made by hand, those of its template today.
    pub(crate) fn terms(&self, instance: &DployInstance) -> Terms {
        if let Some(resolved) = &instance.spec.resolved {
            return Terms {
                extend_seconds: resolved.extend_seconds,
                max_extends: resolved.max_extends,
            };
        }
        let config = self.cache.config();
        let LaunchDefaults { extend_seconds, max_extends, .. } =
            spec_of(config.as_ref()).map_or(self.settings.fallback(), |config| config.defaults);
        let template = self.cache.templates.get(&instance.spec.template_ref);
        let ttl = template.map(|template| template.spec.ttl).unwrap_or_default();
        Terms {
            extend_seconds: ttl.extend_seconds.unwrap_or(extend_seconds),
            max_extends: ttl.max_extends.unwrap_or(max_extends),
        }
    }
}

#[cfg(test)]
mod tests;
