//! The markup of the audit log.
use application::LogPage;
use domain::{
    access::Permission,
    audit::{AuditAction, AuditEntry},
    field::Field,
    logged::{LoggedEntry, written},
    record::RecordKind,
    store::Choice,
};
use maud::{Markup, html};

use super::AuditQuery;
use crate::{
    page::Page,
    record::list_of,
    ui::{
        Icon, Tone, badge,
        field::{ControlKind, Spec, field},
        filter::menu,
        history::{author, changes, moment, person},
        icon,
        list::{count, empty, pager, url},
    },
};

pub(super) fn list(page: &Page, asked: &AuditQuery, log: &LogPage) -> Markup {
    let t = page.t;
    let parameters = Parameters::of(asked);
    html! {
        div.page-head.page-head--list { h1 { (t.audit_log) } }
        (filters(page, asked, &parameters, &log.users))
        (count(t, &log.page, None, &html! {}))
        div #list {
            @if log.page.items.is_empty() {
                (empty(Icon::History, t.nothing_logged, t.nothing_logged_hint, &html! {}))
            } @else {
                table.table.table--list.table--log {
                    caption.visually-hidden { (t.audit_log) }
                    thead { tr {
                        th scope="col" { (t.who_and_what) }
                        th.col-2 scope="col" { (t.what_changed) }
                        th.col-3 scope="col" { (t.from_where) }
                        th scope="col" { (t.when) }
                    } }
                    tbody { @for it in &log.page.items { (row(page, it, log)) } }
                }
                (pager(t, "/audit", &log.page, &parameters.pairs(), |it| written(it).1.0))
            }
        }
    }
}

/// The filter values of the URL.
struct Parameters {
    by: String,
    act: &'static str,
    kind: &'static str,
    record: String,
    from: String,
    until: String,
}

impl Parameters {
    fn of(asked: &AuditQuery) -> Self {
        let filter = &asked.filter;
        Self {
            by: filter.by.map(|it| it.to_string()).unwrap_or_default(),
            act: filter.act.map(AuditAction::code).unwrap_or_default(),
            kind: filter.kind.map(RecordKind::code).unwrap_or_default(),
            record: filter.record.map(|it| it.to_string()).unwrap_or_default(),
            from: asked.period.map(|it| it.from().to_string()).unwrap_or_default(),
            until: asked.period.map(|it| it.until().to_string()).unwrap_or_default(),
        }
    }

    fn pairs(&self) -> [(&str, &str); 6] {
        [
            ("by", &self.by),
            ("act", self.act),
            ("kind", self.kind),
            ("record", &self.record),
            (Field::StartsOn.code(), &self.from),
            (Field::EndsOn.code(), &self.until),
        ]
    }

    fn get(&self, name: &str) -> &str {
        self.pairs().into_iter().find(|it| it.0 == name).map_or("", |it| it.1)
    }

    /// The URL with one filter changed.
    fn with(&self, name: &str, value: &str) -> String {
        let changed = self.pairs().map(|it| if it.0 == name { (it.0, value) } else { it });
        url("/audit", &changed)
    }
}

fn filters(page: &Page, asked: &AuditQuery, parameters: &Parameters, users: &[Choice]) -> Markup {
    let t = page.t;
    let by: Vec<(String, &str)> = users.iter().map(|it| (it.id.to_string(), it.name.as_str())).collect();
    let acts: Vec<(String, &str)> = AuditAction::ALL.map(|it| (it.code().to_owned(), (t.act)(it))).into();
    let kinds: Vec<(String, &str)> = RecordKind::ALL.map(|it| (it.code().to_owned(), (t.kind)(it))).into();
    let menus = [("by", t.who, by), ("act", t.what, acts), ("kind", t.record_kind, kinds)];
    html! {
        div.filterbar {
            @for (name, words, choices) in &menus { (menu(t, words, parameters.get(name), choices, |it| parameters.with(name, it))) }
            details.menu open[asked.form.is_refused()] {
                summary.chip.chip--on[asked.period.is_some()] {
                    @if let Some(it) = asked.period { b { ((t.day)(it.from())) " — " ((t.day)(it.until())) } }
                    @else { (icon(Icon::Plus)) (t.period) }
                }
                form.menu__panel.menu__panel--form method="get" action="/audit" {
                    @for (name, value) in parameters.pairs() {
                        @if !value.is_empty() && name != Field::StartsOn.code() && name != Field::EndsOn.code() {
                            input type="hidden" name=(name) value=(value);
                        }
                    }
                    (field(t, &asked.form, &Spec::new(Field::StartsOn, ControlKind::Day).optional().labelled(t.from_day)))
                    (field(t, &asked.form, &Spec::new(Field::EndsOn, ControlKind::Day).optional().labelled(t.until_day)))
                    div.menu__foot { button.btn.btn--primary { (t.apply) } }
                }
            }
            @if parameters.pairs().iter().any(|it| !it.1.is_empty()) { a.btn.btn--ghost href="/audit" { (t.reset) } }
        }
    }
}

fn row(page: &Page, logged: &LoggedEntry, log: &LogPage) -> Markup {
    let t = page.t;
    let Ok(entry) = logged else {
        return html! {
            tr {
                td { b { (author(t, logged, &log.names)) } " · " (badge(Tone::Warn, t.versions.unreadable)) }
                td.col-2 {}
                td.col-3 { "—" }
                td.nowrap { (moment(page, written(logged).0)) }
            }
        };
    };
    let by = match entry.act {
        AuditAction::SignInFailed | AuditAction::CodeAsked if entry.by.is_none() => t.somebody,
        _ => person(t, entry.by, &log.names),
    };
    html! {
        tr {
            td {
                div { b { (by) } " · " (act(page, entry)) }
                @if !is_about_themselves(entry) { div { (record(page, entry, log)) } }
                div.cell-sub { @if let Some(from) = entry.from { (from) } }
            }
            td.col-2 { (details(page, entry, log)) }
            td.col-3.muted.nowrap { @match (entry.from, entry.by) {
                (Some(from), _) => (from),
                (None, None) => (t.console),
                (None, Some(_)) => "—",
            } }
            td.nowrap { (moment(page, entry.at)) }
        }
    }
}

fn act(page: &Page, entry: &AuditEntry) -> Markup {
    let t = page.t;
    match entry.act {
        AuditAction::Created => html! { ((t.created_word)(entry.kind)) },
        AuditAction::Changed => html! { (t.changed_word) },
        AuditAction::SignInFailed | AuditAction::Refused => badge(Tone::Warn, (t.act)(entry.act)),
        AuditAction::SignedIn
        | AuditAction::CodeAsked
        | AuditAction::SignedOut
        | AuditAction::SessionsEnded
        | AuditAction::Exported
        | AuditAction::DismissedPairs => {
            html! { ((t.act)(entry.act)) }
        }
    }
}

/// Such an entry already names the user, so the record is not repeated.
fn is_about_themselves(entry: &AuditEntry) -> bool {
    !entry.act.is_change() && entry.by.is_some_and(|by| by.0 == entry.record)
}

/// The record of the entry, with a link for users who may view it.
fn record(page: &Page, entry: &AuditEntry, log: &LogPage) -> Markup {
    let t = page.t;
    let address = match entry.kind {
        RecordKind::Role => Some(format!("/roles#{}", entry.record)),
        RecordKind::User => Some(format!("/users/{}", entry.record)),
        kind => list_of(kind).map(|it| format!("{it}/{}", entry.record)),
    };
    let address = address.filter(|_| page.may(Permission::to_view(entry.kind)));
    let name = log.names.get(&entry.record).map_or("", String::as_str);
    html! {
        span.muted { ((t.kind)(entry.kind)) } " "
        @match address.filter(|_| !name.is_empty()) {
            Some(address) => a href=(address) { (name) },
            None => (name),
        }
    }
}

fn details(page: &Page, entry: &AuditEntry, log: &LogPage) -> Markup {
    let lines = changes(page, entry, &log.names);
    match (entry.act, entry.changes.len()) {
        (_, 0) => html! {},
        // All fields of a new record, folded away.
        (AuditAction::Created, _) => html! {
            details.disclosure { summary { (icon(Icon::ChevronRight)) ((page.t.field_number)(entry.changes.len())) } (lines) }
        },
        _ => lines,
    }
}
