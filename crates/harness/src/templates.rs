//! The specs of the templates that the measures launch.

use serde_json::{Value, json};

/// A manifest whose workload is ready at once and does not change when a pool member is claimed.
pub const CONFIG_MAP: &str = "apiVersion: v1
kind: ConfigMap
metadata: { name: workload }
data: { uuid: {{ .UUID | quote }} }
";

/// A template that is launched on demand.
pub fn on_demand() -> Value {
    json!({ "engine": "manifests", "manifests": CONFIG_MAP, "description": "A desk of one's own." })
}

/// A template with a pool of `size` unclaimed members. `max_size` limits the claimed and unclaimed
/// members together; 0 means no limit.
pub fn pooled(size: usize, max_size: usize) -> Value {
    let mut template = on_demand();
    template["method"] = json!("pool");
    template["pool"] = json!({ "size": size, "maxSize": max_size });
    template
}

/// A template whose launch is refused because a required parameter is missing.
pub fn unlaunchable() -> Value {
    json!({
        "engine": "manifests",
        "manifests": CONFIG_MAP,
        "visible": false,
        "parameters": [{ "name": "missing", "required": true }],
    })
}
