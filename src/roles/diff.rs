//! `dploy diff`: what changed between two revisions of a template.

use futures::try_join;
use kube::Api;
use resources::Revision;
use similar::TextDiff;

use super::{Failure, cluster, print::print};
use crate::{
    cli::DiffArgs,
    config::{Env, RulesConfig},
};

/// Prints a unified diff of the contents as YAML; nothing when they are equal.
pub(super) async fn play(args: &DiffArgs, env: &Env) -> Result<(), Failure> {
    let namespace = RulesConfig::from_env(env)?.namespace;
    let revisions = Api::namespaced(cluster::client().await?, &namespace);
    let (old, new) = try_join!(content(&revisions, &args.old), content(&revisions, &args.new))?;
    print(&diff(args, &old, &new))
}

fn diff(args: &DiffArgs, old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().header(&args.old, &args.new).to_string()
}

async fn content(revisions: &Api<Revision>, name: &str) -> Result<String, Failure> {
    let failed = |cause| Failure::Revision { name: name.to_owned(), cause };
    let revision = revisions.get(name).await.map_err(|cause| failed(cause.into()))?;
    serde_yaml_ng::to_string(&*revision.data).map_err(|cause| failed(cause.into()))
}
