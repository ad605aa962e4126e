//! An environment as its owner sees it.

use jiff::Timestamp;
use ledger::{
    extend::{ExtendLimits, extend_count},
    timestamps::{self, started_at},
};
use resources::DployInstance;
use wire::{Environment, Run};

use super::{connection::connection, is_unlimited, status, uuid};
use crate::{
    extend::extend_limits,
    owners::Owner,
    ports::Reads,
    queue::{Waiting, waiting},
};

/// The environment in the answer to a launch or a status request.
pub(crate) fn run(reads: &Reads, instance: &DployInstance, owner: &Owner) -> Run {
    let connection = connection(reads, instance);
    let Waiting { position, expected_seconds } = waiting(reads, instance);
    Run {
        uuid: uuid(instance),
        status: status::status(instance, reads.now()),
        url: connection.url,
        expires_at: timestamps::text_of(instance.spec.expires_at.as_ref()),
        owner: owner.key.clone(),
        shared: owner.shared,
        connection_type: connection.kind,
        connection_message: connection.message,
        position,
        expected_seconds,
    }
}

/// The environment in its owner's list.
pub(crate) fn environment(
    reads: &Reads,
    instance: &DployInstance,
    owner: &Owner,
    now: Timestamp,
) -> Environment {
    let connection = connection(reads, instance);
    let Waiting { position, expected_seconds } = waiting(reads, instance);
    let ExtendLimits { extend_seconds, max_extends } = extend_limits(reads, instance);
    let (reason, message) = status::cause(instance);
    let Description { display_name, description, icon, category } = description(reads, instance);
    Environment {
        name: instance.spec.template_ref.clone(),
        display_name,
        description,
        uuid: uuid(instance),
        status: status::status(instance, now),
        url: connection.url,
        expires_at: timestamps::text_of(instance.spec.expires_at.as_ref()),
        started_at: started_at(instance).map(timestamps::text).unwrap_or_default(),
        icon,
        category,
        extend_count: extend_count(instance),
        max_extends,
        extend_ttl: extend_seconds,
        is_unlimited: is_unlimited(instance),
        owner: owner.key.clone(),
        shared: owner.shared,
        connection_type: connection.kind,
        connection_message: connection.message,
        message,
        reason,
        ends_soon: status::ends_soon(instance),
        position,
        expected_seconds,
    }
}

/// The template's fields that describe it to users.
#[derive(Debug, Default)]
struct Description {
    display_name: String,
    description: String,
    icon: String,
    category: String,
}

/// The description of the template as it is now. Without a template, its name.
fn description(reads: &Reads, instance: &DployInstance) -> Description {
    let name = &instance.spec.template_ref;
    let found = description_today(reads, name).unwrap_or_default();
    let is_named = !found.display_name.is_empty();
    let display_name = if is_named { found.display_name } else { name.clone() };
    Description { display_name, ..found }
}

fn description_today(reads: &Reads, template: &str) -> Option<Description> {
    let spec = reads.cache.templates.get(template)?.spec.clone();
    Some(Description {
        display_name: spec.display_name,
        description: spec.description,
        icon: spec.icon,
        category: spec.category,
    })
}
