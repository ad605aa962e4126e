//! How many connections a port has: in total, and from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many connections a port may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MaxConnections {
    /// From all addresses together.
    pub(crate) total: usize,
    /// From one address.
    pub(crate) per_address: usize,
}

impl MaxConnections {
    /// For a port that only the cluster itself asks: probes and Prometheus.
    pub(crate) const OF_THE_CLUSTER: Self = Self { total: 512, per_address: 256 };
}

/// The connections of a port. Clones count the same ones.
#[derive(Debug, Clone)]
pub(super) struct Connections {
    max: MaxConnections,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A connection that counts until this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    address: IpAddr,
    connections: Connections,
}

impl Connections {
    pub(super) fn new(max: MaxConnections) -> Self {
        Self { max, open: Arc::default() }
    }

    /// A place for one more connection from this address, if there is one.
    pub(super) fn place(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let mut open = self.open();
        let from_there = open.by_address.get(&address).copied().unwrap_or_default();
        if open.total >= self.max.total || from_there >= self.max.per_address {
            return None;
        }
        open.total += 1;
        open.by_address.insert(address, from_there + 1);
        Some(Place { address, connections: self.clone() })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.total = open.total.saturating_sub(1);
        let rest = open.by_address.get(&self.address).map_or(0, |count| count.saturating_sub(1));
        if rest == 0 {
            open.by_address.remove(&self.address);
        } else {
            open.by_address.insert(self.address, rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    #[test]
    fn an_address_and_all_together_have_a_limit_and_a_closed_connection_does_not_count() {
        let connections = Connections::new(MaxConnections { total: 3, per_address: 2 });
        let first = connections.place(address(1));
        let second = connections.place(address(1));
        assert!(first.is_some() && second.is_some());
        assert!(connections.place(address(1)).is_none());
        let third = connections.place(address(2));
        assert!(third.is_some() && connections.place(address(3)).is_none());
        drop(first);
        assert!(connections.place(address(3)).is_some());
        drop((second, third));
        assert!(connections.open().by_address.is_empty() && connections.open().total == 0);
    }
}
