//! Drafts an order's Application.

use resources::{ArgocdSettings, Chart, ChartType, OrderRef};
use serde_json::{Map, Value, json};

use super::APPLICATION;
use crate::{
    Draft, DraftError, Order,
    chart::{chart_of, release_name},
};

/// Argo CD deletes the synced objects before it removes this finalizer.
const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";

/// How often Argo CD retries a failed sync.
const MAX_SYNC_RETRIES: u32 = 3;

pub(super) fn draft(order: &Order) -> Result<Draft, DraftError> {
    let chart = chart_of(order)?;
    let values = rendering::values(order.template_data())
        .map_err(|cause| DraftError::Render(cause.into()))?;
    let source = source(chart, helm(order, values));
    let application = application(&order.reference, source, &order.config.argocd);
    Ok(Draft { order: order.clone(), documents: vec![application] })
}

/// The Application has the name of the workload's namespace, which is unique.
fn application(order: &OrderRef, source: Value, settings: &ArgocdSettings) -> Value {
    let labels: Map<String, Value> =
        order.labels().map(|(name, value)| (name.to_owned(), value.into())).collect();
    json!({
        "apiVersion": APPLICATION.api_version(),
        "kind": APPLICATION.name,
        "metadata": {
            "name": order.namespace,
            "namespace": settings.namespace,
            "labels": labels,
            "finalizers": [FINALIZER],
        },
        "spec": {
            "project": settings.project,
            "destination": { "server": settings.server, "namespace": order.namespace },
            "source": source,
            "syncPolicy": {
                "automated": { "prune": true, "selfHeal": true },
                "retry": {
                    "limit": MAX_SYNC_RETRIES,
                    "backoff": { "duration": "5s", "factor": 2, "maxDuration": "1m" },
                },
            },
        },
    })
}

/// Argo CD expects the address of a chart registry without a scheme.
fn source(chart: &Chart, helm: Value) -> Value {
    let url = match chart.chart_type {
        ChartType::Git => chart.repo_url.as_str(),
        ChartType::Helm => chart.repo_url.strip_prefix("oci://").unwrap_or(&chart.repo_url),
    };
    let latest = match chart.chart_type {
        ChartType::Git => "HEAD",
        ChartType::Helm => "*",
    };
    let revision = Some(chart.target_revision.as_str()).filter(|it| !it.is_empty());
    let mut source = json!({
        "repoURL": url,
        "targetRevision": revision.unwrap_or(latest),
        "helm": helm,
    });
    match chart.chart_type {
        ChartType::Git => source["path"] = folder(&chart.path).into(),
        ChartType::Helm => source["chart"] = chart.chart.as_str().into(),
    }
    source
}

fn folder(path: &str) -> &str {
    match path.trim_start_matches("./").trim_matches('/') {
        "" => ".",
        path => path,
    }
}

fn helm(order: &Order, values: Map<String, Value>) -> Value {
    let mut helm = json!({ "releaseName": release_name(&order.reference) });
    if !order.revision.value_files.is_empty() {
        helm["valueFiles"] = json!(order.revision.value_files);
    }
    if !values.is_empty() {
        helm["valuesObject"] = values.into();
    }
    helm
}
