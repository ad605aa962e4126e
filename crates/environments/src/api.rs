use std::{collections::BTreeMap, pin::Pin, sync::Arc};

use clock::SharedClock;
use futures::Stream;
use prometheus_client::registry::Registry;
use thiserror::Error;
use wire::{AdminInstances, AdminTemplates, CatalogEntry, EnvironmentList, Extended, Me, Run};

use crate::{Admin, Backend, Caller, Refusal, Settings, room::Room};

/// The caches could not be filled.
#[derive(Debug, Error)]
#[error("could not read Dploy's resources from the cluster")]
pub struct StartError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// One list after the other: the first at once, then one at every change of what the caller owns.
pub type EnvironmentStream = Pin<Box<dyn Stream<Item = EnvironmentList> + Send>>;

/// The rules, on top of watch caches that are shared by all clones.
#[derive(Debug, Clone)]
pub struct Environments {
    room: Arc<Room>,
}

impl Environments {
    /// Starts the watches; they end when the last clone is dropped. Does not wait for the cluster: until the caches are filled,
    /// [`Environments::ready`] refuses, and requests fall back to live reads where they can.
    #[must_use]
    pub fn start(client: kube::Client, settings: Settings, clock: SharedClock) -> Self {
        Self { room: Arc::new(Room::open(&client, settings, clock)) }
    }

    /// Has Prometheus see how long claims take, how many seats are taken and how many listen to their lists.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.room.measures.register(&self.room.cache, registry);
    }

    /// Whether the cluster answers: really lists templates.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]
    pub async fn ready(&self) -> Result<(), Refusal> {
        self.room.ready().await
    }

    /// Visible and enabled templates, sorted by what people call them.
    #[must_use]
    pub fn catalog(&self) -> Vec<CatalogEntry> {
        self.room.catalog()
    }

    /// One enabled template by name, hidden ones too: what the launch page needs to ask for parameters.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]
    pub async fn entry(&self, template: &str) -> Result<CatalogEntry, Refusal> {
        self.room.entry(template).await
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
        self.room.launch(caller, template, parameters).await
    }

    /// The caller's environment of `template`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none that lives.
    pub async fn status(&self, caller: &Caller, template: &str) -> Result<Run, Refusal> {
        self.room.status(caller, template).await
    }

    /// Moves the end on.
    ///
    /// # Errors
    /// See CONTRACT, `POST /run/{env}/extend`.
    pub async fn extend(&self, caller: &Caller, template: &str) -> Result<Extended, Refusal> {
        self.room.extend(caller, template).await
    }

    /// Deletes the caller's environment of `template`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none that lives.
    pub async fn remove(&self, caller: &Caller, template: &str) -> Result<(), Refusal> {
        self.room.remove(caller, template).await
    }

    /// All that the caller owns, personally and through teams.
    ///
    /// # Errors
    /// [`Refusal`] when the cluster does not answer.
    pub async fn list(&self, caller: &Caller) -> Result<EnvironmentList, Refusal> {
        self.room.list(caller).await
    }

    /// [`Environments::list`] now and at every change, coalesced.
    ///
    /// # Errors
    /// [`Refusal`] when the cluster does not answer.
    pub async fn watch(&self, caller: &Caller) -> Result<EnvironmentStream, Refusal> {
        self.room.watch(caller).await
    }

    /// Who the caller is to the rules.
    ///
    /// # Errors
    /// [`Refusal::NoOwnerClaim`] when the token names nobody.
    pub async fn me(&self, caller: &Caller) -> Result<Me, Refusal> {
        self.room.me(caller).await
    }

    /// Every owner's environments, and pool members.
    #[must_use]
    pub fn all_instances(&self, _proof: Admin<'_>) -> AdminInstances {
        self.room.all_instances()
    }

    /// Every template.
    #[must_use]
    pub fn all_templates(&self, _proof: Admin<'_>) -> AdminTemplates {
        self.room.all_templates()
    }

    /// Where the environment with this first label of its host (`<template>-<uuid>`) answers, if it is the caller's.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none, or it belongs to somebody else.
    pub async fn backend(&self, caller: &Caller, host_label: &str) -> Result<Backend, Refusal> {
        self.room.backend(caller, host_label).await
    }
}
