//! What an engine is asked to run, and what it would place for that.

use std::sync::Arc;

use rendering::TemplateData;
use resources::{DployInstance, OperatorConfigSpec, OrderRef, TemplateRevision};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A workload that should run.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Identifies the workload.
    pub reference: OrderRef,
    /// The instance.
    pub instance: Arc<DployInstance>,
    /// The revision that the instance names.
    pub revision: Arc<TemplateRevision>,
    /// The spec of the OperatorConfig.
    pub config: Arc<OperatorConfigSpec>,
}

impl Order {
    /// What the order's templates read.
    #[must_use]
    pub fn template_data(&self) -> TemplateData<'_> {
        let Self { reference: _, instance, revision, config } = self;
        TemplateData { instance, revision, config }
    }
}

/// What an engine would place.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The order that was drafted.
    pub order: Order,
    /// The objects to place, in their order.
    pub documents: Vec<Value>,
}

impl Draft {
    /// Sixteen hexadecimal digits of the documents' SHA-256. Engines store them with what they
    /// place.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.documents)
    }
}

/// Sixteen hexadecimal digits of the documents' SHA-256.
pub(super) fn digest(documents: &[Value]) -> String {
    let mut hash = Sha256::new();
    for document in documents {
        hash.update(document.to_string());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
