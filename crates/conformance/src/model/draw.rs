//! How operations are drawn, each kind as often as it has something to find.
use domain::{duplicates::MatchBy, lead::LeadStage, next_step::Due, record::RecordKind, statistics::Attribution};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::known::day;
use super::ops::{At, Cursor, DAYS, Narrow, Op, Pick, Read, SECONDS, SESSIONS, Step, Write};

pub(super) fn ops() -> impl Strategy<Value = Vec<Op>> {
    let unit = (vec(step(), 1..5), prop::bool::weighted(0.85)).prop_map(|(steps, commit)| Op::Unit { steps, commit });
    vec(prop_oneof![3 => unit, 2 => vec(read(), 1..4).prop_map(Op::Look)], 1..40)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![4 => write().prop_map(Step::Write), 1 => read().prop_map(Step::Read)]
}

fn kind() -> impl Strategy<Value = RecordKind> {
    select(RecordKind::ALL.to_vec())
}

fn attribution() -> impl Strategy<Value = Attribution> {
    select(Attribution::ALL.to_vec())
}

fn match_by() -> impl Strategy<Value = MatchBy> {
    select(MatchBy::ALL.to_vec())
}

fn at() -> impl Strategy<Value = At> {
    (0..DAYS, 0..4_u8)
}

fn write() -> impl Strategy<Value = Write> {
    let people = prop_oneof![
        3 => (any::<u8>(), option::of(any::<Pick>()), option::of(any::<Pick>()), at())
            .prop_map(|(name, campaign, assignee, created)| Write::AddLead { name, campaign, assignee, created }),
        1 => any::<Pick>().prop_map(|lead| Write::AddNote { lead }),
        1 => (any::<u8>(), any::<u32>()).prop_map(|(name, permissions)| Write::AddRole { name, permissions }),
        2 => (any::<u8>(), vec(any::<Pick>(), 0..3), any::<bool>())
            .prop_map(|(name, roles, superuser)| Write::AddUser { name, roles, superuser }),
        1 => (any::<u8>(), any::<Pick>(), any::<bool>())
            .prop_map(|(name, owner, shared)| Write::SaveView { name, owner, shared }),
    ];
    let trade = prop_oneof![
        2 => any::<u8>().prop_map(|name| Write::AddService { name }),
        2 => (any::<u8>(), any::<Pick>(), any::<u8>())
            .prop_map(|(name, service, channel)| Write::AddCampaign { name, service, channel }),
        2 => (any::<Pick>(), 0..DAYS).prop_map(|(campaign, day)| Write::AddSpend { campaign, day }),
        1 => Just(Write::Upload),
        2 => (any::<Pick>(), option::of(any::<Pick>()), 0..DAYS)
            .prop_map(|(service, client, day)| Write::Sign { service, client, day }),
        1 => (any::<Pick>(), any::<Pick>()).prop_map(|(service, document)| Write::SignAgain { service, document }),
        1 => any::<Pick>().prop_map(|document| Write::RemoveWaiting { document }),
        1 => (any::<Pick>(), 0..SESSIONS).prop_map(|(document, session)| Write::UploadIn { document, session }),
    ];
    let turns = prop_oneof![
        4 => (any::<Pick>(), any::<Pick>(), at()).prop_map(|(lead, contract, at)| Write::Convert { lead, contract, at }),
        1 => (any::<Pick>(), any::<Pick>(), at())
            .prop_map(|(lead, contract, at)| Write::ConvertAgain { lead, contract, at }),
        2 => (any::<Pick>(), any::<Pick>()).prop_map(|(contract, client)| Write::Attach { contract, client }),
        3 => (any::<Pick>(), any::<Pick>()).prop_map(|(lead, into)| Write::Merge { lead, into }),
        2 => any::<Pick>().prop_map(|lead| Write::Separate { lead }),
        2 => (any::<Pick>(), any::<Pick>(), prop::bool::weighted(0.7))
            .prop_map(|(one, other, apart)| Write::TellApart { one, other, apart }),
        6 => (kind(), any::<Pick>(), any::<u8>(), option::of(any::<Pick>()), ahead())
            .prop_map(|(kind, of, to, by, ahead)| Write::Change { kind, of, to, by, ahead }),
        1 => (kind(), any::<Pick>()).prop_map(|(kind, of)| Write::Repeat { kind, of }),
        1 => (kind(), any::<Pick>(), 0..3_u8).prop_map(|(kind, of, which)| Write::Dangle { kind, of, which }),
        2 => (kind(), any::<Pick>()).prop_map(|(kind, of)| Write::Audit { kind, of }),
    ];
    let sessions = prop_oneof![
        3 => (any::<Pick>(), 0..SECONDS).prop_map(|(user, at)| Write::SignIn { user, at }),
        1 => (0..SESSIONS, 0..SECONDS).prop_map(|(session, at)| Write::Refresh { session, at }),
        1 => (0..SESSIONS).prop_map(|session| Write::SignOut { session }),
        1 => any::<Pick>().prop_map(|user| Write::SignOutUser { user }),
        1 => (0..1500_u16).prop_map(|minute| Write::SweepSessions { minute }),
    ];
    prop_oneof![4 => people, 5 => trade, 6 => turns, 3 => sessions]
}

/// Mostly the right version.
fn ahead() -> impl Strategy<Value = i32> {
    prop_oneof![6 => Just(0), 1 => Just(-1), 1 => Just(1)]
}

fn read() -> impl Strategy<Value = Read> {
    let lists = prop_oneof![
        6 => (kind(), narrow(), cursor(), 1..5_u16)
            .prop_map(|(kind, narrow, cursor, size)| Read::List { kind, narrow, cursor, size }),
        2 => (kind(), option::weighted(0.9, any::<Pick>())).prop_map(|(kind, of)| Read::Get { kind, of }),
    ];
    let directory = prop_oneof![
        (kind(), vec(any::<Pick>(), 0..4)).prop_map(|(kind, of)| Read::Names { kind, of }),
        (kind(), 1..5_u16).prop_map(|(kind, limit)| Read::Choices { kind, limit }),
        (1..4_u16).prop_map(|limit| Read::Channels { limit }),
        Just(Read::Counts),
        (kind(), any::<Pick>(), 1..4_u16).prop_map(|(kind, of, limit)| Read::History { kind, of, limit }),
        vec(option::of(any::<Pick>()), 0..4).prop_map(|of| Read::Unknown { of }),
        option::of(any::<Pick>()).prop_map(|user| Read::Waiting { user }),
        (0..SECONDS, 1..4_u16).prop_map(|(second, limit)| Read::Abandoned { second, limit }),
    ];
    let sums = prop_oneof![
        3 => (attribution(), option::weighted(0.8, (0..DAYS, 0..DAYS)), option::of(0..DAYS))
            .prop_map(|(attribution, days, as_of)| Read::Sums { attribution, days, as_of }),
        1 => (attribution(), vec(0..DAYS, 0..5)).prop_map(|(attribution, boundaries)| Read::Flow { attribution, boundaries }),
        1 => vec(0..DAYS, 0..5).prop_map(|boundaries| Read::Cohorts { boundaries }),
    ];
    let accounts = prop_oneof![
        any::<u8>().prop_map(|name| Read::UserNamed { name }),
        (0..SESSIONS).prop_map(|session| Read::Session { session }),
        Just(Read::ActiveSuperusers),
        Just(Read::ActiveUsersByRole),
    ];
    let limit = 1..4_u16;
    let duplicates = prop_oneof![
        1 => vec(any::<Pick>(), 0..4).prop_map(|of| Read::Leads { of }),
        3 => (match_by(), any::<u8>(), limit.clone())
            .prop_map(|(match_by, key, limit)| Read::LeadsWith { match_by, key, limit }),
        3 => (match_by(), option::weighted(0.3, any::<Pick>()), limit.clone())
            .prop_map(|(match_by, after, limit)| Read::DuplicatePair { match_by, after, limit }),
        1 => (option::weighted(0.3, (any::<Pick>(), any::<Pick>())), limit)
            .prop_map(|(after, limit)| Read::DismissedPairs { after, limit }),
    ];
    prop_oneof![4 => lists, 2 => directory, 2 => sums, 1 => accounts, 2 => duplicates]
}

fn narrow() -> impl Strategy<Value = Narrow> {
    let parts = (
        option::weighted(0.3, any::<u8>()),
        prop::bool::weighted(0.3),
        option::weighted(0.3, any::<Pick>()),
        option::weighted(0.3, select(LeadStage::ALL.to_vec())),
        option::weighted(0.3, any::<u8>()),
        any::<u8>(),
        option::weighted(0.2, (0..DAYS, 0..DAYS)),
        option::weighted(0.3, due()),
    );
    parts.prop_map(|(search, flag, of, stage, since, order, days, due)| Narrow {
        search,
        flag,
        of,
        stage,
        since,
        order,
        days,
        due,
    })
}

fn due() -> impl Strategy<Value = Due> {
    let days = (0..DAYS, 0..DAYS).prop_map(|(from, until)| Due::Between(day(from), day(until)));
    prop_oneof![1 => Just(Due::Unplanned), 4 => days]
}

fn cursor() -> impl Strategy<Value = Cursor> {
    prop_oneof![
        2 => Just(Cursor::Start),
        2 => option::weighted(0.9, any::<Pick>()).prop_map(Cursor::After),
        2 => option::weighted(0.9, any::<Pick>()).prop_map(Cursor::Before),
    ]
}
