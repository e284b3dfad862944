//! What can be changed on a record of each kind, and how a reference of it can be cut.
use chrono::{DateTime, Utc};
use domain::{
    access::{DefaultRole, Permissions},
    campaign::Campaign,
    client::Client,
    contract::{Contract, SigningDay},
    document::Document,
    lead::{Lead, LeadStatus, WorkStatus},
    merge::MergedInto,
    next_step::NextStep,
    note::Note,
    record::{Record, RecordKind, Stamp},
    role::Role,
    service::Service,
    spend::{SpendDay, SpendEntry},
    user::User,
    values::{
        CampaignName, Channel, ContractName, FullName, LostReason, NoteText, OpenPeriod, RoleName, ServiceName,
        StepText, Username, ViewName,
    },
    view::View,
};

use super::{
    known::{Known, channel, contact, day, name, nobody, username},
    ops::Pick,
    writes::{Call, chosen, money, repeating, updating},
};
use crate::{
    fixtures,
    support::{Stored, Work},
};

/// Changes one field or another, depending on `to`; `stamp` writes down the change.
pub(super) async fn change(
    kind: RecordKind,
    of: Pick,
    to: u8,
    known: &Known,
    model: &mut Work,
    stamp: impl Fn(&mut Stamp, DateTime<Utc>),
) -> Option<Call> {
    macro_rules! changing {
        ($change:ident) => {{
            let mut record = chosen(known, model, of).await?;
            $change(&mut record, to, known);
            let at = record.stamp.changed_at + chrono::TimeDelta::microseconds(i64::from(to) + 1);
            stamp(record.stamp_mut(), at);
            updating(record)
        }};
    }
    Some(match kind {
        RecordKind::Campaign => changing!(campaign),
        RecordKind::Client => changing!(client),
        RecordKind::Contract => changing!(contract),
        RecordKind::Document => changing!(document),
        RecordKind::Lead => changing!(lead),
        RecordKind::Note => changing!(note),
        RecordKind::Role => changing!(role),
        RecordKind::Service => changing!(service),
        RecordKind::SpendEntry => changing!(spend),
        RecordKind::User => changing!(user),
        RecordKind::View => changing!(view),
    })
}

fn campaign(it: &mut Campaign, to: u8, known: &Known) {
    match to % 5 {
        0 => it.details.name = CampaignName::parse(name(to / 5)).unwrap(),
        1 => it.details.channel = Channel::parse(channel(to / 5)).unwrap(),
        2 => it.details.service = known.pick(RecordKind::Service, to / 5).unwrap_or(it.details.service),
        3 if to < 128 => it.details.budget = money(to % 16),
        3 => it.details.dates = OpenPeriod::new(Some(day(to % 8)), (to > 200).then(|| day(8))).unwrap(),
        _ => it.archived = !it.archived,
    }
}

fn client(it: &mut Client, to: u8, _: &Known) {
    it.details.full_name = FullName::parse(name(to)).unwrap();
    it.details.contact = fixtures::contact("+7 900 555-01-42", "Client@Example.com");
}

fn contract(it: &mut Contract, to: u8, known: &Known) {
    match to % 5 {
        0 => it.details.name = ContractName::parse(name(to / 5)).unwrap(),
        1 => it.details.signed_on = SigningDay::stored(day(to / 5)).unwrap(),
        2 => it.details.service = known.pick(RecordKind::Service, to / 5).unwrap_or(it.details.service),
        3 => it.details.amount = money(to),
        _ => it.client = it.client.or_else(|| known.pick(RecordKind::Client, to / 5)),
    }
}

fn document(it: &mut Document, to: u8, known: &Known) {
    it.contract = it.contract.or_else(|| known.pick(RecordKind::Contract, to));
}

fn lead(it: &mut Lead, to: u8, known: &Known) {
    let status = match to / 6 % 4 {
        0 => WorkStatus::New,
        1 => WorkStatus::InProgress,
        2 => WorkStatus::Qualified,
        _ => WorkStatus::Lost(LostReason::parse("Дорого").unwrap()),
    };
    let mut details = it.details.clone();
    match to % 6 {
        // A refusal leaves the lead as it is.
        0 => {
            let _ = it.set_status(status);
            return;
        }
        4 => {
            let what = StepText::parse(name(to / 6)).unwrap();
            let _ = it.plan((!to.is_multiple_of(3)).then(|| NextStep { what, due: day(to / 6 % 8) }));
            return;
        }
        1 => details.campaign = known.pick(RecordKind::Campaign, to / 6),
        2 => details.assignee = known.pick(RecordKind::User, to / 6),
        5 => details.contact = contact(to / 6),
        _ => details.full_name = FullName::parse(name(to / 6)).unwrap(),
    }
    let _ = it.edit(details);
}

fn note(it: &mut Note, to: u8, _: &Known) {
    it.text = NoteText::parse(name(to)).unwrap();
}

fn role(it: &mut Role, to: u8, _: &Known) {
    match to % 2 {
        0 => it.name = RoleName::parse(name(to / 2)).unwrap(),
        _ => it.permissions = DefaultRole::ALL[usize::from(to / 2) % 4].permissions(),
    }
}

fn service(it: &mut Service, to: u8, _: &Known) {
    match to % 3 {
        0 => it.details.name = ServiceName::parse(name(to / 3)).unwrap(),
        1 => it.details.price = money(to),
        _ => it.archived = !it.archived,
    }
}

fn spend(it: &mut SpendEntry, to: u8, _: &Known) {
    match to % 3 {
        0 => it.details.spent_on = SpendDay::new(day(to / 3)).unwrap(),
        1 => it.details.amount = money(to),
        _ => it.cancelled = !it.cancelled,
    }
}

fn user(it: &mut User, to: u8, known: &Known) {
    match to % 5 {
        0 => it.details.username = Username::parse(username(to / 5)).unwrap(),
        1 => it.details.roles = known.pick(RecordKind::Role, to / 5).into_iter().collect(),
        2 => it.active = !it.active,
        3 => it.details.superuser = !it.details.superuser,
        _ => it.grants = if to > 128 { Permissions::all() } else { DefaultRole::Manager.permissions() },
    }
}

fn view(it: &mut View, to: u8, _: &Known) {
    match to % 3 {
        0 => it.details.name = ViewName::parse(name(to / 3)).unwrap(),
        1 => it.details.shared = !it.details.shared,
        _ => it.removed = !it.removed,
    }
}

/// The record again under its id, with nothing else that would be taken.
pub(super) async fn repeat(kind: RecordKind, of: Pick, n: u32, known: &Known, model: &mut Work) -> Option<Call> {
    macro_rules! once_more {
        ($record:ty, $change:expr) => {{
            let mut record: $record = chosen(known, model, of).await?;
            let change: fn(&mut $record, String) = $change;
            change(&mut record, format!("twin{n}"));
            repeating(record)
        }};
    }
    Some(match kind {
        RecordKind::Campaign => once_more!(Campaign, |it, name| it.details.name = CampaignName::parse(&name).unwrap()),
        RecordKind::Client => once_more!(Client, |it, _| it.lead = nobody()),
        RecordKind::Contract => once_more!(Contract, |it, _| it.document = nobody()),
        RecordKind::Document => once_more!(Document, |_, _| ()),
        RecordKind::Lead => once_more!(Lead, |_, _| ()),
        RecordKind::Note => once_more!(Note, |_, _| ()),
        RecordKind::Role => once_more!(Role, |it, name| it.name = RoleName::parse(&name).unwrap()),
        RecordKind::Service => once_more!(Service, |it, name| it.details.name = ServiceName::parse(&name).unwrap()),
        RecordKind::SpendEntry => once_more!(SpendEntry, |_, _| ()),
        RecordKind::User => once_more!(User, |it, name| it.details.username = Username::parse(&name).unwrap()),
        RecordKind::View => once_more!(View, |_, _| ()),
    })
}

/// The record's next version with a reference that leads nowhere.
pub(super) async fn dangle(kind: RecordKind, of: Pick, which: u8, known: &Known, model: &mut Work) -> Option<Call> {
    macro_rules! cut {
        ($record:ty, $change:expr) => {{
            let change: fn(&mut $record, u8) = $change;
            let mut record: $record = chosen(known, model, of).await?;
            change(&mut record, which % 3);
            cut(record)
        }};
    }
    Some(match kind {
        RecordKind::Campaign => cut!(Campaign, |it, _| it.details.service = nobody()),
        RecordKind::Client => cut!(Client, |it, which| match which {
            0 => it.lead = nobody(),
            1 => it.first_contract = nobody(),
            _ => it.acquired_by = Some(nobody()),
        }),
        RecordKind::Contract => cut!(Contract, |it, which| match which {
            0 => it.document = nobody(),
            1 => it.client = Some(nobody()),
            _ => it.details.service = nobody(),
        }),
        RecordKind::Document => cut!(Document, |it, _| it.contract = Some(nobody())),
        RecordKind::Lead => cut!(Lead, |it, which| match which {
            0 if it.id.0.as_u128().is_multiple_of(2) => {
                it.merged_into = Some(MergedInto { lead: nobody(), version: 1 });
            }
            0 => it.status = LeadStatus::Converted(nobody()),
            1 => it.details.campaign = Some(nobody()),
            _ => it.details.assignee = Some(nobody()),
        }),
        RecordKind::Note => cut!(Note, |it, _| it.lead = nobody()),
        RecordKind::Role => cut!(Role, |it, _| it.stamp.changed_by = Some(nobody())),
        RecordKind::Service => cut!(Service, |it, _| it.stamp.changed_by = Some(nobody())),
        RecordKind::SpendEntry => cut!(SpendEntry, |it, _| it.campaign = nobody()),
        RecordKind::User => cut!(User, |it, _| it.details.roles = [nobody()].into()),
        RecordKind::View => cut!(View, |it, _| it.owner = nobody()),
    })
}

fn cut<R: Stored>(mut record: R) -> Call {
    let Stamp { changed_by, changed_at, .. } = *record.stamp();
    record.stamp_mut().touch(changed_by, changed_at);
    updating(record)
}
