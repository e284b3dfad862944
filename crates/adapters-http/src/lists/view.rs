//! The page of a list: its head, filters, table and pagination.
use application::ListResult;
use domain::{
    order::Direction,
    store::{Repository, UnitOfWork},
};
use maud::{Markup, html};

use super::{
    Choices, Column, ListContext, ListPage, ListQuery, ListQueryError, bulk_view,
    chips::chips,
    list_context::link,
    list_query::borrowed,
    saved::{self, ViewBar},
};
use crate::{
    export,
    page::{Page, PageResult},
    record::RecordPage,
    text::Text,
    ui::{
        Icon, icon,
        list::{count, empty, pager, search_with},
    },
};

/// The parts of one list around its table.
pub(crate) struct ListFrame {
    /// The button that makes a new record, for users who may create one.
    pub(crate) create: Markup,
    pub(crate) tabs: Markup,
    pub(crate) placeholder: &'static str,
    pub(crate) offers: Vec<(&'static str, Choices)>,
    /// The exact number of records, if it is known.
    pub(crate) known: Option<u64>,
    /// The text for a list without any records yet.
    pub(crate) nothing: Markup,
}

/// The page of a list, with the reason if the query is invalid.
pub(crate) async fn show<R>(
    page: &Page,
    asked: &ListQuery,
    listed: &ListResult<R>,
    wrong: Option<ListQueryError>,
    around: &ListFrame,
) -> PageResult
where
    R: ListPage,
    dyn UnitOfWork: Repository<R>,
{
    let saved = ViewBar::over::<R>(page, asked).await?;
    let (t, items) = (page.t, &listed.page);
    let pairs = asked.pairs();
    let keep = borrowed(&pairs);
    let chips = chips::<R>(page, asked, &around.offers);
    let columns = columns::<R>(page, asked);
    let content = html! {
        div.page-head.page-head--list { h1 { (<R as RecordPage>::list_name(t)) } div.page-head__actions { (around.create) } }
        (around.tabs)
        (saved::strip::<R>(page, &saved, &asked.query()))
        (search_with(R::LIST, &asked.search, around.placeholder, &hidden::<R>(asked), Some((&chips, asked.has_chosen())), t))
        (count(t, items, around.known, &html! { (saved::save_link::<R>(page, &saved)) (export::link::<R>(page, &keep)) (settings::<R>(page, asked, &columns)) }))
        div #list {
            @if items.items.is_empty() {
                (nothing::<R>(t, asked, wrong, &around.nothing))
            } @else {
                (table(page, asked, listed, &columns))
                (pager(t, R::LIST, items, &keep, |it| it.id().into()))
            }
        }
    };
    Ok(page.show(<R as RecordPage>::list_name(t), &content))
}

/// The hidden fields of the search form.
fn hidden<R: ListPage>(asked: &ListQuery) -> Vec<(&'static str, &str)> {
    let switches = R::FILTERS.iter().filter(|it| matches!(it.kind, super::FilterKind::Switch)).map(|it| it.name);
    switches.map(|name| (name, asked.one(name))).chain([("sort", asked.sort_code())]).collect()
}

fn columns<R: ListPage>(page: &Page, asked: &ListQuery) -> Vec<&'static Column<R>> {
    let shown = |it: &&Column<R>| if asked.columns.is_empty() { it.usual } else { asked.columns.contains(&it.code) };
    let (first, others) = R::COLUMNS.split_at(1.min(R::COLUMNS.len()));
    first.iter().chain(others.iter().filter(shown).filter(|it| is_for(page, it))).collect()
}

fn is_for<R: ListPage>(page: &Page, column: &Column<R>) -> bool {
    column.needs.is_none_or(|it| page.may(it))
}

/// The sort order and the columns. Their controls belong to the search form, wherever they are in the page.
fn settings<R: ListPage>(page: &Page, asked: &ListQuery, shown: &[&Column<R>]) -> Markup {
    let t = page.t;
    let order = asked.order::<R>();
    html! {
        details.menu.list-settings {
            summary.chip { (icon(Icon::Columns)) (t.lists.settings) }
            div.menu__panel.menu__panel--end.menu__panel--long {
                p.menu__label { (t.lists.order) }
                @for column in R::COLUMNS.iter().filter(|it| it.sort.is_some()) {
                    @for direction in [Direction::Ascending, Direction::Descending] {
                        @let code = code_of(column, direction);
                        a.menu__item href=(asked.with(&[("sort", &[&code])])) aria-current=[(order.code() == code).then_some("true")] {
                            (icon(if direction == Direction::Ascending { Icon::ArrowUp } else { Icon::ArrowDown })) ((column.words)(t))
                            span.visually-hidden { ": " (if direction == Direction::Ascending { t.lists.ascending } else { t.lists.descending }) }
                        }
                    }
                }
                p.menu__label { (t.lists.columns) }
                @for column in R::COLUMNS.iter().skip(1).filter(|it| is_for(page, it)) {
                    label.menu__item {
                        input type="checkbox" form="filters" name="columns" value=(column.code) checked[shown.iter().any(|it| it.code == column.code)];
                        span { ((column.words)(t)) }
                    }
                }
                div.menu__foot { button.btn.btn--primary form="filters" { (t.apply) } }
            }
        }
    }
}

fn code_of<R: ListPage>(column: &Column<R>, direction: Direction) -> String {
    let name = column.sort.unwrap_or_default().trim_start_matches('-');
    format!("{}{name}", if direction == Direction::Descending { "-" } else { "" })
}

fn table<R: ListPage>(page: &Page, asked: &ListQuery, listed: &ListResult<R>, columns: &[&Column<R>]) -> Markup {
    let list_context = ListContext::of_list(asked);
    let ticks = bulk_view::is_offered::<R>(page, asked);
    let table = html! {
        table.table.table--list {
            caption.visually-hidden { (<R as RecordPage>::list_name(page.t)) }
            thead { tr { @if ticks { (bulk_view::tick_all(page.t)) } @for column in columns { (head::<R>(page.t, asked, column)) } } }
            tbody {
                @for record in &listed.page.items {
                    tr {
                        @if ticks { (bulk_view::tick(page.t, record)) }
                        @for (at, column) in columns.iter().enumerate() {
                            @let cell = (column.cell)(page, record, &listed.names);
                            td class=[Some(column.class).filter(|it| !it.is_empty())] {
                                @if at == 0 { a.row-link href=(link(&list_context, record)) { (record.title()) } (cell) } @else { (cell) }
                            }
                        }
                    }
                }
            }
        }
    };
    html! {
        @if ticks {
            form method="get" action={ (R::LIST) "/bulk" } data-bulk {
                (list_context.hidden())
                (bulk_view::over(page, asked, listed))
                (table)
            }
        } @else { (table) }
    }
}

fn head<R: ListPage>(t: &Text, asked: &ListQuery, column: &Column<R>) -> Markup {
    let words = (column.words)(t);
    let class = Some(column.class).filter(|it| !it.is_empty());
    let Some(first) = column.sort else {
        return html! { th scope="col" class=[class] { @if column.needs.is_some() { span.visually-hidden { (words) } } @else { (words) } } };
    };
    let order = asked.order::<R>().code();
    let current = order.trim_start_matches('-') == first.trim_start_matches('-');
    let down = order.starts_with('-');
    // A second click reverses the direction.
    let next = if current {
        code_of(column, if down { Direction::Ascending } else { Direction::Descending })
    } else {
        first.to_owned()
    };
    html! {
        th scope="col" class=[class] aria-sort=[current.then_some(if down { "descending" } else { "ascending" })] {
            a href=(asked.with(&[("sort", &[&next])])) {
                (words) @if current { (icon(if down { Icon::ArrowDown } else { Icon::ArrowUp })) }
            }
        }
    }
}

fn nothing<R: ListPage>(t: &Text, asked: &ListQuery, wrong: Option<ListQueryError>, yet: &Markup) -> Markup {
    let all = html! { a.btn href=(R::LIST) { (t.show_all) } };
    let (title, hint) = match wrong {
        Some(ListQueryError::TooMany) => t.lists.too_many_chosen,
        Some(ListQueryError::Days) => t.lists.wrong_days,
        Some(ListQueryError::Amounts) => t.lists.wrong_amounts,
        None if asked.is_narrowed() => (t.lists.nothing_found, t.lists.widen_search),
        None => return yet.clone(),
    };
    empty(Icon::Search, title, hint, &all)
}
