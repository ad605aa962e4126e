//! Refuses the values of people that the template's texts cannot take, before anything is written.

use std::sync::Arc;

use ledger::order::Order;
use rendering::{TemplateData, parameters::is_line_break};
use resources::{DployInstance, TemplateRevision};
use serde_json::Value;

use crate::{
    Refusal,
    ports::{Reads, spec_of},
};

/// Checks what an instance of this order would render. `instance` makes it, which is needed only
/// for values that mean something in YAML.
///
/// # Errors
/// [`Refusal::InvalidClaim`] and [`Refusal::UnquotedValue`].
pub(super) async fn check(
    reads: &Reads,
    order: &Order,
    revision: Arc<TemplateRevision>,
    instance: impl FnOnce() -> DployInstance,
) -> Result<(), Refusal> {
    let Order { claims, params, .. } = order;
    if let Some((name, _)) = claims.iter().find(|(_, value)| has_line_break(value)) {
        return Err(Refusal::InvalidClaim(name.clone()));
    }
    if rendering::risky_values(&revision, params, claims).is_empty() {
        return Ok(());
    }
    let config = reads.cache.config();
    let config = spec_of(config.as_ref()).cloned().unwrap_or_default();
    let instance = instance();
    // Rendering takes up to some seconds, which other requests would wait for.
    let check = move || {
        rendering::check_structure(TemplateData {
            instance: &instance,
            revision: &revision,
            config: &config,
        })
    };
    let checked = tokio::task::spawn_blocking(check).await;
    let checked = checked.map_err(|cause| Refusal::Internal(cause.into()))?;
    match checked.err().and_then(|error| error.unquoted) {
        Some(value) => Err(Refusal::UnquotedValue(value)),
        None => Ok(()),
    }
}

/// The member as a claim changes it.
pub(super) fn claimed(member: &DployInstance, order: &Order) -> DployInstance {
    let mut claimed = member.clone();
    claimed.spec.owner.clone_from(&order.owner);
    claimed.spec.claims.clone_from(&order.claims);
    claimed.spec.params.clone_from(&order.params);
    claimed
}

fn has_line_break(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(is_line_break),
        Value::Array(items) => items.iter().any(has_line_break),
        Value::Object(entries) => {
            entries.iter().any(|(key, value)| key.contains(is_line_break) || has_line_break(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
