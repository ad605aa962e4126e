//! Every environment variable of Dploy with its default and meaning. `docs/configuration.md` is
//! printed from this list.

/// An environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// The name.
    pub name: &'static str,
    /// The value when the variable is not set or empty.
    pub default: Option<&'static str>,
    /// The meaning, in Markdown.
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
    "The address of the keys that verify bearer tokens. Not set: the issuer's discovery document names it.",
);
/// `JWT_ISSUER`
pub const JWT_ISSUER: Variable =
    optional("JWT_ISSUER", "The `iss` of valid tokens. Required for `dploy serve`.");
/// `JWT_AUDIENCE`
pub const JWT_AUDIENCE: Variable =
    with_default("JWT_AUDIENCE", "dploy", "The `aud` of valid tokens, alone or in a list.");
/// `JWT_USERNAME_CLAIM`
pub const JWT_USERNAME_CLAIM: Variable = with_default(
    "JWT_USERNAME_CLAIM",
    "name",
    "The claim with the person's name; it gives the owner key.",
);
/// `INHERIT_BY_NAME`
pub const INHERIT_BY_NAME: Variable = with_default(
    "INHERIT_BY_NAME",
    "false",
    "Whether environments of an older Dploy go to the first caller whose name gives their owner key. Only for a `JWT_USERNAME_CLAIM` that people cannot edit (see [migrating](migrate.md)).",
);
/// `OIDC_ISSUER`
pub const OIDC_ISSUER: Variable = optional(
    "OIDC_ISSUER",
    "The OpenID provider's address for the server. Not set: sign-in is disabled; bearer tokens work.",
);
/// `OIDC_PUBLIC_ISSUER`
pub const OIDC_PUBLIC_ISSUER: Variable = optional(
    "OIDC_PUBLIC_ISSUER",
    "The OpenID provider's address for browsers, when it differs from `OIDC_ISSUER`.",
);
/// `OIDC_CLIENT_ID`
pub const OIDC_CLIENT_ID: Variable =
    with_default("OIDC_CLIENT_ID", "dploy", "Dploy's client id at the OpenID provider.");
/// `OIDC_CLIENT_SECRET`
pub const OIDC_CLIENT_SECRET: Variable =
    optional("OIDC_CLIENT_SECRET", "Dploy's secret at the OpenID provider.");
/// `OIDC_REDIRECT_URL`
pub const OIDC_REDIRECT_URL: Variable = optional(
    "OIDC_REDIRECT_URL",
    "The address of this site's `/auth/callback` for browsers. Required when `OIDC_ISSUER` is set.",
);
/// `OIDC_SCOPES`
pub const OIDC_SCOPES: Variable = with_default(
    "OIDC_SCOPES",
    "openid profile email",
    "The requested scopes, separated by spaces. Some providers need `offline_access` for refresh tokens.",
);
/// `SESSION_SECRET`
pub const SESSION_SECRET: Variable = optional(
    "SESSION_SECRET",
    "Secrets of at least 32 characters, separated by commas. The key of session cookies is derived from the first one; cookies of the others stay valid. Not set: it is derived from `OIDC_CLIENT_SECRET`.",
);
/// `SESSION_MAX_LIFETIME`
pub const SESSION_MAX_LIFETIME: Variable = with_default(
    "SESSION_MAX_LIFETIME",
    "43200",
    "Seconds from a sign-in with a browser to the end of its session, however often the session is renewed; at most 31536000.",
);
/// `SERVE_REPLICAS`
pub const SERVE_REPLICAS: Variable = with_default(
    "SERVE_REPLICAS",
    "1",
    "How many replicas of `dploy serve` there are. With more than one, sign-in needs `SESSION_SECRET` or `OIDC_CLIENT_SECRET`, so that each can read the sessions of the others.",
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
    "The quota of an owner, unless the owner record or an `OperatorConfig` sets another.",
);
/// `MAX_CHANGES_PER_MINUTE`
pub const MAX_CHANGES_PER_MINUTE: Variable = with_default(
    "MAX_CHANGES_PER_MINUTE",
    "120",
    "How many launches, extensions and deletions a person may make at once on one replica, and how many more in each minute; `0` for any number.",
);
/// `DEFAULT_TTL`
pub const DEFAULT_TTL: Variable = with_default(
    "DEFAULT_TTL",
    "86400",
    "Seconds from launch to the deadline, unless the template or an `OperatorConfig` sets another; `-1` for no deadline.",
);
/// `EXTEND_TTL`
pub const EXTEND_TTL: Variable = with_default(
    "EXTEND_TTL",
    "7200",
    "Seconds that one extension adds, unless the template or an `OperatorConfig` sets another.",
);
/// `SERVER_HOST`
pub const SERVER_HOST: Variable = with_default(
    "SERVER_HOST",
    "0.0.0.0",
    "The IP address of every port. `dploy dev` always listens on loopback.",
);
/// `SERVER_PORT`
pub const SERVER_PORT: Variable = with_default("SERVER_PORT", "8080", "The port of the site.");
/// `HEALTH_PORT`
pub const HEALTH_PORT: Variable = with_default(
    "HEALTH_PORT",
    "8081",
    "The port of `/health` and `/ready` of `dploy operate`, whether it leads or not. `dploy serve` answers them at `SERVER_PORT`.",
);
/// `METRICS_PORT`
pub const METRICS_PORT: Variable = with_default(
    "METRICS_PORT",
    "9090",
    "The port of `/metrics` of `dploy serve` and `dploy operate`; `off` disables it. `dploy dev` has metrics only when it is set.",
);
/// `MAX_READS`
pub const MAX_READS: Variable = with_default(
    "MAX_READS",
    "2048",
    "How many reads a replica of `dploy serve` answers at the same time. Further ones get 503 with `Retry-After`.",
);
/// `MAX_CHANGES`
pub const MAX_CHANGES: Variable = with_default(
    "MAX_CHANGES",
    "1024",
    "The same for launches, extensions and deletions, which wait for the Kubernetes API server.",
);
/// `MAX_STREAMS`
pub const MAX_STREAMS: Variable = with_default(
    "MAX_STREAMS",
    "10000",
    "The same for open event streams: one for each open page of the web app.",
);
/// `MAX_CONNECTIONS`
pub const MAX_CONNECTIONS: Variable = with_default(
    "MAX_CONNECTIONS",
    "20000",
    "How many connections a replica of `dploy serve` has at the same time. It closes further ones at once.",
);
/// `MAX_CONNECTIONS_PER_ADDRESS`
pub const MAX_CONNECTIONS_PER_ADDRESS: Variable = with_default(
    "MAX_CONNECTIONS_PER_ADDRESS",
    "10000",
    "The same for connections from one IP address. Behind a proxy, all connections come from its addresses.",
);
/// `AUDIT_LOG`
pub const AUDIT_LOG: Variable = optional(
    "AUDIT_LOG",
    "The file of the [audit log](audit.md), one for each replica; `-` for standard output. Not set: no audit log.",
);
/// `CATALOG_ENABLED`
pub const CATALOG_ENABLED: Variable =
    with_default("CATALOG_ENABLED", "true", "Whether the catalog is enabled.");
/// `INSTANCES_LIST_ENABLED`
pub const INSTANCES_LIST_ENABLED: Variable = with_default(
    "INSTANCES_LIST_ENABLED",
    "true",
    "Whether the list of a caller's environments is enabled.",
);
/// `MANAGER_ENABLED`
pub const MANAGER_ENABLED: Variable =
    with_default("MANAGER_ENABLED", "true", "Whether the manager is enabled.");
/// `ADMIN_CLAIM`
pub const ADMIN_CLAIM: Variable = with_default(
    "ADMIN_CLAIM",
    "is_admin",
    "The claim that makes a person an admin: a boolean, a string or a list; dots reach into nested claims.",
);
/// `ADMIN_VALUE`
pub const ADMIN_VALUE: Variable =
    with_default("ADMIN_VALUE", "true", "The value that `ADMIN_CLAIM` must equal or contain.");
/// `DEBUG`
pub const DEBUG: Variable =
    with_default("DEBUG", "false", "Whether to log details, as text for people instead of JSON.");

/// `HOSTNAME`
pub const HOSTNAME: Variable = optional(
    "HOSTNAME",
    "The unique name of this operator replica. Kubernetes sets it to the pod's name.",
);

/// All variables, in the order of the reference page.
pub const ALL: &[&Variable] = &[
    &JWKS_URL,
    &JWT_ISSUER,
    &JWT_AUDIENCE,
    &JWT_USERNAME_CLAIM,
    &INHERIT_BY_NAME,
    &OIDC_ISSUER,
    &OIDC_PUBLIC_ISSUER,
    &OIDC_CLIENT_ID,
    &OIDC_CLIENT_SECRET,
    &OIDC_REDIRECT_URL,
    &OIDC_SCOPES,
    &SESSION_SECRET,
    &SESSION_MAX_LIFETIME,
    &SERVE_REPLICAS,
    &DPLOY_NAMESPACE,
    &MAX_ENVIRONMENTS_PER_USER,
    &MAX_CHANGES_PER_MINUTE,
    &DEFAULT_TTL,
    &EXTEND_TTL,
    &SERVER_HOST,
    &SERVER_PORT,
    &HEALTH_PORT,
    &METRICS_PORT,
    &MAX_READS,
    &MAX_CHANGES,
    &MAX_STREAMS,
    &MAX_CONNECTIONS,
    &MAX_CONNECTIONS_PER_ADDRESS,
    &AUDIT_LOG,
    &CATALOG_ENABLED,
    &INSTANCES_LIST_ENABLED,
    &MANAGER_ENABLED,
    &ADMIN_CLAIM,
    &ADMIN_VALUE,
    &DEBUG,
    &HOSTNAME,
];
