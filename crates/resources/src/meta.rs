//! Labels, annotations and other fixed names (docs/contract.md, "Labels and annotations").

/// The API group of every kind.
pub const GROUP: &str = "dploy.dev";
/// The version of every kind.
pub const VERSION: &str = "v1alpha1";

/// Label: `true` on every object that Dploy created.
pub const MANAGED: &str = "dploy.dev/managed";
/// Label: the owner key; absent on an unclaimed pool member.
pub const OWNER: &str = "dploy.dev/owner";
/// Label: the name of the template.
pub const TEMPLATE: &str = "dploy.dev/template";
/// Label: the name of the instance, on the objects of its workload.
pub const INSTANCE: &str = "dploy.dev/instance";
/// Label: the namespace of the Dploy that placed an object, on the objects of a workload and its
/// namespace. The name of an instance is unique only within one Dploy.
pub const INSTALLATION: &str = "dploy.dev/installation";
/// Label: `true` on pool members, claimed and unclaimed.
pub const POOLED: &str = "dploy.dev/pooled";
/// Label: `true` on void instances (docs/ledger.md, "Fence").
pub const VOID: &str = "dploy.dev/void";

/// Label: on an owner record and on an instance with an owner, the owner's identity as
/// [`identity_label`](crate::identity_label) writes it. Selects the record of an identity. Only
/// this identity inherits an instance whose record was lost.
pub const IDENTITY: &str = "dploy.dev/identity";

/// Annotation: the number of extensions so far.
pub const EXTEND_COUNT: &str = "dploy.dev/extend-count";
/// Annotation: the random ids of the requests that extended an environment last, separated by
/// spaces. A request whose answer was lost finds its own extension by its id.
pub const EXTENDED_BY: &str = "dploy.dev/extended-by";
/// Annotation: the random id of the request that is deleting an environment. A request whose answer
/// was lost finds its own deletion by its id.
pub const REMOVED_BY: &str = "dploy.dev/removed-by";
/// Annotation: the time of a pool member's claim, RFC 3339. On-demand instances have no such
/// annotation; they start at their creation.
pub const CLAIMED_AT: &str = "dploy.dev/claimed-at";
/// Annotation: on an instance with an owner, the uid of the owner record that had its seat at its
/// launch. A record with another uid replaces one that was lost, and has no say about the instance.
pub const OWNER_RECORD_UID: &str = "dploy.dev/owner-record-uid";
/// Annotation: `true` on an instance that kubectl or an older Dploy created and the operator
/// completed. Such an instance needs no seat.
pub const ADOPTED: &str = "dploy.dev/adopted";

/// Annotation: the time at which an environment became ready and its lifetime began, RFC 3339. Only
/// with `ttl.startsAt: ready`.
pub const READY_AT: &str = "dploy.dev/ready-at";

/// Annotation: on a pool member that the operator gave to an owner who waited, the name of the
/// queued instance (docs/ledger.md, "Queue").
pub const QUEUED_AS: &str = "dploy.dev/queued-as";
/// Annotation: the time at which the place of an owner who waited was released and began to start,
/// RFC 3339 (docs/ledger.md, "Queue").
pub const RELEASED_AT: &str = "dploy.dev/released-at";

/// The type of the condition that says whether an object can be used.
pub const READY_CONDITION: &str = "Ready";
/// The type of the condition of a template that says whether its pool can be kept at its size.
pub const POOL_HEALTHY_CONDITION: &str = "PoolHealthy";
/// The type of the condition that says whether an environment's deadline is near
/// (`ttl.warnSeconds`).
pub const ENDS_SOON_CONDITION: &str = "EndsSoon";

/// The finalizer of an instance; the operator removes it when the workload is gone.
pub const FINALIZER: &str = "dploy.dev/instance-cleanup";

/// The field manager of every write and the reporter of every Event.
pub const FIELD_MANAGER: &str = "dploy";

/// The value of Dploy's boolean labels and annotations.
pub const TRUE: &str = "true";
/// The owner's part in the namespace name of an unclaimed pool member.
pub const POOL_OWNER: &str = "pool";
/// The name of the only `OperatorConfig` that Dploy reads.
pub const CONFIG_NAME: &str = "default";
