//! Start time and memory of the processes, without instances and with very many.
//!
//! The instances have no workload: they name the engine `process`, which only `dploy dev` has. This
//! spares the cluster the creation and deletion of as many namespaces.

use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::apps::v1::ControllerRevision;
use kube::{
    ResourceExt as _,
    api::{Patch, PatchParams, PostParams},
};
use resources::{
    DployInstance, EngineName, Identity, Phase, ProcessSpec, TemplateRevision, identity_label, meta,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{ms, writes::wait_until_settled};
use crate::report::Report;
use harness::{Durations, Fixture, templates};

/// The number of measured starts.
const STARTS: usize = 5;
/// The number of instances that are created at the same time.
const MAX_CONCURRENT_CREATES: usize = 64;
const TEMPLATE: &str = "many";
const PER_OWNER: usize = 5;
/// The wait for the memory to settle after the last write.
const SETTLE_TIME: Duration = Duration::from_secs(2);

pub(super) async fn measure(fixture: &Fixture, many: usize, report: &mut Report) -> Result<()> {
    fixture.template(TEMPLATE, templates::on_demand()).await?;
    measure_start(fixture, "without instances", report).await?;
    measure_memory(fixture, "idle", 40, report).await?;
    create_instances(fixture, many).await?;
    let condition = format!("{many} instances");
    measure_start(fixture, &condition, report).await?;
    measure_memory(fixture, &format!("with {condition}"), 120, report).await?;
    let operator = fixture.operate()?;
    fixture.clear().await?;
    operator.stop().await
}

/// Measures the time from the start of the process until `/ready` answers 200.
async fn measure_start(fixture: &Fixture, condition: &str, report: &mut Report) -> Result<()> {
    let mut took = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let server = fixture.serve().await?;
        took.push(server.start_duration());
        server.stop().await?;
    }
    let took: Durations = took.into_iter().collect();
    report.note(
        format!("start of dploy serve until /ready is 200, {condition}"),
        format!("p50 {}, max {}", ms(took.p50()), ms(took.max())),
    );
    Ok(())
}

async fn measure_memory(
    fixture: &Fixture,
    condition: &str,
    max_megabytes: u64,
    report: &mut Report,
) -> Result<()> {
    let (server, operator) = (fixture.serve().await?, fixture.operate()?);
    wait_until_settled(fixture).await?;
    sleep(SETTLE_TIME).await;
    for (role, bytes) in
        [("serve", server.process().resident_bytes()?), ("operate", operator.resident_bytes()?)]
    {
        let megabytes = bytes / 1_000_000;
        report.check(
            format!("resident memory of dploy {role}, {condition}"),
            &format!("≤ {max_megabytes} MB"),
            format!("{megabytes} MB"),
            megabytes <= max_megabytes,
        );
    }
    server.stop().await?;
    operator.stop().await
}

async fn create_instances(fixture: &Fixture, many: usize) -> Result<()> {
    tracing::info!("creating {many} instances");
    let revision = revision();
    let revisions = fixture.api::<ControllerRevision>();
    revisions.create(&PostParams::default(), &revision.object(1)).await?;
    let name = revision.name();
    let creations = stream::iter(0..many).map(|number| create_instance(fixture, number, &name));
    creations.buffer_unordered(MAX_CONCURRENT_CREATES).try_collect::<()>().await?;
    fixture.instances.until("all instances exist", |it| it.existing().count() == many).await
}

async fn create_instance(fixture: &Fixture, number: usize, revision: &str) -> Result<()> {
    let instances = fixture.api::<DployInstance>();
    let instance = instance(number, revision);
    let instance = serde_json::from_value(instance).context("not a DployInstance")?;
    let created = instances.create(&PostParams::default(), &instance).await?;
    let status = Patch::Merge(json!({ "status": status(number) }));
    instances.patch_status(&created.name_any(), &PatchParams::default(), &status).await?;
    Ok(())
}

/// The revision that all instances have.
fn revision() -> TemplateRevision {
    TemplateRevision {
        template: TEMPLATE.to_owned(),
        engine: EngineName::Process,
        process: Some(ProcessSpec { command: "desk".to_owned(), ..ProcessSpec::default() }),
        manifests: Some(templates::CONFIG_MAP.to_owned()),
        connection_url_template: "https://{{ .Host }}".to_owned(),
        base_domain: "example.test".to_owned(),
        ttl_seconds: 86_400,
        extend_seconds: 7_200,
        ..TemplateRevision::default()
    }
}

fn instance(number: usize, revision: &str) -> Value {
    let uuid = format!("{number:08x}");
    let identity =
        Identity { claim: "sub".to_owned(), value: owner(number), ..Identity::default() };
    json!({
        "apiVersion": "dploy.dev/v1alpha1",
        "kind": "DployInstance",
        "metadata": {
            "name": format!("{TEMPLATE}-{uuid}"),
            "finalizers": [meta::FINALIZER],
            "labels": { (meta::MANAGED): meta::TRUE, (meta::TEMPLATE): TEMPLATE, (meta::OWNER): owner(number), (meta::IDENTITY): identity_label(&identity) },
            "annotations": { (meta::ADOPTED): meta::TRUE },
        },
        "spec": {
            "templateRef": TEMPLATE,
            "owner": owner(number),
            "claims": { "sub": owner(number), "name": owner(number) },
            "ttlSeconds": 86_400,
            "expiresAt": "2100-01-01T00:00:00Z",
            "uuid": uuid,
            "revision": revision,
            "seed": format!("{number:032x}"),
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
