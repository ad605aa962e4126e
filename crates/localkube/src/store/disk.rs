//! Makes changes durable, in a redb file under the data directory.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use redb::{Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, TableDefinition};
use serde_json::Value;

use super::{Change, Key, Object, Revision, Tables};
use crate::OpenError;

/// Table, namespace and name → the object as JSON.
const OBJECTS: TableDefinition<'_, (&str, &str, &str), &[u8]> = TableDefinition::new("objects");
/// `revision` → the latest resourceVersion.
const COUNTERS: TableDefinition<'_, &str, u64> = TableDefinition::new("counters");
const REVISION: &str = "revision";
/// The file's name in the data directory.
const FILE: &str = "localkube.redb";
/// The objects are in memory anyway; redb's own cache need not hold them again.
const CACHE_BYTES: usize = 8 * 1024 * 1024;

/// The file of objects.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    /// `None` after a failed commit: redb asks for a reopening.
    database: Option<Database>,
    /// What a failed commit may have left in the file although nobody was told so.
    doubtful: BTreeSet<Key>,
}

/// What the file held.
pub(super) struct Loaded {
    /// Every object.
    pub(super) objects: Vec<(Key, Arc<Object>)>,
    /// The latest resourceVersion; 0 in a new file.
    pub(super) revision: Revision,
}

impl Disk {
    /// Opens or creates the file under `dir` and reads it.
    pub(super) fn open(dir: &Path) -> Result<(Self, Loaded), OpenError> {
        std::fs::create_dir_all(dir)
            .map_err(|cause| OpenError::Directory { dir: dir.to_owned(), cause })?;
        let path = dir.join(FILE);
        let database = database(&path)?;
        let loaded = load(&database).map_err(OpenError::read(&path))?;
        Ok((Self { path, database: Some(database), doubtful: BTreeSet::new() }, loaded))
    }

    /// Makes `changes` durable, all or none. `tables` is what was committed before.
    pub(super) fn commit(
        &mut self,
        changes: &[Change],
        tables: &Tables,
    ) -> Result<(), redb::Error> {
        let result = self.try_commit(changes, tables);
        if result.is_err() {
            self.database = None;
            self.doubtful.extend(changes.iter().map(|change| change.key.clone()));
        } else {
            self.doubtful.clear();
        }
        result
    }

    fn try_commit(&mut self, changes: &[Change], tables: &Tables) -> Result<(), redb::Error> {
        let database = match self.database.take() {
            Some(database) => database,
            None => builder().create(&self.path)?,
        };
        let database = self.database.insert(database);
        let mut write = database.begin_write()?;
        write.set_durability(Durability::Immediate)?;
        {
            let mut objects = write.open_table(OBJECTS)?;
            for key in &self.doubtful {
                store(&mut objects, key, tables.get(key).map(AsRef::as_ref))?;
            }
            for change in changes {
                let after = (!change.removed).then_some(change.after.as_ref());
                store(&mut objects, &change.key, after)?;
            }
            let revision = changes.last().map_or(tables.revision(), |change| change.revision);
            write.open_table(COUNTERS)?.insert(REVISION, revision)?;
        }
        write.commit()?;
        Ok(())
    }
}

type Objects<'txn> = redb::Table<'txn, (&'static str, &'static str, &'static str), &'static [u8]>;

fn store(objects: &mut Objects<'_>, key: &Key, object: Option<&Object>) -> Result<(), redb::Error> {
    let place = (&*key.table, key.namespace.as_str(), key.name.as_str());
    match object {
        Some(object) => objects.insert(place, &*object.json())?,
        None => objects.remove(place)?,
    };
    Ok(())
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn database(path: &Path) -> Result<Database, OpenError> {
    builder().create(path).map_err(|cause| match cause {
        DatabaseError::DatabaseAlreadyOpen => OpenError::InUse { path: path.to_owned() },
        cause => OpenError::read(path)(cause),
    })
}

fn load(database: &Database) -> Result<Loaded, redb::Error> {
    let write = database.begin_write()?;
    write.open_table(OBJECTS)?;
    write.open_table(COUNTERS)?;
    write.commit()?;
    let read = database.begin_read()?;
    let revision = read.open_table(COUNTERS)?.get(REVISION)?.map_or(0, |value| value.value());
    let mut objects = Vec::new();
    for entry in read.open_table(OBJECTS)?.iter()? {
        let (place, json) = entry?;
        let (table, namespace, name) = place.value();
        let value: Value = serde_json::from_slice(json.value()).map_err(|error| {
            redb::Error::Corrupted(format!("{table}/{namespace}/{name}: {error}"))
        })?;
        let version = crate::meta::text(&value, "resourceVersion").parse().unwrap_or(revision);
        let key = Key::new(table.into(), namespace, name);
        objects.push((key, Arc::new(Object::new(value, version))));
    }
    Ok(Loaded { objects, revision })
}
