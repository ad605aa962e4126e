//! Every environment variable that Dploy reads, with its default and what it means: the reference page is printed from here.

/// An environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The value that counts when it is not set or empty.
    pub default: Option<&'static str>,
    /// What it is for, in Markdown.
    pub about: &'static str,
}

const fn optional(name: &'static str, about: &'static str) -> Variable {
    Variable { name, default: None, about }
}

const fn with_default(name: &'static str, default: &'static str, about: &'static str) -> Variable {
    Variable { name, default: Some(default), about }
}

/// `JWKS_URL`
pub const JWKS_URL: Variable = optional(
    "JWKS_URL",
    "Where the keys are that bearer tokens are verified with. Not set: what the issuer's discovery document says.",
);
/// `JWT_ISSUER`
pub const JWT_ISSUER: Variable =
    optional("JWT_ISSUER", "The `iss` that tokens must have. Required for `dploy serve`.");
/// `JWT_AUDIENCE`
pub const JWT_AUDIENCE: Variable = with_default(
    "JWT_AUDIENCE",
    "dploy",
    "The `aud` that tokens must have, or have in their list.",
);
/// `JWT_USERNAME_CLAIM`
pub const JWT_USERNAME_CLAIM: Variable = with_default(
    "JWT_USERNAME_CLAIM",
    "name",
    "The claim that names people; the owner key is made from it.",
);
/// `OIDC_ISSUER`
pub const OIDC_ISSUER: Variable = optional(
    "OIDC_ISSUER",
    "The OpenID provider, as the server reaches it. Not set: nobody can sign in with a browser, bearer tokens work.",
);
/// `OIDC_PUBLIC_ISSUER`
pub const OIDC_PUBLIC_ISSUER: Variable = optional(
    "OIDC_PUBLIC_ISSUER",
    "The OpenID provider, as browsers reach it, where that differs from `OIDC_ISSUER`.",
);
/// `OIDC_CLIENT_ID`
pub const OIDC_CLIENT_ID: Variable =
    with_default("OIDC_CLIENT_ID", "dploy", "Dploy's client id at the OpenID provider.");
/// `OIDC_CLIENT_SECRET`
pub const OIDC_CLIENT_SECRET: Variable = optional(
    "OIDC_CLIENT_SECRET",
    "Dploy's secret at the OpenID provider. Sessions are encrypted with a key derived from it, so that every replica can read them.",
);
/// `OIDC_REDIRECT_URL`
pub const OIDC_REDIRECT_URL: Variable = optional(
    "OIDC_REDIRECT_URL",
    "The address of `/auth/callback` on this site, as browsers reach it. Required when `OIDC_ISSUER` is set.",
);
/// `OIDC_SCOPES`
pub const OIDC_SCOPES: Variable = with_default(
    "OIDC_SCOPES",
    "openid profile email",
    "The scopes to ask for, separated by spaces. Add `offline_access` where the provider wants it for refresh tokens.",
);
/// `DPLOY_NAMESPACE`
pub const DPLOY_NAMESPACE: Variable = with_default(
    "DPLOY_NAMESPACE",
    "dploy-system",
    "The namespace of templates, instances and owners.",
);
/// `MAX_ENVIRONMENTS_PER_USER`
pub const MAX_ENVIRONMENTS_PER_USER: Variable = with_default(
    "MAX_ENVIRONMENTS_PER_USER",
    "5",
    "How many environments one owner may have, where neither the owner's record nor an `OperatorConfig` says otherwise.",
);
/// `DEFAULT_TTL`
pub const DEFAULT_TTL: Variable = with_default(
    "DEFAULT_TTL",
    "86400",
    "Seconds from launch to the end, where neither the template nor an `OperatorConfig` says otherwise; `-1` for no end.",
);
/// `EXTEND_TTL`
pub const EXTEND_TTL: Variable = with_default(
    "EXTEND_TTL",
    "7200",
    "Seconds that one extension adds, where neither the template nor an `OperatorConfig` says otherwise.",
);
/// `SERVER_HOST`
pub const SERVER_HOST: Variable = with_default(
    "SERVER_HOST",
    "0.0.0.0",
    "The IP address to listen on, for each of the ports. `dploy dev` always listens on loopback.",
);
/// `SERVER_PORT`
pub const SERVER_PORT: Variable = with_default("SERVER_PORT", "8080", "The port to listen on.");
/// `HEALTH_PORT`
pub const HEALTH_PORT: Variable = with_default(
    "HEALTH_PORT",
    "8081",
    "The port where `dploy operate` answers `/health` and `/ready`; whether it leads makes no difference. `dploy serve` answers \
     them on its own port.",
);
/// `METRICS_PORT`
pub const METRICS_PORT: Variable = with_default(
    "METRICS_PORT",
    "9090",
    "The port where `dploy serve` and `dploy operate` answer `/metrics`, for Prometheus; `off` for none. `dploy dev` does so only \
     where it is set.",
);
/// `CATALOG_ENABLED`
pub const CATALOG_ENABLED: Variable =
    with_default("CATALOG_ENABLED", "true", "Whether the catalog answers.");
/// `INSTANCES_LIST_ENABLED`
pub const INSTANCES_LIST_ENABLED: Variable = with_default(
    "INSTANCES_LIST_ENABLED",
    "true",
    "Whether the list of one's environments answers.",
);
/// `MANAGER_ENABLED`
pub const MANAGER_ENABLED: Variable =
    with_default("MANAGER_ENABLED", "true", "Whether the manager's endpoints answer.");
/// `ADMIN_CLAIM`
pub const ADMIN_CLAIM: Variable = with_default(
    "ADMIN_CLAIM",
    "is_admin",
    "The claim that makes somebody an admin: a boolean, a string or a list; dots reach into nested claims.",
);
/// `ADMIN_VALUE`
pub const ADMIN_VALUE: Variable = with_default(
    "ADMIN_VALUE",
    "true",
    "The value that `ADMIN_CLAIM` must have, or have in its list.",
);
/// `DEBUG`
pub const DEBUG: Variable =
    with_default("DEBUG", "false", "Whether to log in detail, and for people rather than as JSON.");

/// `HOSTNAME`
pub const HOSTNAME: Variable = optional(
    "HOSTNAME",
    "The name of this replica among the operators; Kubernetes sets it to the pod's name. No two may share one.",
);

/// All of them, in the order of the reference page.
pub const ALL: &[&Variable] = &[
    &JWKS_URL,
    &JWT_ISSUER,
    &JWT_AUDIENCE,
    &JWT_USERNAME_CLAIM,
    &OIDC_ISSUER,
    &OIDC_PUBLIC_ISSUER,
    &OIDC_CLIENT_ID,
    &OIDC_CLIENT_SECRET,
    &OIDC_REDIRECT_URL,
    &OIDC_SCOPES,
    &DPLOY_NAMESPACE,
    &MAX_ENVIRONMENTS_PER_USER,
    &DEFAULT_TTL,
    &EXTEND_TTL,
    &SERVER_HOST,
    &SERVER_PORT,
    &HEALTH_PORT,
    &METRICS_PORT,
    &CATALOG_ENABLED,
    &INSTANCES_LIST_ENABLED,
    &MANAGER_ENABLED,
    &ADMIN_CLAIM,
    &ADMIN_VALUE,
    &DEBUG,
    &HOSTNAME,
];
