//! Drafts an order's documents: the source of its chart, and its HelmRelease.

use resources::{FluxSettings, OrderRef};
use serde_json::{Map, Value, json};

use super::{
    kinds::HELM_RELEASE,
    source::{self, Source},
};
use crate::{
    Draft, DraftError, Order,
    chart::{chart_of, release_name},
};

/// Label of a HelmRelease: the name of its source.
pub(super) const SOURCE: &str = "dploy.dev/source";

/// How often Flux retries a failed release.
const MAX_RELEASE_RETRIES: u32 = 3;

/// The source is the first document.
pub(super) fn draft(order: &Order) -> Result<Draft, DraftError> {
    let chart = chart_of(order)?;
    let values = rendering::values(order.template_data())
        .map_err(|cause| DraftError::Render(cause.into()))?;
    let settings = &order.config.flux;
    let source = source::of(chart, &order.revision.value_files, settings);
    let release = release(&order.reference, &source, values, settings);
    Ok(Draft { order: order.clone(), documents: vec![source.document, release] })
}

/// The release is placed beside its source: Flux finds its service account there, and no reference
/// leaves the namespace. It has the name of the workload's namespace, which is unique and which
/// stores Helm's records.
fn release(
    order: &OrderRef,
    source: &Source,
    values: Map<String, Value>,
    settings: &FluxSettings,
) -> Value {
    let (field, chart) = &source.reference;
    let remediation = json!({ "remediation": { "retries": MAX_RELEASE_RETRIES } });
    let mut spec = json!({
        "interval": settings.interval,
        "releaseName": release_name(order),
        "targetNamespace": order.namespace,
        "storageNamespace": order.namespace,
        (*field): chart,
        "install": remediation,
        "upgrade": remediation,
        "values": values,
    });
    if !settings.service_account_name.is_empty() {
        spec["serviceAccountName"] = settings.service_account_name.as_str().into();
    }
    let mut labels: Map<String, Value> =
        order.labels().map(|(name, value)| (name.to_owned(), value.into())).collect();
    labels.insert(SOURCE.into(), source.name.as_str().into());
    json!({
        "apiVersion": HELM_RELEASE.api_version(),
        "kind": HELM_RELEASE.name,
        "metadata": {
            "name": order.namespace,
            "namespace": settings.namespace,
            "labels": labels,
        },
        "spec": spec,
    })
}
