//! Leads.
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool, sqlite::Sqlite};
use domain::{
    lead::{AssigneeFilter, Lead, LeadDetails, LeadFilter, LeadSort, LeadStage, LeadStatus, UNPLANNED},
    merge::{MergedInto, read_ids, written_ids},
    next_step::{Due, NextStep},
    record::Stamp,
    values::{Day, FullName, LostReason, StepText, person_needles},
};

use crate::{
    contact,
    database_error::{DatabaseError, Unreadable},
    repository::{Row, columns, list_in_order, read, repository, row_access},
    schema::leads,
    search::instr,
    values::{DbId, Moment},
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = leads, check_for_backend(Sqlite), treat_none_as_null = true)]
struct LeadRow {
    id: DbId,
    full_name: String,
    phone: Option<String>,
    email: Option<String>,
    search: String,
    campaign_id: Option<DbId>,
    assignee_id: Option<DbId>,
    status: String,
    lost_reason: Option<String>,
    client_id: Option<DbId>,
    next_step: Option<String>,
    due_on: Day,
    email_key: Option<String>,
    name_key: String,
    merged_into: Option<DbId>,
    merged_version: Option<i32>,
    merged: String,
}

impl From<&Lead> for LeadRow {
    fn from(lead: &Lead) -> Self {
        let it = &lead.details;
        let (phone, email) = contact::columns(&it.contact);
        let (email_key, name_key) = contact::keys(&lead.into());
        let (lost_reason, client_id) = match &lead.status {
            LeadStatus::New | LeadStatus::InProgress | LeadStatus::Qualified => (None, None),
            LeadStatus::Lost(reason) => (Some(reason.to_string()), None),
            LeadStatus::Converted(client) => (None, Some(DbId::of(*client))),
        };
        Self {
            id: DbId::of(lead.id),
            full_name: it.full_name.to_string(),
            phone,
            email,
            search: lead.search_text(),
            campaign_id: it.campaign.map(DbId::of),
            assignee_id: it.assignee.map(DbId::of),
            status: lead.stage().code().to_owned(),
            lost_reason,
            client_id,
            next_step: lead.next_step.as_ref().map(|it| it.what.to_string()),
            due_on: lead.next_step.as_ref().map_or(UNPLANNED, |it| it.due),
            email_key,
            name_key,
            merged_into: lead.merged_into.map(|it| DbId::of(it.lead)),
            merged_version: lead.merged_into.map(|it| it.version),
            merged: written_ids(&lead.merged),
        }
    }
}

impl LeadRow {
    fn status(&self) -> Result<LeadStatus, Unreadable> {
        let stage = LeadStage::from_code(&self.status).ok_or("unknown status")?;
        match (stage, &self.lost_reason, self.client_id) {
            (LeadStage::New, None, None) => Ok(LeadStatus::New),
            (LeadStage::InProgress, None, None) => Ok(LeadStatus::InProgress),
            (LeadStage::Qualified, None, None) => Ok(LeadStatus::Qualified),
            (LeadStage::Lost, Some(reason), None) => Ok(LeadStatus::Lost(LostReason::parse(reason)?)),
            (LeadStage::Converted, None, Some(client)) => Ok(LeadStatus::Converted(client.to())),
            _ => Err("status, reason and client contradict each other".into()),
        }
    }

    fn merged_into(&self) -> Option<MergedInto> {
        self.merged_into.zip(self.merged_version).map(|(it, version)| MergedInto { lead: it.to(), version })
    }
}

impl Row for LeadRow {
    type Record = Lead;

    fn id(&self) -> DbId {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Lead, Unreadable> {
        let details = LeadDetails {
            full_name: FullName::parse(&self.full_name)?,
            contact: contact::read(self.phone.as_deref(), self.email.as_deref())?,
            campaign: self.campaign_id.map(DbId::to),
            assignee: self.assignee_id.map(DbId::to),
        };
        let next_step = match &self.next_step {
            Some(what) => Some(NextStep { what: StepText::parse(what)?, due: self.due_on }),
            None => None,
        };
        let (status, merged_into) = (self.status()?, self.merged_into());
        let merged = read_ids(&self.merged).ok_or("unreadable ids")?;
        Ok(Lead { id: self.id.to(), details, status, next_step, merged_into, merged, stamp })
    }
}

/// Written out, as the index of these has it: it would not be found for a value that is bound later.
fn unplanned() -> SqlLiteral<Bool> {
    sql("leads.next_step IS NULL AND leads.status NOT IN ('lost', 'converted')")
}

/// A version of before knows no steps, and leaves them where it converts a lead.
fn open() -> SqlLiteral<Bool> {
    sql("leads.status NOT IN ('lost', 'converted')")
}

fn matching(filter: &LeadFilter) -> leads::BoxedQuery<'static, Sqlite> {
    let mut rows = leads::table.into_boxed();
    rows = if filter.merged {
        rows.filter(leads::merged_into.is_not_null())
    } else {
        rows.filter(leads::merged_into.is_null())
    };
    if let Some(stage) = filter.stage {
        rows = rows.filter(leads::status.eq(stage.code()));
    }
    if let Some(campaign) = filter.campaign {
        rows = rows.filter(leads::campaign_id.eq(DbId::of(campaign)));
    }
    match filter.assignee {
        Some(AssigneeFilter::To(user)) => rows = rows.filter(leads::assignee_id.eq(DbId::of(user))),
        Some(AssigneeFilter::ToNobody) => rows = rows.filter(leads::assignee_id.is_null()),
        None => {}
    }
    if let Some(made) = filter.made {
        rows = rows.filter(leads::created_at.ge(Moment(made.from))).filter(leads::created_at.lt(Moment(made.until)));
    }
    rows = match filter.due {
        Some(Due::Between(from, until)) => rows.filter(open()).filter(leads::due_on.between(from, until)),
        Some(Due::Unplanned) => rows.filter(unplanned()),
        None => rows,
    };
    for needle in person_needles(&filter.search) {
        let found = instr(leads::search, needle.text).gt(0);
        rows = match needle.dialled {
            Some(dialled) => rows.filter(found.or(instr(leads::search, dialled).gt(0))),
            None => rows.filter(found),
        };
    }
    rows
}

/// In no order; ids that do not exist are left out.
pub(crate) fn some(conn: &mut SqliteConnection, ids: Vec<DbId>) -> Result<Vec<Lead>, DatabaseError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = leads::table.filter(leads::id.eq_any(ids)).select(columns!(leads, LeadRow)).load(conn)?;
    rows.into_iter().map(read::<LeadRow>).collect()
}

row_access!(Lead, LeadRow, leads);
list_in_order!(Lead, LeadFilter, LeadRow, leads, LeadSort { Name => search Text, Due => due_on Day });
repository!(Lead, LeadFilter, LeadRow);
