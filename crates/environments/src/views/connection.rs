use std::error::Error;

use kube::ResourceExt;
use resources::{ConnectionType, DployInstance, OperatorConfigSpec};
use tracing::debug;

use crate::{cache::spec_of, room::Room};

/// How an environment is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Connection {
    pub(crate) url: String,
    pub(crate) kind: wire::ConnectionType,
    pub(crate) message: String,
}

impl Room {
    /// What the operator has reported of exactly this version of the spec; else the same, rendered here: the first answer
    /// to a launch, and to a claim, comes before any report.
    pub(crate) fn connection(&self, instance: &DployInstance) -> Connection {
        reported(instance).unwrap_or_else(|| self.rendered(instance))
    }

    fn rendered(&self, instance: &DployInstance) -> Connection {
        let config = self.cache.config();
        let defaults = OperatorConfigSpec::default();
        let config = spec_of(config.as_ref()).unwrap_or(&defaults);
        match rendering::connection(instance, config) {
            Ok(rendering::RenderedConnection { host: _, url, connection_type, message }) => {
                Connection { url, kind: of(Some(connection_type)), message }
            }
            Err(error) => {
                // The operator reports it to the owner, as the instance's failure.
                let (name, error): (_, &dyn Error) = (instance.name_any(), &error);
                debug!(instance = name, error, "cannot render how an environment is reached");
                Connection::default()
            }
        }
    }
}

fn reported(instance: &DployInstance) -> Option<Connection> {
    let status = instance.status.as_ref()?;
    let is_current = status.observed_generation == instance.metadata.generation;
    let url = status.url.clone().filter(|url| is_current && !url.is_empty())?;
    let kind = of(status.connection_type);
    let message = match kind {
        wire::ConnectionType::Web => String::new(),
        wire::ConnectionType::Instructions => status.connection_message.clone()?,
    };
    Some(Connection { url, kind, message })
}

/// The kind of connection in the words of the network.
pub(super) fn of(kind: Option<ConnectionType>) -> wire::ConnectionType {
    match kind.unwrap_or_default() {
        ConnectionType::Web => wire::ConnectionType::Web,
        ConnectionType::Instructions => wire::ConnectionType::Instructions,
    }
}
