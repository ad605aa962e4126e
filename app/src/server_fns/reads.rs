use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};
use wire::{EnvironmentList, Me, UiConfig};

use super::UiError;
#[cfg(feature = "ssr")]
use super::door;

/// Who reads the page, and which of its parts are switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The person; `None` when nobody is signed in.
    pub user: Option<Me>,
    /// Which parts are switched on.
    pub config: UiConfig,
}

/// Who reads the page.
///
/// # Errors
/// [`UiError`] when the token names nobody.
#[server(input = GetUrl)]
pub async fn current_user() -> Result<Visit, UiError> {
    door::answered(visit().await)
}

#[cfg(feature = "ssr")]
async fn visit() -> Result<Visit, UiError> {
    let config = use_context::<UiConfig>().unwrap_or(UiConfig {
        catalog_enabled: true,
        instances_enabled: true,
        manager_enabled: false,
    });
    let user = match door::caller() {
        Ok(caller) => Some(door::rules()?.me(&caller).await?),
        Err(_) => None,
    };
    Ok(Visit { user, config })
}

/// All that the caller owns, personally and through teams.
///
/// # Errors
/// [`UiError`] when nobody is signed in, or the cluster does not answer.
#[server(input = GetUrl)]
pub async fn list_environments() -> Result<EnvironmentList, UiError> {
    door::answered(list().await)
}

#[cfg(feature = "ssr")]
async fn list() -> Result<EnvironmentList, UiError> {
    Ok(door::rules()?.list(&door::caller()?).await?)
}
