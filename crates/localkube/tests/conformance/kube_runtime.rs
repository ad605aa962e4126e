//! The requests of kube's client and kube-runtime. `kube_runtime.golden` contains the requests and
//! the responses of a real kube-apiserver; the embedded server must send the same responses.

use std::{
    convert::Infallible,
    fmt::Debug,
    sync::{Arc, Mutex},
};

use expect_test::expect_file;
use futures::{Stream, StreamExt};
use http::{HeaderMap, Request, Response, header, request};
use k8s_openapi::api::{coordination::v1::Lease, core::v1::ConfigMap};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{
        DeleteParams, ListParams, ObjectMeta, PartialObjectMeta, Patch, PatchParams, PostParams,
        Preconditions, ValidationDirective,
    },
    client::Body,
    runtime::{
        controller::Action,
        events::{Event as RecordedEvent, EventType, Recorder, Reporter},
        finalizer::finalizer,
        wait::{await_condition, conditions::is_deleted},
        watcher::{self, Config, Event, watch_object, watcher},
    },
};
use rstest::rstest;
use serde_json::{Value, json};
use tower::service_fn;

use crate::bed::{Bed, Widgets, Writer, config_map, named, redact};

/// The log of requests, responses and results.
#[derive(Debug, Clone, Default)]
struct Record(Arc<Mutex<String>>);

impl Record {
    fn add(&self, line: &str) {
        let mut recorded = self.0.lock().unwrap();
        recorded.push_str(line);
        recorded.push('\n');
    }

    /// A client that sends its requests through `client` and records them.
    fn client(&self, client: Client, namespace: &str) -> Client {
        let record = self.clone();
        let service =
            service_fn(move |request| send_and_record(record.clone(), client.clone(), request));
        Client::new(service, namespace)
    }

    /// The log, with words for the values that differ between runs.
    fn redacted(&self, bed: &Bed, widgets: &Widgets) -> String {
        let recorded = self.0.lock().unwrap();
        let recorded =
            recorded.replace(&bed.namespace, "NAMESPACE").replace(widgets.group(), "GROUP");
        let words = [
            (r#""(resourceVersion|uid|continue)":"[^"]+""#, r#""$1":"…""#),
            (r"(resourceVersion|continue)=[^&\s]*[^&\s0][^&\s]*", "$1=…"),
            (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
            (r"[0-9a-f]{8}-[0-9a-f-]{27}", "UID"),
            (r"(ResourceVersion in record) \(\d+\)", "$1 (VERSION)"),
            (r#"(resourceVersion\\*":\\*")\d+"#, "${1}VERSION"),
            (r"one\.[0-9a-f]{8,}", "one.HEX"),
        ];
        redact(recorded, &words)
    }
}

async fn send_and_record(
    record: Record,
    client: Client,
    request: Request<Body>,
) -> Result<Response<Body>, kube::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect_bytes().await?;
    record.add(&request_text(&head, &body));
    let is_watch = head.uri.query().is_some_and(|query| query.contains("watch=true"));
    let response = client.send(Request::from_parts(head, Body::from(body.to_vec()))).await?;
    let (head, body) = response.into_parts();
    if is_watch {
        record.add(&format!("  {}", head.status.as_u16()));
        return Ok(Response::from_parts(head, body));
    }
    let body = body.collect_bytes().await?;
    record.add(&format!("  {} {}", head.status.as_u16(), body_text(&body)));
    Ok(Response::from_parts(head, Body::from(body.to_vec())))
}

fn request_text(head: &request::Parts, body: &[u8]) -> String {
    let media = |name| text(&head.headers, name).filter(|it| *it != "application/json");
    let [accept, kind] = [header::ACCEPT, header::CONTENT_TYPE].map(media);
    let extras = [accept.map(|it| format!(" accept {it}")), kind.map(|it| format!(" as {it}"))];
    let extras: String = extras.into_iter().flatten().collect();
    let body = if body.is_empty() { String::new() } else { format!("\n  {}", body_text(body)) };
    format!("{} {}{extras}{body}", head.method, head.uri)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The body as JSON with sorted members. `managedFields` is reduced to the managers.
fn body_text(body: &[u8]) -> String {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
        return String::from_utf8_lossy(body).into_owned();
    };
    shorten(&mut value);
    value.to_string()
}

fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(members) => {
            if let Some(Value::Array(entries)) = members.get_mut("managedFields") {
                entries.iter_mut().for_each(|entry| {
                    let part = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                    let parts = ["manager", "operation", "subresource"].map(part);
                    *entry = parts.join(" ").trim_end().into();
                });
            }
            members.values_mut().for_each(shorten);
        }
        _ => {}
    }
}

/// Records the next `count` events.
async fn record_events<K: ResourceExt>(
    record: &Record,
    events: &mut (impl Stream<Item = watcher::Result<Event<K>>> + Unpin),
    count: usize,
) {
    for _ in 0..count {
        record.add(&match events.next().await.unwrap().unwrap() {
            Event::Init => "> init".to_owned(),
            Event::InitApply(object) => format!("> init {}", object.name_any()),
            Event::InitDone => "> init done".to_owned(),
            Event::Apply(object) => format!("> apply {}", object.name_any()),
            Event::Delete(object) => format!("> delete {}", object.name_any()),
        });
    }
}

#[rstest]
#[tokio::test]
async fn responses_to_kube_runtime_match_a_real_server(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let spec = json!({ "type": "object", "properties": {
        "color": { "type": "string", "enum": ["red", "blue"] },
        "size": { "type": "integer", "default": 1 },
    }});
    let widgets = bed.kind(spec).await;
    let record = Record::default();
    let client = record.client(bed.client.clone(), &bed.namespace);
    let maps = Api::default_namespaced(client.clone());
    let widgets_api = widgets.with_client(client.clone());

    watches(&record, &client, &maps).await;
    waits(&record, &maps).await;
    writes(&record, &widgets_api).await;
    applies(&record, &widgets_api).await;
    deletions(&record, &widgets_api).await;
    recorded_events(&record, &client, &maps).await;
    finalizers(&record, maps).await;
    leases(&record, Api::default_namespaced(client)).await;

    expect_file!["kube_runtime.golden"].assert_eq(&record.redacted(&bed, &widgets));
}

async fn watches(record: &Record, client: &Client, maps: &Api<ConfigMap>) {
    let (post, patch) = (PostParams::default(), PatchParams::default());
    maps.create(&post, &config_map("one", "x")).await.unwrap();
    let of = |config: Config| config.labels("app=x").timeout(60);

    record.add("\n# list, then watch");
    let mut events = watcher(maps.clone(), of(Config::default())).boxed();
    record_events(record, &mut events, 3).await;
    maps.create(&post, &config_map("two", "x")).await.unwrap();
    record_events(record, &mut events, 1).await;
    let other = Patch::Merge(json!({ "metadata": { "labels": { "app": "y" } } }));
    maps.patch("two", &patch, &other).await.unwrap();
    record_events(record, &mut events, 1).await;
    maps.patch("two", &patch, &Patch::Merge(json!({ "metadata": { "labels": { "app": "x" } } })))
        .await
        .unwrap();
    record_events(record, &mut events, 1).await;

    record.add("\n# list in pages, then watch");
    let mut events = watcher(maps.clone(), of(Config::default().page_size(1))).boxed();
    record_events(record, &mut events, 4).await;

    record.add("\n# the list as a watch");
    let mut events = watcher(maps.clone(), of(Config::default().streaming_lists())).boxed();
    record_events(record, &mut events, 4).await;
    maps.delete("two", &DeleteParams::default()).await.unwrap();
    record_events(record, &mut events, 1).await;

    record.add("\n# metadata only");
    let metadata: Api<PartialObjectMeta<ConfigMap>> = Api::default_namespaced(client.clone());
    let mut events = watcher(metadata, of(Config::default())).boxed();
    record_events(record, &mut events, 3).await;
}

async fn waits(record: &Record, maps: &Api<ConfigMap>) {
    record.add("\n# one object");
    let mut object = watch_object(maps.clone(), "one").boxed();
    let found = object.next().await.unwrap().unwrap();
    record.add(&format!("> {}", found.map_or_else(|| "nothing".into(), |it| it.name_any())));
    let gone = await_condition(maps.clone(), "two", is_deleted("none")).await.unwrap();
    record.add(&format!("> {}", gone.map_or_else(|| "nothing".into(), |it| it.name_any())));
}

async fn writes(record: &Record, widgets: &Widgets) {
    let post = PostParams { field_manager: Some("writer".into()), ..PostParams::default() };
    record.add("\n# create, replace");
    let made = widgets.create(&post, &widgets.widget("one", json!({ "color": "red" }))).await;
    let made = made.unwrap();
    outcome(record, widgets.create(&post, &made).await);
    outcome(record, widgets.create(&post, &widgets.widget("bad", json!({ "color": "x" }))).await);
    let mut changed = made.clone();
    changed.data["spec"]["color"] = json!("blue");
    outcome(record, widgets.replace("one", &post, &changed).await);
    outcome(record, widgets.replace("one", &post, &changed).await);
    let dry = PostParams { dry_run: true, ..post.clone() };
    outcome(record, widgets.create(&dry, &widgets.widget("dry", json!({}))).await);

    record.add("\n# status");
    let mut current = widgets.get("one").await.unwrap();
    current.data["status"] = json!({ "phase": "Ready" });
    outcome(record, widgets.replace_status("one", &post, &current).await);
    let status = Patch::Merge(json!({ "status": { "phase": "Failed" }, "spec": { "size": 9 } }));
    let patch = PatchParams { field_manager: post.field_manager.clone(), ..PatchParams::default() };
    outcome(record, widgets.patch_status("one", &patch, &status).await);

    record.add("\n# read, write");
    let mut entry = widgets.entry("one").await.unwrap().and_modify(|widget| {
        widget.labels_mut().insert("tier".into(), "web".into());
    });
    if let kube::api::entry::Entry::Occupied(entry) = &mut entry {
        entry.commit(&post).await.unwrap();
    }
    outcome(record, widgets.get_metadata("one").await);
    outcome(record, widgets.list_metadata(&ListParams::default().limit(1)).await);
    outcome(record, widgets.list(&ListParams::default().fields("spec.color=blue")).await);
}

async fn applies(record: &Record, widgets: &Widgets) {
    record.add("\n# server-side apply");
    let (one, other) = (PatchParams::apply("one"), PatchParams::apply("other"));
    let size = |size: u8| Patch::Apply(widgets.widget("applied", json!({ "size": size })));
    outcome(record, widgets.patch("applied", &one, &size(2)).await);
    outcome(record, widgets.patch("applied", &one, &size(2)).await);
    outcome(record, widgets.patch("applied", &other, &size(3)).await);
    outcome(record, widgets.patch("applied", &other.clone().force(), &size(3)).await);
    let color = Patch::Apply(widgets.widget("applied", json!({ "color": "red" })));
    outcome(record, widgets.patch("applied", &other, &color).await);
    let strict = PatchParams {
        field_validation: Some(ValidationDirective::Strict),
        ..PatchParams::default()
    };
    let unknown = Patch::Merge(json!({ "spec": { "nope": 1 } }));
    outcome(record, widgets.patch("applied", &strict, &unknown).await);
    let tests = json!([{ "op": "test", "path": "/spec/size", "value": 7 }]);
    let tests = Patch::<()>::Json(serde_json::from_value(tests).unwrap());
    outcome(record, widgets.patch("applied", &PatchParams::default(), &tests).await);
    let metadata = Patch::Merge(json!({ "metadata": { "annotations": { "note": "x" } } }));
    outcome(record, widgets.patch_metadata("applied", &PatchParams::default(), &metadata).await);
}

async fn deletions(record: &Record, widgets: &Widgets) {
    record.add("\n# deletions");
    let version = widgets.get("applied").await.unwrap().resource_version();
    let on = |uid: Option<String>, resource_version: Option<String>| {
        DeleteParams::background().preconditions(Preconditions { uid, resource_version })
    };
    let other_uid = "00000000-0000-0000-0000-000000000000".to_owned();
    outcome(record, widgets.delete("applied", &on(Some(other_uid), None)).await);
    outcome(record, widgets.delete("applied", &on(None, Some("1".into()))).await);
    outcome(record, widgets.delete("applied", &on(None, version)).await);
    outcome(record, widgets.get_opt("applied").await);
    outcome(record, widgets.delete("applied", &DeleteParams::foreground()).await);
    let web = ListParams::default().labels("tier=web");
    outcome(record, widgets.delete_collection(&DeleteParams::default(), &web).await);
    outcome(record, widgets.list(&ListParams::default()).await);
}

async fn recorded_events(record: &Record, client: &Client, maps: &Api<ConfigMap>) {
    record.add("\n# events");
    let about = maps.get("one").await.unwrap().object_ref(&());
    let reporter = Reporter { controller: "test".into(), instance: Some("test-0".into()) };
    let recorder = Recorder::new(client.clone(), reporter);
    let event = RecordedEvent {
        type_: EventType::Normal,
        reason: "Made".into(),
        note: Some("It was made.".into()),
        action: "Making".into(),
        secondary: None,
    };
    recorder.publish(&event, &about).await.unwrap();
    recorder.publish(&event, &about).await.unwrap();
}

async fn finalizers(record: &Record, maps: Api<ConfigMap>) {
    record.add("\n# a finalizer");
    let settle = || async {
        let found = Arc::new(maps.get("one").await.unwrap());
        let done = |_| async { Ok::<_, Infallible>(Action::await_change()) };
        finalizer(&maps, "test.dploy.dev/hold", found, done).await.unwrap();
    };
    settle().await;
    maps.delete("one", &DeleteParams::default()).await.unwrap();
    settle().await;
    outcome(record, maps.get_opt("one").await);
}

async fn leases(record: &Record, leases: Api<Lease>) {
    record.add("\n# a lease");
    let post = PostParams::default();
    let lease: Lease = serde_json::from_value(json!({
        "metadata": ObjectMeta { ..named("leader") },
        "spec": { "holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000000Z" },
    }))
    .unwrap();
    let taken = leases.create(&post, &lease).await.unwrap();
    outcome(record, leases.create(&post, &lease).await);
    outcome(record, leases.replace("leader", &post, &taken).await);
    let mut other = taken.clone();
    other.spec.as_mut().unwrap().holder_identity = Some("b".into());
    outcome(record, leases.replace("leader", &post, &other).await);
    outcome(record, leases.replace("leader", &post, &taken).await);
}

/// Records whether the client got an object or an error response.
fn outcome<T: Debug>(record: &Record, result: kube::Result<T>) {
    record.add(match result {
        Ok(_) => "> ok",
        Err(kube::Error::Api(_)) => "> refused",
        Err(error) => panic!("the client could not read the response: {error}"),
    });
}
