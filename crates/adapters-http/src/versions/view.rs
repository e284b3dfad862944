//! The markup of a record's earlier versions.
use application::{PastVersion, Version, VersionState};
use domain::{field::Field, lead::LeadStage, logged::written, store::Names};
use maud::{Markup, html};

use super::VersionQuery;
use crate::{
    page::Page,
    record::RecordPage,
    text::Text,
    ui::{
        Icon, Tone, alert, badge, crumbs,
        history::{author, changes, did, in_words, moment},
        icon,
        list::empty,
    },
};

pub(super) fn page<R: RecordPage>(page: &Page, asked: &VersionQuery, past: &PastVersion<R>) -> Markup {
    let t = page.t;
    let record = format!("{}/{}", R::LIST, past.now.id().into());
    html! {
        (crumbs(t.path, &[(R::LIST, R::list_name(t)), (&record, past.now.title())]))
        div.page-head { h1 { (t.versions.title) } }
        (minute(page, asked))
        @match &past.then {
            VersionState::Unmade => (empty(Icon::History, t.versions.unmade, t.versions.unmade_hint, &html! {
                a.btn href="?version=1" { (t.versions.first_version) }
            })),
            VersionState::Lost => (alert(Tone::Warn, &html! { h2 { (t.versions.lost) } p { (t.versions.lost_hint) } })),
            VersionState::Was(then) => {
                (heading(page, then, past.now.stamp().version, &past.names))
                (comparison(page, past, then, &record))
            }
        }
    }
}

fn minute(page: &Page, asked: &VersionQuery) -> Markup {
    let t = &page.t.versions;
    html! {
        form.stack method="get" {
            div.field {
                label.field__label for="at" { (t.minute) }
                div.cluster {
                    input #at .input.input--minute type=(if asked.is_wrong { "text" } else { "datetime-local" }) name="at" value=(asked.minute) maxlength="40"
                        aria-invalid=[asked.is_wrong.then_some("true")] aria-describedby=[asked.is_wrong.then_some("at-error")];
                    button.btn { (t.show) }
                }
                @if asked.is_wrong { span #at-error .field__error { (icon(Icon::TriangleAlert)) (t.no_minute) } }
            }
        }
    }
}

/// The number of the version, its author, and links to its neighbours.
fn heading(page: &Page, then: &Version, newest: i32, names: &Names) -> Markup {
    let t = page.t;
    let to = |number: i32| format!("?version={number}");
    html! {
        section.version {
            div.cluster {
                h2 { ((t.versions.version_of)(then.number, newest)) }
                @if then.number == newest { (badge(Tone::Ok, t.versions.newest)) }
                nav.pager.push aria-label=(t.versions.versions) {
                    @if then.number > 1 { a href=(to(then.number - 1)) rel="prev" data-key="j" { (t.versions.earlier) } }
                    @if then.number < newest { a href=(to(then.number + 1)) rel="next" data-key="k" { (t.versions.later) } }
                }
            }
            div {
                p { b { (author(t, &then.by, names)) } " · " (did(t, &then.by)) " · " (moment(page, written(&then.by).0)) }
                @if then.number > 1 && let Ok(entry) = &then.by { (changes(page, entry, names)) }
            }
        }
    }
}

fn comparison<R: RecordPage>(page: &Page, past: &PastVersion<R>, then: &Version, record: &str) -> Markup {
    let t = page.t;
    let now = past.now.fields();
    let gone = then.fields.keys().filter(|field| now.iter().all(|it| it.0 != **field));
    let mut fields: Vec<Field> = now.iter().map(|it| it.0).chain(gone.copied()).collect();
    // In the order of the form, followed by the fields that are not in it.
    fields.sort_by_key(|field| past.now.form_fields().iter().position(|it| it == field).unwrap_or(usize::MAX));
    let value = |field| now.iter().find(|it| it.0 == field).map(|it| &it.1);
    let rows: Vec<_> = fields.into_iter().map(|it| (it, then.fields.get(&it), value(it))).collect();
    let shown = |field, value: Option<&String>| match value {
        None => html! { span.muted { (t.nothing) } },
        Some(id) if field == Field::Document => html! { a href={ (record) "/documents/" (id) } { (t.versions.file) } },
        Some(value) => html! { (in_words(page, field, value, &past.names)) },
    };
    html! {
        @if rows.iter().all(|it| it.1 == it.2) { p.muted { (t.versions.all_same) } }
        table.table.versions {
            caption.visually-hidden { (t.versions.title) }
            thead { tr {
                th scope="col" { (t.versions.field) }
                th scope="col" { (t.versions.then) }
                th scope="col" { (t.versions.now) }
            } }
            tbody { @for (field, before, after) in rows { tr {
                th scope="row" { ((t.field)(field)) }
                @if before == after {
                    td.lines { (shown(field, before)) }
                    td.muted { (t.versions.same) }
                } @else {
                    td.diff {
                        div { del.lines { (shown(field, before)) } }
                        @if page.may(R::EDIT) { (way_back(t, &past.now, field, record, then.number)) }
                    }
                    td.diff { ins.lines { (shown(field, after)) } }
                }
            } } }
        }
    }
}

/// The link that restores a value, or the reason why there is none.
fn way_back<R: RecordPage>(t: &Text, now: &R, field: Field, record: &str, version: i32) -> Markup {
    let named = html! { span.visually-hidden { ": " ((t.field)(field)) } };
    let is_converted = || now.fields().contains(&(Field::Status, LeadStage::Converted.code().to_owned()));
    match field {
        it if now.form_fields().contains(&it) => html! {
            a.small href={ (record) "/edit?restore=" (field.code()) "&version=" (version) } { (t.versions.restore) (named) }
        },
        it if now.page_fields().contains(&it) => html! {
            a.small href={ (record) "?restore=" (field.code()) "&version=" (version) } { (t.versions.restore) (named) }
        },
        Field::Status | Field::Reason | Field::Campaign if is_converted() => {
            html! { span.small.muted { (t.versions.after_conversion) } }
        }
        Field::Status | Field::Reason | Field::Archived => {
            html! { a.small href=(record) { (t.versions.set_on_page) (named) } }
        }
        _ => html! {},
    }
}
