//! The list of leads, and what it can be narrowed to.
use std::collections::{BTreeSet, HashMap};

use application::{LeadForm, Listed};
use domain::{
    access::Permission,
    campaign::CampaignId,
    field::Field,
    lead::{Assigned, Lead, LeadFilter, LeadStage},
    store::Choice,
    user::UserId,
    values::Phone,
};
use maud::{Markup, html};
use uuid::Uuid;

use super::view::stage_badge;
use crate::{
    export,
    form_data::FormData,
    page::Page,
    ui::{
        Icon,
        filter::boxes,
        history, icon,
        list::{count, empty, pager, search_with, tabs, url},
        primary_link, short_name, who,
    },
};

/// As the URL has them; what is none of the choices is no filter.
pub(super) struct Filters {
    search: String,
    /// Any of these, in the order of the funnel; all of them are no filter.
    stages: Vec<LeadStage>,
    /// Any of these.
    pub(super) campaigns: Vec<CampaignId>,
    /// Any of these.
    pub(super) assignees: Vec<Assigned>,
}

/// No list asks for more at once: each status with each campaign and each assignee is a question of its own.
const MOST_PARTS: usize = 60;
/// In a URL, for those that are nobody's.
const NOBODY: &str = "none";

impl Filters {
    pub(super) fn read(query: &FormData) -> Self {
        let named = |stage: &LeadStage| query.all(Field::Status).any(|it| it == stage.code());
        let mut stages: Vec<LeadStage> = LeadStage::ALL.into_iter().filter(named).collect();
        if stages.len() == LeadStage::ALL.len() {
            stages.clear();
        }
        let ids = |field| query.all(field).filter_map(|it| it.parse::<Uuid>().ok()).collect::<BTreeSet<_>>();
        let campaigns: Vec<CampaignId> = ids(Field::Campaign).into_iter().map(CampaignId).collect();
        let nobody = query.all(Field::Assignee).any(|it| it == NOBODY).then_some(Assigned::ToNobody);
        let people = ids(Field::Assignee).into_iter().map(|it| Assigned::To(UserId(it)));
        let assignees: Vec<Assigned> = nobody.into_iter().chain(people).collect();
        Self { search: query.get("q").to_owned(), stages, campaigns, assignees }
    }

    /// Whether so much is chosen together that nothing is looked for.
    pub(super) fn are_too_many(&self) -> bool {
        self.stages.len().max(1) * self.campaigns.len().max(1) * self.assignees.len().max(1) > MOST_PARTS
    }

    /// Each status with each campaign and each assignee; none where they are too many.
    pub(super) fn parts(&self) -> Vec<LeadFilter> {
        let mut parts = Vec::new();
        if self.are_too_many() {
            return parts;
        }
        for stage in any_of(&self.stages) {
            for campaign in any_of(&self.campaigns) {
                for assignee in any_of(&self.assignees) {
                    parts.push(LeadFilter { search: self.search.clone(), stage, campaign, assignee });
                }
            }
        }
        parts
    }

    fn has_chosen(&self) -> bool {
        !self.stages.is_empty() || !self.campaigns.is_empty() || !self.assignees.is_empty()
    }

    /// As a URL has them, with these statuses.
    fn pairs(&self, stages: &[LeadStage]) -> Vec<(&'static str, String)> {
        let stages = stages.iter().map(|it| (Field::Status.code(), it.code().to_owned()));
        let campaigns = self.campaigns.iter().map(|it| (Field::Campaign.code(), it.to_string()));
        let assignees = self.assignees.iter().map(|it| (Field::Assignee.code(), code_of(*it)));
        [("q", self.search.clone())].into_iter().chain(stages).chain(campaigns).chain(assignees).collect()
    }
}

fn code_of(assignee: Assigned) -> String {
    match assignee {
        Assigned::ToNobody => NOBODY.to_owned(),
        Assigned::To(user) => user.to_string(),
    }
}

/// One after the other, or no matter which.
fn any_of<T: Copy>(some: &[T]) -> Vec<Option<T>> {
    if some.is_empty() { vec![None] } else { some.iter().copied().map(Some).collect() }
}

fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    pairs.iter().map(|it| (it.0, it.1.as_str())).collect()
}

pub(super) fn view(
    page: &Page,
    filters: &Filters,
    listed: &Listed<Lead>,
    counts: &HashMap<LeadStage, u64>,
    offers: &LeadForm,
) -> Markup {
    let (t, items) = (page.t, &listed.page);
    let pairs = filters.pairs(&filters.stages);
    let keep = borrowed(&pairs);
    let number = |it: &LeadStage| counts.get(it).copied().unwrap_or(0);
    let tab = |stages: &[LeadStage], words, count| {
        (url("/leads", &borrowed(&filters.pairs(stages))), words, Some(count), filters.stages == stages)
    };
    // With nothing else chosen the exact number is known, however many they are.
    let all = counts.values().sum();
    let known = if filters.stages.is_empty() { all } else { filters.stages.iter().map(number).sum() };
    let known = (filters.search.trim().is_empty() && filters.campaigns.is_empty() && filters.assignees.is_empty())
        .then_some(known);
    let mut entries = vec![tab(&[], t.all, all)];
    entries.extend(LeadStage::ALL.iter().map(|it| tab(&[*it], (t.stages)(*it), number(it))));
    html! {
        div.page-head.page-head--list {
            h1 { (t.leads) }
            @if page.may(Permission::CreateLeads) {
                div.page-head__actions { (primary_link("/leads/new", Icon::Plus, t.new_lead, "n")) }
            }
        }
        (tabs(t.views, &entries, t))
        (search_with("/leads", &filters.search, t.search_leads, &[], Some((&chips(page, filters, offers), filters.has_chosen())), t))
        (count(t, items, known, &export::link::<Lead>(page, &keep)))
        div #list {
            @if items.items.is_empty() {
                (nothing(page, filters))
            } @else {
                table.table.table--list {
                    caption.visually-hidden { (t.leads) }
                    thead { tr {
                        th scope="col" { ((t.field)(Field::FullName)) }
                        th.col-3 scope="col" { ((t.field)(Field::Phone)) }
                        th.col-2 scope="col" { ((t.field)(Field::Campaign)) }
                        th scope="col" { ((t.field)(Field::Status)) }
                        th.col-2 scope="col" { ((t.field)(Field::Assignee)) }
                        th.col-3 scope="col" { (t.created) }
                        @if page.may(Permission::ConvertLeads) { th.col-3 scope="col" { span.visually-hidden { (t.actions) } } }
                    } }
                    tbody { @for it in &items.items { (row(page, it, listed)) } }
                }
                (pager(t, "/leads", items, &keep, |it| it.id.0))
            }
        }
    }
}

fn named(choice: &Choice) -> (String, &str) {
    (choice.id.to_string(), &choice.name)
}

fn chips(page: &Page, filters: &Filters, offers: &LeadForm) -> Markup {
    let t = page.t;
    let stages = LeadStage::ALL.map(|it| (it.code().to_owned(), (t.stage)(it)));
    let campaigns: Vec<_> = offers.campaigns.iter().map(named).collect();
    let people: Vec<_> =
        [(NOBODY.to_owned(), t.not_assigned)].into_iter().chain(offers.users.iter().map(named)).collect();
    let is_stage = |code: &str| filters.stages.iter().any(|it| it.code() == code);
    let is_assignee = |id: &str| filters.assignees.iter().any(|it| code_of(*it) == id);
    let is_campaign = |id: &str| filters.campaigns.iter().any(|it| it.to_string() == id);
    html! {
        (boxes(t, (t.field)(Field::Status), Field::Status.code(), &stages, is_stage))
        @if !campaigns.is_empty() {
            (boxes(t, (t.field)(Field::Campaign), Field::Campaign.code(), &campaigns, is_campaign))
        }
        (boxes(t, (t.field)(Field::Assignee), Field::Assignee.code(), &people, is_assignee))
    }
}

fn row(page: &Page, lead: &Lead, listed: &Listed<Lead>) -> Markup {
    let (t, it) = (page.t, &lead.details);
    let phone = it.contact.phone().map(Phone::formatted);
    let name = |id: uuid::Uuid| listed.names.get(&id).map(String::as_str).unwrap_or_default();
    html! {
        tr {
            td {
                a.row-link href={ "/leads/" (lead.id) } { (it.full_name) }
                div.cell-sub { (phone.as_deref().unwrap_or_else(|| it.contact.email().map_or("", |it| it.as_str()))) }
            }
            td.col-3.anywhere { @if let Some(phone) = &phone { span.nowrap { (phone) } } @else if let Some(email) = it.contact.email() { span.muted { (email) } } }
            td.col-2.cut { @match it.campaign { Some(id) => (name(id.0)), None => span.muted { (t.no_campaign) } } }
            td { (stage_badge(t, lead.stage())) }
            td.col-2 { @match it.assignee { Some(id) => (who(&short_name(name(id.0)))), None => span.muted { (t.not_assigned) } } }
            td.col-3.nowrap { (history::moment(page, lead.stamp.created_at)) }
            @if page.may(Permission::ConvertLeads) {
                td.tight.col-3 { @if lead.convertible().is_ok() {
                    a.btn.btn--ghost.btn--icon href={ "/leads/" (lead.id) "/conversion" } title=(t.convert) aria-label={ (t.convert) ": " (it.full_name) } {
                        (icon(Icon::UserCheck))
                    }
                } }
            }
        }
    }
}

fn nothing(page: &Page, filters: &Filters) -> Markup {
    let t = page.t;
    if filters.are_too_many() {
        let all = html! { a.btn href="/leads" { (t.show_all) } };
        return empty(Icon::Search, t.too_many_chosen.0, t.too_many_chosen.1, &all);
    }
    if !filters.search.is_empty() || filters.has_chosen() {
        let all = html! { a.btn href="/leads" { (t.show_all) } };
        return empty(Icon::Search, t.nothing_found, t.widen_search, &all);
    }
    let next = html! {
        @if page.may(Permission::CreateLeads) { a.btn.btn--primary href="/leads/new" { (icon(Icon::Plus)) (t.new_lead) } }
    };
    empty(Icon::Inbox, t.no_leads, t.no_leads_hint, &next)
}
