//! The list of clients: its columns and filters.
use domain::{
    client::{Client, ClientFilter, ClientSort},
    field::Field,
    store::{Choice, Names},
    values::Phone,
};
use maud::{Markup, html};

use crate::{
    lists::{Column, FilterCombination, FilterKind, ListFilter, ListFrame, ListPage, choices},
    page::Page,
    ui::{Icon, history, list::empty},
};

const CAMPAIGN: &str = "campaign";
const CONVERTED: [&str; 2] = ["converted_from", "converted_until"];

impl ListPage for Client {
    type Sort = ClientSort;

    const FILTERS: &'static [ListFilter] = &[
        ListFilter { name: CAMPAIGN, words: |t| t.acquired_by, kind: FilterKind::Ids },
        ListFilter { name: "converted", words: |t| t.client_since, kind: FilterKind::Days(CONVERTED) },
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
            class: "col-3 nowrap",
            sort: None,
            usual: true,
            needs: None,
            cell: |_, client, _| html! { (phone(client).unwrap_or_else(|| "—".to_owned())) },
        },
        Column {
            code: "email",
            words: |t| (t.field)(Field::Email),
            class: "col-2 cut",
            sort: None,
            usual: true,
            needs: None,
            cell: |_, client, _| html! { @if let Some(it) = client.details.contact.email() { (it) } @else { "—" } },
        },
        Column {
            code: "campaign",
            words: |t| t.acquired_by,
            class: "col-2 cut",
            sort: None,
            usual: true,
            needs: None,
            cell: campaign,
        },
        Column {
            code: "created",
            words: |t| t.client_since,
            class: "col-3 nowrap",
            sort: Some("-created"),
            usual: true,
            needs: None,
            cell: |page, client, _| history::moment(page, client.converted_at),
        },
    ];

    fn part(pick: &FilterCombination<'_>) -> ClientFilter {
        ClientFilter {
            search: pick.asked.search.clone(),
            campaign: pick.id(CAMPAIGN),
            converted: pick.days(CONVERTED).map(|it| pick.calendar.moments(it)),
            order: pick.asked.order::<Self>(),
        }
    }
}

fn phone(client: &Client) -> Option<String> {
    client.details.contact.phone().map(Phone::formatted)
}

fn below_name(_: &Page, client: &Client, _: &Names) -> Markup {
    html! { div.cell-sub { (phone(client).unwrap_or_default()) } }
}

fn campaign(page: &Page, client: &Client, names: &Names) -> Markup {
    html! {
        @match client.acquired_by.and_then(|id| names.get(&id.0)) {
            Some(name) => (name),
            None => span.muted { (page.t.no_campaign) },
        }
    }
}

/// The controls around the table.
pub(super) fn around(page: &Page, campaigns: &[Choice]) -> ListFrame {
    let t = page.t;
    ListFrame {
        create: html! {},
        tabs: html! {},
        placeholder: t.search_clients,
        offers: vec![(CAMPAIGN, choices(campaigns))],
        known: None,
        nothing: empty(Icon::UserCheck, t.no_clients, t.no_clients_hint, &html! {}),
    }
}
