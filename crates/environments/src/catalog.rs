//! What can be launched, and what admins see.

use kube::ResourceExt;
use wire::{AdminInstances, AdminTemplates, CatalogEntry};

use crate::{Refusal, ledger::standing::is_void, room::Room, views::count};

impl Room {
    /// Visible and enabled templates, sorted by what people call them.
    pub(crate) fn catalog(&self) -> Vec<CatalogEntry> {
        let templates = self.cache.templates.all();
        let shown = templates.iter().filter(|it| it.spec.visible && it.spec.enabled);
        let mut entries: Vec<CatalogEntry> = shown.map(|it| self.catalog_entry(it)).collect();
        entries.sort_by_cached_key(|it| (it.display_name.to_lowercase(), it.name.clone()));
        entries
    }

    /// One enabled template by name, hidden ones too.
    pub(crate) async fn entry(&self, template: &str) -> Result<CatalogEntry, Refusal> {
        let template = self.enabled_template(template).await?;
        Ok(self.catalog_entry(&template))
    }

    /// Every owner's environments, and pool members.
    pub(crate) fn all_instances(&self) -> AdminInstances {
        let instances = self.cache.instances.all();
        let mut rows: Vec<_> =
            instances.iter().filter(|it| !is_void(it)).map(|it| self.admin_instance(it)).collect();
        rows.sort_by(|a, b| (&a.template, &a.name).cmp(&(&b.template, &b.name)));
        AdminInstances { count: count(rows.len()), instances: rows }
    }

    /// Every template.
    pub(crate) fn all_templates(&self) -> AdminTemplates {
        let mut templates = self.cache.templates.all();
        templates.sort_by_cached_key(|template| template.name_any());
        let rows: Vec<_> = templates.iter().map(|it| self.admin_template(it)).collect();
        AdminTemplates { count: count(rows.len()), templates: rows }
    }
}
