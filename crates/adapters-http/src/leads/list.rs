//! The list of leads: its columns and filters.
use std::collections::HashMap;

use application::LeadForm;
use domain::{
    access::Permission,
    calendar::days_after,
    field::Field,
    lead::{AssigneeFilter, Lead, LeadFilter, LeadSort, LeadStage},
    next_step::Due,
    store::Names,
    values::Phone,
};
use maud::{Markup, html};
use uuid::Uuid;

use super::{duplicates, next_step_view::due_words, view::stage_badge};
use crate::{
    lists::{
        BulkAction, Choices, Column, FilterCombination, FilterKind, ListFilter, ListFrame, ListPage, ListQuery, NONE,
        choices,
    },
    page::Page,
    text::DueChoice,
    ui::{
        Icon, history, icon,
        list::{empty, tabs},
        primary_link, short_name, who,
    },
};

const STATUS: &str = "status";
const CAMPAIGN: &str = "campaign";
const ASSIGNEE: &str = "assignee";
pub(super) const ASSIGN: &str = "assign";
const DUE: &str = "due";
const CREATED: [&str; 2] = ["created_from", "created_until"];
/// In the order of the funnel.
const STAGES: [&str; 5] = [
    LeadStage::New.code(),
    LeadStage::InProgress.code(),
    LeadStage::Qualified.code(),
    LeadStage::Lost.code(),
    LeadStage::Converted.code(),
];

const DUES: [&str; 5] = ["overdue", "today", "week", "later", "none"];
const DUE_CHOICES: [DueChoice; 5] =
    [DueChoice::Overdue, DueChoice::Today, DueChoice::ThisWeek, DueChoice::Later, DueChoice::Unplanned];

impl ListPage for Lead {
    type Sort = LeadSort;

    const FILTERS: &'static [ListFilter] = &[
        ListFilter { name: STATUS, words: |t| (t.field)(Field::Status), kind: FilterKind::Codes(&STAGES) },
        ListFilter { name: CAMPAIGN, words: |t| (t.field)(Field::Campaign), kind: FilterKind::Ids },
        ListFilter { name: ASSIGNEE, words: |t| (t.field)(Field::Assignee), kind: FilterKind::IdsOrNone },
        ListFilter { name: DUE, words: |t| (t.field)(Field::NextStep), kind: FilterKind::Codes(&DUES) },
        ListFilter { name: "created", words: |t| t.created, kind: FilterKind::Days(CREATED) },
    ];

    const COLUMNS: &'static [Column<Self>] = &[
        Column {
            code: "name",
            words: |t| (t.field)(Field::FullName),
            class: "",
            sort: Some("name"),
            usual: true,
            needs: None,
            cell: below_name,
        },
        Column {
            code: "phone",
            words: |t| (t.field)(Field::Phone),
            class: "col-3 anywhere",
            sort: None,
            usual: true,
            needs: None,
            cell: phone,
        },
        Column {
            code: "email",
            words: |t| (t.field)(Field::Email),
            class: "col-2 cut",
            sort: None,
            usual: false,
            needs: None,
            cell: |_, lead, _| html! { @if let Some(it) = lead.details.contact.email() { (it) } @else { "—" } },
        },
        Column {
            code: "campaign",
            words: |t| (t.field)(Field::Campaign),
            class: "col-2 cut cut--s",
            sort: None,
            usual: true,
            needs: None,
            cell: campaign,
        },
        Column {
            code: "status",
            words: |t| (t.field)(Field::Status),
            class: "",
            sort: None,
            usual: true,
            needs: None,
            cell: |page, lead, _| stage_badge(page.t, lead.stage()),
        },
        Column {
            code: "assignee",
            words: |t| (t.field)(Field::Assignee),
            class: "col-2",
            sort: None,
            usual: true,
            needs: None,
            cell: assignee,
        },
        Column {
            code: "next_step",
            words: |t| (t.field)(Field::NextStep),
            class: "col-2 step-column",
            sort: Some("due"),
            usual: true,
            needs: None,
            cell: next_step,
        },
        Column {
            code: "created",
            words: |t| t.created,
            class: "col-3 nowrap",
            sort: Some("-created"),
            usual: true,
            needs: None,
            cell: |page, lead, _| history::moment(page, lead.stamp.created_at),
        },
        Column {
            code: "convert",
            words: |t| t.actions,
            class: "tight col-3",
            sort: None,
            usual: true,
            needs: Some(Permission::ConvertLeads),
            cell: convert,
        },
    ];

    const ACTIONS: &'static [BulkAction] = &[
        BulkAction {
            code: ASSIGN,
            words: |t| t.bulk.assign,
            button: |t| t.bulk.assign_button,
            icon: Icon::UserPlus,
            fits: |_| true,
        },
        BulkAction {
            code: STATUS,
            words: |t| t.bulk.status,
            button: |t| t.bulk.status_button,
            icon: Icon::Pencil,
            fits: |_| true,
        },
    ];

    fn part(pick: &FilterCombination<'_>) -> LeadFilter {
        LeadFilter {
            search: pick.asked.search.clone(),
            stage: pick.text(STATUS).and_then(LeadStage::from_code),
            campaign: pick.id(CAMPAIGN),
            assignee: match pick.text(ASSIGNEE) {
                Some(NONE) => Some(AssigneeFilter::ToNobody),
                _ => pick.id(ASSIGNEE).map(AssigneeFilter::To),
            },
            due: pick.text(DUE).and_then(|it| due(it, pick)),
            made: pick.days(CREATED).map(|it| pick.calendar.moments(it)),
            merged: false,
            order: pick.asked.order::<Self>(),
        }
    }
}

/// “This week” includes today, unless “today” is chosen as well. So no lead is in two parts of a list.
fn due(code: &str, pick: &FilterCombination<'_>) -> Option<Due> {
    let (today, with_today) = (pick.today, pick.asked.all(DUE).iter().any(|it| it == DUES[1]));
    match DUE_CHOICES[DUES.iter().position(|it| *it == code)?] {
        DueChoice::Overdue => Some(Due::before(today)),
        DueChoice::Today => Some(Due::Between(today, today)),
        DueChoice::ThisWeek => Some(Due::until_sunday(days_after(today, i64::from(with_today)), today)),
        DueChoice::Later => Some(Due::after_sunday(today)),
        DueChoice::Unplanned => Some(Due::Unplanned),
    }
}

fn next_step(page: &Page, lead: &Lead, _: &Names) -> Markup {
    html! {
        @match lead.step_to_do() {
            Some(step) => { div.step-cell { (step.what) } (due_words(page, step.due)) },
            None => span.muted { "—" },
        }
    }
}

/// The text that phones show instead of columns.
fn below_name(_: &Page, lead: &Lead, _: &Names) -> Markup {
    let contact = &lead.details.contact;
    let shown = contact.phone().map(Phone::formatted).or_else(|| contact.email().map(ToString::to_string));
    html! { div.cell-sub { (shown.unwrap_or_default()) } }
}

fn phone(_: &Page, lead: &Lead, _: &Names) -> Markup {
    let contact = &lead.details.contact;
    html! {
        @if let Some(phone) = contact.phone() { span.nowrap { (phone.formatted()) } }
        @else if let Some(email) = contact.email() { span.muted { (email) } }
    }
}

fn name(names: &Names, id: Uuid) -> &str {
    names.get(&id).map(String::as_str).unwrap_or_default()
}

fn campaign(page: &Page, lead: &Lead, names: &Names) -> Markup {
    html! { @match lead.details.campaign { Some(id) => (name(names, id.0)), None => span.muted { (page.t.no_campaign) } } }
}

fn assignee(page: &Page, lead: &Lead, names: &Names) -> Markup {
    html! {
        @match lead.details.assignee {
            Some(id) => (who(&short_name(name(names, id.0)))),
            None => span.muted { (page.t.not_assigned) },
        }
    }
}

fn convert(page: &Page, lead: &Lead, _: &Names) -> Markup {
    let words = page.t.convert;
    html! {
        @if lead.convertible().is_ok() {
            a.btn.btn--ghost.btn--icon href={ "/leads/" (lead.id) "/conversion" } title=(words) aria-label={ (words) ": " (lead.details.full_name) } {
                (icon(Icon::UserCheck))
            }
        }
    }
}

/// The controls around the table.
pub(super) fn around(page: &Page, asked: &ListQuery, counts: &HashMap<LeadStage, u64>, offers: &LeadForm) -> ListFrame {
    let t = page.t;
    let create = || html! { @if page.may(Permission::CreateLeads) { (primary_link("/leads/new", Icon::Plus, t.new_lead, "n")) } };
    let stages = LeadStage::ALL.map(|it| (it.code().to_owned(), (t.stage)(it).to_owned()));
    let dues = std::array::from_fn::<_, 5, _>(|at| {
        (DUES[at].to_owned(), (t.next_step.due_choice)(DUE_CHOICES[at]).to_owned())
    });
    let people: Choices =
        [(NONE.to_owned(), t.not_assigned.to_owned())].into_iter().chain(choices(&offers.users)).collect();
    ListFrame {
        create: html! { (duplicates::link(page)) (create()) },
        tabs: tabs(t.views, &stage_tabs(page, asked, counts), t),
        placeholder: t.search_leads,
        offers: vec![
            (STATUS, stages.into()),
            (CAMPAIGN, choices(&offers.campaigns)),
            (ASSIGNEE, people),
            (DUE, dues.into()),
        ],
        known: known(asked, counts),
        nothing: empty(Icon::Inbox, t.no_leads, t.no_leads_hint, &create()),
    }
}

fn stage_tabs<'a>(
    page: &'a Page,
    asked: &ListQuery,
    counts: &HashMap<LeadStage, u64>,
) -> Vec<(String, &'a str, Option<u64>, bool)> {
    let chosen = asked.all(STATUS);
    // Other filters are kept, but the number of leads is not known with them.
    let number = |number: u64| Some(number).filter(|_| !is_narrowed_otherwise(asked));
    let all = (asked.with(&[(STATUS, &[])]), page.t.all, number(counts.values().sum()), chosen.is_empty());
    let tab = |stage: LeadStage| {
        let number = number(counts.get(&stage).copied().unwrap_or(0));
        (asked.with(&[(STATUS, &[stage.code()])]), (page.t.stages)(stage), number, chosen == [stage.code()])
    };
    [all].into_iter().chain(LeadStage::ALL.map(tab)).collect()
}

/// Whether filters other than the status are active.
fn is_narrowed_otherwise(asked: &ListQuery) -> bool {
    let others = [CAMPAIGN, ASSIGNEE, DUE, CREATED[0], CREATED[1]];
    !asked.search.trim().is_empty() || others.iter().any(|it| !asked.all(it).is_empty())
}

/// If only statuses are chosen, the exact number is known, however large it is.
fn known(asked: &ListQuery, counts: &HashMap<LeadStage, u64>) -> Option<u64> {
    if is_narrowed_otherwise(asked) {
        return None;
    }
    let chosen: Vec<LeadStage> = asked.all(STATUS).iter().filter_map(|it| LeadStage::from_code(it)).collect();
    let number = |it: &LeadStage| counts.get(it).copied().unwrap_or(0);
    Some(if chosen.is_empty() { counts.values().sum() } else { chosen.iter().map(number).sum() })
}
