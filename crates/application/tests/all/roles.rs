//! Who may change what a role or a user may do, and that nobody raises themselves by it.
use crate::support::{
    Office, Person,
    details::{role_name, user},
    everything::{assert_histories_are_whole, everything},
    next, password,
};
use application::{Error, Result, RoleChange, RuleViolation, Session};
use domain::{
    access::{
        DefaultRole, Permission,
        Permission::{
            ConvertLeads, CreateLeads, CreateRoles, EditLeads, EditRoles, ViewAudit, ViewLeads, ViewRoles,
            ViewStatistics, ViewUsers,
        },
        Permissions,
    },
    field::Field,
    record::RecordKind,
    role::{Role, RoleId},
    user::{User, UserDetails, UserId},
    values::{Invalid, RoleName},
};

fn set<const N: usize>(permissions: [Permission; N]) -> Permissions {
    permissions.into_iter().collect()
}

fn with(permissions: &Permissions, more: Permission) -> Permissions {
    permissions.iter().chain([more]).collect()
}

fn without(permissions: &Permissions, less: Permission) -> Permissions {
    permissions.iter().filter(|it| *it != less).collect()
}

fn to(id: RoleId, permissions: Permissions) -> RoleChange {
    RoleChange { id, version: 1, name: None, permissions: Some(permissions), second_factor: None }
}

fn named(id: RoleId, name: RoleName) -> RoleChange {
    RoleChange { id, version: 1, name: Some(name), permissions: None, second_factor: None }
}

fn refused<T>(answer: &Result<T>, refusal: RuleViolation) -> bool {
    matches!(answer, Err(Error::Refused(it)) if *it == refusal)
}

/// A role with these permissions that nobody has.
async fn role(office: &Office, permissions: Permissions) -> RoleId {
    office.director().await.create_role(office.id(), role_name(), permissions).await.unwrap()
}

/// Somebody new without any role, and in version 1.
async fn somebody(office: &Office) -> UserId {
    let name = format!("user{}", next());
    let id = office.id();
    office.director().await.create_user(id, user(&name, "", &[])).await.unwrap()
}

async fn permissions_of(office: &Office, id: RoleId) -> Permissions {
    office.stored::<Role>(id).await.permissions
}

/// Somebody who edits roles but not users, and gives what they hold.
async fn half_an_administrator(office: &Office) -> Session {
    let rights = [CreateRoles, EditRoles, ViewRoles, ViewUsers, ViewStatistics, ViewAudit];
    office.session_with(Person::Nina, set(rights)).await
}

/// Алла as the store knows her: an administrator, who holds users, roles, the audit log and statistics.
async fn alla(office: &Office) -> Session {
    office.session(Person::Alla).await
}

#[tokio::test]
async fn the_roles_come_by_name_with_how_many_people_have_each() {
    for office in Office::each().await {
        let empty = role(&office, set([ViewLeads])).await;
        let page = alla(&office).await.roles().await.unwrap();
        let names: Vec<&RoleName> = page.roles.iter().map(|it| &it.role.name).collect();
        assert!(names.is_sorted() && names.len() == 5, "{names:?}");
        for it in &page.roles {
            // Денис is a manager, too, but he may not sign in.
            assert_eq!(it.people, u64::from(it.role.id != empty), "{it:?}");
        }
        assert_eq!(page.own.into_iter().collect::<Vec<_>>(), [office.role(DefaultRole::Administrator).await]);
    }
}

#[tokio::test]
async fn a_role_sent_twice_is_made_once() {
    for office in Office::each().await {
        let (alla, id, name) = (alla(&office).await, office.id(), role_name());
        for _ in 0..2 {
            let made = alla.create_role(id, name.clone(), set([ViewStatistics])).await.unwrap();
            assert_eq!(made, id);
        }
        assert_eq!(office.stored::<Role>(id).await.stamp.version, 1);
        let before = everything(&*office.store).await;
        for answer in [
            alla.create_role(id, name.clone(), set([ViewUsers])).await,
            alla.create_role(id, role_name(), set([ViewStatistics])).await,
            office.director().await.create_role(id, name.clone(), set([ViewStatistics])).await,
        ] {
            assert!(matches!(answer, Err(Error::AlreadySaved(it)) if it == id.0), "{answer:?}");
        }
        assert_eq!(everything(&*office.store).await, before);
    }
}

#[tokio::test]
async fn the_name_of_a_role_is_taken_without_regard_to_case() {
    for office in Office::each().await {
        let (director, one) = (office.director().await, role(&office, set([])).await);
        let name = RoleName::parse("Колл-центр").unwrap();
        director.create_role(office.id(), name, set([])).await.unwrap();
        let before = everything(&*office.store).await;
        let taken = RoleName::parse("КОЛЛ-ЦЕНТР").unwrap();
        for answer in [
            director.edit_roles(vec![named(one, taken.clone())]).await,
            director.create_role(office.id(), taken.clone(), set([])).await.map(drop),
        ] {
            assert!(matches!(answer, Err(Error::Invalid(Field::Name, Invalid::Taken))), "{answer:?}");
        }
        assert_eq!(everything(&*office.store).await, before);
        director.edit_roles(vec![named(one, RoleName::parse("Приёмная").unwrap())]).await.unwrap();
        assert_eq!(office.stored::<Role>(one).await.name.as_str(), "Приёмная");
    }
}

#[tokio::test]
async fn only_an_administrator_of_users_and_roles_makes_a_role_beyond_what_they_hold() {
    let office = Office::new().await;
    let half = half_an_administrator(&office).await;
    let before = everything(&*office.store).await;
    let more = [set([ViewLeads]), set([ViewUsers, ConvertLeads]), Permissions::all()];
    for permissions in more.clone() {
        let answer = half.create_role(office.id(), role_name(), permissions).await;
        assert!(refused(&answer, RuleViolation::BeyondOwnPermissions), "{answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
    half.create_role(office.id(), role_name(), set([ViewUsers, ViewStatistics])).await.unwrap();
    for permissions in more {
        alla(&office).await.create_role(office.id(), role_name(), permissions).await.unwrap();
    }
}

#[tokio::test]
async fn a_user_who_edits_roles_but_not_users_gives_and_takes_what_they_hold() {
    let office = Office::new().await;
    let half = half_an_administrator(&office).await;
    let operator = office.role(DefaultRole::Operator).await;
    let has = permissions_of(&office, operator).await;
    let before = everything(&*office.store).await;
    for (what, permissions) in [
        ("gives", with(&has, ConvertLeads)),
        ("takes", without(&has, ViewLeads)),
        ("takes all", set([])),
        ("swaps", with(&without(&has, ViewLeads), ViewUsers)),
    ] {
        let answer = half.edit_roles(vec![to(operator, permissions)]).await;
        assert!(refused(&answer, RuleViolation::BeyondOwnPermissions), "{what}: {answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
    let changed = with(&without(&has, ViewStatistics), ViewUsers);
    half.edit_roles(vec![to(operator, changed.clone())]).await.unwrap();
    assert_eq!(permissions_of(&office, operator).await, changed);
    alla(&office).await.edit_roles(vec![RoleChange { version: 2, ..to(operator, set([])) }]).await.unwrap();
    assert!(permissions_of(&office, operator).await.is_empty());
    assert_histories_are_whole(&everything(&*office.store).await);
}

#[tokio::test]
async fn all_roles_of_a_form_are_saved_or_none() {
    for office in Office::each().await {
        let alla = alla(&office).await;
        let [first, second] = [role(&office, set([])).await, role(&office, set([])).await];
        let good = to(first, set([ViewStatistics]));
        let before = everything(&*office.store).await;
        let other = RoleChange { version: 7, ..to(second, set([ViewUsers])) };
        let unknown = to(office.id(), set([]));
        let own = to(office.role(DefaultRole::Administrator).await, set([]));
        for (what, bad, right) in [
            ("stale", other, (|it| matches!(it, Error::Conflict)) as fn(&Error) -> bool),
            ("unknown", unknown, |it| matches!(it, Error::NotFound)),
            ("own", own, |it| matches!(it, Error::Refused(RuleViolation::OwnRole))),
            ("twice", to(first, set([ViewUsers])), |it| matches!(it, Error::Conflict)),
        ] {
            let answer = alla.edit_roles(vec![good.clone(), bad]).await;
            assert!(answer.as_ref().is_err_and(right), "{what}: {answer:?}");
            assert_eq!(everything(&*office.store).await, before, "{what}");
        }
        let second_too = RoleChange { name: Some(role_name()), ..to(second, set([ViewUsers])) };
        alla.edit_roles(vec![good, second_too]).await.unwrap();
        assert_eq!(permissions_of(&office, first).await, set([ViewStatistics]));
        assert_eq!(permissions_of(&office, second).await, set([ViewUsers]));
    }
}

#[tokio::test]
async fn a_role_that_stays_as_it_is_gets_no_new_version() {
    let office = Office::new().await;
    let (alla, operator) = (alla(&office).await, office.role(DefaultRole::Operator).await);
    let before = everything(&*office.store).await;
    alla.edit_roles(vec![to(operator, permissions_of(&office, operator).await)]).await.unwrap();
    assert_eq!(everything(&*office.store).await, before);
}

/// Ways in which an administrator could try to become more than they are.
#[tokio::test]
async fn nobody_raises_themselves() {
    let office = Office::new().await;
    let (alla, own, gleb) = (alla(&office).await, office.user(Person::Alla).await, office.user(Person::Gleb).await);
    let (administrator, manager) =
        (office.role(DefaultRole::Administrator).await, office.role(DefaultRole::Manager).await);
    let has = permissions_of(&office, administrator).await;
    let chief = UserDetails { superuser: true, ..user("alla", "Alla", &[administrator]) };
    let before = everything(&*office.store).await;
    let answers: [(&str, RuleViolation, Result<()>); 9] = [
        ("her role", RuleViolation::OwnRole, alla.edit_roles(vec![to(administrator, with(&has, ConvertLeads))]).await),
        (
            "her role, less",
            RuleViolation::OwnRole,
            alla.edit_roles(vec![to(administrator, without(&has, EditRoles))]).await,
        ),
        ("herself", RuleViolation::OwnRole, alla.set_user_grants(own, 1, set([ConvertLeads])).await),
        ("herself, with what she holds", RuleViolation::OwnRole, alla.set_user_grants(own, 1, set([ViewUsers])).await),
        ("superuser", RuleViolation::SuperuserOnly, alla.edit_user(own, 1, chief).await),
        (
            "a superuser's password",
            RuleViolation::SuperuserOnly,
            alla.set_user_password(gleb, &password("gleb"), false).await,
        ),
        (
            "a superuser's roles",
            RuleViolation::SuperuserOnly,
            alla.edit_user(gleb, 1, user("gleb", "", &[manager])).await,
        ),
        ("a superuser's grants", RuleViolation::SuperuserOnly, alla.set_user_grants(gleb, 1, set([ViewUsers])).await),
        (
            "another role",
            RuleViolation::OwnRole,
            alla.edit_user(own, 1, user("alla", "Alla", &[administrator, manager])).await,
        ),
    ];
    for (what, refusal, answer) in answers {
        assert!(refused(&answer, refusal), "{what}: {answer:?}");
    }
    assert_eq!(everything(&*office.store).await, before);
}

#[tokio::test]
async fn a_role_is_renamed_by_users_who_give_it_and_do_not_have_it() {
    let office = Office::new().await;
    let (alla, half) = (alla(&office).await, half_an_administrator(&office).await);
    let (own, manager) = (office.role(DefaultRole::Administrator).await, office.role(DefaultRole::Manager).await);
    let lesser = role(&office, set([ViewUsers])).await;
    let before = everything(&*office.store).await;
    for (session, id, refusal) in
        [(&alla, own, RuleViolation::OwnRole), (&half, manager, RuleViolation::BeyondOwnPermissions)]
    {
        // Together with another change, too, and all of it or nothing.
        for change in [named(id, role_name()), RoleChange { permissions: Some(set([])), ..named(id, role_name()) }] {
            let answer = session.edit_roles(vec![to(lesser, set([])), change]).await;
            assert!(refused(&answer, refusal), "{refusal:?}: {answer:?}");
        }
        let (role, renaming) = session.role_to_edit(id).await.unwrap();
        assert_eq!((role.id, renaming), (id, Err(refusal)));
    }
    assert_eq!(everything(&*office.store).await, before);
    assert_eq!(alla.role_to_edit(lesser).await.unwrap().1, Ok(()));
    alla.edit_roles(vec![named(lesser, role_name())]).await.unwrap();
    alla.edit_roles(vec![named(manager, role_name())]).await.unwrap();
}

#[tokio::test]
async fn a_superuser_changes_their_own_role_and_grants() {
    let office = Office::new().await;
    let (director, gleb) = (office.director().await, office.user(Person::Gleb).await);
    let own = role(&office, set([])).await;
    let details = UserDetails { superuser: true, ..user("gleb", "", &[own]) };
    director.edit_user(gleb, 1, details).await.unwrap();
    director.edit_roles(vec![to(own, Permissions::all())]).await.unwrap();
    director.set_user_grants(gleb, 2, set([ViewLeads])).await.unwrap();
    assert_eq!(office.stored::<User>(gleb).await.grants, set([ViewLeads]));
}

#[tokio::test]
async fn grants_follow_the_same_rules_as_roles() {
    for office in Office::each().await {
        let (half, id) = (half_an_administrator(&office).await, somebody(&office).await);
        let answer = half.set_user_grants(id, 1, set([ViewUsers, ViewLeads])).await;
        assert!(refused(&answer, RuleViolation::BeyondOwnPermissions), "{answer:?}");
        alla(&office).await.set_user_grants(id, 1, set([ViewLeads, ViewStatistics])).await.unwrap();
        let before = everything(&*office.store).await;
        let answer = half.set_user_grants(id, 2, set([ViewStatistics])).await;
        assert!(refused(&answer, RuleViolation::BeyondOwnPermissions), "{answer:?}");
        let answer = half.set_user_grants(id, 1, set([ViewLeads])).await;
        assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
        assert_eq!(everything(&*office.store).await, before);
        half.set_user_grants(id, 2, set([ViewLeads, ViewUsers])).await.unwrap();
        let kept: User = office.stored(id).await;
        assert_eq!((kept.grants, kept.stamp.version), (set([ViewLeads, ViewUsers]), 3));
        let all = everything(&*office.store).await;
        assert_histories_are_whole(&all);
        let kept = all.iter().find(|it| it.kind == RecordKind::User && it.id == id.0).unwrap();
        let last = kept.history.last().unwrap();
        assert_eq!((last.by, last.changes[0].field), (Some(half.actor().id), Field::Permissions));
    }
}

#[tokio::test]
async fn the_permissions_of_a_user_say_where_each_is_from() {
    let office = Office::new().await;
    let (director, id) = (office.director().await, somebody(&office).await);
    let roles = [role(&office, set([ViewLeads])).await, role(&office, set([ViewLeads, EditLeads])).await];
    let name = office.stored::<User>(id).await.details.username;
    director.edit_user(id, 1, user(name.as_str(), "", &roles)).await.unwrap();
    director.set_user_grants(id, 2, set([EditLeads, CreateLeads])).await.unwrap();
    let told = director.user_permissions(id).await.unwrap();
    assert_eq!(told.origins.len(), Permission::ALL.len());
    let of = |permission| told.origins.iter().find(|it| it.permission == permission).unwrap();
    let from = |it| (of(it).roles.len(), of(it).granted, of(it).superuser, of(it).held);
    assert_eq!(from(ViewLeads), (2, false, false, true));
    assert_eq!(from(EditLeads), (1, true, false, true));
    assert_eq!(from(CreateLeads), (0, true, false, true));
    assert_eq!(from(ViewUsers), (0, false, false, false));
    let gleb = director.user_permissions(office.user(Person::Gleb).await).await.unwrap();
    assert!(gleb.origins.iter().all(|it| it.superuser && it.held));
    director.set_user_active(id, false).await.unwrap();
    let closed = director.user_permissions(id).await.unwrap();
    assert!(closed.origins.iter().all(|it| !it.held) && closed.origins.iter().any(|it| it.granted));
}

#[tokio::test]
async fn the_permissions_of_each_person_are_told_as_their_session_has_them() {
    let office = Office::new().await;
    let director = office.director().await;
    director.set_user_grants(office.user(Person::Nina).await, 1, set([ViewLeads])).await.unwrap();
    for person in Person::ACTIVE {
        let session = office.session(person).await;
        let told = director.user_permissions(office.user(person).await).await.unwrap();
        for it in told.origins {
            assert_eq!(it.held, session.actor().may(it.permission), "{person:?} {:?}", it.permission);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_save_the_same_roles_at_once_one_is_told_of_a_conflict() {
    for round in 0..10 {
        let office = Office::kept().await;
        let [first, second] = [role(&office, set([])).await, role(&office, set([])).await];
        let save = |session: Session, permissions: Permissions| {
            let changes = vec![to(first, permissions.clone()), to(second, permissions)];
            tokio::spawn(async move { session.edit_roles(changes).await })
        };
        let (one, two) = (set([ViewUsers]), set([ViewStatistics]));
        let (a, b) = tokio::join!(save(alla(&office).await, one.clone()), save(office.director().await, two.clone()));
        let (a, b) = (a.unwrap(), b.unwrap());
        let (kept, lost) = if a.is_ok() { (one, b) } else { (two, a) };
        assert!(matches!(lost, Err(Error::Conflict)), "round {round}: {lost:?}");
        assert_eq!(permissions_of(&office, first).await, kept, "round {round}");
        assert_eq!(permissions_of(&office, second).await, kept, "round {round}");
    }
}
