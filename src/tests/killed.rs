//! `kill -9` of a `dploy dev` at bad moments, and the next one on the same data: acknowledged
//! environments run again, no other process runs, and every seat can be used.

use std::{collections::BTreeMap, fs, path::Path};

use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use kube::{
    Api, ResourceExt as _,
    api::{ListParams, Patch, PatchParams, WatchEvent, WatchParams},
};
use reqwest::{Method, RequestBuilder, StatusCode};
use resources::{DployInstance, DployOwner, Phase};
use serde::de::DeserializeOwned;
use serde_json::json;
use testbed::{Client, EVENTUALLY_TIMEOUT, Response, eventually};
use tokio::time::timeout;

use super::program::{DevProcess, Home};

const OWNER: &str = "alice";
/// How many environments alice may have; fewer than there are templates.
const MAX_ENVIRONMENTS: u32 = 2;
const TEMPLATES: [(&str, &str); 3] =
    [("nc-echo", "/run/nc-echo"), ("sized", "/run/sized?size=small"), ("webterm", "/run/webterm")];

/// When the server is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// The ledger has changed; the instance may not have changed yet.
    Seat,
    /// The instance has changed.
    Instance,
    /// Its process is being started.
    Process,
    /// The response has arrived.
    Answer,
}

/// Waits for the next change of an object that `concerns` accepts.
async fn change<K>(
    dev: &DevProcess,
    concerns: impl Fn(&K) -> bool + Send + 'static,
) -> BoxFuture<'static, ()>
where
    K: kube::Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>
        + Clone
        + std::fmt::Debug
        + DeserializeOwned
        + Send
        + 'static,
{
    let objects: Api<K> = Api::default_namespaced(dev.kube().await);
    let now = objects.list(&ListParams::default()).await.expect("a list").metadata.resource_version;
    let watch = objects.watch(&WatchParams::default(), &now.unwrap_or_default()).await;
    let mut changes = watch.expect("a watch").boxed();
    async move {
        while let Some(event) = changes.next().await {
            match event {
                Ok(WatchEvent::Added(object) | WatchEvent::Modified(object))
                    if concerns(&object) =>
                {
                    return;
                }
                _ => {}
            }
        }
    }
    .boxed()
}

impl Moment {
    /// A future that ends at the moment. It watches from the time of the call.
    async fn watched(
        self,
        dev: &DevProcess,
        home: &Home,
        template: &'static str,
    ) -> BoxFuture<'static, ()> {
        match self {
            Self::Seat => change(dev, |owner: &DployOwner| owner.name_any() == OWNER).await,
            Self::Instance => {
                let concerns = move |it: &DployInstance| {
                    it.spec.template_ref == template && it.spec.owner == OWNER
                };
                change(dev, concerns).await
            }
            Self::Process => {
                let data = home.data();
                async move {
                    eventually("its process is started", || async {
                        running(&data).keys().any(|it| it.starts_with(template)).then_some(())
                    })
                    .await;
                }
                .boxed()
            }
            Self::Answer => async {}.boxed(),
        }
    }
}

/// Sends a request and kills the server at a moment; returns the response, if one arrived.
async fn kill_during(
    dev: DevProcess,
    home: &Home,
    template: &'static str,
    moment: Moment,
    request: RequestBuilder,
) -> Option<Response> {
    let comes = moment.watched(&dev, home, template).await;
    let answer = tokio::spawn(async move {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status(), response.headers().clone());
        Some(Response { status, headers, text: response.text().await.ok()? })
    });
    if matches!(moment, Moment::Answer) {
        let answer = answer.await.expect("no panic");
        dev.kill().await;
        return answer;
    }
    timeout(EVENTUALLY_TIMEOUT, comes).await.expect("the moment comes");
    dev.kill().await;
    answer.await.expect("no panic")
}

/// The number of supervisors and of programs that run for each instance of a data directory.
fn running(data: &Path) -> BTreeMap<String, (usize, usize)> {
    let below = format!("DPLOY_DIRECTORY={}/", data.canonicalize().expect("a directory").display());
    let mut found: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for entry in fs::read_dir("/proc").expect("Linux").flatten() {
        let read = |name| {
            fs::read(entry.path().join(name)).map(|it| String::from_utf8_lossy(&it).into_owned())
        };
        let (Ok(environ), Ok(arguments)) = (read("environ"), read("cmdline")) else { continue };
        let variables = || environ.split('\0');
        let instance = variables().find_map(|it| it.strip_prefix("DPLOY_INSTANCE="));
        if let (Some(instance), true) = (instance, variables().any(|it| it.starts_with(&below))) {
            let (supervisors, programs) = found.entry(instance.to_owned()).or_default();
            let supervises = arguments.split('\0').nth(1) == Some("supervise");
            *if supervises { supervisors } else { programs } += 1;
        }
    }
    found
}

/// Waits until every environment that should run does so once, and no other process runs.
async fn nothing_is_left_over(dev: &DevProcess, home: &Home) {
    let instances: Api<DployInstance> = Api::default_namespaced(dev.kube().await);
    eventually("each environment runs once, and nothing else does", || async {
        let all = instances.list(&ListParams::default()).await.expect("a list");
        let runs = |it: &DployInstance| {
            let phase = it.status.as_ref().and_then(|status| status.phase);
            matches!(phase, Some(Phase::Ready | Phase::Claimed | Phase::Available))
        };
        let wanted: BTreeMap<_, _> =
            all.iter().filter(|it| runs(it)).map(|it| (it.name_any(), (1, 1))).collect();
        (running(&home.data()) == wanted).then_some(())
    })
    .await;
}

/// Launches every template, `first` before the others: exactly as many launches as alice may have
/// environments succeed.
async fn the_limit_holds(alice: &Client, first: &'static str) {
    let mut told = Vec::new();
    let others = TEMPLATES.iter().filter(|(name, _)| *name != first).map(|(_, path)| *path);
    for path in std::iter::once(path_of(first)).chain(others) {
        let answer = eventually("a place in the pool", || async {
            Some(alice.get(path).await).filter(|it| it.status != StatusCode::SERVICE_UNAVAILABLE)
        })
        .await;
        told.push((answer.status.as_u16(), answer.error()));
    }
    let refused = (403, format!("Maximum {MAX_ENVIRONMENTS} environments allowed"));
    let allowed = (200, String::new());
    let mut wanted = vec![allowed; MAX_ENVIRONMENTS as usize];
    wanted.resize(told.len(), refused);
    assert_eq!(told, wanted, "beginning with {first}");
    assert_eq!(alice.get("/api/environments").await.json()["used"], MAX_ENVIRONMENTS);
}

/// Deletes all environments of alice.
async fn clear(alice: &Client) {
    let list = alice.get("/api/environments").await.json();
    for environment in list["environments"].as_array().expect("a list") {
        alice.delete(&format!("/run/{}", environment["name"].as_str().expect("a name"))).await;
    }
    eventually("all is gone", || async {
        (alice.get("/api/environments").await.json()["count"] == 0).then_some(())
    })
    .await;
}

/// Starts the next server on the same data.
async fn come_back(home: &Home) -> (DevProcess, Client) {
    let dev = home.start().await;
    let alice = dev.user(OWNER);
    (dev, alice)
}

/// Checks what must hold after every kill, then deletes alice's environments for the next round.
async fn settle(dev: &DevProcess, home: &Home, alice: &Client, template: &'static str) {
    the_limit_holds(alice, template).await;
    nothing_is_left_over(dev, home).await;
    clear(alice).await;
}

/// Lowers alice's quota below the number of templates.
async fn lower_the_limit(dev: &DevProcess) {
    let alice = dev.user(OWNER);
    assert_eq!(alice.get("/run/nc-echo").await.status, 200);
    let owners: Api<DployOwner> = Api::default_namespaced(dev.kube().await);
    let limit = Patch::Merge(json!({ "spec": { "maxInstances": MAX_ENVIRONMENTS } }));
    owners.patch(OWNER, &PatchParams::default(), &limit).await.expect("alice's record");
    clear(&alice).await;
}

fn path_of(template: &str) -> &'static str {
    TEMPLATES
        .iter()
        .find(|(name, _)| *name == template)
        .map_or("/run/webterm-warm", |(_, path)| path)
}

/// Kills the server during a launch: an acknowledged environment exists, an unacknowledged one may
/// exist; an environment that exists runs again.
async fn launch(
    dev: DevProcess,
    home: &Home,
    template: &'static str,
    moment: Moment,
) -> DevProcess {
    let request = dev.user(OWNER).request(Method::GET, path_of(template));
    let answer = kill_during(dev, home, template, moment, request).await;
    let (dev, alice) = come_back(home).await;
    let found = alice.get(&format!("/run/{template}/status")).await;
    if let Some(answer) = answer {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(found.field("uuid"), answer.field("uuid"), "{moment:?}: {}", found.text);
    }
    match found.status.as_u16() {
        200 => drop(alice.until_status(template, "Healthy").await),
        status => assert_eq!(status, 404, "{moment:?}: {}", found.text),
    }
    settle(&dev, home, &alice, template).await;
    dev
}

/// Kills the server during an extension: deadline and count change together or not at all, and both
/// have changed if the extension was acknowledged.
async fn extend(dev: DevProcess, home: &Home, moment: Moment) -> DevProcess {
    let alice = dev.user(OWNER);
    alice.get(path_of("sized")).await;
    let before = alice.until_status("sized", "Healthy").await.field("expiresAt");
    let request = alice.request(Method::POST, "/run/sized/extend");
    let answer = kill_during(dev, home, "sized", moment, request).await;
    let (dev, alice) = come_back(home).await;
    alice.until_status("sized", "Healthy").await;
    let list = alice.get("/api/environments").await.json();
    let sized = &list["environments"][0];
    let (count, until) = (&sized["extendCount"], &sized["expiresAt"]);
    assert_eq!(*count == 0, *until == before, "{moment:?}: {sized}");
    if let Some(answer) = answer {
        assert_eq!(
            (answer.status.as_u16(), *until == answer.field("expiresAt")),
            (200, true),
            "{sized}"
        );
    }
    settle(&dev, home, &alice, "sized").await;
    dev
}

/// Kills the server during a deletion: an acknowledged deletion lasts, and the next launch makes
/// another environment.
async fn delete(dev: DevProcess, home: &Home, moment: Moment) -> DevProcess {
    let alice = dev.user(OWNER);
    alice.get("/run/nc-echo").await;
    let uuid = alice.until_status("nc-echo", "Healthy").await.field("uuid");
    let request = alice.request(Method::DELETE, "/run/nc-echo");
    let answer = kill_during(dev, home, "nc-echo", moment, request).await;
    let (dev, alice) = come_back(home).await;
    let found = alice.get("/run/nc-echo/status").await;
    if let Some(answer) = answer {
        assert_eq!(
            (answer.status, found.status.as_u16()),
            (StatusCode::NO_CONTENT, 404),
            "{}",
            found.text
        );
    }
    if found.status == 404 {
        assert_ne!(alice.get("/run/nc-echo").await.field("uuid"), uuid);
    }
    alice.until_status("nc-echo", "Healthy").await;
    settle(&dev, home, &alice, "nc-echo").await;
    dev
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_loses_nothing() {
    let home = Home::new();
    let mut dev = home.start().await;
    lower_the_limit(&dev).await;
    for moment in [Moment::Seat, Moment::Instance, Moment::Process, Moment::Answer] {
        dev = launch(dev, &home, "nc-echo", moment).await;
    }
    for moment in [Moment::Seat, Moment::Instance] {
        dev = launch(dev, &home, "webterm-warm", moment).await;
    }
    for moment in [Moment::Instance, Moment::Answer] {
        dev = extend(dev, &home, moment).await;
    }
    for moment in [Moment::Instance, Moment::Seat] {
        dev = delete(dev, &home, moment).await;
    }
    assert!(dev.stop().await.success(), "{}", home.logged());
    eventually("nothing runs on", || async { running(&home.data()).is_empty().then_some(()) })
        .await;
    assert!(!home.logged().contains("panicked"), "{}", home.logged());
}
