//! Campaigns.
use diesel::{
    dsl::sql,
    expression::SqlLiteral,
    prelude::*,
    sql_types::{Bool, Date},
    sqlite::Sqlite,
};
use domain::{
    campaign::{Campaign, CampaignDetails, CampaignFilter, CampaignSort},
    record::Stamp,
    values::{CampaignName, Channel, Day, Money, OpenPeriod, fold, name_needles},
};

use crate::{
    database_error::Unreadable,
    repository::{Row, list_in_order, repository, row_access},
    schema::campaigns,
    search::instr,
    values::{DbId, Moment},
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = campaigns, check_for_backend(Sqlite), treat_none_as_null = true)]
struct CampaignRow {
    id: DbId,
    name: String,
    name_folded: String,
    search: String,
    service_id: DbId,
    channel: String,
    budget: i64,
    starts_on: Option<Day>,
    ends_on: Option<Day>,
    archived: bool,
}

impl From<&Campaign> for CampaignRow {
    fn from(campaign: &Campaign) -> Self {
        let it = &campaign.details;
        Self {
            id: DbId::of(campaign.id),
            name: it.name.to_string(),
            name_folded: fold(it.name.as_str()),
            search: campaign.search_text(),
            service_id: DbId::of(it.service),
            channel: it.channel.to_string(),
            budget: it.budget.minor(),
            starts_on: it.dates.from(),
            ends_on: it.dates.until(),
            archived: campaign.archived,
        }
    }
}

impl Row for CampaignRow {
    type Record = Campaign;

    fn id(&self) -> DbId {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Campaign, Unreadable> {
        let details = CampaignDetails {
            name: CampaignName::parse(&self.name)?,
            service: self.service_id.to(),
            channel: Channel::parse(&self.channel)?,
            budget: Money::from_minor(self.budget)?,
            dates: OpenPeriod::new(self.starts_on, self.ends_on)?,
        };
        Ok(Campaign { id: self.id.to(), details, archived: self.archived, stamp })
    }
}

/// Where nothing was planned there is nothing to be over.
fn over_budget() -> SqlLiteral<Bool> {
    sql("campaigns.budget > 0 AND campaigns.budget < (
        SELECT sum(amount) FROM spend_entries WHERE campaign_id = campaigns.id AND cancelled = 0)")
}

fn matching(filter: &CampaignFilter) -> campaigns::BoxedQuery<'static, Sqlite> {
    let mut rows = campaigns::table.filter(campaigns::archived.eq(filter.archived)).into_boxed();
    if let Some(service) = filter.service {
        rows = rows.filter(campaigns::service_id.eq(DbId::of(service)));
    }
    if let Some(channel) = &filter.channel {
        rows = rows.filter(campaigns::channel.eq(channel.to_string()));
    }
    if filter.over_budget {
        rows = rows.filter(over_budget());
    }
    if let Some(window) = filter.unspent {
        let (from, until) = (window.days.from(), window.days.until());
        rows = rows
            .filter(campaigns::created_at.lt(Moment(window.moments.from)))
            .filter(campaigns::starts_on.is_null().or(campaigns::starts_on.le(from)))
            .filter(campaigns::ends_on.is_null().or(campaigns::ends_on.ge(until)))
            .filter(sql::<Bool>("NOT EXISTS (SELECT 1 FROM spend_entries WHERE campaign_id = campaigns.id AND cancelled = 0 AND spent_on BETWEEN ")
        .bind::<Date, _>(from)
        .sql(" AND ")
        .bind::<Date, _>(until)
        .sql(")"));
    }
    for needle in name_needles(&filter.search) {
        rows = rows.filter(instr(campaigns::search, needle).gt(0));
    }
    rows
}

row_access!(Campaign, CampaignRow, campaigns);
list_in_order!(Campaign, CampaignFilter, CampaignRow, campaigns, CampaignSort { Name => search Text, Budget => budget Number });
repository!(Campaign, CampaignFilter, CampaignRow);
