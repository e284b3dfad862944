//! Signing in: who gets a session and how it ends.
use crate::support::{Office, PASSWORD, Person, details::user, password, sign_in};
use application::{Session, Token};
use chrono::TimeDelta;
use conformance::fixtures::moment;
use domain::{
    access::{DefaultRole, Permission},
    session::TokenHash,
    store::Mode,
};
use sha2::{Digest, Sha256};

/// The session of a request that comes with this cookie.
async fn session(office: &Office, token: &Token) -> Option<Session> {
    office.crm.session(token).await.unwrap()
}

fn raw(token: &Token) -> Vec<u8> {
    let cookie = token.cookie();
    (0..64).step_by(2).map(|at| u8::from_str_radix(&cookie[at..at + 2], 16).unwrap()).collect()
}

/// Whether the store still has the session's row.
async fn is_kept(office: &Office, token: &Token) -> bool {
    let hash = TokenHash(Sha256::digest(raw(token)).into());
    office.store.begin(Mode::Read).await.unwrap().session(hash).await.unwrap().is_some()
}

#[tokio::test]
async fn only_the_right_password_of_an_active_user_opens_a_session() {
    for office in Office::each().await {
        for person in Person::ALL {
            let signed_in = sign_in(&office.crm, person.username(), PASSWORD, None).await;
            assert_eq!(signed_in.is_some(), person != Person::Denis, "{person:?}");
            let Some(token) = signed_in else { continue };
            let actor = session(&office, &token).await.unwrap().actor().clone();
            assert_eq!(actor.id, office.user(person).await);
            assert_eq!(actor.superuser, person == Person::Gleb);
            for permission in Permission::ALL {
                assert_eq!(actor.may(permission), person.permissions().contains(permission), "{person:?}");
            }
        }
        assert!(sign_in(&office.crm, " ANNA ", PASSWORD, None).await.is_some());
        for (name, typed) in [
            ("anna", "четыре слона в лодки"),
            ("anna", "четыре слона в лодке "),
            ("anna", "Четыре слона в лодке"),
            ("anna", ""),
            ("nobody", PASSWORD),
            ("", PASSWORD),
            ("an na", PASSWORD),
            ("anna\0", PASSWORD),
        ] {
            assert!(sign_in(&office.crm, name, typed, None).await.is_none(), "{name:?} {typed:?}");
        }
        let long = PASSWORD.repeat(50_000);
        assert!(sign_in(&office.crm, "anna", &long, None).await.is_none());
        assert!(sign_in(&office.crm, &long, PASSWORD, None).await.is_none());
    }
}

#[tokio::test]
async fn each_sign_in_has_a_token_of_its_own_and_ends_the_browsers_last_session() {
    for office in Office::each().await {
        let (first, other) = (office.token(Person::Anna).await, office.token(Person::Anna).await);
        assert_ne!(first.cookie(), other.cookie());
        let second = sign_in(&office.crm, "anna", PASSWORD, Some(&first)).await.unwrap();
        assert!(second.cookie() != first.cookie() && second.cookie() != other.cookie());
        assert!(session(&office, &first).await.is_none() && !is_kept(&office, &first).await);
        assert!(session(&office, &second).await.is_some() && session(&office, &other).await.is_some());
        // A wrong password ends nothing.
        assert!(sign_in(&office.crm, "anna", "не тот пароль", Some(&second)).await.is_none());
        assert!(session(&office, &second).await.is_some());
        // The next user of the same browser.
        let maxim = sign_in(&office.crm, "maxim", PASSWORD, Some(&second)).await.unwrap();
        assert!(session(&office, &second).await.is_none());
        assert_eq!(session(&office, &maxim).await.unwrap().actor().id, office.user(Person::Maxim).await);
    }
}

#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    for office in Office::each().await {
        let (here, there) = (office.token(Person::Anna).await, office.token(Person::Anna).await);
        office.crm.sign_out(&here).await.unwrap();
        office.crm.sign_out(&here).await.unwrap();
        assert!(session(&office, &here).await.is_none() && !is_kept(&office, &here).await);
        assert!(session(&office, &there).await.is_some());
        let never = Token::parse(&"ab".repeat(32)).unwrap();
        assert!(session(&office, &never).await.is_none());
    }
}

#[tokio::test]
async fn a_session_ends_after_eight_hours_without_use() {
    for office in Office::each().await {
        let token = office.token(Person::Anna).await;
        office.clock.advance(TimeDelta::hours(8) - TimeDelta::microseconds(1));
        assert!(session(&office, &token).await.is_some());
        // That use counts: eight hours begin again.
        office.clock.advance(TimeDelta::hours(8) - TimeDelta::microseconds(1));
        assert!(session(&office, &token).await.is_some());
        office.clock.advance(TimeDelta::hours(8));
        assert!(session(&office, &token).await.is_none());
        office.clock.advance(-TimeDelta::microseconds(1));
        assert!(session(&office, &token).await.is_some());
    }
}

#[tokio::test]
async fn a_session_ends_after_a_day_however_much_it_is_used() {
    for office in Office::each().await {
        let (token, start) = (office.token(Person::Anna).await, office.crm.now());
        for hours in 1..24 {
            office.clock.set(start + TimeDelta::hours(hours));
            assert!(session(&office, &token).await.is_some(), "{hours}");
        }
        office.clock.set(start + TimeDelta::hours(24) - TimeDelta::microseconds(1));
        assert!(session(&office, &token).await.is_some());
        office.clock.set(start + TimeDelta::hours(24));
        assert!(session(&office, &token).await.is_none());
    }
}

#[tokio::test]
async fn upkeep_forgets_sessions_that_are_over_and_no_others() {
    for office in Office::each().await {
        let (old, idle) = (office.token(Person::Anna).await, office.token(Person::Anna).await);
        for _ in 0..3 {
            office.clock.advance(TimeDelta::hours(7));
            assert!(session(&office, &old).await.is_some());
        }
        let new = office.token(Person::Anna).await;
        office.crm.maintenance().await.unwrap();
        assert!(is_kept(&office, &old).await && is_kept(&office, &new).await);
        assert!(!is_kept(&office, &idle).await);
        office.clock.advance(TimeDelta::hours(4));
        office.crm.maintenance().await.unwrap();
        assert!(!is_kept(&office, &old).await && is_kept(&office, &new).await);
    }
}

#[tokio::test]
async fn a_closed_access_ends_every_session_at_once_and_an_opened_one_revives_none() {
    for office in Office::each().await {
        let tokens = [office.token(Person::Anna).await, office.token(Person::Anna).await];
        let (other, anna) = (office.token(Person::Maxim).await, office.user(Person::Anna).await);
        let alla = office.session(Person::Alla).await;
        alla.set_user_active(anna, false).await.unwrap();
        for token in &tokens {
            assert!(session(&office, token).await.is_none() && !is_kept(&office, token).await);
        }
        assert!(sign_in(&office.crm, "anna", PASSWORD, None).await.is_none());
        alla.set_user_active(anna, true).await.unwrap();
        for token in &tokens {
            assert!(session(&office, token).await.is_none());
        }
        assert!(sign_in(&office.crm, "anna", PASSWORD, None).await.is_some());
        assert!(session(&office, &other).await.is_some());
    }
}

#[tokio::test]
async fn a_new_password_ends_every_session_at_once_and_the_old_one_is_dead() {
    for office in Office::each().await {
        let (token, other) = (office.token(Person::Anna).await, office.token(Person::Maxim).await);
        let (alla, anna) = (office.session(Person::Alla).await, office.user(Person::Anna).await);
        let new = "пять жирафов на крыше";
        let name = domain::values::Username::parse("anna").unwrap();
        let new_password = domain::passwords::Password::new(new, &name).unwrap();
        alla.set_user_password(anna, &new_password, false).await.unwrap();
        assert!(session(&office, &token).await.is_none() && !is_kept(&office, &token).await);
        assert!(session(&office, &other).await.is_some());
        assert!(sign_in(&office.crm, "anna", PASSWORD, None).await.is_none());
        assert!(sign_in(&office.crm, "anna", new, None).await.is_some());
    }
}

#[tokio::test]
async fn a_changed_role_counts_from_the_next_request_on() {
    for office in Office::each().await {
        let (token, gleb) = (office.token(Person::Anna).await, office.session(Person::Gleb).await);
        let may = async |permission| session(&office, &token).await.unwrap().actor().may(permission);
        assert!(may(Permission::CreateLeads).await && !may(Permission::ConvertLeads).await);
        let (anna, manager) = (office.user(Person::Anna).await, office.role(DefaultRole::Manager).await);
        gleb.edit_user(anna, 1, user("anna", "Анна", &[manager])).await.unwrap();
        assert!(!may(Permission::CreateLeads).await && may(Permission::ConvertLeads).await);
        gleb.edit_user(anna, 2, user("anna", "Анна", &[])).await.unwrap();
        assert!(!may(Permission::ConvertLeads).await);
        let mut chief = user("anna", "Анна", &[]);
        chief.superuser = true;
        gleb.edit_user(anna, 3, chief).await.unwrap();
        assert!(may(Permission::EditRoles).await);
        gleb.edit_user(anna, 4, user("anna", "Анна", &[])).await.unwrap();
        assert!(!may(Permission::EditRoles).await);
        assert_eq!(session(&office, &token).await.unwrap().actor().name, "Анна");
    }
}

#[tokio::test]
async fn the_database_never_holds_a_token_or_a_password() {
    let folder = crate::support::folder();
    let (store, stolen) = crate::support::databases::stolen(&folder).await;
    let office = Office::empty(store, folder).await.staffed().await;
    office.clock.set(moment("2026-02-02T09:00:00Z"));
    let token = office.token(Person::Anna).await;
    let alla = office.session(Person::Alla).await;
    alla.set_user_password(office.user(Person::Nina).await, &password("nina"), false).await.unwrap();
    let all = stolen();
    // A server writes bytes out as hexadecimal digits.
    let digit = |it: u8| b"0123456789abcdef"[usize::from(it)];
    let digits = |bytes: &[u8]| bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect::<Vec<_>>();
    let found = |needle: &[u8]| all.windows(needle.len()).any(|it| it == needle);
    let holds = |needle: &[u8]| found(needle) || found(&digits(needle));
    let bytes = raw(&token);
    assert!(holds(&Sha256::digest(&bytes)), "the session is not where this test looks for it");
    assert!(!holds(&bytes) && !holds(token.cookie().as_bytes()));
    assert!(!holds(PASSWORD.as_bytes()));
}
