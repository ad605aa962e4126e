//! Who created an instance: Dploy, or a user with `kubectl`.

use resources::{DployInstance, meta, names::instance_name};

/// Whether this Dploy created the instance: `serve` for an environment, `operate` for a pool
/// member. An instance that `kubectl` or a Dploy without seats created answers no.
///
/// The quota and the deletion of orphans both ask this question, and a wrong *yes* hurts in both:
/// the instance counts against no quota, and it is deleted when no seat names it. So every sign
/// that Dploy leaves on what it creates must be there:
///
/// - the label `dploy.dev/managed`, which every instance of [`order`](crate::order) and
///   [`void`](crate::void) has from its creation;
/// - a `spec.uuid` and a name that follows from it, because a seat names its instance before the
///   instance exists. A copy of a manifest under another name keeps labels and uuid;
/// - no annotation `dploy.dev/adopted`. The operator adds it when it completes an instance that
///   lacks a uuid or a revision, and an adopted instance may have a fitting name.
#[must_use]
pub fn was_created_by_server(instance: &DployInstance) -> bool {
    let metadata = &instance.metadata;
    let is_managed = metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(meta::MANAGED))
        .is_some_and(|value| value == meta::TRUE);
    let is_adopted = metadata.annotations.as_ref().is_some_and(|it| it.contains_key(meta::ADOPTED));
    is_managed && !is_adopted && is_named_after_uuid(instance)
}

fn is_named_after_uuid(instance: &DployInstance) -> bool {
    let name = instance.metadata.name.as_deref();
    instance
        .spec
        .uuid
        .as_ref()
        .is_some_and(|uuid| name == Some(&*instance_name(&instance.spec.template_ref, uuid)))
}

#[cfg(test)]
mod tests;
