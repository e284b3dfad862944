//! Writes: first the records are made from what the model has, then both stores get the same ones.
use chrono::TimeDelta;
use domain::{
    access::Permission,
    campaign::Campaign,
    client::Client,
    contract::{Contract, SigningDay},
    document::Document,
    duplicates::LeadPair,
    field::Field,
    lead::{Lead, LeadStatus},
    merge::{MergeChoices, MergeSource},
    record::{Record, RecordKind, Stamp},
    service::{Service, ServiceId},
    spend::SpendDay,
    store::Result,
    values::{Channel, Money, Period},
};
use futures::future::{FutureExt, LocalBoxFuture};

use super::{
    changes,
    known::{Known, channel, day, moment, name, username},
    ops::{Pick, SESSIONS, Write},
    reads::pair,
};
use crate::{
    fixtures,
    support::{Stored, Work},
};

/// One call of a port.
pub(super) type Call = Box<dyn for<'a> Fn(&'a mut Work) -> LocalBoxFuture<'a, Result<()>>>;

fn call(call: impl for<'a> Fn(&'a mut Work) -> LocalBoxFuture<'a, Result<()>> + 'static) -> Call {
    Box::new(call)
}

pub(super) fn inserting<R: Stored>(known: &mut Known, record: R) -> Call {
    known.add(R::KIND, record.id());
    repeating(record)
}

pub(super) fn repeating<R: Stored>(record: R) -> Call {
    call(move |work| {
        let record = record.clone();
        async move { R::of(work).insert(&record).await }.boxed_local()
    })
}

pub(super) fn updating<R: Stored>(record: R) -> Call {
    call(move |work| {
        let record = record.clone();
        async move { R::of(work).update(&record).await }.boxed_local()
    })
}

/// The record that a number stands for, as the model has it.
pub(super) async fn chosen<R: Stored>(known: &Known, model: &mut Work, at: Pick) -> Option<R> {
    R::of(model).get(known.pick(R::KIND, at)?).await.unwrap()
}

fn save_view(n: u32, known: &mut Known, (at, owner, shared): (u8, Pick, bool)) -> Option<Call> {
    let mut view = fixtures::view(n, known.pick(RecordKind::User, owner)?, name(at));
    view.details.shared = shared;
    if at % 2 == 0 {
        view.list = RecordKind::Contract;
    }
    Some(inserting(known, view))
}

/// The calls of a write, or nothing where the records that it needs are not there yet.
pub(super) async fn calls(write: &Write, n: u32, known: &mut Known, model: &mut Work) -> Option<Vec<Call>> {
    Some(match write {
        Write::AddService { name: at } => {
            vec![inserting(known, priced(n, *at))]
        }
        Write::AddCampaign { name: at, service, channel: by } => {
            vec![inserting(known, campaign(n, *at, known.pick(RecordKind::Service, *service)?, *by))]
        }
        Write::AddSpend { campaign, day: on } => {
            let mut entry = fixtures::spend(n, known.pick(RecordKind::Campaign, *campaign)?, "2026-01-01", "12.34");
            entry.details.spent_on = SpendDay::new(day(*on)).unwrap();
            vec![inserting(known, entry)]
        }
        Write::AddLead { name: at, campaign, assignee, created } => {
            let campaign = campaign.and_then(|it| known.pick(RecordKind::Campaign, it));
            let mut lead = fixtures::lead_at(n, moment(*created), &format!("{} {n}", name(*at)), campaign);
            lead.details.assignee = assignee.and_then(|it| known.pick(RecordKind::User, it));
            vec![inserting(known, lead)]
        }
        Write::AddNote { lead } => {
            vec![inserting(known, fixtures::note(n, known.pick(RecordKind::Lead, *lead)?, "Заметка"))]
        }
        Write::AddRole { name: at, permissions } => {
            let granted = (0..).zip(Permission::ALL).filter(|it| permissions >> it.0 & 1 == 1).map(|it| it.1);
            vec![inserting(known, fixtures::role(n, name(*at), granted.collect()))]
        }
        Write::AddUser { name: at, roles, superuser } => {
            let full_name = if at % 2 == 0 { format!("Имя {n}") } else { String::new() };
            let mut user = fixtures::user(n, username(*at), &full_name);
            user.details.roles = roles.iter().filter_map(|it| known.pick(RecordKind::Role, *it)).collect();
            user.details.superuser = *superuser;
            vec![inserting(known, user)]
        }
        Write::SaveView { name: at, owner, shared } => vec![save_view(n, known, (*at, *owner, *shared))?],
        Write::Upload => vec![inserting(known, fixtures::document(n))],
        Write::Sign { service, client, day: on } => {
            let mut scan = fixtures::document(n);
            let mut contract = sign(n, known.pick(RecordKind::Service, *service)?, *on, &mut scan);
            contract.client = client.and_then(|it| known.pick(RecordKind::Client, it));
            vec![inserting(known, scan), inserting(known, contract)]
        }
        Write::SignAgain { service, document } => {
            let mut scan = fixtures::document(n);
            let mut contract = sign(n, known.pick(RecordKind::Service, *service)?, 0, &mut scan);
            contract.document = chosen::<Document>(known, model, *document).await?.id;
            vec![inserting(known, contract)]
        }
        Write::Convert { lead, contract, at } => {
            let mut lead: Lead = chosen(known, model, *lead).await?;
            let mut contract: Contract = chosen(known, model, *contract).await?;
            if lead.convertible().is_err() || contract.client.is_some() {
                return None;
            }
            let client = fixtures::client(n, moment(*at), &mut lead, &mut contract);
            touch(&mut lead);
            touch(&mut contract);
            vec![updating(lead), inserting(known, client), updating(contract)]
        }
        Write::ConvertAgain { lead, contract, at } => {
            let mut lead: Lead = chosen(known, model, *lead).await?;
            let mut contract: Contract = chosen(known, model, *contract).await?;
            (lead.status, lead.merged_into, contract.client) = (LeadStatus::New, None, None);
            let client: Client = fixtures::client(n, moment(*at), &mut lead, &mut contract);
            vec![inserting(known, client)]
        }
        Write::Attach { contract, client } => {
            let mut contract: Contract = chosen(known, model, *contract).await?;
            contract.give_to(known.pick(RecordKind::Client, *client)?).ok()?;
            touch(&mut contract);
            vec![updating(contract)]
        }
        Write::Merge { lead, into } => merge(chosen(known, model, *into).await?, chosen(known, model, *lead).await?)?,
        Write::Separate { lead } => {
            let other: Lead = chosen(known, model, *lead).await?;
            separate(Lead::of(model).get(other.merged_into?.lead).await.unwrap()?, other)
        }
        Write::Change { kind, of, to, by, ahead } => {
            let by = by.and_then(|it| known.pick(RecordKind::User, it));
            vec![
                changes::change(*kind, *of, *to, known, model, |stamp, at| {
                    stamp.touch(by, at);
                    stamp.version += ahead;
                })
                .await?,
            ]
        }
        Write::Repeat { kind, of } => vec![changes::repeat(*kind, *of, n, known, model).await?],
        Write::Dangle { kind, of, which } => vec![changes::dangle(*kind, *of, *which, known, model).await?],
        Write::Audit { kind, of } => {
            let service: Service = fixtures::service(n, "Ремонт");
            let mut entry = fixtures::audit(n, &service, vec![fixtures::field_change(Field::Name, None, Some("ё"))]);
            (entry.kind, entry.record) = (*kind, known.pick(*kind, *of)?);
            vec![call(move |work| {
                let entry = entry.clone();
                async move { work.append(&entry).await }.boxed_local()
            })]
        }
        _ => vec![session_call(write, n, known)?],
    })
}

fn priced(n: u32, at: u8) -> Service {
    let mut service = fixtures::service(n, name(at));
    service.details.price = money(at);
    service
}

fn merge(mut survivor: Lead, mut other: Lead) -> Option<Vec<Call>> {
    LeadPair::of(survivor.id, other.id)?;
    let details =
        survivor.details_with(&other, MergeChoices { phone: MergeSource::Other, ..MergeChoices::default() }).ok()?;
    survivor.merge(&mut other, details, MergeSource::Other).ok()?;
    touch(&mut survivor);
    touch(&mut other);
    Some(vec![updating(survivor), updating(other)])
}

fn separate(mut survivor: Lead, mut other: Lead) -> Vec<Call> {
    survivor.separate(&mut other, None);
    touch(&mut survivor);
    touch(&mut other);
    vec![updating(other), updating(survivor)]
}

/// Writes without a record of their own.
fn session_call(write: &Write, n: u32, known: &Known) -> Option<Call> {
    let at = |second: &u8| fixtures::moment_of(u32::from(*second));
    let token = |session: &u8| fixtures::token(u32::from(*session));
    Some(match write {
        Write::RemoveWaiting { document } => {
            let id = known.pick(RecordKind::Document, *document)?;
            call(move |work| async move { work.remove_waiting(id).await }.boxed_local())
        }
        Write::UploadIn { document, session } => {
            let (id, token) = (known.pick(RecordKind::Document, *document)?, token(session));
            call(move |work| async move { work.uploaded_by(id, token).await }.boxed_local())
        }
        Write::TellApart { one, other, apart } => {
            let (pair, apart) = (pair(known, *one, *other)?, *apart);
            call(move |work| async move { work.dismiss_duplicate(pair, apart).await.map(drop) }.boxed_local())
        }
        Write::SignIn { user, at: second } => {
            let mut session =
                fixtures::session(n % u32::from(SESSIONS), known.pick(RecordKind::User, *user)?, at(second));
            session.last_seen_at += TimeDelta::seconds(i64::from(n % 5));
            session.awaits_code = n.is_multiple_of(7);
            // A browser that signs in again gets a new token; here the old session of that number goes first.
            call(move |work| {
                let session = session.clone();
                async move {
                    work.remove_session(session.token).await?;
                    work.insert_session(&session).await
                }
                .boxed_local()
            })
        }
        Write::Refresh { session, at: second } => {
            let (token, at) = (token(session), at(second));
            call(move |work| async move { work.refresh_session(token, at).await }.boxed_local())
        }
        Write::SignOut { session } => {
            let token = token(session);
            call(move |work| async move { work.remove_session(token).await }.boxed_local())
        }
        Write::SignOutUser { user } => {
            let user = known.pick(RecordKind::User, *user)?;
            call(move |work| async move { work.remove_sessions_of(user, None).await }.boxed_local())
        }
        Write::SweepSessions { minute } => {
            let now = at(&0) + TimeDelta::minutes((*minute).into());
            call(move |work| async move { work.remove_sessions_over(now).await }.boxed_local())
        }
        _ => return None,
    })
}

fn sign(n: u32, service: ServiceId, on: u8, scan: &mut Document) -> Contract {
    let mut contract = fixtures::contract(n, &format!("Договор {n}"), service, scan);
    contract.details.signed_on = SigningDay::stored(day(on)).unwrap();
    contract.details.valid = Period::new(day(on), day(on)).unwrap();
    contract.details.amount = money(on);
    contract
}

fn campaign(n: u32, at: u8, service: ServiceId, by: u8) -> Campaign {
    let mut campaign = fixtures::campaign(n, name(at), service);
    campaign.details.channel = Channel::parse(channel(by)).unwrap();
    campaign.details.budget = money(at);
    // Some days before or after what is spent on it.
    campaign.stamp = Stamp::new(None, moment((at % 4, 3)));
    campaign
}

fn touch<R: Record>(record: &mut R) {
    let at = record.stamp().changed_at + TimeDelta::seconds(1);
    record.stamp_mut().touch(None, at);
}

pub(super) fn money(at: u8) -> Money {
    Money::from_minor(i64::from(at) * 101).unwrap()
}
