//! The engines of Helm charts with the real Flux and the real Argo CD, in a cluster that `cargo
//! xtask cluster up` started and that `DPLOY_CLUSTER_KUBECONFIG` names. Without it each of these
//! tests says that it was skipped.

use std::{io::Write as _, path::PathBuf, sync::Arc};

use engines::{Engine, Order, argocd::ArgocdEngine, flux::FluxEngine};
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::{
    Api, Client, Config, ResourceExt,
    api::{DeleteParams, DynamicObject, ListParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use resources::{
    Chart, ChartType, EngineName, Health, OperatorConfigSpec, OrderRef, TemplateRevision,
    WorkloadState,
};

use super::{
    charts::Charts,
    conformance::{Fixture, conforms, order_of, place, withdrawn},
    crds,
};
use crate::support::eventually;

const VARIABLE: &str = "DPLOY_CLUSTER_KUBECONFIG";
const VALUES: &str = "revision: one";

/// A real cluster, an engine, and charts to install.
struct Real {
    client: Client,
    server: String,
    engine: EngineName,
    charts: Charts,
    /// Keeps the names of one run apart from those of another.
    run: String,
}

impl Real {
    /// `None` without a cluster.
    async fn of(engine: EngineName) -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
        let Some(path) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
            // Past the test harness, which would keep what a test that passes has to say to itself.
            let test = std::thread::current().name().unwrap_or_default().to_owned();
            let _ = writeln!(std::io::stderr(), "skipped: no control plane: {test}");
            return None;
        };
        let file = Kubeconfig::read_from(path).unwrap();
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(file, &options).await.unwrap();
        let server = config.cluster_url.to_string().trim_end_matches('/').to_owned();
        let client = Client::try_from(config).unwrap();
        let charts = Charts::serve().await;
        Some(Self { client, server, engine, charts, run: clock::random_hex::<2>() })
    }

    fn chart(&self, name: &str) -> TemplateRevision {
        self.revision_of(Chart {
            chart_type: ChartType::Helm,
            repo_url: self.charts.helm.clone(),
            chart: name.into(),
            ..Chart::default()
        })
    }

    /// A version of a chart in an OCI registry.
    fn image(&self, version: &str) -> TemplateRevision {
        self.revision_of(Chart {
            chart_type: ChartType::Helm,
            repo_url: self.charts.oci.clone(),
            chart: "web".into(),
            target_revision: version.into(),
            ..Chart::default()
        })
    }

    fn folder(&self, revision: &str) -> TemplateRevision {
        self.revision_of(Chart {
            chart_type: ChartType::Git,
            repo_url: self.charts.git.clone(),
            path: "charts/web".into(),
            target_revision: revision.into(),
            ..Chart::default()
        })
    }

    fn revision_of(&self, chart: Chart) -> TemplateRevision {
        TemplateRevision {
            engine: self.engine,
            chart: Some(chart),
            values_template: VALUES.into(),
            connection_url_template: "http://127.0.0.1".into(),
            ..TemplateRevision::default()
        }
    }

    async fn becomes(&self, order: &OrderRef, health: Health) -> WorkloadState {
        let engine = self.engine();
        eventually(&format!("{} {health:?}", order.namespace), || async {
            let look = engine.observe(order).await.unwrap();
            (look.health == health).then_some(look)
        })
        .await
    }

    async fn pods(&self, order: &OrderRef) -> Vec<Pod> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &order.namespace);
        pods.list(&ListParams::default()).await.unwrap().items
    }

    /// Uninstalls, as the operator does: the workload first, its namespace after it.
    async fn end(&self, order: &Order) {
        withdrawn(&*self.engine(), &order.reference).await;
        assert!(self.versions(&order.reference).await.is_empty());
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let name = &order.reference.namespace;
        let _ = namespaces.delete(name, &DeleteParams::background()).await;
        eventually("the namespace gone", || async {
            namespaces.get_opt(name).await.unwrap().is_none().then_some(())
        })
        .await;
    }

    /// It runs as many pods as it should, and is gone for good afterwards.
    async fn lives(&self, name: &str, template: TemplateRevision, pods: usize) {
        let order = self.order(name, template).await;
        place(&*self.engine(), &order).await;
        self.becomes(&order.reference, Health::Healthy).await;
        let running = self.pods(&order.reference).await;
        let phase = |pod: &Pod| pod.status.as_ref().and_then(|it| it.phase.clone());
        assert_eq!(running.len(), pods);
        assert!(running.iter().all(|it| phase(it).as_deref() == Some("Running")), "{running:?}");
        self.end(&order).await;
    }

    /// It is degraded for a reason that Helm gave; the engine's users see it.
    async fn fails(&self, name: &str, template: TemplateRevision, why: &str) {
        let order = self.order(name, template).await;
        place(&*self.engine(), &order).await;
        let look = self.becomes(&order.reference, Health::Degraded).await;
        assert!(look.message.contains(why), "{name}: {look:?}");
        self.end(&order).await;
    }
}

#[async_trait::async_trait]
impl Fixture for Real {
    fn engine(&self) -> Arc<dyn Engine> {
        match self.engine {
            EngineName::Argocd => Arc::new(ArgocdEngine::new(self.client.clone())),
            _ => Arc::new(FluxEngine::new(self.client.clone())),
        }
    }

    fn client(&self) -> Client {
        self.client.clone()
    }

    fn template(&self, revision: u32) -> TemplateRevision {
        let values_template = format!("revision: {revision}");
        TemplateRevision { values_template, ..self.chart("web") }
    }

    async fn thrive(&self, order: &OrderRef) {
        self.becomes(order, Health::Healthy).await;
    }

    /// What Dploy wrote, and when: the controllers write the same objects whenever they like.
    async fn versions(&self, order: &OrderRef) -> Vec<String> {
        let (home, definition) = match self.engine {
            EngineName::Argocd => {
                ("argocd", ("argoproj.io", "v1alpha1", "Application", "applications"))
            }
            _ => ("flux-system", ("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases")),
        };
        let resource = crds::resource(definition);
        let api: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), home, &resource);
        let found = api.get_opt(&order.namespace).await.unwrap();
        found
            .iter()
            .flat_map(ResourceExt::managed_fields)
            .filter(|it| it.manager.as_deref() == Some("dploy"))
            .map(|it| format!("{it:?}"))
            .collect()
    }

    fn config(&self) -> OperatorConfigSpec {
        let mut config = OperatorConfigSpec::default();
        config.argocd.server.clone_from(&self.server);
        config
    }

    fn name(&self, name: &str) -> String {
        format!("{name}-{}{}", &self.engine.as_str()[..1], self.run)
    }
}

async fn conforms_for_real(engine: EngineName) {
    let Some(real) = Real::of(engine).await else { return };
    conforms(&real).await;
    for name in ["drafted", "placed", "withdrawn"] {
        let order = order_of(&real.name(name), real.template(1), real.config());
        real.end(&order).await;
    }
}

async fn lives_for_real(engine: EngineName) {
    let Some(real) = Real::of(engine).await else { return };
    let files =
        |name: &str| TemplateRevision { value_files: vec![name.to_owned()], ..real.folder("main") };
    // Flux starts at the repository's root, Argo CD at the chart.
    let two = match engine {
        EngineName::Argocd => files("two.yaml"),
        _ => files("charts/web/two.yaml"),
    };
    tokio::join!(
        real.lives("helm", real.chart("web"), 1),
        real.lives("tag", real.folder("v1.0.0"), 1),
        real.lives("branch", real.folder(""), 1),
        real.lives("files", two, 2),
    );
}

async fn fails_for_real(engine: EngineName) {
    let Some(real) = Real::of(engine).await else { return };
    let mut version = real.chart("web");
    let mut unreachable = real.chart("web");
    version.chart.as_mut().unwrap().target_revision = "9.9.9".into();
    unreachable.chart.as_mut().unwrap().repo_url = "http://127.0.0.1:9".into();
    let values = TemplateRevision { values_template: "replicas: many".into(), ..real.chart("web") };
    tokio::join!(
        real.fails("broken", real.chart("broken"), "this chart is broken"),
        real.fails("version", version, "9.9.9"),
        real.fails("unreachable", unreachable, "connection refused"),
        real.fails("values", values, "cannot unmarshal string"),
        real.fails("revision", real.folder("no-such-branch"), "no-such-branch"),
    );
}

#[tokio::test]
async fn real_flux_conforms() {
    conforms_for_real(EngineName::Flux).await;
}

#[tokio::test]
async fn real_flux_installs_charts_and_uninstalls_them() {
    lives_for_real(EngineName::Flux).await;
}

/// Flux takes loopback for a registry without TLS; Argo CD has to be told so of a registry, which a
/// template cannot.
#[tokio::test]
async fn real_flux_installs_charts_of_an_oci_registry() {
    let Some(real) = Real::of(EngineName::Flux).await else { return };
    tokio::join!(
        real.lives("latest", real.image(""), 1),
        real.lives("exact", real.image("1.0.0"), 1),
        real.fails("missing", real.image("9.9.9"), "9.9.9"),
    );
}

#[tokio::test]
async fn real_flux_gives_helms_own_reason_for_a_failure() {
    fails_for_real(EngineName::Flux).await;
}

#[tokio::test]
async fn real_argocd_conforms() {
    conforms_for_real(EngineName::Argocd).await;
}

#[tokio::test]
async fn real_argocd_syncs_charts_and_deletes_them() {
    lives_for_real(EngineName::Argocd).await;
}

#[tokio::test]
async fn real_argocd_gives_helms_own_reason_for_a_failure() {
    fails_for_real(EngineName::Argocd).await;
}
