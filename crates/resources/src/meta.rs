//! Labels, annotations and other fixed names (CONTRACT, "Custom resources").

/// The API group of every kind.
pub const GROUP: &str = "dploy.dev";
/// The version of every kind.
pub const VERSION: &str = "v1alpha1";

/// Label: `true` on everything Dploy made.
pub const MANAGED: &str = "dploy.dev/managed";
/// Label: the owner key; absent on a pool member that nobody claimed.
pub const OWNER: &str = "dploy.dev/owner";
/// Label: the name of the template.
pub const TEMPLATE: &str = "dploy.dev/template";
/// Label: the name of the instance, on what belongs to its workload.
pub const INSTANCE: &str = "dploy.dev/instance";
/// Label: `true` on members of a warm pool, claimed ones too.
pub const POOLED: &str = "dploy.dev/pooled";
/// Label: `true` on the void instances that fence a late writer (DESIGN, "Protocols of the writes").
pub const VOID: &str = "dploy.dev/void";

/// Label: on an owner's record, the first 16 hexadecimal digits of its identity's SHA-256, to look it up by.
pub const IDENTITY: &str = "dploy.dev/identity";

/// Annotation: how often the environment was extended, a whole number.
pub const EXTEND_COUNT: &str = "dploy.dev/extend-count";
/// Annotation: when a pool member was claimed, RFC 3339; an on-demand environment starts when it is created.
pub const CLAIMED_AT: &str = "dploy.dev/claimed-at";
/// Annotation: `true` on an instance that kubectl or an older Dploy made and the operator completed; no seat has to hold it.
pub const ADOPTED: &str = "dploy.dev/adopted";

/// The finalizer that keeps an instance until its workload is really gone.
pub const FINALIZER: &str = "dploy.dev/instance-cleanup";

/// The field manager and event reporter of everything Dploy writes.
pub const FIELD_MANAGER: &str = "dploy";

/// The value of every boolean label of ours.
pub const TRUE: &str = "true";
/// What stands for the owner in the names of an unclaimed pool member's namespace.
pub const POOL_OWNER: &str = "pool";
/// The only `OperatorConfig` that counts.
pub const CONFIG_NAME: &str = "default";
