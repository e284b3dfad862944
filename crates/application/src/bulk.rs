//! One change to many records at once, and the way back: the audit log remembers what each of them was.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    access::Permission,
    audit::{AuditAction, AuditEntry, AuditFilter, FieldChange},
    calendar::Moments,
    campaign::Campaign,
    field::Field,
    lead::{Lead, LeadRuleViolation, LeadStage, WorkStatus},
    next_step::NextStep,
    page::{Cursor, PageRequest, Total},
    record::Record,
    service::Service,
    store::{Names, Repository, UnitOfWork},
    user::UserId,
    values::{Invalid, LostReason},
};
use uuid::Uuid;

use crate::{Error, Listing, Result, Session, Work, history::distinct, listing::merged};

/// How many records one such change may be about.
pub const MOST_AT_ONCE: u16 = PageRequest::MAX_SIZE;

/// A kind of record of which many can be changed at once.
pub trait BulkEditable: Listing {
    type Change: Clone + Send + Sync;
    const EDIT: Permission;

    /// The record with this change, or why it stays as it is.
    fn with(&self, change: &Self::Change) -> Result<Self, Skipped>;

    /// What takes these changes back; nothing where they are others than such a change makes.
    fn back(changes: &[FieldChange]) -> Option<Self::Change>;

    /// Whom the change refers to.
    fn assignee(_: &Self::Change) -> Option<UserId> {
        None
    }
}

/// The bulk edits of leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeadChange {
    Assign(Option<UserId>),
    Status(WorkStatus),
    /// A status of before, with the next step that was planned then, or none.
    Back(WorkStatus, Option<NextStep>),
}

/// Out of pickers and default lists, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Archive(pub bool);

/// Why a record was left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// The lead became a client.
    Converted,
    /// Somebody changed it after the change that was to be taken back.
    ChangedSince,
}

/// Which records a change is about.
#[derive(Clone, Debug)]
pub enum Selection<R: Record> {
    These(Vec<R::Id>),
    /// All that any of these parts of a list has.
    All(Vec<R::Filter>),
}

/// What became of a change to many.
#[derive(Clone, Debug)]
pub struct BulkResult<R: Record> {
    /// When it was made, by which it is found again; nothing where no record was changed.
    pub at: Option<DateTime<Utc>>,
    /// How many were like this before.
    pub same: usize,
    pub skipped: Vec<(R::Id, Skipped)>,
}

/// A change to many as the audit log has it.
#[derive(Clone, Debug)]
pub struct BulkEdit {
    /// Newest first, at most [`MOST_AT_ONCE`].
    pub entries: Vec<AuditEntry>,
    /// The names of the records, of references in the entries, and of the other ids of the request.
    pub names: Names,
}

impl Session {
    /// The first of the chosen records, and how many there are.
    pub async fn selection<R>(&self, selection: &Selection<R>, first: u16) -> Result<(Vec<R>, Total)>
    where
        R: BulkEditable,
        dyn UnitOfWork: Repository<R>,
    {
        self.actor().authorize(R::EDIT)?;
        let mut work = self.read(Permission::to_view(R::KIND)).await?;
        let (mut records, total) = work.selection(selection, first).await?;
        records.truncate(first.into());
        Ok((records, total))
    }

    /// Changes all of them except the skipped ones, or nothing. Fails with [`Invalid::TooMany`] above [`MOST_AT_ONCE`].
    pub async fn bulk_edit<R>(&self, selection: &Selection<R>, change: &R::Change) -> Result<BulkResult<R>>
    where
        R: BulkEditable,
        dyn UnitOfWork: Repository<R>,
    {
        // The result would reveal records that this user may not view.
        self.actor().authorize(Permission::to_view(R::KIND))?;
        self.write(R::EDIT, |mut work| async move {
            work.offered_assignee(R::assignee(change), None).await?;
            let (records, total) = work.selection(selection, MOST_AT_ONCE).await?;
            if matches!(total, Total::OrMore(_)) {
                return Err(Error::Invalid(Field::List, Invalid::TooMany { max: MOST_AT_ONCE.into() }));
            }
            let changes = records.into_iter().map(|it| (it, Ok(change.clone()))).collect();
            work.change_all(changes).await
        })
        .await
    }

    /// Restores the values from before this user's bulk edit at this moment. Skips records that were changed since.
    pub async fn undo<R>(&self, at: DateTime<Utc>) -> Result<BulkResult<R>>
    where
        R: BulkEditable,
        dyn UnitOfWork: Repository<R>,
    {
        self.actor().authorize(Permission::to_view(R::KIND))?;
        let by = self.actor().id;
        self.write(R::EDIT, |mut work| async move {
            let mut changes = Vec::new();
            for entry in work.changed_at::<R>(by, at).await? {
                let record: R = work.get(entry.record.into()).await?;
                let untouched = record.stamp().version == entry.version;
                let back = R::back(&entry.changes).filter(|_| untouched).ok_or(Skipped::ChangedSince);
                changes.push((record, back));
            }
            work.change_all(changes).await
        })
        .await
    }

    /// This user's bulk edit at this moment, with the names of these other records.
    pub async fn done<R>(&self, at: DateTime<Utc>, others: &[R::Id]) -> Result<BulkEdit>
    where
        R: BulkEditable,
        dyn UnitOfWork: Repository<R>,
    {
        self.actor().authorize(R::EDIT)?;
        let mut work = self.read(Permission::to_view(R::KIND)).await?;
        let entries = work.changed_at::<R>(self.actor().id, at).await?;
        let logged: Vec<_> = entries.iter().cloned().map(Ok).collect();
        let mut names = work.names_in(&logged).await?;
        let records = entries.iter().map(|it| it.record).chain(others.iter().map(|it| (*it).into()));
        names.extend(work.directory().names(R::KIND, &distinct(records.collect())).await?);
        Ok(BulkEdit { entries, names })
    }
}

impl Work {
    /// The chosen records, of a whole list at most so many, the first ones; and how many there are.
    pub(crate) async fn selection<R>(&mut self, selection: &Selection<R>, size: u16) -> Result<(Vec<R>, Total)>
    where
        R: Listing,
        dyn UnitOfWork: Repository<R>,
    {
        match selection {
            // As many as a page has; whatever lists have no more meanwhile is no longer among them.
            Selection::These(ids) => {
                let mut records = Vec::with_capacity(ids.len());
                for id in distinct(ids.iter().map(|it| (*it).into()).collect()) {
                    records.extend(self.find::<R>(id.into()).await?.filter(R::is_listed));
                }
                let total = Total::of(u32::try_from(records.len()).unwrap_or(u32::MAX));
                Ok((records, total))
            }
            Selection::All(parts) => {
                let request = PageRequest::sized(Cursor::Start, size);
                let mut pages = Vec::with_capacity(parts.len());
                for part in parts {
                    pages.push(self.list::<R>(part, request).await?);
                }
                let page = merged(pages, request, parts.first());
                Ok((page.items, page.total))
            }
        }
    }

    async fn change_all<R>(mut self, changes: Vec<(R, Result<R::Change, Skipped>)>) -> Result<BulkResult<R>>
    where
        R: BulkEditable,
        dyn UnitOfWork: Repository<R>,
    {
        let mut outcome = BulkResult { at: None, same: 0, skipped: Vec::new() };
        let mut differing = Vec::with_capacity(changes.len());
        for (before, change) in changes {
            match change.and_then(|it| before.with(&it)) {
                Ok(after) if after == before => outcome.same += 1,
                Ok(after) => differing.push((before, after)),
                Err(why) => outcome.skipped.push((before.id(), why)),
            }
        }
        if !differing.is_empty() {
            outcome.at = Some(self.now);
            self.update_all(differing).await?;
            self.commit().await?;
        }
        Ok(outcome)
    }

    /// The entries of this user's bulk edit at this moment.
    async fn changed_at<R: BulkEditable>(&mut self, by: UserId, at: DateTime<Utc>) -> Result<Vec<AuditEntry>> {
        // The log is found by the millisecond.
        let period = Moments { from: at - TimeDelta::milliseconds(1), until: at + TimeDelta::milliseconds(1) };
        let filter = AuditFilter {
            by: Some(by),
            act: Some(AuditAction::Changed),
            kind: Some(R::KIND),
            period: Some(period),
            record: None,
        };
        let page = self.audit().log(&filter, PageRequest::sized(Cursor::Start, MOST_AT_ONCE)).await?;
        let of_it = |it: &AuditEntry| it.at == at && R::back(&it.changes).is_some();
        Ok(page.items.into_iter().filter_map(Result::ok).filter(of_it).collect())
    }
}

impl BulkEditable for Lead {
    type Change = LeadChange;
    const EDIT: Permission = Permission::EditLeads;

    fn with(&self, change: &LeadChange) -> Result<Self, Skipped> {
        let mut lead = self.clone();
        let changed = match change {
            LeadChange::Assign(assignee) => {
                let mut details = lead.details.clone();
                details.assignee = *assignee;
                lead.edit(details)
            }
            LeadChange::Status(status) => lead.set_status(status.clone()),
            LeadChange::Back(status, step) => {
                lead.set_status(status.clone()).and_then(|()| match step {
                    // A lost lead has none to remove.
                    None if !lead.is_open() => Ok(()),
                    step => lead.plan(step.clone()),
                })
            }
        };
        match changed {
            Ok(()) => Ok(lead),
            Err(LeadRuleViolation::AlreadyConverted(_)) => Err(Skipped::Converted),
            // A merged lead is not in the selection.
            Err(_) => Err(Skipped::ChangedSince),
        }
    }

    fn back(changes: &[FieldChange]) -> Option<LeadChange> {
        if let [FieldChange { field: Field::Assignee, before, .. }] = changes {
            let before = before.as_deref().map(str::parse::<Uuid>).transpose().ok()?;
            return Some(LeadChange::Assign(before.map(UserId)));
        }
        let (mut status, mut reason, mut step) = (None, None, None);
        for FieldChange { field, before, .. } in changes {
            match (field, before) {
                (Field::Status, Some(before)) => status = Some(before.as_str()),
                (Field::Reason, before) => reason = before.as_deref(),
                // A lost lead has no next step any more; undo restores it.
                (Field::NextStep, before) => {
                    step = Some(before.as_deref().map(NextStep::from_stored).transpose().ok()?);
                }
                _ => return None,
            }
        }
        let status = match (status.map(LeadStage::from_code), reason) {
            (Some(Some(LeadStage::New)), None) => WorkStatus::New,
            (Some(Some(LeadStage::InProgress)), None) => WorkStatus::InProgress,
            (Some(Some(LeadStage::Qualified)), None) => WorkStatus::Qualified,
            (Some(Some(LeadStage::Lost)) | None, Some(reason)) => WorkStatus::Lost(LostReason::parse(reason).ok()?),
            _ => return None,
        };
        Some(step.map_or(LeadChange::Status(status.clone()), |step| LeadChange::Back(status, step)))
    }

    fn assignee(change: &LeadChange) -> Option<UserId> {
        match change {
            LeadChange::Assign(assignee) => *assignee,
            LeadChange::Status(_) | LeadChange::Back(..) => None,
        }
    }
}

impl BulkEditable for Campaign {
    type Change = Archive;
    const EDIT: Permission = Permission::EditCampaigns;

    fn with(&self, change: &Archive) -> Result<Self, Skipped> {
        Ok(Self { archived: change.0, ..self.clone() })
    }

    fn back(changes: &[FieldChange]) -> Option<Archive> {
        was_archived(changes)
    }
}

impl BulkEditable for Service {
    type Change = Archive;
    const EDIT: Permission = Permission::EditServices;

    fn with(&self, change: &Archive) -> Result<Self, Skipped> {
        Ok(Self { archived: change.0, ..self.clone() })
    }

    fn back(changes: &[FieldChange]) -> Option<Archive> {
        was_archived(changes)
    }
}

fn was_archived(changes: &[FieldChange]) -> Option<Archive> {
    match changes {
        [FieldChange { field: Field::Archived, before: Some(before), .. }] => before.parse().ok().map(Archive),
        _ => None,
    }
}
