//! Signing in: the second factor, duties, and who has to wait.
use std::time::{Duration, Instant};

use crate::support::{Office, PASSWORD, Person, everything::everything, first_page, is_on, new_password, password};
use application::{Browser, Error, NewSecret, RecoveryCodes, RequiredAction, RuleViolation, Session, SignIn, Token};
use chrono::TimeDelta;
use domain::{
    access::{DefaultRole, Permission},
    audit::{AuditAction, AuditEntry, AuditFilter},
    field::Field,
    lead::{Lead, LeadFilter},
    second_factor::SecondFactor,
    store::Mode,
    user::User,
    values::Invalid,
};
use totp_rs::{Builder, Secret};

/// What an authenticator app with this secret shows.
fn shown(secret: &NewSecret, office: &Office) -> String {
    let secret = Secret::try_from_base32(secret.base32()).unwrap();
    let seconds = u64::try_from(office.crm.now().timestamp()).unwrap();
    Builder::new().with_secret(secret).build().unwrap().generate(seconds).to_string()
}

/// Anna with a second factor, and half a minute later.
async fn turned_on(office: &Office) -> (NewSecret, RecoveryCodes) {
    let (anna, secret) = (office.session(Person::Anna).await, NewSecret::random().unwrap());
    let codes = anna.turn_on_second_factor(PASSWORD, &secret, &shown(&secret, office)).await.unwrap();
    office.clock.advance(TimeDelta::seconds(SecondFactor::STEP));
    (secret, codes)
}

/// The one after it.
fn later(secret: &NewSecret, office: &Office) -> String {
    let secret = Secret::try_from_base32(secret.base32()).unwrap();
    let seconds = u64::try_from(office.crm.now().timestamp()).unwrap() + 30;
    Builder::new().with_secret(secret).build().unwrap().generate(seconds).to_string()
}

async fn waiting(office: &Office) -> Token {
    match office.crm.sign_in("anna", PASSWORD, Browser::default()).await.unwrap() {
        SignIn::CodeWanted(token) => token,
        _ => panic!("no code was wanted"),
    }
}

fn wrong_code<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Invalid(Field::Code, Invalid::WrongCode)))
}

fn throttled<T>(answer: &Result<T, Error>) -> Option<TimeDelta> {
    match answer {
        Err(Error::Throttled(wait)) => Some(*wait),
        _ => None,
    }
}

#[tokio::test]
async fn with_a_second_factor_the_password_alone_lets_nobody_in() {
    for office in Office::each().await {
        let (secret, _) = turned_on(&office).await;
        let half_way = waiting(&office).await;
        assert!(!is_on(&office, &half_way).await && office.crm.awaits_code(&half_way).await.unwrap());
        let before = everything(&*office.store).await;
        for wrong in ["", "000000", &shown(&NewSecret::random().unwrap(), &office)] {
            assert!(wrong_code(&office.crm.confirm_sign_in(&half_way, wrong, "").await), "{wrong}");
        }
        assert_eq!(everything(&*office.store).await, before);

        let code = shown(&secret, &office);
        let entry = office.crm.confirm_sign_in(&half_way, &code, "").await.unwrap();
        assert!(is_on(&office, &entry.token).await);
        // Neither the half-way session nor the code is good for another time.
        assert!(!is_on(&office, &half_way).await && !office.crm.awaits_code(&half_way).await.unwrap());
        assert!(matches!(office.crm.confirm_sign_in(&half_way, &code, "").await, Err(Error::SessionEnded)));
        let again = waiting(&office).await;
        assert!(wrong_code(&office.crm.confirm_sign_in(&again, &code, "").await));
        office.clock.advance(TimeDelta::seconds(SecondFactor::STEP));
        office.crm.confirm_sign_in(&again, &shown(&secret, &office), "").await.unwrap();
    }
}

#[tokio::test]
async fn a_code_is_awaited_for_ten_minutes_and_not_from_a_deactivated_user() {
    let office = Office::new().await;
    let (secret, _) = turned_on(&office).await;
    let half_way = waiting(&office).await;
    office.clock.advance(TimeDelta::minutes(10));
    assert!(matches!(
        office.crm.confirm_sign_in(&half_way, &shown(&secret, &office), "").await,
        Err(Error::SessionEnded)
    ));
    let half_way = waiting(&office).await;
    office.director().await.set_user_active(office.user(Person::Anna).await, false).await.unwrap();
    assert!(matches!(
        office.crm.confirm_sign_in(&half_way, &shown(&secret, &office), "").await,
        Err(Error::SessionEnded)
    ));
}

#[tokio::test]
async fn a_recovery_code_is_good_once_and_new_ones_end_the_old() {
    for office in Office::each().await {
        let (_, codes) = turned_on(&office).await;
        let all: Vec<&str> = codes.iter().collect();
        assert_eq!(all.len(), SecondFactor::RECOVERY_CODES);
        let half_way = waiting(&office).await;
        let entry = office.crm.confirm_sign_in(&half_way, all[0], "").await.unwrap();
        let half_way = waiting(&office).await;
        assert!(wrong_code(&office.crm.confirm_sign_in(&half_way, all[0], "").await));
        let anna = office.crm.session(&entry.token).await.unwrap().unwrap();
        assert!(anna.renew_recovery_codes("не тот пароль").await.is_err());
        let renewed = anna.renew_recovery_codes(PASSWORD).await.unwrap();
        assert!(wrong_code(&office.crm.confirm_sign_in(&half_way, all[1], "").await));
        office.crm.confirm_sign_in(&half_way, renewed.iter().next().unwrap(), "").await.unwrap();
        // Of none of this a secret is on record.
        let log = office.director().await.audit_log(&AuditFilter::default(), first_page()).await.unwrap();
        let log = format!("{:?}", log.page.items);
        assert!(log.contains("RecoveryCodes") && all.iter().all(|it| !log.contains(it)));
    }
}

#[tokio::test]
async fn turning_it_off_needs_the_password_and_resetting_it_the_right_to() {
    for office in Office::each().await {
        turned_on(&office).await;
        let (alla, id) = (office.session(Person::Alla).await, office.user(Person::Anna).await);
        alla.reset_second_factor(id).await.unwrap();
        let token = office.token(Person::Anna).await;
        let (secret, anna) = (NewSecret::random().unwrap(), office.crm.session(&token).await.unwrap().unwrap());
        assert!(wrong_code(&anna.turn_on_second_factor(PASSWORD, &secret, "000000").await.map(drop)));
        anna.turn_on_second_factor(PASSWORD, &secret, &shown(&secret, &office)).await.unwrap();
        let twice = anna.turn_on_second_factor(PASSWORD, &secret, &shown(&secret, &office)).await.map(drop);
        assert!(matches!(twice, Err(Error::Conflict)));
        assert!(anna.turn_off_second_factor("не тот пароль").await.is_err());
        anna.turn_off_second_factor(PASSWORD).await.unwrap();
        office.token(Person::Anna).await;
        let gleb = office.user(Person::Gleb).await;
        let refused = alla.reset_second_factor(gleb).await;
        assert!(matches!(refused, Err(Error::Refused(RuleViolation::SuperuserOnly))), "{refused:?}");
    }
}

#[tokio::test]
async fn whose_role_asks_for_a_second_factor_may_do_nothing_before_it_is_on() {
    for office in Office::each().await {
        let token = office.token(Person::Anna).await;
        let role = office.role(DefaultRole::Operator).await;
        let change =
            application::RoleChange { id: role, version: 1, name: None, permissions: None, second_factor: Some(true) };
        office.director().await.edit_roles(vec![change]).await.unwrap();
        let session = async || office.crm.session(&token).await.unwrap().unwrap();
        let anna = session().await;
        assert_eq!(anna.required_action(), Some(RequiredAction::TurnOnSecondFactor));
        assert!(!anna.actor().may(Permission::ViewLeads));
        assert!(crate::support::is_forbidden(&anna.list::<Lead>(&[LeadFilter::default()], first_page()).await));
        let secret = NewSecret::random().unwrap();
        anna.turn_on_second_factor(PASSWORD, &secret, &shown(&secret, &office)).await.unwrap();
        let anna = session().await;
        assert_eq!(anna.required_action(), None);
        anna.list::<Lead>(&[LeadFilter::default()], first_page()).await.unwrap();
    }
}

#[tokio::test]
async fn whose_role_asks_for_a_second_factor_keeps_it_on() {
    for office in Office::each().await {
        let asks = async |version, second_factor| {
            let id = office.role(DefaultRole::Operator).await;
            let change = application::RoleChange { id, version, name: None, permissions: None, second_factor };
            office.director().await.edit_roles(vec![change]).await.unwrap();
        };
        let (anna, secret) = (office.session(Person::Anna).await, NewSecret::random().unwrap());
        anna.turn_on_second_factor(PASSWORD, &secret, &shown(&secret, &office)).await.unwrap();
        asks(1, Some(true)).await;
        let before = everything(&*office.store).await;
        let refused = anna.turn_off_second_factor(PASSWORD).await;
        assert!(matches!(refused, Err(Error::Refused(RuleViolation::FactorRequired))), "{refused:?}");
        assert_eq!(everything(&*office.store).await, before);
        asks(2, Some(false)).await;
        anna.turn_off_second_factor(PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn a_temporary_password_lets_its_user_in_only_to_choose_another() {
    for office in Office::each().await {
        let id = office.user(Person::Anna).await;
        office.session(Person::Alla).await.set_user_password(id, &password("anna"), true).await.unwrap();
        let anna = office.session(Person::Anna).await;
        assert_eq!(anna.required_action(), Some(RequiredAction::ChangePassword));
        assert!(crate::support::is_forbidden(&anna.list::<Lead>(&[LeadFilter::default()], first_page()).await));
        let entry = anna.change_own_password(PASSWORD, &new_password("anna")).await.unwrap();
        let anna = office.crm.session(&entry.token).await.unwrap().unwrap();
        assert_eq!(anna.required_action(), None);
        anna.list::<Lead>(&[LeadFilter::default()], first_page()).await.unwrap();
    }
}

#[tokio::test]
async fn a_second_factor_ends_the_sessions_that_told_no_code() {
    for office in Office::each().await {
        let (here, there) = (office.token(Person::Anna).await, office.token(Person::Anna).await);
        let (anna, secret) = (office.crm.session(&here).await.unwrap().unwrap(), NewSecret::random().unwrap());
        let wrong = anna.turn_on_second_factor("не тот пароль", &secret, &shown(&secret, &office)).await.map(drop);
        assert!(matches!(wrong, Err(Error::Invalid(Field::CurrentPassword, Invalid::WrongPassword))), "{wrong:?}");
        assert!(is_on(&office, &there).await);
        anna.turn_on_second_factor(PASSWORD, &secret, &shown(&secret, &office)).await.unwrap();
        assert!(is_on(&office, &here).await && !is_on(&office, &there).await);
    }
}

/// Signs in with a wrong password until one has to wait; how often, and for how long.
async fn guess(office: &Office, from: [u8; 4], device: &str) -> (u32, TimeDelta) {
    let crm = office.crm.asked_from(from.into());
    for n in 0.. {
        let answer = crm.sign_in("anna", "не тот пароль", Browser { session: None, device }).await;
        if let Some(wait) = throttled(&answer) {
            return (n, wait);
        }
        assert!(matches!(answer, Ok(SignIn::Refused)));
    }
    unreachable!()
}

#[tokio::test]
async fn who_guesses_waits_and_the_real_user_does_not() {
    let office = Office::new().await;
    let crm = office.crm.asked_from([192, 0, 2, 1].into());
    let SignIn::In(entry) = crm.sign_in("anna", PASSWORD, Browser::default()).await.unwrap() else { panic!() };
    let device = entry.device.unwrap().cookie();
    assert_eq!(guess(&office, [198, 51, 100, 7], "").await, (5, TimeDelta::seconds(10)));
    // The right password is not even looked at from there.
    let there = office.crm.asked_from([198, 51, 100, 7].into());
    assert!(throttled(&there.sign_in("anna", PASSWORD, Browser::default()).await).is_some());
    // From everywhere else it is, and an open session lives on.
    assert!(matches!(crm.sign_in("anna", PASSWORD, Browser::default()).await, Ok(SignIn::In(_))));
    assert!(is_on(&office, &entry.token).await);
    // However many guess: the browser that she knows has a bucket of its own.
    for n in 0..11 {
        guess(&office, [203, 0, 113, n], "").await;
    }
    // At an address that never failed as her, she need not.
    assert!(matches!(crm.sign_in("anna", PASSWORD, Browser::default()).await, Ok(SignIn::In(_))));
    for n in 11..30 {
        guess(&office, [203, 0, 113, n], "").await;
    }
    assert!(throttled(&crm.sign_in("anna", PASSWORD, Browser::default()).await).is_some());
    let known = Browser { session: None, device: &device };
    assert!(matches!(crm.sign_in("anna", PASSWORD, known).await, Ok(SignIn::In(_))));
    // A name that nobody has is treated alike.
    let nobody = office.crm.asked_from([198, 51, 100, 9].into());
    for _ in 0..5 {
        assert!(matches!(nobody.sign_in("olga", "не тот пароль", Browser::default()).await, Ok(SignIn::Refused)));
    }
    assert_eq!(throttled(&nobody.sign_in("olga", "x", Browser::default()).await), Some(TimeDelta::seconds(10)));
    office.clock.advance(TimeDelta::seconds(60));
    assert!(matches!(there.sign_in("anna", PASSWORD, Browser::default()).await, Ok(SignIn::In(_))));
}

#[tokio::test]
async fn wrong_codes_and_wrong_current_passwords_count_too() {
    let office = Office::new().await;
    let (secret, _) = turned_on(&office).await;
    let half_way = waiting(&office).await;
    for _ in 0..5 {
        assert!(wrong_code(&office.crm.confirm_sign_in(&half_way, "000000", "").await));
    }
    let code = shown(&secret, &office);
    assert_eq!(throttled(&office.crm.confirm_sign_in(&half_way, &code, "").await), Some(TimeDelta::minutes(1)));
    let maxim: Session = office.session(Person::Maxim).await;
    for _ in 0..5 {
        assert!(maxim.change_own_password("не тот пароль", &new_password("maxim")).await.is_err());
    }
    let answer = maxim.change_own_password(PASSWORD, &new_password("maxim")).await;
    assert_eq!(throttled(&answer), Some(TimeDelta::seconds(10)));
    let failed = log(&office, AuditAction::SignInFailed).await;
    let mut reasons: Vec<_> = failed.iter().map(|it| it.changes[0].after.as_deref().unwrap()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, [["code"; 5], ["current_password"; 5]].concat());
    let asked = log(&office, AuditAction::CodeAsked).await;
    assert_eq!(asked.len(), 1, "a right password is on record before its code is");
    assert_eq!((asked[0].by, asked[0].record), (None, office.user(Person::Anna).await.0));
}

async fn log(office: &Office, act: AuditAction) -> Vec<AuditEntry> {
    let filter = AuditFilter { act: Some(act), ..Default::default() };
    let page = office.director().await.audit_log(&filter, first_page()).await.unwrap().page;
    page.items.into_iter().map(Result::unwrap).collect()
}

#[tokio::test]
async fn who_told_no_code_is_in_no_list_and_forgotten_after_ten_minutes() {
    for office in Office::each().await {
        let session = office.session(Person::Anna).await;
        let secret = NewSecret::random().unwrap();
        session.turn_on_second_factor(PASSWORD, &secret, &shown(&secret, &office)).await.unwrap();
        office.clock.advance(TimeDelta::seconds(1));
        for _ in 0..120 {
            waiting(&office).await;
        }
        let entry = office.crm.confirm_sign_in(&waiting(&office).await, &later(&secret, &office), "").await.unwrap();
        let here = office.crm.session(&entry.token).await.unwrap().unwrap();
        assert_eq!(here.own_account().await.unwrap().sessions.len(), 2, "and that which turned it on");
        let all = async || office.store.begin(Mode::Read).await.unwrap().sessions(None, 1000).await.unwrap().len();
        let before = all().await;
        office.clock.advance(TimeDelta::minutes(10));
        office.crm.maintenance().await.unwrap();
        assert_eq!(before - all().await, 120);
    }
}

#[tokio::test]
async fn a_refusal_takes_its_time_be_there_such_a_user_or_not() {
    let office = Office::kept().await;
    for name in ["anna", "nobody", "denis"] {
        let start = Instant::now();
        let answer = office.crm.sign_in(name, "не тот пароль", Browser::default()).await;
        assert!(matches!(answer, Ok(SignIn::Refused)));
        assert!(start.elapsed() >= Duration::from_millis(100), "{name}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn nobody_is_helped_to_sign_in_by_themselves() {
    for office in Office::each().await {
        for person in [Person::Alla, Person::Gleb] {
            let (session, own) = (office.session(person).await, office.user(person).await);
            let before = office.stored::<User>(own).await;
            let refused = |it: Result<(), Error>| matches!(it, Err(Error::Refused(RuleViolation::OwnAccount)));
            assert!(refused(session.make_password_link(own).await.map(drop)));
            assert!(refused(session.set_user_password(own, &new_password(person.username()), false).await));
            assert!(refused(session.reset_second_factor(own).await));
            assert_eq!(office.stored::<User>(own).await, before);
        }
    }
}

#[tokio::test]
async fn what_is_written_is_permitted_in_the_transaction_that_writes_it() {
    for office in Office::each().await {
        let anna = office.session(Person::Anna).await;
        let role = office.role(DefaultRole::Operator).await;
        let (lead, director) = (office.lead(None).await, office.director().await);
        let note = || crate::support::details::note("Перезвонить");
        // The session is that of a request which began before all this.
        let change = application::RoleChange {
            id: role,
            version: 1,
            name: None,
            permissions: Some(domain::access::Permissions::default()),
            second_factor: None,
        };
        director.edit_roles(vec![change]).await.unwrap();
        assert!(crate::support::is_forbidden(&anna.add_note(office.id(), lead, note()).await.map(drop)));
        let refused = AuditFilter { by: Some(anna.actor().id), act: Some(AuditAction::Refused), ..Default::default() };
        assert_eq!(director.audit_log(&refused, first_page()).await.unwrap().page.items.len(), 1);
        director.set_user_active(office.user(Person::Anna).await, false).await.unwrap();
        let before = everything(&*office.store).await;
        let refused = anna.add_note(office.id(), lead, note()).await.map(drop);
        assert!(matches!(refused, Err(Error::SessionEnded)), "{refused:?}");
        let refused = anna.change_own_password(PASSWORD, &new_password("anna")).await.map(drop);
        assert!(matches!(refused, Err(Error::SessionEnded)), "{refused:?}");
        assert_eq!(everything(&*office.store).await, before);
    }
}
