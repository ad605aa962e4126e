//! The headers of answers that browsers and caches obey.

use reqwest::header::{CACHE_CONTROL, STRICT_TRANSPORT_SECURITY, VARY};
use testbed::Client;

use super::{
    program::Running,
    world::{World, ready},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_is_reached_over_https_stays_there_and_no_cache_keeps_a_page() {
    let world = World::start().await;
    world.install().await;
    for (redirect_url, has_hsts) in
        [("https://dploy.test/auth/callback", true), ("http://dploy.test/auth/callback", false)]
    {
        let variables = [("OIDC_ISSUER", &*world.issuer), ("OIDC_REDIRECT_URL", redirect_url)];
        let serve = Running::serve_with(&world.kubeconfig(), &world.issuer, &variables);
        let nobody = Client::new(serve.origin().await, None);
        ready(&nobody).await;
        let page = nobody.get("/").await;
        assert_eq!(page.headers.contains_key(STRICT_TRANSPORT_SECURITY), has_hsts);
        assert_eq!(page.headers[CACHE_CONTROL], "no-store");
        let varies: Vec<_> = page.headers.get_all(VARY).iter().collect();
        assert!(varies.iter().any(|it| it.to_str().is_ok_and(|it| it.contains("Cookie"))));
        serve.stop().await;
    }
}
