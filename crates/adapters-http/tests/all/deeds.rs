//! Changes to users and roles as sentences in histories and in the audit log.
use crate::support::{
    Site, html,
    office::{PASSWORD, Person, details, new_password, password},
};
use application::{Browser as Known, NewSecret, RecoveryCodes, RoleChange, Session, SignIn, Token};
use chrono::TimeDelta;
use domain::{
    access::{DefaultRole, Permission, Permissions},
    audit::{AuditAction, AuditEntry, FieldChange},
    field::Field,
    second_factor::SecondFactor,
    store::Mode,
    user::{PasswordLink, User, UserDetails, UserId},
};
use totp_rs::{Builder, Secret};

/// The words after the first occurrence of `mark`.
fn first(page: &str, mark: &str) -> String {
    html::words(page.split(mark).nth(1).unwrap_or_else(|| panic!("{mark}: {page}")))
}

/// The sentences for the user's latest change, in their history and in the audit log.
async fn told(site: &Site, id: UserId) -> String {
    let mut gleb = site.browser(Person::Gleb).await;
    let history = first(&gleb.get(&format!("/users/{id}")).await.text(), "timeline__dot");
    let log = gleb.get(&format!("/audit?kind=user&record={id}&act=changed")).await.text();
    let log = first(log.split("<tbody>").nth(1).unwrap(), "<tr>");
    // The latest entry begins with its author. The words of the change follow its time.
    let (_, history) = history.split_once("Сегодня, 12:00").unwrap();
    assert!(log.contains(history.trim()), "{history} | {log}");
    site.office.clock.advance(TimeDelta::milliseconds(1));
    history.trim().to_owned()
}

async fn version(site: &Site, id: UserId) -> i32 {
    site.office.stored::<User>(id).await.stamp.version
}

#[tokio::test]
async fn a_password_change_says_who_set_it_and_how() {
    let site = Site::new().await;
    let (crm, director, id) = (&site.office.crm, site.office.director().await, site.office.user(Person::Anna).await);
    // The users' first passwords have the current time stamp, so the clock moves on.
    site.office.clock.advance(TimeDelta::seconds(1));
    let set = async |temporary| director.set_user_password(id, &password("anna"), temporary).await.unwrap();
    set(true).await;
    assert_eq!(told(&site, id).await, "Задан временный пароль");
    let anna = site.office.session(Person::Anna).await;
    anna.change_own_password(PASSWORD, &new_password("anna")).await.unwrap();
    assert_eq!(told(&site, id).await, "Пользователь сменил свой пароль");
    set(false).await;
    assert_eq!(told(&site, id).await, "Задан новый пароль");
    let link = director.make_password_link(id).await.unwrap();
    let made = told(&site, id).await;
    assert_eq!(made, "Создана ссылка для нового пароля. Действует до: 13 янв., 12:00");
    crm.set_password_by_link(&link, &password("anna")).await.unwrap();
    assert_eq!(told(&site, id).await, "Пароль задан по ссылке");
    for (wait, expected) in [
        (TimeDelta::zero(), "Задан новый пароль Ссылка для нового пароля отозвана"),
        (PasswordLink::VALID, "Задан новый пароль"),
    ] {
        director.make_password_link(id).await.unwrap();
        told(&site, id).await;
        site.office.clock.advance(wait);
        set(false).await;
        assert_eq!(told(&site, id).await, expected);
    }
}

#[tokio::test]
async fn an_unused_link_is_not_reported_as_a_password_change() {
    for (wait, expected) in [
        (TimeDelta::seconds(1), "Ссылка для нового пароля отозвана"),
        (PasswordLink::VALID, "Срок ссылки для нового пароля истёк, ссылка удалена"),
    ] {
        let site = Site::new().await;
        let id = site.office.user(Person::Anna).await;
        site.office.director().await.make_password_link(id).await.unwrap();
        site.office.clock.advance(wait);
        let anna = site.office.session(Person::Anna).await;
        anna.change_own_password(PASSWORD, &new_password("anna")).await.unwrap();
        let mut gleb = site.browser(Person::Gleb).await;
        let page = html::words(&gleb.get(&format!("/users/{id}")).await.text());
        assert!(page.contains("Пользователь сменил свой пароль") && !page.contains("по ссылке"), "{wait}: {page}");
        assert!(page.contains(expected), "{wait}: {page}");
        assert_eq!(page.contains("отозвана"), expected.contains("отозвана"), "{wait}: {page}");
    }
}

fn code(site: &Site, secret: &NewSecret) -> String {
    let secret = Secret::try_from_base32(secret.base32()).unwrap();
    let seconds = u64::try_from(site.office.crm.now().timestamp()).unwrap();
    Builder::new().with_secret(secret).build().unwrap().generate(seconds).to_string()
}

async fn turn_on(site: &Site, anna: &Session) -> RecoveryCodes {
    let secret = NewSecret::random().unwrap();
    let codes = anna.turn_on_second_factor(PASSWORD, &secret, &code(site, &secret)).await.unwrap();
    site.office.clock.advance(TimeDelta::seconds(1));
    codes
}

/// The first step of signing in.
async fn waiting(site: &Site) -> Token {
    match site.office.crm.sign_in("anna", PASSWORD, Known::default()).await.unwrap() {
        SignIn::CodeWanted(token) => token,
        _ => panic!("no code was required"),
    }
}

#[tokio::test]
async fn changes_to_a_second_factor_are_described() {
    let site = Site::new().await;
    let (anna, id) = (site.office.session(Person::Anna).await, site.office.user(Person::Anna).await);
    let codes = turn_on(&site, &anna).await;
    assert_eq!(told(&site, id).await, "Второй фактор включён");
    anna.renew_recovery_codes(PASSWORD).await.unwrap();
    let renewed = "Созданы новые коды восстановления, прежние не действуют";
    assert_eq!(told(&site, id).await, renewed, "as many codes as before");
    let half_way = waiting(&site).await;
    assert!(site.office.crm.confirm_sign_in(&half_way, codes.iter().next().unwrap(), "").await.is_err());
    let codes = anna.renew_recovery_codes(PASSWORD).await.unwrap();
    site.office.clock.advance(TimeDelta::seconds(1));
    site.office.crm.confirm_sign_in(&half_way, codes.iter().next().unwrap(), "").await.unwrap();
    assert_eq!(told(&site, id).await, "Использован код восстановления, осталось: 9");
    anna.renew_recovery_codes(PASSWORD).await.unwrap();
    assert_eq!(told(&site, id).await, renewed);
    anna.turn_off_second_factor(PASSWORD).await.unwrap();
    assert_eq!(told(&site, id).await, "Второй фактор выключен");
    site.office.clock.advance(TimeDelta::seconds(SecondFactor::STEP));
    turn_on(&site, &anna).await;
    site.office.director().await.reset_second_factor(id).await.unwrap();
    assert_eq!(told(&site, id).await, "Второй фактор сброшен");
}

#[tokio::test]
async fn given_and_removed_roles_and_permissions_are_named() {
    let site = Site::new().await;
    let (director, id) = (site.office.director().await, site.office.user(Person::Nina).await);
    let [operator, manager, marketer] = [DefaultRole::Operator, DefaultRole::Manager, DefaultRole::Marketer];
    let edit = async |details: UserDetails| director.edit_user(id, version(&site, id).await, details).await.unwrap();
    let having = async |roles: &[DefaultRole]| {
        let mut ids = Vec::new();
        for role in roles {
            ids.push(site.office.role(*role).await);
        }
        details::user("nina", "Nina", &ids)
    };
    edit(having(&[operator]).await).await;
    assert_eq!(told(&site, id).await, "Добавлена роль: Operator");
    director.make_password_link(id).await.unwrap();
    told(&site, id).await;
    edit(having(&[operator, manager]).await).await;
    assert_eq!(told(&site, id).await, "Добавлена роль: Manager Ссылка для нового пароля отозвана");
    edit(having(&[marketer]).await).await;
    let changed = told(&site, id).await;
    assert!(changed.starts_with("Добавлена роль: Marketer Сняты роли: "), "{changed}");
    assert!(changed.contains("Operator") && changed.contains("Manager"), "{changed}");
    edit(UserDetails { superuser: true, ..having(&[]).await }).await;
    assert_eq!(told(&site, id).await, "Выданы права главного администратора Снята роль: Marketer");
    edit(having(&[]).await).await;
    assert_eq!(told(&site, id).await, "Отозваны права главного администратора");

    let grant = async |permissions: &[Permission]| {
        let permissions: Permissions = permissions.iter().copied().collect();
        director.set_user_grants(id, version(&site, id).await, permissions).await.unwrap();
    };
    grant(&[Permission::ViewLeads, Permission::EditLeads]).await;
    assert_eq!(told(&site, id).await, "Выданы права: смотреть лидов, изменять лидов");
    grant(&[Permission::ViewLeads, Permission::ViewAudit]).await;
    let changed = told(&site, id).await;
    assert_eq!(changed, "Выдано право: смотреть журнал действий Отозвано право: изменять лидов");
    director.set_user_active(id, false).await.unwrap();
    assert_eq!(told(&site, id).await, "Доступ закрыт");
    director.set_user_active(id, true).await.unwrap();
    assert_eq!(told(&site, id).await, "Доступ открыт");
}

#[tokio::test]
async fn a_role_change_names_added_and_removed_permissions() {
    let site = Site::new().await;
    let (director, id) = (site.office.director().await, site.office.role(DefaultRole::Operator).await);
    let mut permissions = DefaultRole::Operator.permissions();
    permissions.extend([Permission::ViewClients]);
    let permissions = permissions.iter().filter(|it| *it != Permission::EditLeads).collect();
    let (permissions, second_factor) = (Some(permissions), Some(true));
    director.edit_roles(vec![RoleChange { id, version: 1, name: None, permissions, second_factor }]).await.unwrap();
    let mut gleb = site.browser(Person::Gleb).await;
    let page = html::words(&gleb.get(&format!("/audit?kind=role&record={id}&act=changed")).await.text());
    let expected =
        "Выдано право: смотреть клиентов Отозвано право: изменять лидов Войти теперь можно только со вторым фактором";
    assert!(page.contains(expected), "{page}");
    gleb.post("/preferences", &[("lang", "en")]).await;
    let page = html::words(&gleb.get(&format!("/audit?kind=role&record={id}&act=changed")).await.text());
    let expected = "Permission given: view clients Permission taken away: edit leads A second factor is now required";
    assert!(page.contains(expected), "{page}");
}

#[tokio::test]
async fn users_who_may_not_view_users_read_the_names_of_fields_alone() {
    let site = Site::new().await;
    let (director, id) = (site.office.director().await, site.office.user(Person::Nina).await);
    let operator = site.office.role(DefaultRole::Operator).await;
    director.edit_user(id, 1, details::user("nina", "Nina", &[operator])).await.unwrap();
    let maxim = site.office.user(Person::Maxim).await;
    director.set_user_grants(maxim, 1, [Permission::ViewAudit].into_iter().collect()).await.unwrap();
    let mut maxim = site.browser(Person::Maxim).await;
    let log = maxim.get(&format!("/audit?kind=user&record={id}&act=changed")).await.text();
    let log = first(log.split("<tbody>").nth(1).unwrap(), "<tr>");
    assert!(log.contains("Роли") && !log.contains("Operator") && !log.contains("Добавлена"), "{log}");
}

#[tokio::test]
async fn a_failed_sign_in_shows_its_reason() {
    let site = Site::new().await;
    let anna = site.office.stored::<User>(site.office.user(Person::Anna).await).await;
    let mut gleb = site.browser(Person::Gleb).await;
    for (code, russian, english) in [
        ("password", "Причина отказа: неверный пароль", "Reason: wrong password"),
        (
            "access_closed",
            "Причина отказа: пароль верный, но доступ закрыт",
            "Reason: right password, but access is closed",
        ),
        ("code", "Причина отказа: неверный код", "Reason: wrong code"),
        ("current_password", "Причина отказа: неверный текущий пароль", "Reason: wrong current password"),
        ("something", "Причина отказа: something", "Reason: something"),
    ] {
        site.office.clock.advance(TimeDelta::milliseconds(1));
        let changes = vec![FieldChange { field: Field::Reason, before: None, after: Some(code.to_owned()) }];
        let entry = AuditEntry::of_user(AuditAction::SignInFailed, &anna, None, None, site.office.crm.now());
        let mut work = site.office.store.begin(Mode::Write).await.unwrap();
        work.append(&AuditEntry { changes, ..entry }).await.unwrap();
        work.commit().await.unwrap();
        for (language, expected) in [("ru", russian), ("en", english)] {
            gleb.post("/preferences", &[("lang", language)]).await;
            let log = gleb.get("/audit?act=sign_in_failed").await.text();
            let log = first(log.split("<tbody>").nth(1).unwrap(), "<tr>");
            assert!(log.contains(&format!("{expected} ")), "{code}: {log}");
        }
    }
}

#[tokio::test]
async fn a_refusal_names_the_permission_or_the_rule() {
    let site = Site::new().await;
    assert_eq!(site.browser(Person::Nina).await.get("/leads").await.status, 403);
    site.office.clock.advance(TimeDelta::milliseconds(1));
    let (alla, id) = (site.office.session(Person::Alla).await, site.office.user(Person::Gleb).await);
    assert!(alla.end_sessions_of(id).await.is_err());
    let mut gleb = site.browser(Person::Gleb).await;
    let log = html::words(&gleb.get("/audit?act=refused").await.text());
    assert!(log.contains("Причина отказа: главного администратора меняет только главный администратор"), "{log}");
    assert!(log.contains("Не хватило права: смотреть лидов"), "{log}");
}
