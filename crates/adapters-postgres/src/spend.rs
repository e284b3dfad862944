//! Spend entries: the one list that is not in the order of ids.
use diesel::{pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    record::Stamp,
    spend::{SpendDay, SpendDetails, SpendEntry, SpendFilter},
    values::{Day, Money, SpendNote},
};
use uuid::Uuid;

use crate::{
    database_error::{DatabaseError, Unreadable},
    paging::{self, List, Span},
    repository::{Row, columns, read, repository, row_access},
    schema::spend_entries::{self, id as entry_id, spent_on},
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = spend_entries, check_for_backend(Pg))]
struct SpendRow {
    id: Uuid,
    campaign_id: Uuid,
    spent_on: Day,
    amount: i64,
    note: String,
    cancelled: bool,
}

impl From<&SpendEntry> for SpendRow {
    fn from(entry: &SpendEntry) -> Self {
        let it = &entry.details;
        Self {
            id: entry.id.into(),
            campaign_id: entry.campaign.into(),
            spent_on: it.spent_on.day(),
            amount: it.amount.minor(),
            note: it.note.to_string(),
            cancelled: entry.cancelled,
        }
    }
}

impl Row for SpendRow {
    type Record = SpendEntry;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<SpendEntry, Unreadable> {
        let details = SpendDetails {
            spent_on: SpendDay::new(self.spent_on)?,
            amount: Money::from_minor(self.amount)?,
            note: SpendNote::parse(&self.note)?,
        };
        let (id, campaign) = (self.id.into(), self.campaign_id.into());
        Ok(SpendEntry { id, campaign, details, cancelled: self.cancelled, stamp })
    }
}

fn matching(filter: &SpendFilter) -> spend_entries::BoxedQuery<'static, Pg> {
    let rows = spend_entries::table.into_boxed();
    match filter.campaign {
        Some(campaign) => rows.filter(spend_entries::campaign_id.eq(Uuid::from(campaign))),
        None => rows,
    }
}

/// The filtered rows in a span. The first condition is implied by the second; it is what an index can seek.
fn within(filter: &SpendFilter, span: Span<(Day, Uuid)>) -> spend_entries::BoxedQuery<'static, Pg> {
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
    type Key = (Day, Uuid);
    type Item = SpendEntry;

    async fn place(&self, mut conn: &AsyncPgConnection, entry: Uuid) -> Result<Option<Self::Key>, DatabaseError> {
        Ok(spend_entries::table.find(entry).select((spent_on, entry_id)).first(&mut conn).await.optional()?)
    }

    async fn rows(
        &self,
        mut conn: &AsyncPgConnection,
        span: Span<Self::Key>,
        limit: i64,
    ) -> Result<Vec<Self::Item>, DatabaseError> {
        let rows = match span {
            Span::NewerThan(_) => within(self, span).order((spent_on.asc(), entry_id.asc())),
            _ => within(self, span).order((spent_on.desc(), entry_id.desc())),
        };
        rows.limit(limit)
            .select(columns!(spend_entries, SpendRow))
            .load(&mut conn)
            .await?
            .into_iter()
            .map(read::<SpendRow>)
            .collect()
    }

    async fn count(&self, conn: &AsyncPgConnection, span: Span<Self::Key>) -> Result<i64, DatabaseError> {
        paging::counted(conn, within(self, span).select(entry_id)).await
    }

    async fn has(&self, mut conn: &AsyncPgConnection, entry: Uuid) -> Result<bool, DatabaseError> {
        let found =
            matching(self).filter(entry_id.eq(entry)).select(entry_id).first::<Uuid>(&mut conn).await.optional()?;
        Ok(found.is_some())
    }
}

row_access!(SpendEntry, SpendRow, spend_entries);
repository!(SpendEntry, SpendFilter, SpendRow, spend_entries);
