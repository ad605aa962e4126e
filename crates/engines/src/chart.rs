//! The chart of an order, and the name of its Helm release.

use resources::{Chart, ChartType, OrderRef, Source};

use super::{DraftError, Order};

/// The longest name of a Helm release, in bytes.
const MAX_RELEASE_NAME_LENGTH: usize = 53;

/// The order's chart, if all required fields are set.
pub(super) fn chart_of(order: &Order) -> Result<&Chart, DraftError> {
    let chart = order.revision.chart.as_ref().ok_or(DraftError::Missing(Source::Chart.field()))?;
    if chart.repo_url.is_empty() {
        return Err(DraftError::Missing("spec.chart.repoURL"));
    }
    if chart.chart_type == ChartType::Helm && chart.chart.is_empty() {
        return Err(DraftError::Missing("spec.chart.chart"));
    }
    Ok(chart)
}

/// The name of the Helm release: the instance's name. A longer name is cut, and keeps the uuid at
/// its end.
pub(super) fn release_name(order: &OrderRef) -> String {
    let name = order.instance.replace('.', "-");
    if name.len() <= MAX_RELEASE_NAME_LENGTH {
        return name;
    }
    let room = MAX_RELEASE_NAME_LENGTH.saturating_sub(order.uuid.len() + 1);
    let start = name.get(..room).unwrap_or_default().trim_end_matches('-');
    format!("{start}-{}", order.uuid)
}
