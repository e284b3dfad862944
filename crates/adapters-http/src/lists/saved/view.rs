//! The views of saved views: the bar over the list, the page of all views, and the form.
use domain::{access::Permission, field::Field, page::Total, store::Names, values::ViewName, view::View};
use maud::{Markup, html};

use super::{SavedView, ViewBar, list_query};
use crate::{
    form::Form,
    lists::{ListContext, ListPage},
    page::Page,
    record::RecordPage,
    text::Text,
    ui::{
        Icon, Tone, action_button, badge, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        icon, link_button,
        list::empty,
    },
};

/// The bar over the list: the saved views, each with its number of records.
pub(in crate::lists) fn strip<R: ListPage>(page: &Page, strip: &ViewBar, query: &str) -> Markup {
    let words = page.t.saved;
    html! {
        @if !strip.saved.is_empty() {
            nav #views .cluster.views aria-label=(words.title) {
                @for it in &strip.saved {
                    @let open = it.view.query.as_str() == query;
                    a.chip.chip--on[open] href=(list_query::<R>(&it.view).with(&[])) aria-current=[open.then_some("page")] {
                        @if it.view.details.shared { (icon(Icon::Users)) }
                        span { (it.view.details.name) }
                        @if let Some(total) = it.total { " " span.num.muted { (short(page.t, total)) } }
                    }
                }
                a.small href={ (R::LIST) "/views" } { @if strip.more > 0 { ((words.more)(strip.more)) } @else { (words.all) } }
            }
        } @else { nav #views .views aria-label=(words.title) {} }
    }
}

/// Beside the number of records: the link that saves this list as a view, if it is not saved yet.
pub(in crate::lists) fn save_link<R: ListPage>(page: &Page, strip: &ViewBar) -> Markup {
    html! {
        @if let Some(list_context) = &strip.new {
            a.chip href=(list_context.to(&format!("{}/views/new", R::LIST))) { (icon(Icon::Bookmark)) (page.t.saved.save) }
        }
    }
}

fn short(t: &Text, total: Total) -> String {
    match total {
        Total::Exactly(n) => (t.number)(i128::from(n)),
        Total::OrMore(n) => format!("{}+", (t.number)(i128::from(n))),
    }
}

pub(super) fn list<R: ListPage>(page: &Page, saved: &[SavedView], owners: &Names) -> Markup {
    let (t, words) = (page.t, page.t.saved);
    let own = |view: &View| view.owner == page.session.actor().id;
    html! {
        (crumbs(t.path, &[(R::LIST, <R as RecordPage>::list_name(t))]))
        div.page-head { h1 { (words.title) } }
        @if saved.is_empty() {
            (empty(Icon::Bookmark, words.none.0, words.none.1, &html! { a.btn href=(R::LIST) { (t.bulk.to_list) } }))
        } @else {
            table.table {
                caption.visually-hidden { (words.title) }
                thead { tr {
                    th scope="col" { ((t.field)(Field::Name)) }
                    th.num scope="col" { (words.found) }
                    th.col-3 scope="col" { (words.owner) }
                    th scope="col" { span.visually-hidden { (t.actions) } }
                } }
                tbody {
                    @for it in saved {
                        @let view = &it.view;
                        tr {
                            td {
                                a.row-link href=(list_query::<R>(view).with(&[])) { (view.details.name) } " "
                                @if view.details.shared { (badge(Tone::Plain, words.shared)) }
                            }
                            td.num { @if let Some(total) = it.total { (short(t, total)) } @else { "—" } }
                            td.col-3 { @if own(view) { (words.you) } @else { (owners.get(&view.owner.0).map_or(t.unknown, String::as_str)) } }
                            td.tight { div.cluster {
                                @if own(view) { (link_button(&format!("{}/views/{}/edit", R::LIST, view.id), Icon::Pencil, t.edit)) }
                                @if own(view) || page.may(Permission::EditUsers) {
                                    (action_button(&format!("{}/views/{}/removal", R::LIST, view.id), Icon::X, words.remove, &[]))
                                }
                            } }
                        }
                    }
                }
            }
        }
    }
}

/// The form of a new view from the list context, or of an existing view.
pub(super) fn form<R: ListPage>(page: &Page, form: &Form, list_context: &ListContext, view: Option<&View>) -> Markup {
    let (t, words) = (page.t, page.t.saved);
    let views = format!("{}/views", R::LIST);
    let (action, back, title) = match view {
        Some(view) => (format!("{views}/{}/edit", view.id), views.clone(), view.details.name.as_str()),
        None => (views.clone(), list_context.list_query::<R>().with(&[]), words.save),
    };
    html! {
        (crumbs(t.path, &[(&back, <R as RecordPage>::list_name(t))]))
        div.page-head { h1 { (title) } }
        form.stack.form method="post" action=(action) data-once data-guard {
            (summary(t, form, &views))
            (hidden(form))
            (list_context.hidden())
            (field(t, form, &Spec::new(Field::Name, ControlKind::Line { max: ViewName::MAX }).hint(words.name_hint).focused()))
            label.check {
                input type="checkbox" name=(Field::Shared.code()) value="1" checked[form.value(Field::Shared) == "1"];
                span { (words.share) br; span.muted.small { (words.share_hint) } }
            }
            (bar(t, t.save, &back))
        }
    }
}
