//! What every engine that installs a Helm chart reads from an order.

use resources::{Chart, ChartType, ResolvedTemplate};

use super::{DraftError, Order, OrderRef};

/// The longest name of a Helm release.
const LONGEST_RELEASE: usize = 53;

/// The order's template and its chart, which is complete.
pub(super) fn chart_of(order: &Order) -> Result<(&ResolvedTemplate, &Chart), DraftError> {
    let resolved = order.instance.spec.resolved.as_ref();
    let resolved = resolved.ok_or(DraftError::Missing("spec.chart"))?;
    let chart = resolved.chart.as_ref().ok_or(DraftError::Missing("spec.chart"))?;
    if chart.repo_url.is_empty() {
        return Err(DraftError::Missing("spec.chart.repoURL"));
    }
    if chart.chart_type == ChartType::Helm && chart.chart.is_empty() {
        return Err(DraftError::Missing("spec.chart.chart"));
    }
    Ok((resolved, chart))
}

/// What Helm calls the release: the instance's name, cut to fit, with its uuid in any case.
pub(super) fn release_name(order: &OrderRef) -> String {
    let name = order.instance.replace('.', "-");
    if name.len() <= LONGEST_RELEASE {
        return name;
    }
    let room = LONGEST_RELEASE.saturating_sub(order.uuid.len() + 1);
    let start = name.get(..room).unwrap_or_default().trim_end_matches('-');
    format!("{start}-{}", order.uuid)
}
