//! Spend entries: the one list that is not in the order of ids.
use diesel::{prelude::*, sqlite::Sqlite};
use domain::{
    record::Stamp,
    spend::{SpendDay, SpendDetails, SpendEntry, SpendFilter},
    values::{Day, Money, SpendNote},
};

use crate::{
    database_error::{DatabaseError, Unreadable},
    paging::{self, List, Span},
    repository::{Row, columns, read, repository, row_access},
    schema::spend_entries::{self, id as entry_id, spent_on},
    values::DbId,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = spend_entries, check_for_backend(Sqlite))]
struct SpendRow {
    id: DbId,
    campaign_id: DbId,
    spent_on: Day,
    amount: i64,
    note: String,
    cancelled: bool,
}

impl From<&SpendEntry> for SpendRow {
    fn from(entry: &SpendEntry) -> Self {
        let it = &entry.details;
        Self {
            id: DbId::of(entry.id),
            campaign_id: DbId::of(entry.campaign),
            spent_on: it.spent_on.day(),
            amount: it.amount.minor(),
            note: it.note.to_string(),
            cancelled: entry.cancelled,
        }
    }
}

impl Row for SpendRow {
    type Record = SpendEntry;

    fn id(&self) -> DbId {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<SpendEntry, Unreadable> {
        let details = SpendDetails {
            spent_on: SpendDay::new(self.spent_on)?,
            amount: Money::from_minor(self.amount)?,
            note: SpendNote::parse(&self.note)?,
        };
        let (id, campaign) = (self.id.to(), self.campaign_id.to());
        Ok(SpendEntry { id, campaign, details, cancelled: self.cancelled, stamp })
    }
}

fn matching(filter: &SpendFilter) -> spend_entries::BoxedQuery<'static, Sqlite> {
    let rows = spend_entries::table.into_boxed();
    match filter.campaign {
        Some(campaign) => rows.filter(spend_entries::campaign_id.eq(DbId::of(campaign))),
        None => rows,
    }
}

/// The filtered rows in a span. The first condition is implied by the second; it is what an index can seek.
fn within(filter: &SpendFilter, span: Span<(Day, DbId)>) -> spend_entries::BoxedQuery<'static, Sqlite> {
    match span {
        Span::All => matching(filter),
        Span::OlderThan((day, entry)) => {
            matching(filter).filter(spent_on.le(day)).filter(spent_on.lt(day).or(entry_id.lt(entry)))
        }
        Span::NewerThan((day, entry)) => {
            matching(filter).filter(spent_on.ge(day)).filter(spent_on.gt(day).or(entry_id.gt(entry)))
        }
    }
}

impl List for SpendFilter {
    type Key = (Day, DbId);
    type Item = SpendEntry;

    fn place(&self, conn: &mut SqliteConnection, entry: DbId) -> Result<Option<Self::Key>, DatabaseError> {
        Ok(spend_entries::table.find(entry).select((spent_on, entry_id)).first(conn).optional()?)
    }

    fn rows(
        &self,
        conn: &mut SqliteConnection,
        span: Span<Self::Key>,
        limit: i64,
    ) -> Result<Vec<Self::Item>, DatabaseError> {
        let rows = match span {
            Span::NewerThan(_) => within(self, span).order((spent_on.asc(), entry_id.asc())),
            _ => within(self, span).order((spent_on.desc(), entry_id.desc())),
        };
        rows.limit(limit)
            .select(columns!(spend_entries, SpendRow))
            .load(conn)?
            .into_iter()
            .map(read::<SpendRow>)
            .collect()
    }

    fn count(&self, conn: &mut SqliteConnection, span: Span<Self::Key>) -> Result<i64, DatabaseError> {
        paging::counted(conn, within(self, span).select(entry_id))
    }

    fn has(&self, conn: &mut SqliteConnection, entry: DbId) -> Result<bool, DatabaseError> {
        let found = matching(self).filter(entry_id.eq(entry)).select(entry_id).first::<DbId>(conn).optional()?;
        Ok(found.is_some())
    }
}

row_access!(SpendEntry, SpendRow, spend_entries);
repository!(SpendEntry, SpendFilter, SpendRow);
