//! What the API server takes for the simplest things: machines differ, and so figures are best read beside these.

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
use crate::{report::Report, statistics::Durations, world::World};

const TIMES: usize = 300;
const NAMESPACES: usize = 200;

pub(super) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(world.kube.clone(), &world.namespace);
    maps.create(&PostParams::default(), &map()).await?;
    let (mut patches, mut reads) = (Vec::new(), Vec::new());
    for number in 0..TIMES {
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
    namespaces(world, report).await
}

/// What no engine can be faster than: the namespace controller's own time.
async fn namespaces(world: &World, report: &mut Report) -> Result<()> {
    let mut alone = Vec::new();
    for number in 0..20 {
        let name = format!("{}-alone-{number}", world.namespace);
        make(world, &name).await?;
        let start = Instant::now();
        remove(world, &name).await?;
        alone.push(start.elapsed());
    }
    report.note(
        "a namespace with a ConfigMap, deleted to gone by Kubernetes, alone",
        distribution(&alone.into_iter().collect()),
    );
    let names: Vec<_> = (0..NAMESPACES).map(|it| format!("{}-{it}", world.namespace)).collect();
    try_join_all(names.iter().map(|name| make(world, name))).await?;
    let start = Instant::now();
    try_join_all(names.iter().map(|name| remove(world, name))).await?;
    let took = ms(start.elapsed());
    report.note(format!("{NAMESPACES} such namespaces at once"), format!("all gone after {took}"));
    Ok(())
}

async fn make(world: &World, name: &str) -> Result<()> {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    Api::all(world.kube.clone()).create(&PostParams::default(), &namespace).await?;
    let maps: Api<ConfigMap> = Api::namespaced(world.kube.clone(), name);
    maps.create(&PostParams::default(), &map()).await?;
    Ok(())
}

async fn remove(world: &World, name: &str) -> Result<()> {
    let namespaces: Api<Namespace> = Api::all(world.kube.clone());
    let leaving = namespaces.delete(name, &DeleteParams::default()).await?.left();
    let uid = leaving.and_then(|namespace| namespace.metadata.uid).unwrap_or_default();
    await_condition(namespaces, name, is_deleted(&uid)).await?;
    Ok(())
}

fn map() -> ConfigMap {
    let data = BTreeMap::from([("number".to_owned(), String::new())]);
    let metadata = ObjectMeta { name: Some("scale".to_owned()), ..ObjectMeta::default() };
    ConfigMap { metadata, data: Some(data), ..ConfigMap::default() }
}

fn distribution(durations: &Durations) -> String {
    format!("p50 {}, p95 {}", ms(durations.p50()), ms(durations.p95()))
}
