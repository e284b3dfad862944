//! Reads: the same question to both, in a form in which equal answers are equal.
use std::collections::BTreeMap;

use domain::{
    campaign::{Campaign, CampaignFilter},
    client::{Client, ClientFilter},
    contract::{Contract, ContractFilter},
    document::{Document, DocumentFilter, DocumentId},
    duplicates::LeadPair,
    lead::{AssigneeFilter, Lead, LeadFilter, LeadId, LeadStage},
    next_step::Due,
    note::{Note, NoteFilter},
    order::{Direction, Order, SortBy},
    page::{Cursor as At, PageRequest},
    record::RecordKind,
    role::{Role, RoleFilter},
    service::{Service, ServiceFilter},
    spend::{SpendEntry, SpendFilter},
    statistics::{AsOf, Cell, CohortSums, TimeBuckets, Window},
    store::{Counts, StoreError},
    user::{User, UserFilter},
    values::{Money, Period, Username},
    view::{View, ViewFilter, ViewScope},
};
use proptest::{prop_assert_eq, test_runner::TestCaseError};
use uuid::Uuid;

use super::{
    known::{Known, day, key, moscow, nobody, period, search, username},
    ops::{Cursor, Narrow, Pick, Read},
};
use crate::{
    fixtures,
    support::{Stored, Work},
};

/// Errors are equal when they are of one variant; what a store could not do itself is told in full.
pub(super) fn comparable<T>(answer: Result<T, StoreError>) -> Result<T, String> {
    answer.map_err(|error| format!("{error:?}"))
}

/// Asks both the same; `$answer` is what is asked of `$work`.
macro_rules! same {
    ($read:expr, $model:expr, $store:expr, $work:ident => $answer:expr) => {{
        let $work = &mut *$model;
        let expected = comparable($answer);
        let $work = &mut *$store;
        let actual = comparable($answer);
        prop_assert_eq!(actual, expected, "asked {:?}", $read);
    }};
}

pub(super) async fn compare(
    read: &Read,
    known: &Known,
    model: &mut Work,
    store: &mut Work,
) -> Result<(), TestCaseError> {
    match read {
        Read::Get { kind, of } => return get(read, *kind, known.pick_or_nobody(*kind, *of), model, store).await,
        Read::List { kind, narrow, cursor, size } => {
            let place = |it: &Option<u8>| known.pick_or_nobody(*kind, *it);
            let cursor = match cursor {
                Cursor::Start => At::Start,
                Cursor::After(it) => At::After(place(it)),
                Cursor::Before(it) => At::Before(place(it)),
            };
            return list(read, (*kind, narrow), PageRequest::sized(cursor, *size), known, (model, store)).await;
        }
        Read::Names { kind, of } => {
            let mut ids: Vec<Uuid> = of.iter().filter_map(|it| known.pick(*kind, *it)).collect();
            ids.push(nobody());
            same!(read, model, store, work => work.names(*kind, &ids).await);
        }
        Read::Choices { kind, limit } => same!(read, model, store, work => work.choices(*kind, *limit).await),
        Read::Channels { limit } => same!(read, model, store, work => work.channels(*limit).await),
        Read::Counts => same!(read, model, store, work => work.counts().await.map(without_empty_stages)),
        Read::Sums { attribution, days, as_of } => {
            let window = days.map(|it| Window::new(period(it), moscow()));
            let as_of = as_of.map(|it| AsOf::end_of(day(it), moscow()));
            same!(read, model, store, work => work.sums(*attribution, window.as_ref(), as_of).await.map(|mut it| {
                it.sort_by_key(domain::statistics::CampaignSums::id);
                it
            }));
        }
        Read::Flow { attribution, boundaries } => {
            let buckets = buckets(boundaries);
            same!(read, model, store, work => work.time_series(*attribution, &buckets).await);
        }
        Read::Cohorts { boundaries } => {
            let buckets = buckets(boundaries);
            same!(read, model, store, work => work.cohorts(&buckets).await.map(put_together));
        }
        Read::UserNamed { name } => {
            let username = Username::parse(username(*name)).unwrap();
            same!(read, model, store, work => work.user_named(&username).await);
        }
        Read::Session { session } => {
            same!(read, model, store, work => work.session(fixtures::token(u32::from(*session))).await);
        }
        Read::ActiveSuperusers => same!(read, model, store, work => work.active_superusers().await),
        Read::ActiveUsersByRole => same!(read, model, store, work => work.active_users_by_role().await),
        Read::History { kind, of, limit } => {
            let id = known.pick_or_nobody(*kind, Some(*of));
            same!(read, model, store, work => work.history(*kind, id, i32::MAX, *limit).await);
        }
        Read::Unknown { of } => {
            let mut ids: Vec<DocumentId> =
                of.iter().map(|it| known.pick_or_nobody(RecordKind::Document, *it)).collect();
            ids.sort();
            ids.dedup();
            same!(read, model, store, work => work.unknown(&ids).await.map(|mut it| {
                it.sort();
                it
            }));
        }
        Read::Waiting { user } => {
            let user = user.map(|it| known.pick_or_nobody(RecordKind::User, Some(it)));
            same!(read, model, store, work => work.waiting(user).await);
        }
        Read::Abandoned { second, limit } => {
            let before = fixtures::moment_of(u32::from(*second));
            same!(read, model, store, work => work.abandoned(before, *limit).await);
        }
        Read::Leads { of } => {
            let mut ids: Vec<LeadId> = of.iter().map(|it| known.pick_or_nobody(RecordKind::Lead, Some(*it))).collect();
            ids.sort();
            ids.dedup();
            same!(read, model, store, work => work.leads(&ids).await.map(|mut it| {
                it.sort_by_key(|it| it.id);
                it
            }));
        }
        Read::LeadsWith { match_by, key: at, limit } => {
            same!(read, model, store, work => work.leads_with(*match_by, &key(*match_by, *at), *limit).await);
        }
        Read::DuplicatePair { match_by, after, limit } => {
            let after = after.map(|it| known.pick_or_nobody(RecordKind::Lead, Some(it)));
            same!(read, model, store, work => work.duplicate_pairs(*match_by, after, *limit).await);
        }
        Read::DismissedPairs { after, limit } => {
            let after = after.and_then(|(one, other)| pair(known, one, other));
            same!(read, model, store, work => work.dismissed_duplicates(after, *limit).await);
        }
    }
    Ok(())
}

fn buckets(boundaries: &[u8]) -> TimeBuckets {
    TimeBuckets::new(boundaries.iter().map(|it| day(*it)).collect(), moscow())
}

/// The pieces of each cell added up; empty ones may be left out.
fn put_together(pieces: Vec<CohortSums>) -> BTreeMap<(u16, u16), Cell> {
    let mut cells: BTreeMap<(u16, u16), Cell> = BTreeMap::new();
    for it in pieces {
        *cells.entry((it.cohort, it.passed)).or_default() += it.cell;
    }
    cells.retain(|_, it| *it != Cell::default());
    cells
}

/// Two leads, if they are two.
pub(super) fn pair(known: &Known, one: Pick, other: Pick) -> Option<LeadPair> {
    LeadPair::of(known.pick(RecordKind::Lead, one)?, known.pick(RecordKind::Lead, other)?)
}

/// A stage without any lead may be left out.
fn without_empty_stages(mut counts: Counts) -> Counts {
    counts.leads.retain(|_, leads| *leads > 0);
    counts
}

async fn get(read: &Read, kind: RecordKind, id: Uuid, model: &mut Work, store: &mut Work) -> Result<(), TestCaseError> {
    macro_rules! got {
        ($record:ty) => {
            same!(read, model, store, work => <$record>::of(work).get(id.into()).await)
        };
    }
    match kind {
        RecordKind::Campaign => got!(Campaign),
        RecordKind::Client => got!(Client),
        RecordKind::Contract => got!(Contract),
        RecordKind::Document => got!(Document),
        RecordKind::Lead => got!(Lead),
        RecordKind::Note => got!(Note),
        RecordKind::Role => got!(Role),
        RecordKind::Service => got!(Service),
        RecordKind::SpendEntry => got!(SpendEntry),
        RecordKind::User => got!(User),
        RecordKind::View => got!(View),
    }
    Ok(())
}

async fn list(
    read: &Read,
    (kind, narrow): (RecordKind, &Narrow),
    page: PageRequest,
    known: &Known,
    works: (&mut Work, &mut Work),
) -> Result<(), TestCaseError> {
    let search = narrow.search.map(|it| search(it).to_owned()).unwrap_or_default();
    let made = narrow.days.map(|it| moscow().moments(period(it)));
    macro_rules! of {
        ($kind:ident) => {
            narrow.of.and_then(|it| known.pick(RecordKind::$kind, it))
        };
    }
    match kind {
        RecordKind::Campaign => {
            let filter = CampaignFilter {
                search,
                archived: narrow.flag,
                service: of!(Service),
                channel: None,
                over_budget: narrow.stage == Some(LeadStage::New),
                unspent: narrow.days.map(|it| Window::new(period(it), moscow())),
                order: order(narrow.order),
            };
            listed::<Campaign>(read, &filter, page, works).await
        }
        RecordKind::Client => {
            let filter = ClientFilter { search, campaign: of!(Campaign), converted: made, order: order(narrow.order) };
            listed::<Client>(read, &filter, page, works).await
        }
        RecordKind::Contract => {
            let filter = ContractFilter {
                search,
                client: of!(Client),
                free: narrow.flag,
                service: None,
                signed: narrow.days.map(period),
                ends: match narrow.due {
                    Some(Due::Between(from, until)) => Period::new(from, until).ok(),
                    _ => None,
                },
                least: narrow.since.map(|it| Money::from_minor(i64::from(it)).unwrap()),
                most: None,
                order: order(narrow.order),
            };
            listed::<Contract>(read, &filter, page, works).await
        }
        RecordKind::Document => {
            let since = narrow.since.map(|it| fixtures::moment_of(u32::from(it)));
            listed::<Document>(read, &DocumentFilter { contract: of!(Contract), waiting_since: since }, page, works)
                .await
        }
        RecordKind::Lead => {
            // One of the two references, because both together leave next to nothing.
            let (campaign, user) = if narrow.flag { (None, of!(User)) } else { (of!(Campaign), None) };
            let assignee = narrow.flag.then_some(AssigneeFilter::of(user));
            let due = narrow.due;
            let merged = narrow.since.is_some_and(|it| it.is_multiple_of(2));
            let filter = LeadFilter {
                search,
                stage: narrow.stage,
                campaign,
                assignee,
                made,
                due,
                merged,
                order: order(narrow.order),
            };
            listed::<Lead>(read, &filter, page, works).await
        }
        RecordKind::Note => {
            listed::<Note>(read, &NoteFilter { lead: of!(Lead), without_clients: false }, page, works).await
        }
        RecordKind::Role => listed::<Role>(read, &RoleFilter, page, works).await,
        RecordKind::Service => {
            let filter = ServiceFilter { search, archived: narrow.flag, order: order(narrow.order) };
            listed::<Service>(read, &filter, page, works).await
        }
        RecordKind::SpendEntry => {
            listed::<SpendEntry>(read, &SpendFilter { campaign: of!(Campaign) }, page, works).await
        }
        RecordKind::User => {
            let filter =
                UserFilter { search, role: of!(Role), active: narrow.flag.then_some(true), last_sign_in: None };
            listed::<User>(read, &filter, page, works).await
        }
        RecordKind::View => {
            let list = narrow.stage.map(|_| RecordKind::Lead);
            let whose = of!(User).map(if narrow.order % 2 == 0 { ViewScope::Own } else { ViewScope::SharedWith });
            listed::<View>(read, &ViewFilter { list, whose, removed: narrow.flag }, page, works).await
        }
    }
}

/// Each order of a kind both ways, by number.
fn order<S: SortBy>(number: u8) -> Order<S> {
    let by = S::ALL[usize::from(number / 2) % S::ALL.len()];
    Order { by, direction: if number.is_multiple_of(2) { Direction::Ascending } else { Direction::Descending } }
}

async fn listed<R: Stored>(
    read: &Read,
    filter: &R::Filter,
    page: PageRequest,
    (model, store): (&mut Work, &mut Work),
) -> Result<(), TestCaseError> {
    same!(read, model, store, work => R::of(work).list(filter, page).await);
    if let At::After(id) | At::Before(id) = page.cursor {
        same!(read, model, store, work => R::of(work).position(filter, id.into()).await);
    }
    Ok(())
}
