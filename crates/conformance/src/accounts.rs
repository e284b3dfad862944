//! Users as they sign in, and their sessions.
use chrono::TimeDelta;
use domain::{
    access::{
        Permission::{EditLeads, ViewAudit, ViewContracts, ViewLeads},
        Permissions,
    },
    role::RoleId,
    second_factor::SecondFactor,
    session::{BrowserSession, Device},
    store::{AuthenticatedUser, Store},
    user::User,
    values::Username,
};

use crate::{
    fixtures,
    support::{change, reading, save, stored, writing},
};

async fn sign_in(store: &dyn Store, session: &domain::session::BrowserSession) {
    let mut work = writing(store).await;
    work.insert_session(session).await.unwrap();
    work.commit().await.unwrap();
}

async fn session(store: &dyn Store, n: u32) -> Option<AuthenticatedUser> {
    reading(store).await.session(fixtures::token(n)).await.unwrap()
}

/// Which of the first sessions are there.
async fn left(store: &dyn Store) -> Vec<u32> {
    let mut left = Vec::new();
    for n in 1..10 {
        if session(store, n).await.is_some() {
            left.push(n);
        }
    }
    left
}

pub async fn a_user_is_named_without_regard_to_case(store: &dyn Store) {
    let (anna, vera) = (fixtures::anna(), fixtures::user(4, "Вера.П", ""));
    save(store, &anna).await;
    save(store, &vera).await;
    let mut work = reading(store).await;
    let mut named = async |name: &str| work.user_named(&Username::parse(name).unwrap()).await.unwrap();
    assert_eq!(named("ANNA").await.as_ref(), Some(&anna));
    assert_eq!(named("вЕРА.п").await.as_ref(), Some(&vera));
    assert_eq!(named("ann").await, None);
    assert_eq!(named("anna_").await, None);
    drop(work);
    let renamed = change(store, &anna, |it| it.details.username = Username::parse("Anna.Orlova").unwrap()).await;
    let mut work = reading(store).await;
    assert_eq!(work.user_named(&anna.details.username).await.unwrap(), None);
    assert_eq!(work.user_named(&Username::parse("anna.orlova").unwrap()).await.unwrap(), Some(renamed));
}

pub async fn a_session_brings_its_user_with_the_permissions_of_roles_and_grants(store: &dyn Store) {
    let leads = fixtures::role(1, "Лиды", Permissions::from_iter([ViewLeads, EditLeads]));
    let money = fixtures::role(2, "Деньги", Permissions::from_iter([ViewLeads, ViewContracts]));
    let other = fixtures::role(3, "Прочее", Permissions::all());
    for role in [&leads, &money, &other] {
        save(store, role).await;
    }
    let mut anna = fixtures::anna();
    anna.details.roles = [leads.id, money.id].into();
    anna.grants = Permissions::from_iter([ViewAudit, EditLeads]);
    let maxim = fixtures::maxim();
    save(store, &anna).await;
    save(store, &maxim).await;
    let now = fixtures::moment("2026-01-15T12:00:00.123456Z");
    let (hers, his) = (fixtures::session(1, anna.id, now), fixtures::session(2, maxim.id, now));
    sign_in(store, &hers).await;
    sign_in(store, &his).await;

    let permissions = Permissions::from_iter([ViewLeads, EditLeads, ViewContracts, ViewAudit]);
    let expected =
        AuthenticatedUser { session: hers.clone(), user: anna.clone(), permissions, needs_second_factor: false };
    assert_eq!(session(store, 1).await, Some(expected));
    let expected = AuthenticatedUser {
        session: his,
        user: maxim,
        permissions: Permissions::default(),
        needs_second_factor: false,
    };
    assert_eq!(session(store, 2).await, Some(expected));
    assert_eq!(session(store, 3).await, None);

    // A changed role changes the permissions of its users at once.
    change(store, &leads, |it| (it.permissions, it.second_factor) = (Permissions::default(), true)).await;
    let anna: User = change(store, &anna, |it| it.grants = Permissions::default()).await;
    let permissions = Permissions::from_iter([ViewLeads, ViewContracts]);
    assert_eq!(
        session(store, 1).await,
        Some(AuthenticatedUser { session: hers, user: anna, permissions, needs_second_factor: true })
    );
}

pub async fn a_user_is_found_by_their_link(store: &dyn Store) {
    let at = fixtures::moment("2026-01-15T12:00:00.123456Z");
    let (anna, mut maxim) = (fixtures::anna(), fixtures::maxim());
    maxim.invite(fixtures::token(1), at);
    save(store, &anna).await;
    save(store, &maxim).await;
    let invited = async |n| reading(store).await.user_invited_by(fixtures::token(n)).await.unwrap();
    assert_eq!(invited(1).await.as_ref(), Some(&maxim));
    assert_eq!(invited(2).await, None);
    let maxim = change(store, &maxim, |it| it.invite(fixtures::token(2), at)).await;
    assert_eq!((invited(1).await, invited(2).await.as_ref()), (None, Some(&maxim)));
    change(store, &maxim, |it| it.password_link = None).await;
    assert_eq!(invited(2).await, None);
}

pub async fn signing_in_is_written_down_without_a_new_version(store: &dyn Store) {
    let (anna, mut maxim) = (fixtures::anna(), fixtures::maxim());
    maxim.second_factor = Some(fixtures::second_factor(1));
    save(store, &anna).await;
    save(store, &maxim).await;
    let at = fixtures::moment("2026-01-15T12:00:00.123456Z");
    let mut work = writing(store).await;
    work.signed_in(anna.id, at, Some(7)).await.unwrap();
    work.signed_in(maxim.id, at, Some(7)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(stored(store, &anna).await, Some(User { last_sign_in_at: Some(at), ..anna.clone() }));
    let second_factor = Some(SecondFactor { last_step: 7, ..fixtures::second_factor(1) });
    let expected = User { last_sign_in_at: Some(at), second_factor, ..maxim.clone() };
    assert_eq!(stored(store, &maxim).await, Some(expected));
    let mut work = writing(store).await;
    work.signed_in(maxim.id, at, None).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(stored(store, &maxim).await.unwrap().second_factor.unwrap().last_step, 7);
}

pub async fn a_session_is_refreshed_and_removed(store: &dyn Store) {
    let anna = fixtures::anna();
    save(store, &anna).await;
    let now = fixtures::moment("2026-01-15T12:00:00.123456Z");
    for n in [1, 2] {
        sign_in(store, &fixtures::session(n, anna.id, now)).await;
    }
    let later = now + TimeDelta::microseconds(300_000_001);
    let mut work = writing(store).await;
    work.refresh_session(fixtures::token(1), later).await.unwrap();
    work.refresh_session(fixtures::token(9), later).await.unwrap();
    work.commit().await.unwrap();
    let seen = session(store, 1).await.unwrap().session;
    assert_eq!((seen.signed_in_at, seen.last_seen_at), (now, later));
    assert_eq!(session(store, 2).await.unwrap().session.last_seen_at, now);

    let mut work = writing(store).await;
    work.remove_session(fixtures::token(1)).await.unwrap();
    work.remove_session(fixtures::token(9)).await.unwrap();
    drop(work);
    assert_eq!(left(store).await, [1, 2]);
    let mut work = writing(store).await;
    work.remove_session(fixtures::token(1)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(left(store).await, [2]);
}

pub async fn the_sessions_of_a_user_are_listed_the_last_used_first(store: &dyn Store) {
    let (anna, maxim) = (fixtures::anna(), fixtures::maxim());
    save(store, &anna).await;
    save(store, &maxim).await;
    let at = fixtures::moment_of;
    let hers = [(1, 30), (2, 50), (3, 40), (4, 50)]
        .map(|(n, seen)| BrowserSession { last_seen_at: at(seen), ..fixtures::session(n, anna.id, at(10)) });
    let unnamed = BrowserSession { device: Device::default(), from: None, ..fixtures::session(9, maxim.id, at(10)) };
    let half_way = BrowserSession { awaits_code: true, ..fixtures::session(8, anna.id, at(60)) };
    for session in hers.iter().chain([&unnamed, &half_way]) {
        sign_in(store, session).await;
    }
    let mut work = reading(store).await;
    let [first, second, third, fourth] = &hers;
    let expected = [fourth, second, third, first].map(Clone::clone);
    assert_eq!(work.sessions_of(anna.id, 10).await.unwrap(), expected);
    assert_eq!(work.sessions_of(anna.id, 2).await.unwrap(), expected[..2]);
    assert_eq!(work.sessions_of(maxim.id, 10).await.unwrap(), [unnamed]);
}

pub async fn all_sessions_of_a_user_are_removed_and_no_others(store: &dyn Store) {
    let (anna, maxim) = (fixtures::anna(), fixtures::maxim());
    save(store, &anna).await;
    save(store, &maxim).await;
    for (n, user) in [(1, anna.id), (2, maxim.id), (3, anna.id), (4, anna.id)] {
        sign_in(store, &fixtures::session(n, user, fixtures::moment_of(n))).await;
    }
    for (except, expected) in [(Some(fixtures::token(3)), vec![2, 3]), (Some(fixtures::token(2)), vec![2])] {
        let mut work = writing(store).await;
        work.remove_sessions_of(anna.id, except).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(left(store).await, expected);
    }
    let mut work = writing(store).await;
    work.remove_sessions_of(maxim.id, None).await.unwrap();
    work.commit().await.unwrap();
    assert!(left(store).await.is_empty());
}

pub async fn sessions_that_are_over_are_removed(store: &dyn Store) {
    let anna = fixtures::anna();
    save(store, &anna).await;
    let now = fixtures::moment_of(100);
    // Each a microsecond before it is over, then over.
    let (limits, microsecond) =
        ([BrowserSession::ABSOLUTE, BrowserSession::IDLE, BrowserSession::CODE], TimeDelta::microseconds(1));
    let ages = limits.into_iter().flat_map(|it| [it - microsecond, it].map(|age| (it, age)));
    for (n, (limit, age)) in (1..).zip(ages) {
        let signed_in_at = if limit == BrowserSession::IDLE { now - BrowserSession::IDLE * 2 } else { now - age };
        let last_seen_at = if limit == BrowserSession::ABSOLUTE { now } else { now - age };
        let awaits_code = limit == BrowserSession::CODE;
        let session = fixtures::session(n, anna.id, signed_in_at);
        sign_in(store, &BrowserSession { last_seen_at, awaits_code, ..session }).await;
    }
    let mut work = writing(store).await;
    work.remove_sessions_over(now).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(left(store).await, [1, 3, 5]);
}

pub async fn active_superusers_are_counted(store: &dyn Store) {
    assert_eq!(reading(store).await.active_superusers().await.unwrap(), 0);
    for (n, superuser, active) in [(1, true, true), (2, true, false), (3, false, true), (4, true, true)] {
        let mut user = fixtures::user(n, &format!("user{n}"), "");
        (user.details.superuser, user.active) = (superuser, active);
        save(store, &user).await;
    }
    let mut work = writing(store).await;
    assert_eq!(work.active_superusers().await.unwrap(), 2);
}

pub async fn active_users_are_counted_by_role(store: &dyn Store) {
    assert!(reading(store).await.active_users_by_role().await.unwrap().is_empty());
    let roles = [1, 2, 3].map(|n| fixtures::role(n, &format!("Роль {n}"), Permissions::default()));
    for role in &roles {
        save(store, role).await;
    }
    let [first, second, _] = roles.map(|it| it.id);
    let people: [(&[RoleId], bool); 5] =
        [(&[first, second], true), (&[first], true), (&[second], false), (&[], true), (&[first], false)];
    for (n, (roles, active)) in (1..).zip(people) {
        let mut user = fixtures::user(n, &format!("user{n}"), "");
        (user.details.roles, user.active) = (roles.iter().copied().collect(), active);
        save(store, &user).await;
    }
    let counts = reading(store).await.active_users_by_role().await.unwrap();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(first, 2), (second, 1)]);
}
