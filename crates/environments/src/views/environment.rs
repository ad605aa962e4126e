use jiff::Timestamp;
use kube::ResourceExt;
use resources::{DployInstance, ResolvedTemplate, meta};
use wire::{Environment, Run};

use super::{is_unlimited, status, uuid};
use crate::{
    extend::{Terms, extend_count},
    instant,
    owners::Owner,
    room::Room,
};

impl Room {
    /// The answer to a launch and to a question for its status.
    pub(crate) fn run_of(&self, instance: &DployInstance, owner: &Owner) -> Run {
        let connection = self.connection(instance);
        Run {
            uuid: uuid(instance),
            status: status::status(instance, self.clock.now()),
            url: connection.url,
            expires_at: instant::text_of(instance.spec.expires_at.as_ref()),
            owner: owner.key.clone(),
            shared: owner.shared,
            connection_type: connection.kind,
            connection_message: connection.message,
        }
    }

    /// The environment in its owner's list.
    pub(crate) fn environment_of(
        &self,
        instance: &DployInstance,
        owner: &Owner,
        now: Timestamp,
    ) -> Environment {
        let connection = self.connection(instance);
        let Terms { extend_seconds, max_extends } = self.terms(instance);
        let About { display_name, description, icon, category } = self.about(instance);
        Environment {
            name: instance.spec.template_ref.clone(),
            display_name,
            description,
            uuid: uuid(instance),
            status: status::status(instance, now),
            url: connection.url,
            expires_at: instant::text_of(instance.spec.expires_at.as_ref()),
            started_at: started_at(instance).map(instant::text).unwrap_or_default(),
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
            message: status::message(instance),
        }
    }

    fn about(&self, instance: &DployInstance) -> About {
        let name = &instance.spec.template_ref;
        let about = match &instance.spec.resolved {
            Some(resolved) => About::from(resolved),
            None => self.about_today(name).unwrap_or_default(),
        };
        let is_named = !about.display_name.is_empty();
        About { display_name: if is_named { about.display_name } else { name.clone() }, ..about }
    }

    fn about_today(&self, template: &str) -> Option<About> {
        let spec = self.cache.templates.get(template)?.spec.clone();
        Some(About {
            display_name: spec.display_name,
            description: spec.description,
            icon: spec.icon,
            category: spec.category,
        })
    }
}

/// What a template says of itself to people.
#[derive(Debug, Default)]
struct About {
    display_name: String,
    description: String,
    icon: String,
    category: String,
}

impl From<&ResolvedTemplate> for About {
    fn from(resolved: &ResolvedTemplate) -> Self {
        Self {
            display_name: resolved.display_name.clone(),
            description: resolved.description.clone(),
            icon: resolved.icon.clone(),
            category: resolved.category.clone(),
        }
    }
}

/// When it was launched, or claimed.
pub(crate) fn started_at(instance: &DployInstance) -> Option<Timestamp> {
    let claimed = instance.annotations().get(meta::CLAIMED_AT).and_then(|at| at.parse().ok());
    claimed.or_else(|| instance.creation_timestamp().map(|time| time.0))
}
