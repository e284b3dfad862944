//! The list of contracts: its columns and filters.
use domain::{
    access::Permission,
    contract::{Contract, ContractFilter, ContractSort},
    field::Field,
    store::{Choice, Names},
};
use maud::{Markup, html};
use uuid::Uuid;

use crate::{
    lists::{Column, FilterCombination, FilterKind, ListFilter, ListFrame, ListPage, ListQuery, choices},
    page::Page,
    ui::{
        Icon, history,
        list::{empty, tabs},
        primary_link,
    },
};

const FREE: &str = "free";
const CLIENT: &str = "client";
const SERVICE: &str = "service";
const SIGNED: [&str; 2] = ["signed_from", "signed_until"];
const ENDS: [&str; 2] = ["ends_from", "ends_until"];
const AMOUNT: [&str; 2] = ["amount_from", "amount_until"];

impl ListPage for Contract {
    type Sort = ContractSort;

    const FILTERS: &'static [ListFilter] = &[
        ListFilter { name: FREE, words: |t| t.without_client, kind: FilterKind::Switch },
        ListFilter { name: CLIENT, words: |t| (t.field)(Field::Client), kind: FilterKind::Ids },
        ListFilter { name: SERVICE, words: |t| (t.field)(Field::Service), kind: FilterKind::Ids },
        ListFilter { name: "signed", words: |t| (t.field)(Field::SignedOn), kind: FilterKind::Days(SIGNED) },
        ListFilter { name: "ends", words: |t| (t.field)(Field::ValidUntil), kind: FilterKind::Days(ENDS) },
        ListFilter { name: "amount", words: |t| (t.field)(Field::Amount), kind: FilterKind::Amounts(AMOUNT) },
    ];

    const COLUMNS: &'static [Column<Self>] = &[
        Column {
            code: "name",
            words: |t| (t.field)(Field::Name),
            class: "",
            sort: Some("name"),
            usual: true,
            needs: None,
            cell: below_name,
        },
        Column {
            code: "client",
            words: |t| (t.field)(Field::Client),
            class: "col-3",
            sort: None,
            usual: true,
            needs: None,
            cell: client,
        },
        Column {
            code: "service",
            words: |t| (t.field)(Field::Service),
            class: "col-2 cut",
            sort: None,
            usual: true,
            needs: None,
            cell: |_, contract, names| html! { (name(names, contract.details.service.0)) },
        },
        Column {
            code: "signed_on",
            words: |t| (t.field)(Field::SignedOn),
            class: "col-3 nowrap",
            sort: Some("-signed_on"),
            usual: true,
            needs: None,
            cell: |page, contract, _| html! { ((page.t.day)(contract.details.signed_on.day())) },
        },
        Column {
            code: "valid_until",
            words: |t| (t.field)(Field::ValidUntil),
            class: "col-2 nowrap",
            sort: Some("valid_until"),
            usual: true,
            needs: None,
            cell: |page, contract, _| html! { ((page.t.day)(contract.details.valid.until())) },
        },
        Column {
            code: "created",
            words: |t| t.created,
            class: "col-2 nowrap",
            sort: Some("-created"),
            usual: false,
            needs: None,
            cell: |page, contract, _| history::moment(page, contract.stamp.created_at),
        },
        Column {
            code: "amount",
            words: |t| (t.field)(Field::Amount),
            class: "num",
            sort: Some("-amount"),
            usual: true,
            needs: None,
            cell: amount,
        },
    ];

    fn part(pick: &FilterCombination<'_>) -> ContractFilter {
        let [least, most] = pick.amounts(AMOUNT);
        ContractFilter {
            search: pick.asked.search.clone(),
            client: pick.id(CLIENT),
            free: pick.is_on(FREE),
            service: pick.id(SERVICE),
            signed: pick.days(SIGNED),
            ends: pick.days(ENDS),
            least,
            most,
            order: pick.asked.order::<Self>(),
        }
    }
}

fn name(names: &Names, id: Uuid) -> &str {
    names.get(&id).map(String::as_str).unwrap_or_default()
}

fn below_name(page: &Page, contract: &Contract, names: &Names) -> Markup {
    html! { div.cell-sub { (contract.client.map_or(page.t.no_client, |it| name(names, it.0))) } }
}

fn client(page: &Page, contract: &Contract, names: &Names) -> Markup {
    html! { @match contract.client { Some(id) => (name(names, id.0)), None => span.muted { (page.t.no_client) } } }
}

fn amount(page: &Page, contract: &Contract, _: &Names) -> Markup {
    html! { ((page.t.money)(i128::from(contract.details.amount.minor()), page.currency())) }
}

/// The controls around the table.
pub(super) fn around(page: &Page, asked: &ListQuery, services: &[Choice]) -> ListFrame {
    let t = page.t;
    let create = || html! { @if page.may(Permission::CreateContracts) { (primary_link("/contracts/new", Icon::Plus, t.new_contract, "n")) } };
    let tab = |on: &[&str], words| (asked.with(&[(FREE, on)]), words, None, asked.all(FREE) == on);
    ListFrame {
        create: create(),
        tabs: tabs(t.views, &[tab(&[], t.all), tab(&["1"], t.without_client)], t),
        placeholder: t.search_by_name,
        offers: vec![(SERVICE, choices(services))],
        known: None,
        nothing: empty(Icon::FileText, t.no_contracts, t.no_contracts_hint, &create()),
    }
}
