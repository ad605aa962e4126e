//! Binds an owner key of an older installation to an identity: `dploy adopt`.

use environments::{Adoption, adopt};
use resources::{Identity, IdentityKind};

use super::{Failure, cluster, print};
use crate::{
    cli::AdoptArgs,
    config::{Env, RulesConfig, other_issuer},
};

pub(super) async fn play(args: &AdoptArgs, env: &Env) -> Result<(), Failure> {
    let namespace = RulesConfig::from_env(env)?.namespace;
    let identity = identity(args, env)?;
    let client = cluster::client().await?;
    let done = match adopt(&client, &namespace, &args.owner, &identity).await? {
        Adoption::Bound => "is bound now",
        Adoption::WasBound => "was bound before",
    };
    print::print(&format!("the owner key `{}` {done}\n", args.owner))
}

fn identity(args: &AdoptArgs, env: &Env) -> Result<Identity, Failure> {
    let issuer = args.issuer.as_deref().map(|issuer| other_issuer(env, issuer)).transpose()?;
    let (kind, claim) = match &args.team {
        Some(claim) => (IdentityKind::Team, claim.clone()),
        None => (IdentityKind::Person, "sub".to_owned()),
    };
    Ok(Identity { kind, claim, value: args.identity.clone(), issuer: issuer.flatten() })
}
