//! `dploy adopt`, as an admin runs it.

use kube::Api;
use resources::{DployOwner, IdentityKind};

use super::{
    program::{command, kube_client},
    world::World,
};

const ISSUER: &str = "https://id.test";

/// Whether `dploy adopt` succeeded, and what it printed.
async fn adopt(world: &World, arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let mut adopt = command("adopt");
    adopt.args(arguments).env("KUBECONFIG", world.kubeconfig());
    adopt.envs(variables.iter().copied());
    let output = adopt.output().await.expect("a process that ends");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("text"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_binds_owner_keys_of_an_older_installation() {
    let world = World::start().await;
    world.install().await;
    let grace = ["--owner", "grace", "--identity", "sub-1"];
    let answer = adopt(&world, &grace, &[]).await;
    assert_eq!(answer, (true, "the owner key `grace` is bound now\n".to_owned()));
    // The configured issuer, named by its other address, is no issuer of the record's.
    let issuer = [
        ("JWT_ISSUER", ISSUER),
        ("OIDC_ISSUER", "http://id.internal"),
        ("OIDC_PUBLIC_ISSUER", ISSUER),
    ];
    let named = [&grace[..], &["--issuer", "http://id.internal"]].concat();
    let answer = adopt(&world, &named, &issuer).await;
    assert_eq!(answer, (true, "the owner key `grace` was bound before\n".to_owned()));

    let team = ["--owner", "blue", "--identity", "Blue", "--team", "org.team"];
    let of_ci = [&team[..], &["--issuer", "https://ci.test"]].concat();
    let (_, why) = adopt(&world, &of_ci, &[]).await;
    assert_eq!(why, "dploy: JWT_ISSUER is required but not set\n");
    assert!(adopt(&world, &of_ci, &issuer).await.0);
    let records: Api<DployOwner> = Api::default_namespaced(kube_client(&world.kubeconfig()).await);
    let identity = records.get("blue").await.expect("the team's record").spec.identity;
    assert_eq!((identity.kind, &*identity.claim), (IdentityKind::Team, "org.team"));
    assert_eq!((&*identity.value, identity.issuer.as_deref()), ("Blue", Some("https://ci.test")));

    let (is_done, why) = adopt(&world, &["--owner", "grace", "--identity", "thief"], &[]).await;
    assert!(!is_done);
    assert!(why.contains("`grace` is bound to another identity"), "{why}");
}
