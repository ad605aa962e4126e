//! Reads only: what surrounds a template. All of it is in the caches.

use std::sync::Arc;

use kube::ResourceExt;
use resources::{DployInstance, DployTemplate, OperatorConfigSpec};

use crate::{
    context::Context,
    engines::{Order, OrderRef},
    plan::{
        pool::{Census, Member},
        template::{TemplateSeen, rehearsal},
    },
};
use errors::chain;

pub(super) fn observe(context: &Context, template: &DployTemplate) -> (TemplateSeen, Census) {
    let config = context.mirrors.config();
    let defaults = context.settings.defaults;
    let seed = clock::random_hex::<16>();
    let resolved = rendering::resolve(template, config.as_deref(), defaults, seed);
    let rehearsed = rehearsal(template, &resolved);
    let seen = TemplateSeen {
        engine_enabled: context.engines.has(resolved.engine),
        cannot: cannot(context, rehearsed, config.clone().unwrap_or_default()),
        resolved,
    };
    let name = template.name_any();
    let members = context.mirrors.instances.pick(|instance| {
        let ours = instance.spec.pooled && instance.spec.template_ref == name;
        let current = || {
            instance.spec.resolved.as_ref().is_some_and(|resolved| {
                rendering::matches(resolved, template, config.as_deref(), defaults)
            })
        };
        ours.then(|| Member::of(instance, current())).flatten()
    });
    (seen, Census::of(members))
}

/// Why an instance of the template could not be rendered or drafted.
fn cannot(
    context: &Context,
    instance: DployInstance,
    config: Arc<OperatorConfigSpec>,
) -> Option<String> {
    if let Err(error) = rendering::connection(&instance, &config) {
        return Some(chain(&error).to_string());
    }
    let engine = context.engines.get(instance.spec.resolved.as_ref()?.engine)?;
    let uuid = instance.spec.uuid.clone().unwrap_or_default();
    let owner = Some(instance.spec.owner.as_str());
    // The one that the template sees as `.Namespace`.
    let namespace = rendering::names::namespace(owner, &instance.spec.template_ref, &uuid);
    let reference = OrderRef { instance: instance.name_any(), uuid, namespace };
    let order = Order { reference, instance: Arc::new(instance), config };
    engine.draft(&order).err().map(|error| chain(&error).to_string())
}
