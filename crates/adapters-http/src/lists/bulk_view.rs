//! The views of bulk actions: the bar over the list, the confirmation, and the report.
use application::{BulkEdit, ListResult, Skipped};
use chrono::{DateTime, Utc};
use domain::{access::Permission, field::Field, page::Total, store::Names};
use maud::{Markup, html};
use uuid::Uuid;

use super::{
    ListContext, ListPage, ListQuery,
    bulk::{BulkAction, BulkSelection, NAMED, TOTAL, written_total},
};
use crate::{
    form::Form,
    page::Page,
    record::RecordPage,
    text::Text,
    ui::{
        Icon, Tone, alert, crumbs,
        field::{alert_box, bar, summary},
        history::in_words,
        icon,
        list::{empty, url},
    },
};

/// Whether this user has any action for ticked records.
pub(super) fn is_offered<R: ListPage>(page: &Page, asked: &ListQuery) -> bool {
    acts::<R>(page, asked).next().is_some() || may_export::<R>(page)
}

fn acts<R: ListPage>(page: &Page, asked: &ListQuery) -> impl Iterator<Item = &'static BulkAction> {
    let may = page.may(R::EDIT);
    R::ACTIONS.iter().filter(move |_| may).filter(|it| (it.fits)(asked))
}

fn may_export<R: ListPage>(page: &Page) -> bool {
    Permission::to_export(R::KIND).is_some_and(|it| page.may(it))
}

/// The bar over the table, shown when records are ticked.
pub(super) fn over<R: ListPage>(page: &Page, asked: &ListQuery, listed: &ListResult<R>) -> Markup {
    let (t, words) = (page.t, page.t.bulk);
    let all = url(&format!("{}/bulk", R::LIST), &[("all", "1")]);
    let bulk = acts::<R>(page, asked).next().is_some();
    html! {
        div.bulkbar role="group" aria-label=(words.actions) {
            span.grow {
                span.needs-js { (words.selection) ": " b data-count { "0" } " " }
                @if bulk { a.not-phone href=(ListContext::of_list(asked).onto(&all)) { ((words.choose_all)(listed.page.total)) } }
            }
            @for act in acts::<R>(page, asked) {
                button.btn name="do" value=(act.code) { (icon(act.icon)) span { ((act.button)(t)) } }
            }
            @if may_export::<R>(page) {
                button.btn formaction={ (R::LIST) "/export" } { (icon(Icon::Download)) span { (t.export) } }
            }
            button.btn.btn--icon.needs-js type="button" data-clear aria-label=(words.clear) { (icon(Icon::X)) }
        }
    }
}

/// The checkbox that ticks all records of the page; it needs JavaScript.
pub(super) fn tick_all(t: &Text) -> Markup {
    html! { th.tight scope="col" { input.needs-js type="checkbox" data-all aria-label=(t.bulk.choose_page); } }
}

pub(super) fn tick<R: RecordPage>(t: &Text, record: &R) -> Markup {
    let id: Uuid = record.id().into();
    html! { td.tight.tick { input type="checkbox" name="id" value=(id) aria-label={ (t.bulk.choose) ": " (record.title()) }; } }
}

/// The records that the confirmation is about.
pub(super) struct BulkQuestion<'a, R> {
    pub(super) first: &'a [R],
    pub(super) total: Total,
    /// The number differs from the one that the user saw before.
    pub(super) is_another: bool,
}

/// The question: the action, the number of records, and some of their names.
pub(super) fn question<R: ListPage>(
    page: &Page,
    choice: &BulkSelection<R>,
    act: Option<(&BulkAction, Markup)>,
    form: &Form,
    about: &BulkQuestion<'_, R>,
) -> Markup {
    let (t, words, &BulkQuestion { first, total, is_another }) = (page.t, page.t.bulk, about);
    let back = choice.list_context.list_query::<R>().with(&[]);
    let title = act.as_ref().map_or(words.choose_act, |it| (it.0.words)(t));
    html! {
        (crumbs(t.path, &[(&back, <R as RecordPage>::list_name(t))]))
        div.page-head { h1 { (title) } }
        @if total == Total::Exactly(0) {
            (empty(Icon::Inbox, words.nobody_chosen.0, words.nobody_chosen.1, &html! { a.btn href=(back) { (words.to_list) } }))
        } @else {
            div.stack.form {
                @if is_another { (alert_box(Tone::Warn, &html! { h2 { (words.another.0) } p { (words.another.1) } })) }
                p { b { ((words.records)(total)) } " " span.muted { (named(t, first.iter().map(RecordPage::title), total)) } }
                @match (total, act) {
                    (Total::OrMore(_), _) => {
                        (alert(Tone::Warn, &html! { p { ((words.too_many)()) } }))
                        p { a.btn href=(back) { (words.to_list) } }
                    }
                    (_, None) => div.cluster {
                        @for act in acts::<R>(page, &choice.list_context.list_query::<R>()) {
                            a.btn href=(address::<R>(choice, act)) { (icon(act.icon)) ((act.words)(t)) }
                        }
                    },
                    (_, Some((act, fields))) => form.stack method="post" action={ (R::LIST) "/bulk" } data-once data-guard {
                        (summary(t, form, ""))
                        (choice.list_context.hidden())
                        input type="hidden" name="do" value=(act.code);
                        @if choice.all {
                            input type="hidden" name="all" value="1";
                            input type="hidden" name=(TOTAL) value=(written_total(total));
                        }
                        @else { @for id in &choice.ids { input type="hidden" name="id" value=(id); } }
                        (fields)
                        (bar(t, if fields.0.is_empty() { (act.words)(t) } else { words.change }, &back))
                    },
                }
            }
        }
    }
}

/// The URL of the confirmation for one of the actions.
fn address<R: ListPage>(choice: &BulkSelection<R>, act: &BulkAction) -> String {
    let ids: Vec<String> = choice.ids.iter().map(Uuid::to_string).collect();
    let mut pairs = vec![("do", act.code), ("all", if choice.all { "1" } else { "" })];
    pairs.extend(ids.iter().map(|it| ("id", it.as_str())));
    choice.list_context.onto(&url(&format!("{}/bulk", R::LIST), &pairs))
}

fn named<'a>(t: &Text, names: impl Iterator<Item = &'a str>, total: Total) -> String {
    let names: Vec<&str> = names.take(NAMED.into()).collect();
    let more = match total {
        Total::Exactly(all) | Total::OrMore(all) => u64::from(all).saturating_sub(names.len() as u64),
    };
    let shown = names.join(", ");
    if more == 0 { shown } else { format!("{shown} {}", (t.bulk.and_more)(more)) }
}

/// The result of a bulk action.
pub(super) struct BulkReport {
    pub(super) at: DateTime<Utc>,
    pub(super) undone: bool,
    pub(super) same: u64,
    pub(super) skipped: u64,
    pub(super) those: Vec<(Uuid, Skipped)>,
    pub(super) done: BulkEdit,
}

impl BulkReport {
    pub(super) fn title(&self, t: &Text) -> String {
        match self.done.entries.len() {
            0 => t.bulk.nothing_changed.to_owned(),
            n if self.undone => (t.bulk.returned)(n),
            n => (t.bulk.done)(n),
        }
    }

    /// The common result, if all of them have the same.
    fn became(&self) -> Option<Vec<(Field, Option<&str>)>> {
        let after = |at: usize| -> Option<Vec<_>> {
            Some(self.done.entries.get(at)?.changes.iter().map(|it| (it.field, it.after.as_deref())).collect())
        };
        let first = after(0)?;
        (1..self.done.entries.len()).all(|at| after(at).as_ref() == Some(&first)).then_some(first)
    }
}

pub(super) fn report<R: ListPage>(page: &Page, report: &BulkReport, list_context: &ListContext) -> Markup {
    let (t, words, names) = (page.t, page.t.bulk, &report.done.names);
    let back = list_context.list_query::<R>().with(&[]);
    let changed = report.done.entries.len();
    let total = Total::of(u32::try_from(changed).unwrap_or(u32::MAX));
    html! {
        (crumbs(t.path, &[(&back, <R as RecordPage>::list_name(t))]))
        div.page-head { h1 { (report.title(t)) } }
        div.stack.form {
            @if changed > 0 {
                @if let Some(became) = report.became().filter(|_| !report.undone) {
                    dl.props { @for (field, value) in became {
                        dt { ((t.field)(field)) }
                        dd { @match value { Some(value) => (in_words(page, field, value, names)), None => (t.nothing) } }
                    } }
                }
                p.muted { (named(t, report.done.entries.iter().map(|it| name(names, it.record, t)), total)) }
            }
            @if report.same > 0 { p { ((words.same)(report.same)) } }
            @if report.skipped > 0 {
                section.stack {
                    h2 { ((words.spared_number)(report.skipped)) }
                    ul.linklist {
                        @for (id, why) in &report.those {
                            li { a href={ (R::LIST) "/" (id) } { (name(names, *id, t)) } span.muted { " · " ((words.skipped)(*why)) } }
                        }
                    }
                    @let more = report.skipped.saturating_sub(report.those.len() as u64);
                    @if more > 0 { p.muted { ((words.and_more)(more)) } }
                }
            }
            div.cluster {
                a.btn.btn--primary href=(back) { (words.to_list) }
                @if changed > 0 {
                    form method="post" action={ (R::LIST) "/bulk/undo" } data-once {
                        (list_context.hidden())
                        input type="hidden" name="at" value=(report.at.timestamp_micros());
                        button.btn { (icon(Icon::RotateCcw)) (if report.undone { words.redo } else { words.undo }) }
                    }
                }
            }
        }
    }
}

fn name<'a>(names: &'a Names, id: Uuid, t: &'a Text) -> &'a str {
    names.get(&id).map_or(t.unknown, String::as_str)
}
