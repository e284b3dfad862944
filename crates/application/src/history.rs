//! The history of one record, its versions, and the names of the users and records in it.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    access::Permission,
    audit::FieldChange,
    field::Field,
    logged::{LoggedEntry, written},
    note::Note,
    record::{Record, RecordKind, Stamp},
    store::{Names, Repository, UnitOfWork},
    user::UserId,
    values::without_invisible,
};
use uuid::Uuid;

use crate::{Error, Result, Session, Work};

/// How many entries a record shows.
const ENTRIES: u16 = 200;

#[derive(Clone, Debug, Default)]
pub struct History {
    /// Newest first, at most 200 of each record that it is about.
    pub entries: Vec<LoggedEntry>,
    pub names: Names,
    /// Of the leads that became part of this one: their own entries and notes are told as theirs.
    pub merged: Names,
}

impl History {
    /// As one history, newest first.
    pub(crate) fn take_in(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.entries.sort_by_key(|it| std::cmp::Reverse(written(it)));
        self.names.extend(other.names);
        self.merged.extend(other.merged);
    }
}

/// Which state of a record is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionPoint {
    /// After the change that made this version.
    Version(i32),
    /// Right before this moment.
    Before(DateTime<Utc>),
}

impl VersionPoint {
    fn is(self, version: i32, at: DateTime<Utc>) -> bool {
        match self {
            Self::Version(asked) => version == asked,
            Self::Before(moment) => at < moment,
        }
    }
}

/// A record beside an earlier version.
#[derive(Clone, Debug)]
pub struct PastVersion<R> {
    pub now: R,
    pub then: VersionState,
    pub names: Names,
}

/// An earlier version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// Nothing yet: it was made later.
    Unmade,
    /// An entry that was needed is missing, cannot be read, or contradicts the record.
    Lost,
    Was(Version),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub number: i32,
    /// What made it this version.
    pub by: LoggedEntry,
    pub fields: BTreeMap<Field, String>,
}

impl Session {
    /// A record of a kind that has a page, as it was. Exact for any number of versions.
    ///
    /// Fails with [`Error::NotFound`] for a version that it never had.
    pub async fn past<R>(&self, id: R::Id, when: VersionPoint) -> Result<PastVersion<R>>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let mut work = self.read(Permission::to_view(R::KIND)).await?;
        let now: R = work.get(id).await?;
        if matches!(when, VersionPoint::Version(it) if !(1..=now.stamp().version).contains(&it)) {
            return Err(Error::NotFound);
        }
        let then = work.walk_back(&now, when).await?;
        let mut mentioned = Mentioned::default();
        now.fields().iter().for_each(|(field, value)| mentioned.value(*field, value));
        if let VersionState::Was(version) = &then {
            mentioned.user(author(&version.by));
            version.fields.iter().for_each(|(field, value)| mentioned.value(*field, value));
        }
        let names = work.names_of(mentioned).await?;
        Ok(PastVersion { now, then, names })
    }
}

impl Work {
    /// From the record as it is, one change after the other taken back: the way to a recent version is short, and
    /// however long it is, only a piece of it is held at a time.
    async fn walk_back<R: Record>(&mut self, now: &R, when: VersionPoint) -> Result<VersionState> {
        let mut fields: BTreeMap<Field, String> = now.fields().into_iter().collect();
        let mut above = now.stamp().version + 1;
        while above > 1 {
            let entries = self.audit().history(R::KIND, now.id().into(), above, ENTRIES).await?;
            if entries.is_empty() {
                return Ok(VersionState::Lost);
            }
            for by in entries {
                let (number, (at, _)) = (by.as_ref().map_or_else(|it| it.version, |it| it.version), written(&by));
                if number != above - 1 {
                    return Ok(VersionState::Lost);
                }
                if when.is(number, at) {
                    return Ok(VersionState::Was(Version { number, by, fields }));
                }
                if !by.is_ok_and(|it| undo_change(&mut fields, it.changes)) {
                    return Ok(VersionState::Lost);
                }
                above = number;
            }
        }
        Ok(VersionState::Unmade)
    }

    pub(crate) async fn history(&mut self, kind: RecordKind, id: Uuid, stamp: &Stamp) -> Result<History> {
        let entries = self.audit().history(kind, id, i32::MAX, ENTRIES).await?;
        let mut names = self.names_in(&entries).await?;
        let authors = [stamp.created_by, stamp.changed_by].into_iter().flatten().map(Uuid::from).collect();
        names.extend(self.directory().names(RecordKind::User, &distinct(authors)).await?);
        Ok(History { entries, names, merged: Names::new() })
    }

    /// The names of the users who did it, and of the records in the changes.
    pub(crate) async fn names_in(&mut self, entries: &[LoggedEntry]) -> Result<Names> {
        let mut mentioned = Mentioned::default();
        for logged in entries {
            mentioned.user(author(logged));
            for change in logged.iter().flat_map(|it| &it.changes) {
                [&change.before, &change.after].into_iter().flatten().for_each(|it| mentioned.value(change.field, it));
            }
        }
        self.names_of(mentioned).await
    }

    async fn names_of(&mut self, Mentioned(mentioned): Mentioned) -> Result<Names> {
        let mut names = Names::new();
        for (kind, ids) in mentioned {
            names.extend(self.directory().names(kind, &distinct(ids)).await?);
        }
        Ok(names)
    }

    /// Adds the names of the notes' authors.
    pub(crate) async fn name_authors(&mut self, history: &mut History, notes: &[Note]) -> Result<()> {
        let authors = distinct(notes.iter().filter_map(|it| it.stamp.created_by).map(Uuid::from).collect());
        history.names.extend(self.directory().names(RecordKind::User, &authors).await?);
        Ok(())
    }
}

/// The ids that a history mentions.
#[derive(Default)]
struct Mentioned(BTreeMap<RecordKind, Vec<Uuid>>);

impl Mentioned {
    fn user(&mut self, user: Option<UserId>) {
        self.0.entry(RecordKind::User).or_default().extend(user.map(Uuid::from));
    }

    /// A stored value, which may be several ids.
    fn value(&mut self, field: Field, value: &str) {
        if let Some(kind) = kind_of(field) {
            self.0.entry(kind).or_default().extend(value.split(' ').filter_map(|it| it.parse::<Uuid>().ok()));
        }
    }
}

fn author(logged: &LoggedEntry) -> Option<UserId> {
    logged.as_ref().map_or_else(|it| it.by, |it| it.by)
}

/// Reverts the changes. False if their results differ from the fields.
fn undo_change(fields: &mut BTreeMap<Field, String>, changes: Vec<FieldChange>) -> bool {
    changes.into_iter().all(|FieldChange { field, before, after }| {
        let was = match before {
            Some(value) => fields.insert(field, value),
            None => fields.remove(&field),
        };
        // A store cleans a value when it reads it, and the log keeps it as it was.
        was.as_deref().map(without_invisible) == after.as_deref().map(without_invisible)
    })
}

/// The kind of record whose ids a field holds.
fn kind_of(field: Field) -> Option<RecordKind> {
    match field {
        Field::Assignee => Some(RecordKind::User),
        Field::Campaign => Some(RecordKind::Campaign),
        Field::Client => Some(RecordKind::Client),
        Field::Contract => Some(RecordKind::Contract),
        Field::Lead | Field::Merged | Field::MergedInto => Some(RecordKind::Lead),
        Field::Roles => Some(RecordKind::Role),
        Field::Service => Some(RecordKind::Service),
        _ => None,
    }
}

pub(crate) fn distinct(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids
}
