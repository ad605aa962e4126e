//! What a kube-apiserver (with its garbage collector and namespace controller) does, asked of this one.
//!
//! With `DPLOY_CONFORMANCE_KUBECONFIG` set to the path of a kubeconfig the same questions go to that server. Every test
//! makes its own namespace and, where it needs one, its own kind.

mod apply;
mod bed;
mod custom;
mod deletion;
mod durability;
mod objects;
mod watches;
