//! The latency of simple requests to the API server, as a scale for figures of different machines.

use std::{collections::BTreeMap, time::Instant};

use anyhow::Result;
use futures::future::try_join_all;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::{
    Api,
    api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams},
    runtime::wait::{await_condition, conditions::is_deleted},
};
use serde_json::json;

use super::ms;
use crate::report::Report;
use harness::{Durations, Fixture};

const REQUESTS: usize = 300;
const NAMESPACES: usize = 200;

pub(super) async fn measure(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(fixture.kube.clone(), &fixture.namespace);
    maps.create(&PostParams::default(), &config_map()).await?;
    let (mut patches, mut reads) = (Vec::new(), Vec::new());
    for number in 0..REQUESTS {
        let patch = Patch::Merge(json!({ "data": { "number": number.to_string() } }));
        let start = Instant::now();
        maps.patch("scale", &PatchParams::default(), &patch).await?;
        patches.push(start.elapsed());
        let start = Instant::now();
        maps.get("scale").await?;
        reads.push(start.elapsed());
    }
    report.note("patch of a ConfigMap, alone", distribution(&patches.into_iter().collect()));
    report.note("GET of a ConfigMap, alone", distribution(&reads.into_iter().collect()));
    namespaces(fixture, report).await
}

/// Deletions of namespaces, which no engine can make faster than the namespace controller.
async fn namespaces(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let mut alone = Vec::new();
    for number in 0..20 {
        let name = format!("{}-alone-{number}", fixture.namespace);
        create_namespace(fixture, &name).await?;
        let start = Instant::now();
        delete_namespace(fixture, &name).await?;
        alone.push(start.elapsed());
    }
    report.note(
        "a namespace with a ConfigMap, deleted to gone by Kubernetes, alone",
        distribution(&alone.into_iter().collect()),
    );
    let names: Vec<_> = (0..NAMESPACES).map(|it| format!("{}-{it}", fixture.namespace)).collect();
    try_join_all(names.iter().map(|name| create_namespace(fixture, name))).await?;
    let start = Instant::now();
    try_join_all(names.iter().map(|name| delete_namespace(fixture, name))).await?;
    let took = ms(start.elapsed());
    report.note(
        format!("{NAMESPACES} namespaces with a ConfigMap, deleted at once"),
        format!("all gone after {took}"),
    );
    Ok(())
}

/// Creates a namespace with a ConfigMap.
async fn create_namespace(fixture: &Fixture, name: &str) -> Result<()> {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    Api::all(fixture.kube.clone()).create(&PostParams::default(), &namespace).await?;
    let maps: Api<ConfigMap> = Api::namespaced(fixture.kube.clone(), name);
    maps.create(&PostParams::default(), &config_map()).await?;
    Ok(())
}

/// Deletes a namespace and waits until it is gone.
async fn delete_namespace(fixture: &Fixture, name: &str) -> Result<()> {
    let namespaces: Api<Namespace> = Api::all(fixture.kube.clone());
    let terminating = namespaces.delete(name, &DeleteParams::default()).await?.left();
    let uid = terminating.and_then(|namespace| namespace.metadata.uid).unwrap_or_default();
    await_condition(namespaces, name, is_deleted(&uid)).await?;
    Ok(())
}

fn config_map() -> ConfigMap {
    let data = BTreeMap::from([("number".to_owned(), String::new())]);
    let metadata = ObjectMeta { name: Some("scale".to_owned()), ..ObjectMeta::default() };
    ConfigMap { metadata, data: Some(data), ..ConfigMap::default() }
}

fn distribution(durations: &Durations) -> String {
    format!("p50 {}, p95 {}", ms(durations.p50()), ms(durations.p95()))
}
