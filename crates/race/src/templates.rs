//! The templates of the storms.

use anyhow::Result;
use harness::{Fixture, templates};
use serde_json::{Value, json};

/// The number of environments that an owner may have.
pub(crate) const QUOTA: usize = 3;
/// The number of extensions of an extendable environment.
pub(crate) const MAX_EXTENDS: usize = 5;
/// The unclaimed members of each pool.
pub(crate) const POOL_SIZE: usize = 4;
/// The seconds until a short environment ends, and of its extension.
const SHORT_SECONDS: i64 = 4;

/// The names of the templates.
#[derive(Debug, Clone)]
pub(crate) struct Templates {
    /// How the names of the templates begin, and so those of the instances of this run.
    pub(crate) prefix: String,
    /// With a small pool.
    pub(crate) pools: Vec<String>,
    /// On demand; more than the quota.
    pub(crate) desks: Vec<String>,
    /// On demand, with [`MAX_EXTENDS`] extensions.
    pub(crate) extendable: String,
    /// On demand; ends after a few seconds.
    pub(crate) short: String,
}

impl Templates {
    /// Applies the templates. One has a release of Flux if the cluster has Flux. Most environments
    /// end after `ttl` seconds.
    pub(crate) async fn apply(fixture: &Fixture, with_flux: bool, ttl: i64) -> Result<Self> {
        let prefix = format!("race-{}-", clock::random_hex::<2>());
        let names = |kind: &str, count: usize| {
            (0..count).map(|number| format!("{prefix}{kind}-{number}")).collect::<Vec<_>>()
        };
        let all = Self {
            pools: names("warm", 2),
            desks: names("desk", 2 * QUOTA),
            extendable: format!("{prefix}extend"),
            short: format!("{prefix}short"),
            prefix,
        };
        for pool in &all.pools {
            let pooled = with_ttl(templates::pooled(POOL_SIZE, 0), json!({ "seconds": ttl }));
            fixture.template(pool, pooled).await?;
        }
        for (number, desk) in all.desks.iter().enumerate() {
            let spec = match with_flux && number == 0 {
                true => released(),
                false => templates::on_demand(),
            };
            fixture.template(desk, with_ttl(spec, json!({ "seconds": ttl }))).await?;
        }
        let ttl = json!({ "seconds": ttl, "extendSeconds": 60, "maxExtends": MAX_EXTENDS });
        fixture.template(&all.extendable, with_ttl(templates::on_demand(), ttl)).await?;
        let ttl = json!({ "seconds": SHORT_SECONDS, "extendSeconds": SHORT_SECONDS });
        fixture.template(&all.short, with_ttl(templates::on_demand(), ttl)).await?;
        Ok(all)
    }

    /// The templates of a catalog: each kind is the first that fits.
    pub(crate) fn of_catalog(catalog: &Value) -> Result<Self> {
        let entries: Vec<&Value> = catalog.as_array().into_iter().flatten().collect();
        let names = |fits: &dyn Fn(&Value) -> bool| -> Vec<String> {
            let fitting = entries.iter().filter(|entry| fits(entry));
            fitting.filter_map(|entry| entry["name"].as_str()).map(str::to_owned).collect()
        };
        let needs_nothing = |entry: &Value| {
            let parameters = entry["parameters"].as_array().into_iter().flatten();
            entry["ownerClaim"] == "" && !parameters.into_iter().any(|it| it["required"] == true)
        };
        let desks = names(&|it| needs_nothing(it) && it["ready"].is_null());
        let pools = names(&|it| needs_nothing(it) && it["ready"].is_number());
        let limited = names(&|it| needs_nothing(it) && it["isUnlimited"] == false);
        let pools = if pools.is_empty() { desks.clone() } else { pools };
        let desks = if desks.is_empty() { pools.clone() } else { desks };
        let any = desks.first().cloned();
        let any = any.ok_or_else(|| anyhow::anyhow!("the catalog has no template to launch"))?;
        let extendable = limited.first().cloned().unwrap_or_else(|| any.clone());
        Ok(Self { prefix: String::new(), pools, desks, extendable, short: any })
    }
}

fn with_ttl(mut template: Value, ttl: Value) -> Value {
    template["ttl"] = ttl;
    template
}

/// A template whose environments are releases of a chart that does not exist.
fn released() -> Value {
    json!({
        "engine": "flux",
        "chart": {
            "type": "helm",
            "repoURL": "http://127.0.0.1:9",
            "chart": "missing",
            "targetRevision": "1.0.0",
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalog_gives_each_storm_a_template() {
        let entry = |name: &str, ready: Value, unlimited: bool, required: bool| {
            json!({
                "name": name, "ready": ready, "isUnlimited": unlimited, "ownerClaim": "",
                "parameters": [{ "name": "size", "required": required }],
            })
        };
        let catalog = json!([
            entry("asks", Value::Null, false, true),
            entry("warm", json!(2), false, false),
            entry("desk", Value::Null, true, false),
        ]);
        let templates = Templates::of_catalog(&catalog).unwrap();
        assert_eq!(templates.pools, ["warm"]);
        assert_eq!(templates.desks, ["desk"]);
        assert_eq!((&*templates.extendable, &*templates.short), ("warm", "desk"));
        assert!(Templates::of_catalog(&json!([])).is_err());
    }
}
