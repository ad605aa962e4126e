//! Shortens a plan that fails, as long as it fails in the same way.

use crate::plan::Plan;

/// The numbers of the steps and troubles of a plan that are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Numbers of steps.
    pub steps: Vec<usize>,
    /// Numbers of troubles.
    pub troubles: Vec<usize>,
}

impl Kept {
    /// All of a plan.
    #[must_use]
    pub fn all_of(plan: &Plan) -> Self {
        Self {
            steps: (0..plan.steps.len()).collect(),
            troubles: (0..plan.troubles.len()).collect(),
        }
    }

    /// The plan with only these steps and troubles.
    #[must_use]
    pub fn of(&self, plan: &Plan) -> Plan {
        let steps = self.steps.iter().filter_map(|number| plan.steps.get(*number)).cloned();
        let troubles = self.troubles.iter().filter_map(|number| plan.troubles.get(*number));
        Plan { steps: steps.collect(), troubles: troubles.cloned().collect(), ..plan.clone() }
    }
}

/// What a failure needs of a plan.
pub fn shrink(mut kept: Kept, fails: impl Fn(&Kept) -> bool) -> Kept {
    loop {
        let before = kept.clone();
        kept.troubles = shorter(kept.troubles.clone(), |troubles| {
            fails(&Kept { troubles: troubles.to_vec(), ..kept.clone() })
        });
        kept.steps = shorter(kept.steps.clone(), |steps| {
            fails(&Kept { steps: steps.to_vec(), ..kept.clone() })
        });
        if kept == before {
            return kept;
        }
    }
}

/// Removes halves, quarters and so on, down to single items, while it still fails.
fn shorter(mut items: Vec<usize>, fails: impl Fn(&[usize]) -> bool) -> Vec<usize> {
    let mut size = items.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < items.len() {
            let end = (at + size).min(items.len());
            let without = [&items[..at], &items[end..]].concat();
            if fails(&without) { items = without } else { at = end }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    items
}
