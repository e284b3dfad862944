//! The list of campaigns: its columns and filters.
use application::CampaignForm;
use domain::{
    access::Permission,
    calendar::days_after,
    campaign::{Campaign, CampaignFilter, CampaignSort},
    field::Field,
    statistics::Window,
    store::Names,
    values::{Channel, Day, Period},
};
use maud::{Markup, html};

use crate::{
    lists::{
        ARCHIVING, BulkAction, Choices, Column, FilterCombination, FilterKind, ListFilter, ListFrame, ListPage,
        ListQuery, choices,
    },
    page::Page,
    ui::{
        Icon, history,
        list::{empty, tabs},
        primary_link,
    },
};

const ARCHIVED: &str = "archived";
const OVER_BUDGET: &str = "over_budget";
const UNSPENT: &str = "unspent";
const SERVICE: &str = "service";
const CHANNEL: &str = "channel";

impl ListPage for Campaign {
    type Sort = CampaignSort;

    const FILTERS: &'static [ListFilter] = &[
        ListFilter { name: ARCHIVED, words: |t| t.archive, kind: FilterKind::Switch },
        ListFilter { name: OVER_BUDGET, words: |t| t.home_page.over_budget, kind: FilterKind::Switch },
        ListFilter { name: UNSPENT, words: |t| t.home_page.unspent, kind: FilterKind::Switch },
        ListFilter { name: SERVICE, words: |t| (t.field)(Field::Service), kind: FilterKind::Ids },
        ListFilter { name: CHANNEL, words: |t| (t.field)(Field::Channel), kind: FilterKind::Texts },
    ];

    const COLUMNS: &'static [Column<Self>] = &[
        Column {
            code: "name",
            words: |t| (t.field)(Field::Name),
            class: "",
            sort: Some("name"),
            usual: true,
            needs: None,
            cell: |_, campaign, _| html! { div.cell-sub { (campaign.details.channel) } },
        },
        Column {
            code: "channel",
            words: |t| (t.field)(Field::Channel),
            class: "col-3",
            sort: None,
            usual: true,
            needs: None,
            cell: |_, campaign, _| html! { (campaign.details.channel) },
        },
        Column {
            code: "service",
            words: |t| (t.field)(Field::Service),
            class: "col-2",
            sort: None,
            usual: true,
            needs: None,
            cell: service,
        },
        Column {
            code: "dates",
            words: |t| t.dates,
            class: "col-2",
            sort: None,
            usual: true,
            needs: None,
            cell: |page, campaign, _| html! { (dates(page, campaign.details.dates.from(), campaign.details.dates.until())) },
        },
        Column {
            code: "created",
            words: |t| t.created_feminine,
            class: "col-2 nowrap",
            sort: Some("-created"),
            usual: false,
            needs: None,
            cell: |page, campaign, _| history::moment(page, campaign.stamp.created_at),
        },
        Column {
            code: "budget",
            words: |t| (t.field)(Field::Budget),
            class: "num",
            sort: Some("-budget"),
            usual: true,
            needs: None,
            cell: budget,
        },
    ];

    const ACTIONS: &'static [BulkAction] = &ARCHIVING;

    fn part(pick: &FilterCombination<'_>) -> CampaignFilter {
        CampaignFilter {
            search: pick.asked.search.clone(),
            archived: pick.is_on(ARCHIVED),
            service: pick.id(SERVICE),
            over_budget: pick.is_on(OVER_BUDGET),
            unspent: pick.is_on(UNSPENT).then(|| lately(pick)).flatten(),
            channel: pick.text(CHANNEL).and_then(|it| Channel::parse(it).ok()),
            order: pick.asked.order::<Self>(),
        }
    }
}

/// Most companies enter expenses once a week, and some of them late. Two weeks without any deserve a look.
const DAYS: i64 = 14;

/// The last days without today, because today is not over.
fn lately(pick: &FilterCombination<'_>) -> Option<Window> {
    let days = Period::new(days_after(pick.today, -DAYS), days_after(pick.today, -1)).ok()?;
    Some(Window::new(days, pick.calendar))
}

fn service(_: &Page, campaign: &Campaign, names: &Names) -> Markup {
    html! { (names.get(&campaign.details.service.0).map(String::as_str).unwrap_or_default()) }
}

fn budget(page: &Page, campaign: &Campaign, _: &Names) -> Markup {
    html! { ((page.t.money)(i128::from(campaign.details.budget.minor()), page.currency())) }
}

pub(super) fn dates(page: &Page, from: Option<Day>, until: Option<Day>) -> String {
    let show = |it: Option<Day>| it.map(|it| (page.t.day)(it)).unwrap_or_default();
    match (from, until) {
        (None, None) => "—".to_owned(),
        (from, None) => format!("{} {}", page.t.from_word, show(from)),
        (None, until) => format!("{} {}", page.t.until_word, show(until)),
        (from, until) => format!("{} — {}", show(from), show(until)),
    }
}

/// The controls around the table.
pub(super) fn around(page: &Page, asked: &ListQuery, offers: &CampaignForm) -> ListFrame {
    let t = page.t;
    let create = || html! { @if page.may(Permission::CreateCampaigns) { (primary_link("/campaigns/new", Icon::Plus, t.new_campaign, "n")) } };
    // Each tab switches off the others.
    let switches = [ARCHIVED, OVER_BUDGET, UNSPENT];
    let tab = |on: &str, words| {
        let chosen: [(&'static str, &[&str]); 3] = switches.map(|it| (it, if it == on { &["1"][..] } else { &[] }));
        (asked.with(&chosen), words, None, switches.iter().all(|it| asked.all(it).is_empty() != (*it == on)))
    };
    let channels: Choices = offers.channels.iter().map(|it| (it.clone(), it.clone())).collect();
    ListFrame {
        create: create(),
        tabs: tabs(
            t.views,
            &[
                tab("", t.in_use),
                tab(OVER_BUDGET, t.home_page.over_budget),
                tab(UNSPENT, t.home_page.unspent),
                tab(ARCHIVED, t.archive),
            ],
            t,
        ),
        placeholder: t.search_by_name_or_channel,
        offers: vec![(SERVICE, choices(&offers.services)), (CHANNEL, channels)],
        known: None,
        nothing: empty(Icon::Megaphone, t.no_campaigns, t.no_campaigns_hint, &create()),
    }
}
