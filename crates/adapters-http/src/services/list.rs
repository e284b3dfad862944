//! The list of services: its columns and filters.
use domain::{
    access::Permission,
    field::Field,
    service::{Service, ServiceFilter, ServiceSort},
};
use maud::html;

use crate::{
    lists::{ARCHIVING, BulkAction, Column, FilterCombination, FilterKind, ListFilter, ListFrame, ListPage, ListQuery},
    page::Page,
    ui::{
        Icon, history,
        list::{empty, tabs},
        primary_link,
    },
};

const ARCHIVED: &str = "archived";

impl ListPage for Service {
    type Sort = ServiceSort;

    const FILTERS: &'static [ListFilter] =
        &[ListFilter { name: ARCHIVED, words: |t| t.archive, kind: FilterKind::Switch }];

    const COLUMNS: &'static [Column<Self>] = &[
        Column {
            code: "name",
            words: |t| (t.field)(Field::Name),
            class: "",
            sort: Some("name"),
            usual: true,
            needs: None,
            cell: |_, _, _| html! {},
        },
        Column {
            code: "created",
            words: |t| t.created_feminine,
            class: "col-2 nowrap",
            sort: Some("-created"),
            usual: false,
            needs: None,
            cell: |page, service, _| history::moment(page, service.stamp.created_at),
        },
        Column {
            code: "price",
            words: |t| (t.field)(Field::Price),
            class: "num",
            sort: Some("-price"),
            usual: true,
            needs: None,
            cell: |page, service, _| html! { ((page.t.money)(i128::from(service.details.price.minor()), page.currency())) },
        },
    ];

    const ACTIONS: &'static [BulkAction] = &ARCHIVING;

    fn part(pick: &FilterCombination<'_>) -> ServiceFilter {
        ServiceFilter {
            search: pick.asked.search.clone(),
            archived: pick.is_on(ARCHIVED),
            order: pick.asked.order::<Self>(),
        }
    }
}

/// The controls around the table.
pub(super) fn around(page: &Page, asked: &ListQuery) -> ListFrame {
    let t = page.t;
    let create = || html! { @if page.may(Permission::CreateServices) { (primary_link("/services/new", Icon::Plus, t.new_service, "n")) } };
    let tab = |on: &[&str], words| (asked.with(&[(ARCHIVED, on)]), words, None, asked.all(ARCHIVED) == on);
    ListFrame {
        create: create(),
        tabs: tabs(t.views, &[tab(&[], t.in_use), tab(&["1"], t.archive)], t),
        placeholder: t.search_by_name,
        offers: Vec::new(),
        known: None,
        nothing: empty(Icon::BriefcaseBusiness, t.no_services, t.no_services_hint, &create()),
    }
}
