//! Leads, their notes, and the clients they became.
use domain::{
    client::{Client, ClientFilter},
    lead::{AssigneeFilter, Lead, LeadFilter, LeadStatus},
    next_step::Due,
    note::{Note, NoteFilter},
    store::UniqueKey,
};

use super::{allows, searching_people, table};
use crate::{stored::Stored, tables::Tables};

impl Stored for Lead {
    table!(leads);

    fn matching(filter: &LeadFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let found = searching_people(&filter.search);
        let LeadFilter { stage, campaign, assignee, made, due, merged, .. } = *filter;
        move |it| {
            it.merged_into.is_some() == merged
                && allows(stage.as_ref(), Some(&it.stage()))
                && allows(campaign.as_ref(), it.details.campaign.as_ref())
                && allows(assignee.as_ref(), Some(&AssigneeFilter::of(it.details.assignee)))
                && made.is_none_or(|made| made.contain(it.stamp.created_at))
                && due.is_none_or(|due| is_due(it, due))
                && found(&it.search_text())
        }
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.campaigns.has_any(self.details.campaign)
            && tables.users.has_any(self.details.assignee)
            && tables.leads.has_any(self.merged_into.map(|it| it.lead))
    }

    fn circular_references_hold(&self, tables: &Tables) -> bool {
        match self.status {
            LeadStatus::Converted(client) => tables.clients.has(client),
            _ => true,
        }
    }
}

fn is_due(lead: &Lead, due: Due) -> bool {
    let day = lead.step_to_do().map(|it| it.due);
    match due {
        Due::Unplanned => lead.is_open() && day.is_none(),
        Due::Between(from, until) => day.is_some_and(|it| (from..=until).contains(&it)),
    }
}

impl Stored for Note {
    table!(notes);

    fn matching(filter: &NoteFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let NoteFilter { lead, without_clients } = *filter;
        move |it| allows(lead.as_ref(), Some(&it.lead)) && !(without_clients && it.client.is_some())
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.leads.has(self.lead) && tables.clients.has_any(self.client)
    }
}

impl Stored for Client {
    table!(clients);

    fn matching(filter: &ClientFilter, _: &Tables) -> impl Fn(&Self) -> bool + Send {
        let found = searching_people(&filter.search);
        let ClientFilter { campaign, converted, .. } = *filter;
        move |it| {
            allows(campaign.as_ref(), it.acquired_by.as_ref())
                && converted.is_none_or(|converted| converted.contain(it.converted_at))
                && found(&it.search_text())
        }
    }

    fn unique(&self) -> Option<(UniqueKey, String)> {
        Some((UniqueKey::LeadOfClient, self.lead.to_string()))
    }

    fn references_hold(&self, tables: &Tables) -> bool {
        tables.campaigns.has_any(self.acquired_by)
    }

    fn circular_references_hold(&self, tables: &Tables) -> bool {
        tables.leads.has(self.lead) && tables.contracts.has(self.first_contract)
    }
}
