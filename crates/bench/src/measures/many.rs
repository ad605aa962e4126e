//! Start and memory, with nothing there and with very many instances.
//!
//! The many have no workload: their engine is one that only `dploy dev` has, so that the cluster need not make and unmake as
//! many namespaces. All else of them is as of any other.

use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kube::{
    ResourceExt as _,
    api::{Patch, PatchParams, PostParams},
};
use resources::{DployInstance, Phase, meta};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{ms, on_demand, writes::settled};
use crate::{report::Report, statistics::Durations, world::World};

const STARTS: usize = 5;
const AT_ONCE: usize = 64;
const TEMPLATE: &str = "many";
const PER_OWNER: usize = 5;
const SILENCE: Duration = Duration::from_secs(2);

pub(super) async fn measure(world: &World, many: usize, report: &mut Report) -> Result<()> {
    world.template(TEMPLATE, on_demand()).await?;
    start(world, "nothing there", report).await?;
    memory(world, "idle", 40, report).await?;
    make(world, many).await?;
    let there = format!("{many} instances");
    start(world, &there, report).await?;
    memory(world, &format!("with {there}"), 120, report).await?;
    let operator = world.operate()?;
    world.clear().await?;
    operator.stop().await
}

/// From the start of the process to the first 200 of `/ready`.
async fn start(world: &World, there: &str, report: &mut Report) -> Result<()> {
    let mut took = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let server = world.serve().await?;
        took.push(server.ready_after());
        server.stop().await?;
    }
    let took: Durations = took.into_iter().collect();
    report.note(
        format!("start of dploy serve until /ready is 200, {there}"),
        format!("p50 {}, max {}", ms(took.p50()), ms(took.max())),
    );
    Ok(())
}

async fn memory(world: &World, when: &str, most: u64, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    settled(world).await?;
    sleep(SILENCE).await;
    for (role, bytes) in [("serve", server.program().memory()?), ("operate", operator.memory()?)] {
        let megabytes = bytes / 1_000_000;
        report.check(
            format!("resident memory of dploy {role}, {when}"),
            &format!("≤ {most} MB"),
            format!("{megabytes} MB"),
            megabytes <= most,
        );
    }
    server.stop().await?;
    operator.stop().await
}

async fn make(world: &World, many: usize) -> Result<()> {
    tracing::info!("making {many} instances");
    let making = stream::iter(0..many).map(|number| make_one(world, number));
    making.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    world.tracker.until("all are there", |it| it.present().count() == many).await
}

async fn make_one(world: &World, number: usize) -> Result<()> {
    let instances = world.api::<DployInstance>();
    let instance = serde_json::from_value(instance(number)).context("not an instance")?;
    let made = instances.create(&PostParams::default(), &instance).await?;
    let status = Patch::Merge(json!({ "status": status(number) }));
    instances.patch_status(&made.name_any(), &PatchParams::default(), &status).await?;
    Ok(())
}

fn instance(number: usize) -> Value {
    let uuid = format!("{number:08x}");
    json!({
        "apiVersion": "dploy.dev/v1alpha1",
        "kind": "DployInstance",
        "metadata": {
            "name": format!("{TEMPLATE}-{uuid}"),
            "finalizers": [meta::FINALIZER],
            "labels": { (meta::MANAGED): meta::TRUE, (meta::TEMPLATE): TEMPLATE, (meta::OWNER): owner(number) },
            "annotations": { (meta::ADOPTED): meta::TRUE },
        },
        "spec": {
            "templateRef": TEMPLATE,
            "owner": owner(number),
            "claims": { "sub": owner(number), "name": owner(number) },
            "ttlSeconds": 86_400,
            "expiresAt": "2100-01-01T00:00:00Z",
            "uuid": uuid,
            "resolved": {
                "seed": format!("{number:032x}"),
                "description": "A desk of one's own.",
                "engine": "process",
                "process": { "command": "desk" },
                "manifests": super::CONFIG_MAP,
                "connectionURLTemplate": "https://{{ .Host }}",
                "baseDomain": "example.test",
                "ttlSeconds": 86_400,
                "extendSeconds": 7_200,
                "maxExtends": 0,
            },
        },
    })
}

fn status(number: usize) -> Value {
    let uuid = format!("{number:08x}");
    json!({
        "phase": Phase::Failed,
        "uuid": uuid,
        "url": format!("https://{TEMPLATE}-{uuid}.example.test"),
        "engine": "process",
        "health": "Degraded",
        "expiresAt": "2100-01-01T00:00:00Z",
    })
}

fn owner(number: usize) -> String {
    format!("owner-{}", number / PER_OWNER)
}
