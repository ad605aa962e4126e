//! Shortens a plan that fails, as long as it fails in the same way.

use crate::{plan::Plan, run::run};

/// A plan without what the failure does not need. `invariant`: what has to fail.
#[must_use]
pub fn shrink(plan: &Plan, invariant: &str) -> Plan {
    let fails = |plan: &Plan| run(plan).violations.iter().any(|it| it.invariant == invariant);
    let mut plan = plan.clone();
    loop {
        let before = plan.troubles.len() + plan.steps.len();
        plan.troubles = shorter(plan.troubles.clone(), |troubles| {
            fails(&Plan { troubles: troubles.to_vec(), ..plan.clone() })
        });
        plan.steps = shorter(plan.steps.clone(), |steps| {
            fails(&Plan { steps: steps.to_vec(), ..plan.clone() })
        });
        if plan.troubles.len() + plan.steps.len() == before {
            return plan;
        }
    }
}

/// Removes halves, quarters and so on, down to single items, while it still fails.
fn shorter<T: Clone>(mut items: Vec<T>, fails: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut size = items.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < items.len() {
            let end = (at + size).min(items.len());
            let without: Vec<T> = [&items[..at], &items[end..]].concat();
            if fails(&without) { items = without } else { at = end }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    items
}
