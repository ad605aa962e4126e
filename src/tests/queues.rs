//! A pool whose template lets people wait, over REST.

use kube::{
    Api,
    api::{ListParams, PostParams},
};
use resources::{DployInstance, DployTemplate};
use testbed::{EVENTUALLY_TIMEOUT, TestBed, eventually};
use tokio::time::timeout;

use super::program::dploy;

/// One at a time.
const QUEUED: &str = "
apiVersion: dploy.dev/v1alpha1
kind: DployTemplate
metadata: { name: queued }
spec:
  method: pool
  pool: { size: 1, maxSize: 1, whenEmpty: queue }
  engine: process
  process: { command: dploy-samples, args: [webterm], healthPath: /health }
";

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_sees_the_place_and_gets_the_next_environment() {
    let bed = TestBed::start(dploy()).await;
    let template: DployTemplate = serde_yaml_ng::from_str(QUEUED).expect("a template");
    let templates: Api<DployTemplate> = Api::default_namespaced(bed.kube());
    templates.create(&PostParams::default(), &template).await.expect("a new template");
    let bob = bed.user("bob");
    eventually("a warm member", || async {
        let catalog = bob.get("/api/environments/available").await.json();
        let entry = catalog.as_array()?.iter().find(|it| it["name"] == "queued")?.clone();
        (entry["ready"] == 1).then_some(())
    })
    .await;
    let first = bob.get("/run/queued").await;
    assert_eq!((first.status.as_u16(), first.json()["position"].as_u64()), (200, Some(0)));

    let [mut next, mut last] = [bed.user("carol"), bed.user("alice")];
    for waiting in [&next, &last] {
        let place = waiting.get("/run/queued").await;
        assert_eq!((place.status.as_u16(), place.field("status").as_str()), (200, "pending"));
        assert_eq!((place.field("url").as_str(), place.field("expiresAt").as_str()), ("", ""));
        assert_eq!(waiting.post("/run/queued/extend").await.status, 404);
    }
    // Places of one second are served in the order of their names.
    if next.get("/run/queued/status").await.json()["position"] == 2 {
        std::mem::swap(&mut next, &mut last);
    }
    assert_eq!(last.get("/api/environments").await.json()["environments"][0]["position"], 2);

    assert_eq!(bob.delete("/run/queued").await.status, 204);
    let served = timeout(EVENTUALLY_TIMEOUT / 2, next.until_status("queued", "Healthy")).await;
    let served = match served {
        Ok(served) => served,
        Err(_) => panic!("nobody is served: {:#?}", pool(&bed).await),
    };
    assert_eq!(served.json()["position"], 0);
    assert!(served.field("url").starts_with("http") && !served.field("expiresAt").is_empty());
    eventually("the last moves up", || async {
        (last.get("/run/queued/status").await.json()["position"] == 1).then_some(())
    })
    .await;
    assert_eq!(last.delete("/run/queued").await.status, 204);
    assert_eq!(last.get("/run/queued/status").await.status, 404);
    bed.stop().await;
}

/// The members and places, for somebody who reads why the test failed.
async fn pool(bed: &TestBed) -> Vec<DployInstance> {
    let instances: Api<DployInstance> = Api::default_namespaced(bed.kube());
    instances.list(&ListParams::default()).await.expect("a list").items
}
