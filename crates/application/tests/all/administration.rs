//! First start, and who may make whom what.
use crate::support::{
    Office, PASSWORD, Person, databases,
    details::user,
    everything::{everything, numbers},
    next, password, sign_in,
};
use application::{Error, Result, RuleViolation, Session};
use chrono::TimeDelta;
use domain::{
    access::{Actor, DefaultRole, Forbidden, Permission, Permissions},
    field::Field,
    store::Mode,
    user::{User, UserDetails, UserId},
    values::Invalid,
};

/// A new installation over each store: the roles are there, and nobody else.
async fn new_installations() -> Vec<Office> {
    let mut new = Vec::new();
    for (store, folder, _) in databases::each().await {
        new.push(Office::empty(store, folder).await);
    }
    new
}

fn first(name: &str) -> UserDetails {
    user(name, "Первый", &[])
}

fn is_wrong_code(answer: &Result<UserId>) -> bool {
    matches!(answer, Err(Error::Invalid(Field::SetupCode, Invalid::WrongCode)))
}

async fn superusers(office: &Office) -> u32 {
    office.store.begin(Mode::Read).await.unwrap().active_superusers().await.unwrap()
}

#[tokio::test]
async fn the_first_superuser_is_made_with_the_code_alone_and_once() {
    for office in new_installations().await {
        let (crm, password) = (&office.crm, password("first"));
        assert!(crm.needs_setup().await.unwrap());
        let before = everything(&*office.store).await;
        for code in ["", "0", &"0".repeat(32)] {
            assert!(is_wrong_code(&crm.create_first_superuser(code, first("first"), &password).await), "{code:?}");
        }
        let code = crm.open_setup().await.unwrap().unwrap();
        assert!(code.len() == 32 && code.bytes().all(|it| it.is_ascii_hexdigit()));
        for wrong in ["", &code[..31], &format!("{code}0"), &code.to_uppercase().replace(char::is_numeric, "9")] {
            assert!(is_wrong_code(&crm.create_first_superuser(wrong, first("first"), &password).await), "{wrong:?}");
        }
        assert_eq!(everything(&*office.store).await, before);
        let made = crm.create_first_superuser(&format!(" {code}\n"), first("first"), &password).await.unwrap();
        let made: User = office.stored(made).await;
        assert!(made.details.superuser && made.active);
        assert!(!crm.needs_setup().await.unwrap());
        assert!(sign_in(crm, "first", PASSWORD, None).await.is_some());
        assert!(crm.create_first_superuser(&code, first("second"), &password).await.is_err());
        assert_eq!(crm.open_setup().await.unwrap(), None);
        assert_eq!(superusers(&office).await, 1);
    }
}

#[tokio::test]
async fn a_code_is_good_for_an_hour_and_a_new_one_ends_it() {
    for office in new_installations().await {
        let (crm, password) = (&office.crm, password("first"));
        let old = crm.open_setup().await.unwrap().unwrap();
        let code = crm.open_setup().await.unwrap().unwrap();
        assert_ne!(old, code);
        assert!(is_wrong_code(&crm.create_first_superuser(&old, first("first"), &password).await));
        office.clock.advance(TimeDelta::hours(1));
        assert!(is_wrong_code(&crm.create_first_superuser(&code, first("first"), &password).await));
        office.clock.advance(-TimeDelta::microseconds(1));
        crm.create_first_superuser(&code, first("first"), &password).await.unwrap();
    }
}

#[tokio::test]
async fn a_superuser_made_on_the_console_closes_the_first_run() {
    for office in new_installations().await {
        let crm = &office.crm;
        let code = crm.open_setup().await.unwrap().unwrap();
        crm.create_superuser(first("console"), &password("console")).await.unwrap();
        let answer = crm.create_first_superuser(&code, first("first"), &password("first")).await;
        assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
        assert_eq!(superusers(&office).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_first_superusers_at_the_same_moment_one_is_made() {
    for _ in 0..10 {
        for office in new_installations().await {
            let code = office.crm.open_setup().await.unwrap().unwrap();
            let create = |name: &'static str| {
                let (crm, code) = (office.crm.clone(), code.clone());
                tokio::spawn(async move { crm.create_first_superuser(&code, first(name), &password(name)).await })
            };
            let (a, b) = tokio::join!(create("first"), create("second"));
            let made = [a.unwrap(), b.unwrap()].iter().filter(|it| it.is_ok()).count();
            assert_eq!((made, superusers(&office).await), (1, 1));
        }
    }
}

#[tokio::test]
async fn the_default_roles_are_made_once() {
    for office in new_installations().await {
        let before = everything(&*office.store).await;
        assert_eq!(numbers(&before).values().sum::<usize>(), DefaultRole::ALL.len());
        for role in DefaultRole::ALL {
            let kept: domain::role::Role = office.stored(office.role(role).await).await;
            assert_eq!(kept.permissions, role.permissions());
        }
        let other = |_| domain::values::RoleName::parse("Другая").unwrap();
        office.crm.make_default_roles(other).await.unwrap();
        assert_eq!(everything(&*office.store).await, before);
    }
}

fn refused(answer: &Result<()>, refusal: RuleViolation) -> bool {
    matches!(answer, Err(Error::Refused(it)) if *it == refusal)
}

#[tokio::test]
async fn nobody_but_a_superuser_makes_or_changes_one() {
    let office = Office::new().await;
    let (alla, gleb) = (office.session(Person::Alla).await, office.user(Person::Gleb).await);
    let (own, nina) = (office.user(Person::Alla).await, office.user(Person::Nina).await);
    let administrator = office.role(DefaultRole::Administrator).await;
    let chief = |name: &str, roles: &[_]| UserDetails { superuser: true, ..user(name, "", roles) };
    let before = everything(&*office.store).await;
    for (what, answer) in [
        ("edit", alla.edit_user(gleb, 1, chief("gleb", &[])).await),
        ("demote", alla.edit_user(gleb, 1, user("gleb", "", &[])).await),
        ("close", alla.set_user_active(gleb, false).await),
        ("open", alla.set_user_active(gleb, true).await),
        ("password", alla.set_user_password(gleb, &password("gleb"), false).await),
        ("raise herself", alla.edit_user(own, 1, chief("alla", &[administrator])).await),
        ("raise another", alla.edit_user(nina, 1, chief("nina", &[])).await),
        ("make", alla.create_user(office.id(), chief("chief", &[])).await.map(drop)),
    ] {
        assert!(refused(&answer, RuleViolation::SuperuserOnly), "{what}: {answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
    let director = office.session(Person::Gleb).await;
    director.create_user(office.id(), chief("chief", &[])).await.unwrap();
    assert_eq!(superusers(&office).await, 2);
}

#[tokio::test]
async fn an_administrator_gives_and_takes_every_role_but_their_own() {
    for office in Office::each().await {
        let (alla, own) = (office.session(Person::Alla).await, office.user(Person::Alla).await);
        let (nina, maxim) = (office.user(Person::Nina).await, office.user(Person::Maxim).await);
        let administrator = office.role(DefaultRole::Administrator).await;
        let before = everything(&*office.store).await;
        for role in [DefaultRole::Operator, DefaultRole::Marketer, DefaultRole::Manager] {
            let role = office.role(role).await;
            for roles in [vec![administrator, role], vec![role], vec![]] {
                let answer = alla.edit_user(own, 1, user("alla", "Alla", &roles)).await;
                assert!(refused(&answer, RuleViolation::OwnRole), "{roles:?}: {answer:?}");
            }
        }
        let answer = alla.edit_user(nina, 1, user("nina", "Nina", &[office.id()])).await;
        assert!(matches!(answer, Err(Error::Invalid(Field::Roles, Invalid::UnknownChoice))), "{answer:?}");
        assert_eq!(everything(&*office.store).await, before);
        for (version, role) in (1..).zip(DefaultRole::ALL) {
            let role = office.role(role).await;
            alla.edit_user(nina, version, user("nina", "Nina", &[role])).await.unwrap();
            assert_eq!(office.stored::<User>(nina).await.details.roles, [role].into());
            let name = format!("new{}", next());
            let made = alla.create_user(office.id(), user(&name, "", &[role])).await.unwrap();
            assert_eq!(office.stored::<User>(made).await.details.roles, [role].into());
        }
        alla.edit_user(maxim, 1, user("maxim", "Maxim", &[])).await.unwrap();
        assert!(office.stored::<User>(maxim).await.details.roles.is_empty());
    }
}

#[tokio::test]
async fn a_user_who_edits_roles_but_not_users_gives_only_roles_that_they_hold() {
    let office = Office::new().await;
    let rights = [Permission::CreateUsers, Permission::EditRoles, Permission::ViewStatistics];
    let nina = office.session_with(Person::Nina, rights.into_iter().collect()).await;
    let before = everything(&*office.store).await;
    for role in DefaultRole::ALL {
        let role = office.role(role).await;
        let answer = nina.create_user(office.id(), user("new", "", &[role])).await.map(drop);
        assert!(refused(&answer, RuleViolation::BeyondOwnPermissions), "{answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
}

#[tokio::test]
async fn roles_are_given_only_by_those_who_may_edit_roles() {
    let office = Office::new().await;
    let all_but: Permissions = Permission::ALL.into_iter().filter(|it| *it != Permission::EditRoles).collect();
    let (by, nina) = (office.session_with(Person::Nina, all_but).await, office.user(Person::Nina).await);
    let (maxim, operator) = (office.user(Person::Maxim).await, office.role(DefaultRole::Operator).await);
    let before = everything(&*office.store).await;
    for answer in [
        by.edit_user(nina, 1, user("nina", "Nina", &[operator])).await,
        by.edit_user(maxim, 1, user("maxim", "Maxim", &[])).await,
        by.create_user(office.id(), user("new", "", &[operator])).await.map(drop),
    ] {
        assert!(matches!(answer, Err(Error::Forbidden(Forbidden(Permission::EditRoles)))), "{answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
    by.edit_user(nina, 1, user("nina", "Нина", &[])).await.unwrap();
}

#[tokio::test]
async fn the_last_superuser_stays() {
    for office in Office::each().await {
        let (director, gleb) = (office.session(Person::Gleb).await, office.user(Person::Gleb).await);
        let refuses = async |what: &str| {
            let before = everything(&*office.store).await;
            let version = office.stored::<User>(gleb).await.stamp.version;
            for answer in [
                director.edit_user(gleb, version, user("gleb", "", &[])).await,
                director.set_user_active(gleb, false).await,
            ] {
                assert!(refused(&answer, RuleViolation::LastSuperuser), "{what}: {answer:?}");
            }
            assert_eq!(everything(&*office.store).await, before, "{what}");
        };
        refuses("alone").await;
        let chief = UserDetails { superuser: true, ..user("nina", "", &[]) };
        let nina = office.user(Person::Nina).await;
        director.edit_user(nina, 1, chief).await.unwrap();
        director.set_user_active(nina, false).await.unwrap();
        refuses("beside one whose access is closed").await;
        director.set_user_active(nina, true).await.unwrap();
        director.edit_user(gleb, 1, user("gleb", "", &[])).await.unwrap();
        assert_eq!(superusers(&office).await, 1);
        // The other details of the last one may change.
        let other = office.session(Person::Nina).await;
        let renamed = UserDetails { superuser: true, ..user("nina", "Нина", &[]) };
        other.edit_user(nina, 4, renamed).await.unwrap();
    }
}

/// Two superusers take each other's rights at the same moment: by a demotion or by closing the access.
async fn demote_each_other(office: &Office, round: usize) {
    let people = [office.user(Person::Gleb).await, office.user(Person::Nina).await];
    let names = ["gleb", "nina"];
    let chief = |at: usize| UserDetails { superuser: true, ..user(names[at], "", &[]) };
    let director = office.director().await;
    for at in [0, 1] {
        let kept: User = office.stored(people[at]).await;
        director.set_user_active(people[at], true).await.unwrap();
        let version = office.stored::<User>(kept.id).await.stamp.version;
        director.edit_user(kept.id, version, chief(at)).await.unwrap();
    }
    assert_eq!(superusers(office).await, 2, "round {round}");
    let versions =
        [office.stored::<User>(people[0]).await.stamp.version, office.stored::<User>(people[1]).await.stamp.version];
    // Signed in, the second user has lost their rights by then; on the console only the rule itself is in their way.
    let signed_in = round % 4 < 2;
    let sessions = if signed_in {
        [office.session(Person::Gleb).await, office.session(Person::Nina).await]
    } else {
        people.map(|it| office.crm.session_of(Actor::new(it, "—".into(), true, Permissions::default())))
    };
    let demote = |by: &Session, at: usize| {
        let (by, id, version) = (by.clone(), people[at], versions[at]);
        tokio::spawn(async move {
            if round.is_multiple_of(2) {
                by.edit_user(id, version, user(names[at], "", &[])).await
            } else {
                by.set_user_active(id, false).await
            }
        })
    };
    let (a, b) = tokio::join!(demote(&sessions[0], 1), demote(&sessions[1], 0));
    let (a, b) = (a.unwrap(), b.unwrap());
    let (kept, lost) = if a.is_ok() { (&a, &b) } else { (&b, &a) };
    let has_lost = match lost {
        Err(Error::Forbidden(_) | Error::SessionEnded) => signed_in,
        other => refused(other, RuleViolation::LastSuperuser),
    };
    assert!(kept.is_ok() && has_lost, "round {round}: {a:?} {b:?}");
    assert_eq!(superusers(office).await, 1, "round {round}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_superusers_who_demote_each_other_in_memory_one_stays() {
    let office = Office::new().await;
    for round in 0..100 {
        demote_each_other(&office, round).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_superusers_who_demote_each_other_in_a_database_one_stays() {
    let office = Office::kept().await;
    for round in 0..100 {
        demote_each_other(&office, round).await;
    }
}
