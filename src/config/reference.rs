use std::fmt::Write as _;

use super::variables::ALL;

/// The page `docs/configuration.md`, which a test compares with the file.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         `dploy serve` and `dploy operate` read environment variables; a malformed value stops the start with a sentence that \
         names the variable. An empty value counts as not set. Everything about environments themselves is in the cluster: \
         `OperatorConfig`, `DployTemplate`, `DployOwner` (see the [guide for admins](guide/admins.md)).\n\n\
         | variable | default | meaning |\n|---|---|---|\n",
    );
    for variable in ALL {
        let default = variable.default.map(|value| format!("`{value}`")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| `{}` | {default} | {} |", variable.name, variable.about);
    }
    page.push_str(
        "\n`RUST_LOG` (for example `info,dploy=debug`) chooses what is logged, in the syntax of the crate tracing-subscriber; \
         `KUBECONFIG` and the service account of a pod say where the cluster is, as for any Kubernetes client.\n\n\
         This page is printed from `src/config/variables.rs`; a test fails when it is stale.\n",
    );
    page
}
