//! People, who send requests, and the admin, who changes objects behind Dploy's back.

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use environments::{Caller, Environments, Refusal};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
};
use resources::{DployInstance, DployOwner, DployTemplate, OperatorConfig, meta};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    history::{Answer, History},
    nodes::NAMESPACE,
    plan::{Admin, Ask, PEOPLE, Request},
    sim_clock::since_start,
    trace::Trace,
};

/// Sends the request and returns the answer.
pub(crate) async fn ask(server: &Environments, request: &Request) -> Answer {
    let (caller, template) = (caller(request.who), request.template);
    match request.ask {
        Ask::Launch => answer(server.launch(&caller, template, &BTreeMap::new()).await, runs),
        Ask::Status => answer(server.status(&caller, template).await, runs),
        Ask::Extend => answer(server.extend(&caller, template).await, |it| Answer::Extended {
            count: it.extend_count,
            deadline: it.expires_at.parse::<Timestamp>().map(since_start).unwrap_or_default(),
        }),
        Ask::Delete => answer(server.remove(&caller, template).await, |()| Answer::Deleted),
    }
}

fn runs(run: wire::Run) -> Answer {
    Answer::Runs { uuid: run.uuid, owner: run.owner }
}

fn answer<T>(outcome: Result<T, Refusal>, granted: impl Fn(T) -> Answer) -> Answer {
    match outcome {
        Ok(it) => granted(it),
        Err(refusal @ (Refusal::Unavailable(_) | Refusal::Internal(_) | Refusal::Contended)) => {
            Answer::Unknown(refusal.to_string())
        }
        Err(refusal) => Answer::Refused(refusal.to_string()),
    }
}

/// The person of that name, as the token says.
pub(crate) fn caller(name: &str) -> Caller {
    let team = PEOPLE.iter().find(|(person, _)| *person == name).map_or("", |(_, team)| team);
    let claims = json!({ "sub": name, "name": name, "team": team });
    Caller {
        subject: name.to_owned(),
        issuer: None,
        username: Some(name.to_owned()),
        username_claim: "name".to_owned(),
        claims: claims.as_object().cloned().unwrap_or_default(),
        admin: false,
    }
}

/// The admin, whose client reaches the API server without any trouble.
pub(crate) struct AdminClient {
    pub(crate) client: Client,
    pub(crate) history: History,
    pub(crate) trace: Trace,
}

impl AdminClient {
    /// Does something. A conflict is the admin's bad luck.
    pub(crate) async fn act(&self, act: &Admin) {
        match *act {
            Admin::EditTemplate(name) => self.edit_template(name).await,
            Admin::RecreateTemplate(name, pause) => self.recreate_template(name, pause).await,
            Admin::SetQuota(quota) => {
                let change = json!({ "spec": { "defaults": { "maxInstancesPerUser": quota } } });
                let configs: Api<OperatorConfig> = Api::all(self.client.clone());
                patch(&configs, meta::CONFIG_NAME, change).await;
                self.note(&format!("sets the quota to {quota}"));
            }
            Admin::DeleteRecord(number) => {
                if let Some(record) = self.record(number).await {
                    self.note(&format!("deletes the owner record {}", record.name_any()));
                    delete(&self.api::<DployOwner>(), &record.name_any()).await;
                }
            }
            Admin::RestoreRecord(number) => {
                if let Some(record) = self.record(number).await {
                    self.note(&format!("restores {} without its status", record.name_any()));
                    self.create_anew(record, |record| record.status = None).await;
                }
            }
            Admin::DeleteInstance(number) => {
                if let Some(name) = self.instance(number, |_| true).await {
                    self.history.interfered(self.trace.now(), &name);
                    self.note(&format!("deletes the instance {name}"));
                    delete(&self.api::<DployInstance>(), &name).await;
                }
            }
            Admin::DropFinalizers(number) => self.drop_finalizers(number).await,
            Admin::DeleteNamespace(number) => self.delete_namespace(number).await,
            Admin::Annotate(number) => {
                if let Some(name) = self.instance(number, |_| true).await {
                    self.note(&format!("annotates the instance {name}"));
                    let change = json!({ "metadata": { "annotations": { "example.org/a": "b" } } });
                    patch(&self.api::<DployInstance>(), &name, change).await;
                }
            }
        }
    }

    async fn edit_template(&self, name: &str) {
        let url = format!("https://example.org/{}", self.trace.now());
        self.note(&format!("edits the template {name}"));
        let change = json!({ "spec": { "chart": { "repoURL": url } } });
        patch(&self.api::<DployTemplate>(), name, change).await;
    }

    async fn recreate_template(&self, name: &str, pause: u64) {
        let templates = self.api::<DployTemplate>();
        let Ok(Some(mut template)) = templates.get_opt(name).await else { return };
        self.note(&format!("deletes the template {name}"));
        delete(&templates, name).await;
        sleep(Duration::from_millis(pause)).await;
        self.note(&format!("creates the template {name} again"));
        forget_the_old(&mut template);
        let _ = templates.create(&PostParams::default(), &template).await;
    }

    async fn drop_finalizers(&self, number: usize) {
        let is_deleting = |it: &DployInstance| it.metadata.deletion_timestamp.is_some();
        let Some(name) = self.instance(number, is_deleting).await else { return };
        self.note(&format!("removes the finalizers of {name}"));
        let change = json!({ "metadata": { "finalizers": null } });
        patch(&self.api::<DployInstance>(), &name, change).await;
    }

    async fn delete_namespace(&self, number: usize) {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let labelled = ListParams::default().labels(&format!("{}={}", meta::MANAGED, meta::TRUE));
        let all = namespaces.list(&labelled).await.map(|it| it.items).unwrap_or_default();
        if let Some(chosen) = nth(&all, number) {
            self.note(&format!("deletes the namespace {}", chosen.name_any()));
            delete(&namespaces, &chosen.name_any()).await;
        }
    }

    async fn record(&self, number: usize) -> Option<DployOwner> {
        let all = self.api::<DployOwner>().list(&ListParams::default()).await.ok()?.items;
        nth(&all, number).cloned()
    }

    async fn instance(&self, number: usize, is: impl Fn(&DployInstance) -> bool) -> Option<String> {
        let all = self.api::<DployInstance>().list(&ListParams::default()).await.ok()?.items;
        let all: Vec<DployInstance> = all.into_iter().filter(is).collect();
        nth(&all, number).map(ResourceExt::name_any)
    }

    async fn create_anew(&self, mut record: DployOwner, change: impl Fn(&mut DployOwner)) {
        let records = self.api::<DployOwner>();
        delete(&records, &record.name_any()).await;
        forget_the_old(&mut record);
        change(&mut record);
        let _ = records.create(&PostParams::default(), &record).await;
    }

    fn api<K>(&self) -> Api<K>
    where
        K: Resource<DynamicType = (), Scope = kube::core::NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), NAMESPACE)
    }

    fn note(&self, text: &str) {
        self.trace.note("admin", text);
    }
}

fn nth<T>(all: &[T], number: usize) -> Option<&T> {
    all.get(number % all.len().max(1))
}

/// Makes an object one that can be created.
fn forget_the_old<K: Resource>(object: &mut K) {
    let metadata = object.meta_mut();
    metadata.resource_version = None;
    metadata.uid = None;
    metadata.creation_timestamp = None;
    metadata.managed_fields = None;
}

async fn delete<K: Clone + DeserializeOwned + Debug>(api: &Api<K>, name: &str) {
    let _ = api.delete(name, &DeleteParams::default()).await;
}

async fn patch<K>(api: &Api<K>, name: &str, change: Value)
where
    K: Clone + DeserializeOwned + Serialize + Debug,
{
    let _ = api.patch(name, &PatchParams::default(), &Patch::Merge(change)).await;
}
