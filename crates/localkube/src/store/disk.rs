//! The redb file in the data directory that the objects are stored in.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use redb::{Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, TableDefinition};
use serde_json::Value;

use super::{
    history::ObjectChange,
    key::Key,
    object::{Object, Revision},
    open_error::OpenError,
    tables::Tables,
};
use crate::meta;

/// Maps table, namespace and name to the object as JSON.
const OBJECTS: TableDefinition<'_, (&str, &str, &str), &[u8]> = TableDefinition::new("objects");
/// Maps [`REVISION`] to the latest resourceVersion.
const COUNTERS: TableDefinition<'_, &str, u64> = TableDefinition::new("counters");
const REVISION: &str = "revision";
/// The name of the file in the data directory.
const FILE_NAME: &str = "localkube.redb";
/// The size of redb's cache. It is small because the objects are in memory anyway.
const CACHE_BYTES: usize = 8 * 1024 * 1024;

/// The open file.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    /// `None` after a failed commit: redb requires that the file is opened again.
    database: Option<Database>,
    /// The objects that a failed commit may have written. The next commit restores them.
    uncertain: BTreeSet<Key>,
}

/// The contents of a file.
pub(super) struct Loaded {
    /// All objects.
    pub(super) objects: Vec<(Key, Arc<Object>)>,
    /// The latest resourceVersion; 0 in a new file.
    pub(super) revision: Revision,
}

impl Disk {
    /// Opens or creates the file in `dir` and loads it.
    pub(super) fn open(dir: &Path) -> Result<(Self, Loaded), OpenError> {
        std::fs::create_dir_all(dir)
            .map_err(|cause| OpenError::Directory { dir: dir.to_owned(), cause })?;
        let path = dir.join(FILE_NAME);
        let database = database(&path)?;
        let loaded = load(&database).map_err(OpenError::wrap(&path))?;
        Ok((Self { path, database: Some(database), uncertain: BTreeSet::new() }, loaded))
    }

    /// Writes all of `changes` or none, and syncs the file. `tables` holds the objects before them.
    pub(super) fn commit(
        &mut self,
        changes: &[ObjectChange],
        tables: &Tables,
    ) -> Result<(), redb::Error> {
        let result = self.try_commit(changes, tables);
        if result.is_err() {
            self.database = None;
            self.uncertain.extend(changes.iter().map(|change| change.key.clone()));
        } else {
            self.uncertain.clear();
        }
        result
    }

    fn try_commit(&mut self, changes: &[ObjectChange], tables: &Tables) -> Result<(), redb::Error> {
        let database = match self.database.take() {
            Some(database) => database,
            None => builder().create(&self.path)?,
        };
        let database = self.database.insert(database);
        let mut write = database.begin_write()?;
        write.set_durability(Durability::Immediate)?;
        {
            let mut objects = write.open_table(OBJECTS)?;
            for key in &self.uncertain {
                write_object(&mut objects, key, tables.get(key).map(AsRef::as_ref))?;
            }
            for change in changes {
                let after = (!change.removed).then_some(change.after.as_ref());
                write_object(&mut objects, &change.key, after)?;
            }
            let revision = changes.last().map_or(tables.revision(), |change| change.revision);
            write.open_table(COUNTERS)?.insert(REVISION, revision)?;
        }
        write.commit()?;
        Ok(())
    }
}

type Objects<'txn> = redb::Table<'txn, (&'static str, &'static str, &'static str), &'static [u8]>;

fn write_object(
    objects: &mut Objects<'_>,
    key: &Key,
    object: Option<&Object>,
) -> Result<(), redb::Error> {
    let id = (&*key.table, key.namespace.as_str(), key.name.as_str());
    match object {
        Some(object) => objects.insert(id, &*object.json())?,
        None => objects.remove(id)?,
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
        cause => OpenError::wrap(path)(cause),
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
        let (id, json) = entry?;
        let (table, namespace, name) = id.value();
        let value: Value = serde_json::from_slice(json.value()).map_err(|error| {
            redb::Error::Corrupted(format!("{table}/{namespace}/{name}: {error}"))
        })?;
        let version = meta::text(&value, "resourceVersion").parse().unwrap_or(revision);
        let key = Key::new(table.into(), namespace, name);
        objects.push((key, Arc::new(Object::new(value, version))));
    }
    Ok(Loaded { objects, revision })
}
