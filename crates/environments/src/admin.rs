//! What admins see: every instance and every template.

use kube::ResourceExt;
use ledger::void::is_void;
use wire::{AdminInstances, AdminTemplates};

use crate::{
    ports::Reads,
    views::{self, count},
};

/// All environments and pool members.
pub(crate) fn all_instances(reads: &Reads) -> AdminInstances {
    let instances = reads.cache.instances.all();
    let shown = instances.iter().filter(|it| !is_void(it));
    let mut rows: Vec<_> = shown.map(|it| views::admin_instance(reads, it)).collect();
    rows.sort_by(|a, b| (&a.template, &a.name).cmp(&(&b.template, &b.name)));
    AdminInstances { count: count(rows.len()), instances: rows }
}

/// All templates.
pub(crate) fn all_templates(reads: &Reads) -> AdminTemplates {
    let mut templates = reads.cache.templates.all();
    templates.sort_by_cached_key(|template| template.name_any());
    let rows: Vec<_> = templates.iter().map(|it| views::admin_template(reads, it)).collect();
    AdminTemplates { count: count(rows.len()), templates: rows }
}
