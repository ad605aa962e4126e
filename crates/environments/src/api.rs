use std::{collections::BTreeMap, net::SocketAddr, pin::Pin};

use clock::SharedClock;
use futures::Stream;
use thiserror::Error;
use wire::{
    AdminInstances, AdminTemplates, CatalogEntry, EnvironmentList, Extended, Me, Run,
};

use crate::{Admin, Caller, Refusal};

/// What the server's own configuration contributes to the rules.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the resources are (`DPLOY_NAMESPACE`).
    pub namespace: String,
    /// `MAX_ENVIRONMENTS_PER_USER`, where no `OperatorConfig` says otherwise.
    pub max_environments: u32,
    /// `DEFAULT_TTL` in seconds, where neither the template nor an `OperatorConfig` says otherwise; -1 for no end.
    pub default_ttl: i64,
    /// `EXTEND_TTL` in seconds, where neither the template nor an `OperatorConfig` says otherwise.
    pub extend_ttl: i64,
}

/// The caches could not be filled.
#[derive(Debug, Error)]
#[error("could not read Dploy's resources from the cluster")]
pub struct StartError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// One list after the other: the first at once, then one at every change of what the caller owns.
pub type EnvironmentStream = Pin<Box<dyn Stream<Item = EnvironmentList> + Send>>;

/// Where the gateway of `dploy dev` finds an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// It answers here.
    Listening(SocketAddr),
    /// It belongs to the caller but does not answer yet, or no longer.
    NotListening,
}

/// The rules, on top of watch caches that are shared by all clones.
#[derive(Debug, Clone)]
pub struct Environments {}

impl Environments {
    /// Starts the watches; they end when the last clone is dropped. Does not wait for the cluster: until the caches are filled,
    /// [`Environments::ready`] refuses, and requests fall back to live reads where they can.
    #[must_use]
    pub fn start(client: kube::Client, settings: Settings, clock: SharedClock) -> Self {
        let _ = (client, settings, clock);
        todo!()
    }

    /// Whether the cluster answers: really lists templates.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]
    pub async fn ready(&self) -> Result<(), Refusal> {
        todo!()
    }

    /// Visible and enabled templates, sorted by what people call them.
    #[must_use]
    pub fn catalog(&self) -> Vec<CatalogEntry> {
        todo!()
    }

    /// One enabled template by name, hidden ones too: what the launch page needs to ask for parameters.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]
    pub async fn entry(&self, template: &str) -> Result<CatalogEntry, Refusal> {
        let _ = template;
        todo!()
    }

    /// Creates the caller's environment of `template`, or claims a warm one, or returns the one that the owner already has.
    ///
    /// # Errors
    /// See CONTRACT, `GET /run/{env}`.
    pub async fn launch(
        &self,
        caller: &Caller,
        template: &str,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Run, Refusal> {
        let _ = (caller, template, parameters);
        todo!()
    }

    /// The caller's environment of `template`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none that lives.
    pub async fn status(&self, caller: &Caller, template: &str) -> Result<Run, Refusal> {
        let _ = (caller, template);
        todo!()
    }

    /// Moves the end on.
    ///
    /// # Errors
    /// See CONTRACT, `POST /run/{env}/extend`.
    pub async fn extend(&self, caller: &Caller, template: &str) -> Result<Extended, Refusal> {
        let _ = (caller, template);
        todo!()
    }

    /// Deletes the caller's environment of `template`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none that lives.
    pub async fn remove(&self, caller: &Caller, template: &str) -> Result<(), Refusal> {
        let _ = (caller, template);
        todo!()
    }

    /// All that the caller owns, personally and through teams.
    ///
    /// # Errors
    /// [`Refusal`] when the cluster does not answer.
    pub async fn list(&self, caller: &Caller) -> Result<EnvironmentList, Refusal> {
        let _ = caller;
        todo!()
    }

    /// [`Environments::list`] now and at every change, coalesced.
    ///
    /// # Errors
    /// [`Refusal`] when the cluster does not answer.
    pub async fn watch(&self, caller: &Caller) -> Result<EnvironmentStream, Refusal> {
        let _ = caller;
        todo!()
    }

    /// Who the caller is to the rules.
    ///
    /// # Errors
    /// [`Refusal::NoOwnerClaim`] when the token names nobody.
    pub async fn me(&self, caller: &Caller) -> Result<Me, Refusal> {
        let _ = caller;
        todo!()
    }

    /// Every owner's environments, and pool members.
    #[must_use]
    pub fn all_instances(&self, proof: Admin<'_>) -> AdminInstances {
        let _ = proof;
        todo!()
    }

    /// Every template.
    #[must_use]
    pub fn all_templates(&self, proof: Admin<'_>) -> AdminTemplates {
        let _ = proof;
        todo!()
    }

    /// Where the environment with this first label of its host (`<template>-<uuid>`) answers, if it is the caller's.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none, or it belongs to somebody else.
    pub async fn backend(&self, caller: &Caller, host_label: &str) -> Result<Backend, Refusal> {
        let _ = (caller, host_label);
        todo!()
    }
}
