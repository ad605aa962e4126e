use rendering::names::host;
use resources::{ConnectionType, DployInstance};

use crate::room::Room;

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
        let resolved = instance.spec.resolved.clone().unwrap_or_default();
        let uuid = instance.spec.uuid.clone().unwrap_or_default();
        let host = host(&instance.spec.template_ref, &uuid, &resolved.base_domain);
        Connection {
            url: format!("https://{host}"),
            kind: of(Some(resolved.connection_type)),
            message: String::new(),
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
