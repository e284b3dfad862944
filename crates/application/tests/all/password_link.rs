//! Links by which somebody sets their own password: for whom they are made, and for how long they are good.
use crate::support::{Office, PASSWORD, Person, details, is_on, new_password, password, sign_in};
use application::{Error, RuleViolation, Token};
use domain::{
    access::{DefaultRole, Permission},
    passwords::Password,
    user::{PasswordLink, User, UserDetails},
};

async fn by_link(office: &Office, link: &Token, new: &Password) -> Result<(), Error> {
    office.crm.set_password_by_link(link, new).await.map(drop)
}

#[tokio::test]
async fn a_link_sets_one_password_within_a_day_and_ends_every_session() {
    for office in Office::each().await {
        let (id, alla) = (office.user(Person::Anna).await, office.session(Person::Alla).await);
        let before = office.token(Person::Anna).await;
        let first = alla.make_password_link(id).await.unwrap();
        assert!(is_on(&office, &before).await);
        let second = alla.make_password_link(id).await.unwrap();
        assert!(office.crm.invited_by(&first).await.unwrap().is_none());
        assert!(matches!(by_link(&office, &first, &new_password("anna")).await, Err(Error::NotFound)));
        assert_eq!(office.crm.invited_by(&second).await.unwrap().unwrap().id, id);
        by_link(&office, &second, &new_password("anna")).await.unwrap();
        assert!(!is_on(&office, &before).await);
        assert!(sign_in(&office.crm, "anna", PASSWORD, None).await.is_none());
        let token = sign_in(&office.crm, "anna", new_password("anna").expose(), None).await.unwrap();
        assert_eq!(office.crm.session(&token).await.unwrap().unwrap().required_action(), None);
        // A used link is good for nothing.
        assert!(matches!(by_link(&office, &second, &password("anna")).await, Err(Error::NotFound)));
        assert!(is_on(&office, &token).await);
        let third = alla.make_password_link(id).await.unwrap();
        office.clock.advance(PasswordLink::VALID);
        assert!(matches!(by_link(&office, &third, &password("anna")).await, Err(Error::NotFound)));
        let history = office.stored::<User>(id).await;
        assert_eq!(history.stamp.changed_by, Some(office.user(Person::Alla).await));
    }
}

#[tokio::test]
async fn a_link_is_good_for_nothing_once_its_user_may_do_something_else() {
    for office in Office::each().await {
        let (id, director) = (office.user(Person::Nina).await, office.director().await);
        let version = async || office.stored::<User>(id).await.stamp.version;
        let role = office.role(DefaultRole::Operator).await;
        let promoted = UserDetails { superuser: true, ..details::user("nina", "", &[]) };
        for step in 0..4 {
            let link = director.make_password_link(id).await.unwrap();
            match step {
                0 => director.edit_user(id, version().await, details::user("nina", "", &[role])).await.unwrap(),
                1 => director.edit_user(id, version().await, promoted.clone()).await.unwrap(),
                2 => {
                    let grants = [Permission::ViewAudit].into_iter().collect();
                    director.set_user_grants(id, version().await, grants).await.unwrap();
                }
                _ => {
                    director.set_user_active(id, false).await.unwrap();
                    director.set_user_active(id, true).await.unwrap();
                }
            }
            let answer = by_link(&office, &link, &new_password("nina")).await;
            assert!(matches!(answer, Err(Error::NotFound)), "{step}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_link_of_a_deactivated_user_is_invalid() {
    let office = Office::new().await;
    let (id, director) = (office.user(Person::Anna).await, office.director().await);
    let link = director.make_password_link(id).await.unwrap();
    director.set_user_active(id, false).await.unwrap();
    assert!(matches!(by_link(&office, &link, &new_password("anna")).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn nobody_takes_a_link_for_more_power_than_they_have() {
    let office = Office::new().await;
    let (id, alla) = (office.user(Person::Gleb).await, office.session(Person::Alla).await);
    assert!(matches!(alla.make_password_link(id).await.map(drop), Err(Error::Refused(RuleViolation::SuperuserOnly))));
    let editor = office.session_with(Person::Nina, [Permission::EditUsers].into_iter().collect()).await;
    let alla = office.user(Person::Alla).await;
    let refused = editor.make_password_link(alla).await.map(drop);
    assert!(matches!(refused, Err(Error::Refused(RuleViolation::BeyondOwnPermissions))), "{refused:?}");
}
