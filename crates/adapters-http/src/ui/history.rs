//! A record's history: action, user and time, newest first.
use application::History;
use chrono::{DateTime, Utc};
use domain::{
    access::Permission,
    audit::{AuditEntry, FieldChange},
    field::Field,
    lead::LeadStage,
    logged::{LoggedEntry, written},
    next_step::NextStep,
    note::Note,
    preferences::{Density, SingleKeys, Theme},
    record::RecordKind,
    store::Names,
    user::UserId,
    values::{Phone, parse_day},
};
use maud::{Markup, html};
use uuid::Uuid;

use super::{Icon, account_events::sentences, icon};
use crate::{
    page::Page,
    record::{list_in_words, list_of},
    text::{Language, Text, own_name},
};

enum Entry<'a> {
    Change(&'a LoggedEntry),
    Note(&'a Note),
}

impl Entry<'_> {
    fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Change(it) => written(it).0,
            Self::Note(it) => it.stamp.created_at,
        }
    }
}

/// The changes of a record and its notes as one timeline.
pub(crate) fn timeline(page: &Page, history: &History, notes: &[Note]) -> Markup {
    let mut entries: Vec<Entry<'_>> = history.entries.iter().map(Entry::Change).collect();
    entries.extend(notes.iter().map(Entry::Note));
    entries.sort_by_key(|it| std::cmp::Reverse(it.at()));
    html! {
        ol #timeline .timeline {
            @for entry in &entries {
                @match entry {
                    Entry::Change(it) => (change(page, it, history)),
                    Entry::Note(it) => (note(page, it, history)),
                }
            }
        }
    }
}

pub(crate) fn author<'a>(t: &'a Text, logged: &LoggedEntry, names: &'a Names) -> &'a str {
    person(t, logged.as_ref().map_or_else(|it| it.by, |it| it.by), names)
}

/// The action, in a word or two.
pub(crate) fn did(t: &Text, logged: &LoggedEntry) -> &'static str {
    match logged {
        Err(_) => t.versions.unreadable,
        Ok(entry) if entry.version == 1 => (t.created_word)(entry.kind),
        Ok(_) => t.changed_word,
    }
}

pub(crate) fn person<'a>(t: &'a Text, by: Option<UserId>, names: &'a Names) -> &'a str {
    by.and_then(|it| names.get(&it.0)).map_or(t.system, String::as_str)
}

/// The merged lead that an entry is about, if it is not the lead of this page.
fn about(history: &History, record: Uuid) -> Markup {
    html! { @if let Some(name) = history.merged.get(&record) { " · " span.muted { (name) } } }
}

fn note(page: &Page, note: &Note, history: &History) -> Markup {
    let t = page.t;
    html! {
        li {
            span.timeline__dot { (icon(Icon::MessageSquare)) }
            div {
                div.timeline__head {
                    span {
                        b { (person(t, note.stamp.created_by, &history.names)) } " · " (t.note_word)
                        (about(history, note.lead.0))
                    }
                    (moment(page, note.stamp.created_at))
                }
                p.note.lines { (note.text) }
            }
        }
    }
}

pub(crate) fn moment(page: &Page, at: DateTime<Utc>) -> Markup {
    html! { time datetime=(at.format("%Y-%m-%dT%H:%MZ")) { (moment_words(page, at)) } }
}

/// In the reader's time zone.
pub(crate) fn moment_words(page: &Page, at: DateTime<Utc>) -> String {
    let calendar = page.session.calendar();
    (page.t.moment)(calendar.local(at), calendar.day(page.session.now()))
}

fn change(page: &Page, logged: &LoggedEntry, history: &History) -> Markup {
    let (t, names) = (page.t, &history.names);
    let of = match logged.as_ref().map(|it| (it.kind, it.version)) {
        Err(_) => Icon::TriangleAlert,
        Ok((RecordKind::Lead, 1)) => Icon::UserPlus,
        Ok((RecordKind::Client, 1)) => Icon::UserCheck,
        Ok((_, 1)) => Icon::Plus,
        Ok(_) => Icon::Pencil,
    };
    html! {
        li {
            span.timeline__dot { (icon(of)) }
            div {
                div.timeline__head {
                    span {
                        b { (author(t, logged, names)) } " · " (did(t, logged))
                        @if let Ok(entry) = logged { (about(history, entry.record)) }
                    }
                    (moment(page, written(logged).0))
                }
                @if let Ok(entry) = logged {
                    @if entry.version > 1 { (changes(page, entry, names)) }
                    (as_it_was(page, entry))
                }
            }
        }
    }
}

/// A link to the record's version after this entry, for users who may view it.
fn as_it_was(page: &Page, entry: &AuditEntry) -> Markup {
    let list = list_of(entry.kind).filter(|_| page.may(Permission::to_view(entry.kind)));
    html! {
        @if let Some(list) = list {
            a.small.muted href={ (list) "/" (entry.record) "/history?version=" (entry.version) } {
                (page.t.versions.as_it_was) span.visually-hidden { ": " (moment(page, entry.at)) }
            }
        }
    }
}

/// The changes of an entry, line by line.
pub(crate) fn changes(page: &Page, entry: &AuditEntry, names: &Names) -> Markup {
    html! {
        ul.changes { @for change in &entry.changes {
            @match sentences(page, entry, change, names) {
                Some(told) => { @for it in told { li { (it) } } },
                None => li { (field_change(page, change, names)) },
            }
        } }
    }
}

fn field_change(page: &Page, change: &FieldChange, names: &Names) -> Markup {
    let show = |value: &Option<String>| value.as_ref().map(|it| in_words(page, change.field, it, names));
    html! {
        ((page.t.field)(change.field))
        @if change.before.is_some() || change.after.is_some() { ": " }
        @match (show(&change.before).filter(|_| change.field != Field::Document), show(&change.after)) {
            (None, Some(after)) => span.lines { (after) },
            (Some(before), None) => del { (before) },
            (None, None) => {},
            (Some(before), Some(after)) => { (before) " → " (after) }
        }
    }
}

/// A stored value as people read it.
pub(crate) fn in_words(page: &Page, field: Field, value: &str, names: &Names) -> String {
    let t: &Text = page.t;
    match field {
        Field::Amount | Field::Budget | Field::Price => domain::values::Money::from_decimal(value)
            .map_or_else(|_| value.to_owned(), |it| (t.money)(i128::from(it.minor()), page.currency())),
        Field::Phone => Phone::from_e164(value).map_or_else(|_| value.to_owned(), |it| it.formatted()),
        Field::Status => LeadStage::from_code(value).map_or(value, |it| (t.stage)(it)).to_owned(),
        Field::Active
        | Field::Archived
        | Field::Cancelled
        | Field::SecondFactor
        | Field::Shared
        | Field::Superuser
        | Field::TemporaryPassword => if value == "true" { t.yes } else { t.no }.to_owned(),
        Field::StartsOn | Field::EndsOn | Field::SignedOn | Field::SpentOn | Field::ValidFrom | Field::ValidUntil => {
            parse_day(value).map_or_else(|_| value.to_owned(), |it| (t.day)(it))
        }
        Field::Language => Language::from_code(value).map_or_else(|| value.to_owned(), |it| own_name(it).to_owned()),
        Field::Theme => Theme::from_code(value).map_or(value, |it| t.shortcuts.of_theme(it)).to_owned(),
        Field::Density => Density::from_code(value).map_or(value, |it| t.shortcuts.of_density(it)).to_owned(),
        Field::SingleKeys => SingleKeys::from_code(value).map_or(value, |it| t.shortcuts.of_keys(it)).to_owned(),
        Field::NextStep => NextStep::from_stored(value)
            .map_or_else(|_| value.to_owned(), |it| (t.next_step.planned)(it.what.as_str(), it.due)),
        Field::Password | Field::PasswordLink => DateTime::parse_from_rfc3339(value)
            .map_or_else(|_| value.to_owned(), |it| moment_words(page, it.with_timezone(&Utc))),
        Field::Assignee
        | Field::Campaign
        | Field::Client
        | Field::Contract
        | Field::Lead
        | Field::Merged
        | Field::MergedInto
        | Field::Roles
        | Field::Service => {
            let name = |id: &str| {
                id.parse().ok().and_then(|it| names.get(&it)).cloned().unwrap_or_else(|| t.unknown.to_owned())
            };
            value.split(' ').map(name).collect::<Vec<_>>().join(", ")
        }
        Field::Document => t.another_file.to_owned(),
        Field::List => list_in_words(t, value).unwrap_or_else(|| value.to_owned()),
        Field::Permissions => {
            let words = value.split(' ').map(|it| Permission::from_code(it).map_or(it, |it| (t.permission)(it)));
            words.collect::<Vec<_>>().join(", ")
        }
        _ => value.to_owned(),
    }
}

/// The user who created the record and the time, in one line.
pub(crate) fn origin(page: &Page, stamp: &domain::record::Stamp, history: &History) -> Markup {
    html! {
        p.small.muted {
            (page.t.added) " · " (moment(page, stamp.created_at)) " · " (person(page.t, stamp.created_by, &history.names))
        }
    }
}
