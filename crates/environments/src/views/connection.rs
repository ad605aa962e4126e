//! How an environment is reached.

use std::error::Error;

use kube::ResourceExt;
use ledger::queue::is_place;
use rendering::TemplateData;
use resources::{ConnectionType, DployInstance, OperatorConfigSpec};
use tracing::debug;

use crate::ports::{Reads, spec_of};

/// How an environment is reached, in the types of `wire`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ConnectionFields {
    pub(super) url: String,
    pub(super) kind: wire::ConnectionType,
    pub(super) message: String,
}

/// The connection that the operator has reported for this generation of the instance. Before that
/// report, which a launch and a claim do not wait for, the connection is rendered here.
pub(super) fn connection(reads: &Reads, instance: &DployInstance) -> ConnectionFields {
    let known = reported(instance).unwrap_or_else(|| rendered(reads, instance));
    // The owner of a place gets the address of a member, which is another one.
    if is_place(instance) {
        ConnectionFields { kind: known.kind, ..Default::default() }
    } else {
        known
    }
}

fn rendered(reads: &Reads, instance: &DployInstance) -> ConnectionFields {
    let config = reads.cache.config();
    let defaults = OperatorConfigSpec::default();
    let config = spec_of(config.as_ref()).unwrap_or(&defaults);
    let Some(revision) = reads.cache.revision_of(instance) else {
        return ConnectionFields::default();
    };
    match rendering::connection(TemplateData { instance, revision: &revision, config }) {
        Ok(rendering::RenderedConnection { host: _, url, connection_type, message }) => {
            ConnectionFields { url, kind: wire_type(connection_type), message }
        }
        Err(error) => {
            // The operator reports the error in the instance's status.
            let (name, error): (_, &dyn Error) = (instance.name_any(), &error);
            debug!(instance = name, error, "could not render the connection of an instance");
            ConnectionFields::default()
        }
    }
}

fn reported(instance: &DployInstance) -> Option<ConnectionFields> {
    let status = instance.status.as_ref()?;
    let is_current = status.observed_generation == instance.metadata.generation;
    let url = status.url.clone().filter(|url| is_current && !url.is_empty())?;
    let kind = wire_type(status.connection_type.unwrap_or_default());
    let message = match kind {
        wire::ConnectionType::Web => String::new(),
        wire::ConnectionType::Instructions => status.connection_message.clone()?,
    };
    Some(ConnectionFields { url, kind, message })
}

/// The connection type as `wire` has it.
pub(super) const fn wire_type(connection_type: ConnectionType) -> wire::ConnectionType {
    match connection_type {
        ConnectionType::Web => wire::ConnectionType::Web,
        ConnectionType::Instructions => wire::ConnectionType::Instructions,
    }
}
