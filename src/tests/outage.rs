//! What a replica answers while its API server is away.

use std::time::Duration;

use reqwest::{
    Method,
    header::{AGE, RETRY_AFTER},
};
use testbed::{Client, EVENTUALLY_TIMEOUT, eventually};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, timeout},
};

use super::{
    program::Running,
    world::{World, ready},
};

/// How long a change may take to fail without an API server.
const FAILS_WITHIN: Duration = Duration::from_secs(3);

/// Passes connections on to `target` while the line is up, and cuts them when it goes down.
async fn line(target: String, up: watch::Receiver<bool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (target, mut up) = (target.clone(), up.clone());
            if *up.borrow() {
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(&target).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = up.wait_for(|up| !up) => {}
                    }
                });
            }
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_go_on_and_say_their_age_while_the_api_server_is_away() {
    let world = World::start().await;
    world.install().await;
    let (switch, up) = watch::channel(true);
    let direct = std::fs::read_to_string(world.kubeconfig()).unwrap();
    let (_, rest) = direct.split_once("http://").expect("an address");
    let target = rest.lines().next().unwrap().trim_end_matches(['"', '/']).to_owned();
    let proxied = direct.replace(&target, &line(target.clone(), up).await);
    let kubeconfig = world.kubeconfig().with_file_name("proxied");
    std::fs::write(&kubeconfig, proxied).unwrap();

    let serve = Running::serve(&kubeconfig, &world.issuer);
    let origin = serve.origin().await;
    let alice = Client::new(origin, world.provider.issue_token("alice").ok());
    ready(&alice).await;
    let list = || alice.get("/api/environments");
    assert!(!list().await.headers.contains_key(AGE));
    let mut stream = alice.request(Method::GET, "/api/environments/stream").send().await.unwrap();
    stream.chunk().await.unwrap().expect("an event");

    switch.send_replace(false);
    eventually("an age", || async { list().await.headers.get(AGE).cloned() }).await;
    let catalog = alice.get("/api/environments/available").await;
    assert!(catalog.status == 200 && catalog.headers.contains_key(AGE), "{}", catalog.text);
    let page = alice.get("/").await;
    assert!(page.text.contains("The cluster does not answer."), "{}", page.text);
    let event = timeout(EVENTUALLY_TIMEOUT, stream.chunk()).await.unwrap().unwrap();
    let event = String::from_utf8(event.expect("an event").to_vec()).unwrap();
    assert!(!event.contains("\"outOfDateSince\":\"\""), "{event}");
    let began = Instant::now();
    let refused = alice.get("/run/notes").await;
    assert_eq!((refused.status.as_u16(), &*refused.error()), (503, "Service not ready"));
    assert!(refused.headers.contains_key(RETRY_AFTER) && began.elapsed() < FAILS_WITHIN);

    switch.send_replace(true);
    eventually("up to date", || async { (!list().await.headers.contains_key(AGE)).then_some(()) })
        .await;
    assert_eq!(alice.get("/run/notes").await.status, 200);
    serve.stop().await;
}
