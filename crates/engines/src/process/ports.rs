//! The ports of processes on loopback.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
};

use thiserror::Error;

/// The ports that this engine's processes use, or will use.
#[derive(Debug, Default)]
pub(super) struct Ports(Arc<Mutex<BTreeSet<u16>>>);

/// No port could be reserved.
#[derive(Debug, Error)]
pub(super) enum PortError {
    /// The template's port is in use.
    #[error("port {0} is in use by another program")]
    InUse(u16),
    /// The machine has no free port.
    #[error("no free port is left")]
    NoneLeft,
}

/// A port on loopback. This engine gives it to no other process until the value is dropped.
#[derive(Debug)]
pub(super) struct ReservedPort {
    port: u16,
    reserved: Arc<Mutex<BTreeSet<u16>>>,
}

impl Ports {
    /// Reserves the port `wanted`. If that is 0, it reserves `remembered` if that is free, else any
    /// port.
    pub(super) fn reserve(
        &self,
        wanted: u16,
        remembered: Option<u16>,
    ) -> Result<ReservedPort, PortError> {
        if wanted != 0 {
            return self.try_reserve(wanted).ok_or(PortError::InUse(wanted));
        }
        let fresh = || (0..64).find_map(|_| self.try_reserve(0));
        remembered.and_then(|port| self.try_reserve(port)).or_else(fresh).ok_or(PortError::NoneLeft)
    }

    /// Binds the port for a moment to prove that it is free. 0 binds any port.
    fn try_reserve(&self, port: u16) -> Option<ReservedPort> {
        let mut reserved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
        let port = listener.local_addr().ok()?.port();
        reserved.insert(port).then(|| ReservedPort { port, reserved: Arc::clone(&self.0) })
    }
}

impl ReservedPort {
    pub(super) fn number(&self) -> u16 {
        self.port
    }

    pub(super) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }
}

impl Drop for ReservedPort {
    fn drop(&mut self) {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.port);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_to_one_only_and_comes_back() {
        let ports = Ports::default();
        let first = ports.reserve(0, None).unwrap();
        let number = first.number();
        assert_ne!(ports.reserve(0, Some(number)).unwrap().number(), number);
        assert!(matches!(ports.reserve(number, None), Err(PortError::InUse(it)) if it == number));
        drop(first);
        assert_eq!(ports.reserve(0, Some(number)).unwrap().number(), number);
    }

    #[test]
    fn a_port_of_somebody_else_is_not_taken() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = other.local_addr().unwrap().port();
        let ports = Ports::default();
        assert!(matches!(ports.reserve(taken, None), Err(PortError::InUse(_))));
        assert_ne!(ports.reserve(0, Some(taken)).unwrap().number(), taken);
    }
}
