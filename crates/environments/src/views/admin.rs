use kube::ResourceExt;
use resources::DployInstance;
use wire::AdminInstance;

use super::{is_unlimited, uuid};
use crate::{instant, room::Room};

impl Room {
    /// The instance as the manager shows it.
    pub(crate) fn admin_instance(&self, instance: &DployInstance) -> AdminInstance {
        let status = instance.status.clone().unwrap_or_default();
        AdminInstance {
            name: instance.name_any(),
            template: instance.spec.template_ref.clone(),
            owner: instance.spec.owner.clone(),
            phase: status.phase.map(|phase| phase.to_string()).unwrap_or_default(),
            url: self.connection(instance).url,
            expires_at: instant::text_of(instance.spec.expires_at.as_ref()),
            created_at: instant::text_of(instance.creation_timestamp().as_ref()),
            namespace: status.namespace.unwrap_or_default(),
            uuid: uuid(instance),
            is_unlimited: is_unlimited(instance),
        }
    }
}
