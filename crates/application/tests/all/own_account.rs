//! One's own account: profile, password, sessions.
use crate::support::{Office, PASSWORD, Person, first_page, is_on, new_password, password, sign_in};
use application::{Error, Profile};
use chrono::TimeDelta;
use domain::{
    audit::{AuditAction, AuditFilter},
    calendar::Calendar,
    field::Field,
    preferences::{Appearance, Density, Language, Preferences, SingleKeys, Theme},
    session::{Device, SessionId},
    user::{PersonName, User},
    values::{Email, Invalid},
};

async fn acts(office: &Office, act: AuditAction) -> usize {
    let filter = AuditFilter { act: Some(act), ..Default::default() };
    office.director().await.audit_log(&filter, first_page()).await.unwrap().page.items.len()
}

#[tokio::test]
async fn somebody_sees_their_own_sessions_and_nobody_elses() {
    for office in Office::each().await {
        office.token(Person::Maxim).await;
        let phone = office.crm.asked_by(Device::named("Телефон")).asked_from([192, 0, 2, 9].into());
        sign_in(&phone, "anna", PASSWORD, None).await.unwrap();
        office.clock.advance(TimeDelta::minutes(1));
        let token = office.token(Person::Anna).await;
        let here = office.crm.session(&token).await.unwrap().unwrap();
        let account = here.own_account().await.unwrap();
        let told: Vec<_> = account.sessions.iter().map(|it| (here.is_this(it), it.device.as_str(), it.from)).collect();
        assert_eq!(told, [(true, "", None), (false, "Телефон", Some([192, 0, 2, 9].into()))]);
        assert_eq!(account.user.id, office.user(Person::Anna).await);
    }
}

#[tokio::test]
async fn one_session_is_ended_or_all_others_and_never_somebody_elses() {
    for office in Office::each().await {
        let (one, two, three) =
            (office.token(Person::Anna).await, office.token(Person::Anna).await, office.token(Person::Anna).await);
        let his = office.token(Person::Maxim).await;
        let here = office.crm.session(&one).await.unwrap().unwrap();
        let his_session = office.crm.session(&his).await.unwrap().unwrap().own_account().await.unwrap().sessions;
        assert!(matches!(here.end_own_session(his_session[0].id()).await, Err(Error::NotFound)));
        assert!(is_on(&office, &his).await);
        assert_eq!(acts(&office, AuditAction::SessionsEnded).await, 0, "there was nothing to end");

        let there = office.crm.session(&two).await.unwrap().unwrap();
        let sessions = there.own_account().await.unwrap().sessions;
        let id: SessionId = sessions.iter().find(|it| there.is_this(it)).unwrap().id();
        here.end_own_session(id).await.unwrap();
        assert!(!is_on(&office, &two).await);
        assert!(is_on(&office, &one).await && is_on(&office, &three).await);

        here.end_other_sessions().await.unwrap();
        assert!(!is_on(&office, &three).await);
        assert!(is_on(&office, &one).await && is_on(&office, &his).await);
        assert_eq!(acts(&office, AuditAction::SessionsEnded).await, 2);
    }
}

#[tokio::test]
async fn a_new_password_needs_the_current_one_and_ends_every_other_session() {
    for office in Office::each().await {
        let (old, other, new) =
            (office.token(Person::Anna).await, office.token(Person::Anna).await, new_password("anna"));
        let here = office.crm.session(&old).await.unwrap().unwrap();
        let refused = here.change_own_password("не тот пароль", &new).await.err();
        let same = here.change_own_password(PASSWORD, &password("anna")).await.err();
        assert!(matches!(same, Some(Error::Invalid(Field::Password, Invalid::SamePassword))), "{same:?}");
        assert!(matches!(refused, Some(Error::Invalid(Field::CurrentPassword, Invalid::WrongPassword))), "{refused:?}");
        assert!(is_on(&office, &other).await);

        office.clock.advance(TimeDelta::minutes(1));
        let token = here.change_own_password(PASSWORD, &new).await.unwrap().token;
        assert!(is_on(&office, &token).await);
        assert!(!is_on(&office, &old).await && !is_on(&office, &other).await);
        let history = office.director().await.user(here.actor().id).await.unwrap().history;
        assert_eq!(
            history.entries[0].as_ref().unwrap().changes.iter().map(|it| it.field).collect::<Vec<_>>(),
            [Field::Password]
        );
    }
}

#[tokio::test]
async fn a_profile_is_name_and_address_and_nothing_else() {
    for office in Office::each().await {
        let id = office.user(Person::Anna).await;
        let anna = office.session(Person::Anna).await;
        let before: User = office.stored(id).await;
        let profile = Profile {
            full_name: PersonName::parse("Анна Новая").unwrap(),
            email: Some(Email::parse("anna@example.com").unwrap()),
            preferences: Preferences {
                language: Some(Language::English),
                time_zone: Calendar::named("Asia/Omsk"),
                appearance: Appearance { theme: Some(Theme::Dark), density: Some(Density::Compact), single_keys: None },
            },
        };
        anna.edit_own_profile(before.stamp.version, profile.clone()).await.unwrap();
        let after: User = office.stored(id).await;
        let mut expected = before.clone();
        (expected.details.full_name, expected.details.email) = (profile.full_name.clone(), profile.email.clone());
        (expected.details.preferences, expected.stamp) = (profile.preferences, after.stamp);
        assert_eq!(after, expected);
        let stale = anna.edit_own_profile(before.stamp.version, profile).await;
        assert!(matches!(stale, Err(Error::Conflict)));
        assert_eq!(office.stored::<User>(id).await, after);
    }
}

#[tokio::test]
async fn what_somebody_chooses_goes_with_them_and_nobody_else_takes_it_away() {
    for office in Office::each().await {
        let id = office.user(Person::Anna).await;
        let anna = office.session(Person::Anna).await;
        let appearance = |appearance| Preferences { appearance, ..Preferences::default() };
        anna.choose_preferences(appearance(Appearance { theme: Some(Theme::Dark), ..Appearance::default() }))
            .await
            .unwrap();
        let keys = Appearance { single_keys: Some(SingleKeys::Off), density: Some(Density::Compact), theme: None };
        anna.choose_preferences(appearance(keys)).await.unwrap();
        let both = Appearance { theme: Some(Theme::Dark), ..keys };
        // On another device.
        assert_eq!(office.session(Person::Anna).await.preferences().appearance, both);
        // An administrator changes everything that they see of her, and not what is hers alone.
        let user: User = office.stored(id).await;
        let mut details = user.details.clone();
        details.full_name = PersonName::parse("Анна Иная").unwrap();
        details.preferences = Preferences { language: Some(Language::English), ..Preferences::default() };
        office.director().await.edit_user(id, user.stamp.version, details).await.unwrap();
        let after = office.stored::<User>(id).await.details;
        assert_eq!((after.preferences.appearance, after.preferences.language), (both, Some(Language::English)));
        assert_eq!(after.full_name.as_str(), "Анна Иная");
        // What is the same already is no change.
        let version = office.stored::<User>(id).await.stamp.version;
        anna.choose_preferences(appearance(both)).await.unwrap();
        assert_eq!(office.stored::<User>(id).await.stamp.version, version);
    }
}

#[tokio::test]
async fn editors_of_users_sign_them_out_everywhere_but_no_superuser() {
    for office in Office::each().await {
        let (hers, his) = (office.token(Person::Anna).await, office.token(Person::Gleb).await);
        let alla = office.session(Person::Alla).await;
        alla.end_sessions_of(office.user(Person::Anna).await).await.unwrap();
        assert!(!is_on(&office, &hers).await);
        let refused = alla.end_sessions_of(office.user(Person::Gleb).await).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        assert!(is_on(&office, &his).await);
    }
}
