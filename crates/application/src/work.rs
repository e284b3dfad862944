//! One transaction of a use case: every read through the ports, every write with its audit row.
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::{
    audit::{AuditAction, AuditEntry, FieldChange},
    field::Field,
    page::{Page, PageRequest, Position},
    record::Record,
    store::{Accounts, AuditLog, Directory, Duplicates, Repository, Statistics, UnitOfWork, Uploads},
    user::{User, UserId},
    values::Invalid,
};

use crate::{Error, Result};

/// An allowed piece of work: one transaction. Dropped without [`Work::commit`], it undoes everything.
pub struct Work {
    uow: Box<dyn UnitOfWork>,
    /// Nobody, where the system itself works.
    pub by: Option<UserId>,
    from: Option<IpAddr>,
    pub now: DateTime<Utc>,
}

impl Work {
    /// Only the door makes one.
    pub(crate) fn new(uow: Box<dyn UnitOfWork>, by: Option<UserId>, from: Option<IpAddr>, now: DateTime<Utc>) -> Self {
        Self { uow, by, from, now }
    }

    pub async fn get<R>(&mut self, id: R::Id) -> Result<R>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        self.find(id).await?.ok_or(Error::NotFound)
    }

    pub(crate) async fn find<R>(&mut self, id: R::Id) -> Result<Option<R>>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Ok(Repository::<R>::get(&mut *self.uow, id).await?)
    }

    /// Whether the same person has saved this very record before; [`Error::AlreadySaved`] otherwise.
    pub(crate) async fn saved_before<R>(&mut self, record: &R) -> Result<()>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let by = record.stamp().created_by;
        let first: Option<R> = self.find(record.id()).await?;
        match first {
            Some(first) if first.stamp().created_by == by && first.fields() == record.fields() => Ok(()),
            _ => Err(Error::AlreadySaved(record.id().into())),
        }
    }

    /// The record, if it still is the version that the user's form was made from.
    pub(crate) async fn get_version<R>(&mut self, id: R::Id, version: i32) -> Result<R>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let record: R = self.get(id).await?;
        if record.stamp().version == version { Ok(record) } else { Err(Error::Conflict) }
    }

    /// The record that a form's field refers to.
    pub(crate) async fn referred<R>(&mut self, id: R::Id, field: Field) -> Result<R>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        self.find(id).await?.ok_or(Error::Invalid(field, Invalid::UnknownChoice))
    }

    pub(crate) async fn list<R>(&mut self, filter: &R::Filter, page: PageRequest) -> Result<Page<R>>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Ok(Repository::<R>::list(&mut *self.uow, filter, page).await?)
    }

    pub(crate) async fn position<R>(&mut self, filter: &R::Filter, id: R::Id) -> Result<Option<Position>>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Ok(Repository::<R>::position(&mut *self.uow, filter, id).await?)
    }

    /// Stores a new record and its audit row.
    pub async fn insert<R>(&mut self, record: &R) -> Result<()>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Repository::<R>::insert(&mut *self.uow, record).await?;
        Ok(self.uow.append(&AuditEntry::creation(record, self.from)).await?)
    }

    /// Inserts and commits a record whose id came with its form. The same form sent again is the first answer again;
    /// sent again with other values, it is [`Error::AlreadySaved`]: nothing typed is silently dropped.
    pub(crate) async fn insert_once<R>(mut self, record: &R) -> Result<R::Id>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        if self.find::<R>(record.id()).await?.is_some() {
            self.saved_before(record).await?;
        } else {
            self.insert(record).await?;
            self.commit().await?;
        }
        Ok(record.id())
    }

    /// Stores a changed record and its audit row; nothing where nothing differs.
    pub async fn update<R>(&mut self, before: &R, mut after: R) -> Result<R>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        if *before == after {
            return Ok(after);
        }
        after.stamp_mut().touch(self.by, self.now);
        Repository::<R>::update(&mut *self.uow, &after).await?;
        self.uow.append(&AuditEntry::change(before, &after, self.from)).await?;
        Ok(after)
    }

    /// The same for many records, each with its state before. All of them differ.
    pub(crate) async fn update_all<R>(&mut self, records: Vec<(R, R)>) -> Result<()>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let mut entries = Vec::with_capacity(records.len());
        for (before, mut after) in records {
            after.stamp_mut().touch(self.by, self.now);
            Repository::<R>::update(&mut *self.uow, &after).await?;
            entries.push(AuditEntry::change(&before, &after, self.from));
        }
        Ok(self.uow.append_all(&entries).await?)
    }

    /// Adds an audit entry about an action or attempt of this user.
    pub(crate) async fn note_action(&mut self, act: AuditAction, user: &User, changes: Vec<FieldChange>) -> Result<()> {
        let entry = AuditEntry { changes, ..AuditEntry::of_user(act, user, self.by, self.from, self.now) };
        Ok(self.uow.append(&entry).await?)
    }

    pub(crate) fn directory(&mut self) -> &mut dyn Directory {
        &mut *self.uow
    }

    pub(crate) fn duplicates(&mut self) -> &mut dyn Duplicates {
        &mut *self.uow
    }

    pub(crate) fn accounts(&mut self) -> &mut dyn Accounts {
        &mut *self.uow
    }

    pub(crate) fn statistics(&mut self) -> &mut dyn Statistics {
        &mut *self.uow
    }

    pub(crate) fn uploads(&mut self) -> &mut dyn Uploads {
        &mut *self.uow
    }

    pub(crate) fn audit(&mut self) -> &mut dyn AuditLog {
        &mut *self.uow
    }

    pub async fn commit(self) -> Result<()> {
        Ok(self.uow.commit().await?)
    }
}
