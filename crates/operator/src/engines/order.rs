use std::sync::Arc;

use resources::{DployInstance, OperatorConfigSpec, label, meta};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Which workload is meant. All that an engine needs to find and to withdraw it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderRef {
    /// The name of the instance.
    pub instance: String,
    /// The instance's uuid.
    pub uuid: String,
    /// The namespace in which the workload runs.
    pub namespace: String,
}

impl OrderRef {
    /// The labels of everything that is placed for it.
    pub(super) fn labels(&self) -> [(&'static str, String); 2] {
        [(meta::MANAGED, meta::TRUE.to_owned()), (meta::INSTANCE, label(&self.instance))]
    }
}

/// A workload that should run.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Which workload it is.
    pub reference: OrderRef,
    /// The instance that it belongs to, with its resolved template.
    pub instance: Arc<DployInstance>,
    /// The cluster's settings.
    pub config: Arc<OperatorConfigSpec>,
}

/// What an engine would place: nothing in it is left to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What it was drafted for.
    pub order: Order,
    /// The objects to place, in their order.
    pub documents: Vec<Value>,
}

impl Draft {
    /// Sixteen hexadecimal digits that differ when the documents do; engines keep it with what they place.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.documents)
    }
}

/// Sixteen hexadecimal digits that differ when the documents do.
pub(super) fn digest(documents: &[Value]) -> String {
    let mut hash = Sha256::new();
    for document in documents {
        hash.update(document.to_string());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
