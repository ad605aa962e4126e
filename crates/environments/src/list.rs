//! List: all environments of a caller, from the cache.

use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;
use ledger::{queue::queued_as, timestamps};
use resources::DployInstance;
use wire::EnvironmentList;

use crate::{
    Caller, Part, Refusal,
    cache::OUTAGE_LIMIT,
    features::require,
    owners::{Owner, Owners, owners_of},
    ports::Reads,
    quota,
    views::{self, count},
};

/// All environments of the caller and of the caller's teams. Binds the caller's owner key first if
/// instances carry it.
pub(crate) async fn list(
    reads: &Reads,
    owners: Owners<'_>,
    caller: &Caller,
) -> Result<EnvironmentList, Refusal> {
    require(reads, Part::List)?;
    any_list(reads, owners, caller).await
}

/// The list for the launch page of `template`. While the list is disabled, it has only the
/// environments of `template`: a launch always works.
pub(crate) async fn list_for_launch(
    reads: &Reads,
    owners: Owners<'_>,
    caller: &Caller,
    template: &str,
) -> Result<EnvironmentList, Refusal> {
    let mut list = any_list(reads, owners, caller).await?;
    if require(reads, Part::List).is_err() {
        list.environments.retain(|it| it.name == template);
        list.count = count(list.environments.len());
    }
    Ok(list)
}

async fn any_list(
    reads: &Reads,
    owners: Owners<'_>,
    caller: &Caller,
) -> Result<EnvironmentList, Refusal> {
    reads.filled().await?;
    owners.inherit(caller).await?;
    Ok(list_now(reads, caller))
}

/// The list from the cache alone.
pub(crate) fn list_now(reads: &Reads, caller: &Caller) -> EnvironmentList {
    let now = reads.now();
    let owners = owners_of(reads, caller);
    let mut owned: Vec<(Arc<DployInstance>, &Owner)> = owners
        .iter()
        .flat_map(|owner| reads.cache.owned_by(owner).into_iter().map(move |it| (it, owner)))
        .collect();
    hide_served_places(&mut owned);
    owned.sort_by_cached_key(|(it, _)| (timestamps::started_at(it), it.spec.template_ref.clone()));
    let environments: Vec<_> =
        owned.iter().map(|(it, owner)| views::environment(reads, it, owner, now)).collect();
    let person = owners.iter().find(|owner| !owner.shared);
    let record = person.and_then(|person| reads.cache.owners.get(&person.key));
    EnvironmentList {
        count: count(environments.len()),
        environments,
        limit: quota::limit(reads, record.as_deref(), None),
        used: record.map_or(0, |record| count(quota::listed_as_used(reads, &record, now))),
        now: timestamps::text(now),
        out_of_date_since: out_of_date_since(reads, now),
    }
}

/// For a moment, the owner of a place has both the place and the member that it is served with.
/// Only the member is shown.
fn hide_served_places<T>(owned: &mut Vec<(Arc<DployInstance>, T)>) {
    let served: Vec<String> =
        owned.iter().filter_map(|(it, _)| queued_as(it).map(ToOwned::to_owned)).collect();
    owned.retain(|(it, _)| !it.spec.queued || !served.contains(&it.name_any()));
}

/// Since when the list may lack changes; empty while it is up to date.
fn out_of_date_since(reads: &Reads, now: Timestamp) -> String {
    let age = reads.cache.out_of_date_for();
    let since = now.checked_sub(age).ok().filter(|_| age > OUTAGE_LIMIT);
    since.map(timestamps::text).unwrap_or_default()
}
