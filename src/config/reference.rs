//! Prints `docs/configuration.md`.

use std::fmt::Write as _;

use super::variables::ALL;

/// The page `docs/configuration.md`. A test compares it with the file.
#[must_use]
pub fn configuration_page() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         `dploy serve` and `dploy operate` read environment variables. A malformed value stops the start\n\
         with a sentence that names the variable. An empty value counts as not set. Settings of\n\
         environments are in the cluster: `OperatorConfig`, `DployTemplate`, `DployOwner` (see the\n\
         [guide for admins](guide/admins.md)).\n\n\
         | variable | default | meaning |\n|---|---|---|\n",
    );
    for variable in ALL {
        let default = variable.default.map(|value| format!("`{value}`")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| `{}` | {default} | {} |", variable.name, variable.about);
    }
    page.push_str(
        "\n`RUST_LOG` (for example `info,dploy=debug`) filters the log, in the syntax of the crate\n\
         `tracing-subscriber`. `KUBECONFIG` or a pod's service account gives the cluster, as for any\n\
         Kubernetes client.\n\n\
         This page is printed from `src/config/variables.rs`; a test fails when it is stale.\n",
    );
    page
}
