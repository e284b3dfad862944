//! The matrix of roles and the permissions of one user: shown, saved, refused.
use crate::support::{
    Answer, Browser, Site, html,
    office::{PASSWORD, Person, details, everything::everything},
    records::{Records, borrowed},
};
use application::RoleChange;
use domain::{
    access::{DefaultRole, Permission, Permissions},
    role::{Role, RoleId},
};

pub(crate) type Fields = Vec<(String, String)>;

pub(crate) const SAVE: &str = "/roles/permissions";

/// The values that the form of the page would send unchanged.
async fn shown(browser: &mut Browser, page: &str, action: &str) -> Fields {
    sent(&browser.get(page).await, action)
}

pub(crate) fn sent(answer: &Answer, action: &str) -> Fields {
    html::values(&html::form(&answer.text(), action).unwrap_or_else(|| panic!("no form of {action}")))
}

pub(crate) async fn post(browser: &mut Browser, path: &str, fields: &Fields) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    browser.post(path, &fields).await
}

pub(crate) fn cell(role: RoleId, of: &str) -> String {
    format!("{role}.{of}")
}

pub(crate) fn tick(fields: &mut Fields, name: &str) {
    fields.push((name.to_owned(), "1".to_owned()));
}

fn untick(fields: &mut Fields, name: &str) {
    let before = fields.len();
    fields.retain(|it| it.0 != name);
    assert_eq!(fields.len() + 1, before, "{name} was not ticked");
}

pub(crate) fn has(fields: &Fields, name: &str) -> bool {
    fields.iter().any(|it| it.0 == name)
}

async fn permissions(site: &Site, role: RoleId) -> Permissions {
    site.office.stored::<Role>(role).await.permissions
}

/// Gives Нина, who has no role, these permissions.
pub(crate) async fn nina_with<const N: usize>(site: &Site, permissions: [Permission; N]) -> Browser {
    let (director, nina) = (site.office.director().await, site.office.user(Person::Nina).await);
    director.set_user_grants(nina, 1, permissions.into_iter().collect()).await.unwrap();
    site.browser(Person::Nina).await
}

#[tokio::test]
async fn a_changed_permission_takes_effect_at_the_next_request() {
    let site = Site::new().await;
    let (mut anna, mut gleb) = (site.browser(Person::Anna).await, site.browser(Person::Gleb).await);
    let operator = site.office.role(DefaultRole::Operator).await;
    assert_eq!((anna.get("/leads").await.status, anna.get("/services").await.status), (200, 403));
    let mut fields = shown(&mut gleb, "/roles", SAVE).await;
    untick(&mut fields, &cell(operator, "leads.view"));
    tick(&mut fields, &cell(operator, "services.view"));
    let answer = post(&mut gleb, SAVE, &fields).await;
    assert_eq!((answer.status, answer.location()), (303, Some("/roles")));
    assert_eq!((anna.get("/leads").await.status, anna.get("/services").await.status), (403, 200));
    assert!(gleb.get("/roles").await.text().contains("Права сохранены"));
}

#[tokio::test]
async fn the_matrix_labels_every_box_row_and_column() {
    let site = Site::new().await;
    let page = site.browser(Person::Gleb).await.get("/roles").await.text();
    let tags = html::tags(&page);
    let boxes: Vec<_> = tags.iter().filter(|it| it.get("type") == Some("checkbox")).collect();
    // For each role its permissions, and whether it requires a second factor.
    assert_eq!(boxes.len(), DefaultRole::ALL.len() * (Permission::ALL.len() + 1));
    assert!(boxes.iter().all(|it| it.get("disabled").is_none()));
    assert!(boxes.iter().any(|it| it.get("aria-label") == Some("Operator: смотреть лидов")));
    let mut labels: Vec<_> = boxes.iter().map(|it| it.get("aria-label").unwrap()).collect();
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(labels.len(), boxes.len());
    let heads = |scope| tags.iter().filter(|it| it.name == "th" && it.get("scope") == Some(scope)).count();
    assert_eq!((heads("col"), heads("row"), heads("rowgroup")), (5, Permission::ALL.len() + 1, 5));
    assert!(page.contains("1 человек"), "the number of users is missing");
    assert!(tags.iter().any(|it| it.get("href") == Some("/users") && it.text.contains("Пользователи")));
}

#[tokio::test]
async fn an_unchanged_matrix_changes_nothing() {
    let site = Site::new().await;
    let mut browsers = [site.browser(Person::Gleb).await, site.browser(Person::Alla).await];
    let before = everything(&*site.office.store).await;
    for (person, browser) in [Person::Gleb, Person::Alla].into_iter().zip(&mut browsers) {
        let fields = shown(browser, "/roles", SAVE).await;
        assert_eq!(post(browser, SAVE, &fields).await.status, 303, "{person:?}");
    }
    assert_eq!(everything(&*site.office.store).await, before);
}

#[tokio::test]
async fn roles_missing_from_the_form_stay_unchanged() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let [operator, manager] =
        [site.office.role(DefaultRole::Operator).await, site.office.role(DefaultRole::Manager).await];
    let fields = vec![(cell(operator, "version"), "1".to_owned())];
    assert_eq!(post(&mut gleb, SAVE, &fields).await.status, 303);
    assert!(permissions(&site, operator).await.is_empty());
    assert_eq!(permissions(&site, manager).await, DefaultRole::Manager.permissions());
}

#[tokio::test]
async fn a_conflict_keeps_touched_boxes_and_takes_stored_ones() {
    let site = Site::new().await;
    let (mut gleb, mut other) = (site.browser(Person::Gleb).await, site.browser(Person::Gleb).await);
    let [operator, manager] =
        [site.office.role(DefaultRole::Operator).await, site.office.role(DefaultRole::Manager).await];
    let mut fields = shown(&mut gleb, "/roles", SAVE).await;
    let mut quicker = fields.clone();
    tick(&mut quicker, &cell(operator, "services.view"));
    untick(&mut quicker, &cell(operator, "leads.create"));
    tick(&mut quicker, &cell(operator, "second_factor"));
    tick(&mut quicker, &cell(operator, "users.view"));
    assert_eq!(post(&mut other, SAVE, &quicker).await.status, 303);
    let after = everything(&*site.office.store).await;
    tick(&mut fields, &cell(operator, "clients.view"));
    untick(&mut fields, &cell(operator, "leads.edit"));
    tick(&mut fields, &cell(operator, "users.view"));
    tick(&mut fields, &cell(manager, "second_factor"));
    let answer = post(&mut gleb, SAVE, &fields).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("Запись изменили, пока вы её правили"));
    assert!(answer.text().contains("Чужие изменения уже внесены сюда"));
    assert_eq!(answer.text().matches("Сейчас сохранено:").count(), 3, "a box ticked by both is no change");
    assert_eq!(everything(&*site.office.store).await, after);
    // A second conflict keeps the boxes touched before and after the first one.
    let mut again = sent(&answer, SAVE);
    let mut quicker = shown(&mut other, "/roles", SAVE).await;
    tick(&mut quicker, &cell(operator, "audit.view"));
    assert_eq!(post(&mut other, SAVE, &quicker).await.status, 303);
    untick(&mut again, &cell(operator, "services.view"));
    let answer = post(&mut gleb, SAVE, &again).await;
    assert_eq!((answer.status, answer.text().matches("Сейчас сохранено:").count()), (409, 4));
    // Saving again is a deliberate choice.
    assert_eq!(post(&mut gleb, SAVE, &sent(&answer, SAVE)).await.status, 303);
    let saved: Role = site.office.stored(operator).await;
    let codes: Vec<&str> = saved.permissions.iter().map(Permission::code).collect();
    assert_eq!(codes, ["users.view", "audit.view", "leads.view", "clients.view", "statistics.view"]);
    assert!(saved.second_factor && site.office.stored::<Role>(manager).await.second_factor);
}

#[tokio::test]
async fn the_hidden_list_of_shown_boxes_changes_nothing_by_itself() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let operator = site.office.role(DefaultRole::Operator).await;
    let before = everything(&*site.office.store).await;
    let mut fields = shown(&mut gleb, "/roles", SAVE).await;
    let at = fields.iter().position(|it| it.0 == cell(operator, "shown")).unwrap();
    assert_eq!(fields[at].1, "leads.view leads.create leads.edit statistics.view");
    for forged in ["", "clients.view second_factor", "<b>", "\u{0} ё  . leads.view"] {
        fields[at].1 = forged.to_owned();
        let answer = post(&mut gleb, SAVE, &fields).await;
        assert_eq!(answer.status, 303, "{forged}");
        let old =
            fields.iter().map(|it| if it.0.ends_with(".version") { (it.0.clone(), "0".into()) } else { it.clone() });
        let answer = post(&mut gleb, SAVE, &old.collect()).await;
        assert_eq!(answer.status, 409, "{forged}");
        assert!(!answer.text().contains("<b>"));
        // The next form has correct values again.
        let again = sent(&answer, SAVE);
        assert!(
            again.contains(&(cell(operator, "shown"), "leads.view leads.create leads.edit statistics.view".into()))
        );
    }
    fields.remove(at);
    assert_eq!(post(&mut gleb, SAVE, &fields).await.status, 303);
    assert_eq!(everything(&*site.office.store).await, before);
}

#[tokio::test]
async fn an_unknown_field_changes_nothing() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let operator = site.office.role(DefaultRole::Operator).await;
    let user = site.office.user(Person::Anna).await;
    let good = (cell(operator, "version"), "1".to_owned());
    let before = everything(&*site.office.store).await;
    let manager = site.office.role(DefaultRole::Manager).await;
    for (name, value) in [
        (cell(operator, "leads.delete"), "1"),
        (cell(operator, "leads.view"), "2"),
        (cell(operator, "name"), "Другое"),
        (cell(manager, "leads.view"), "1"),
        ("superuser".to_owned(), "1"),
        ("x.version".to_owned(), "1"),
        ("leads.view".to_owned(), "1"),
    ] {
        let answer = post(&mut gleb, SAVE, &vec![good.clone(), (name.clone(), value.to_owned())]).await;
        assert!(answer.status == 400 && answer.is_page(), "{name}: {}", answer.status);
    }
    for path in ["/roles".to_owned(), format!("/users/{user}/grants")] {
        for name in ["superuser", "leads.delete", "roles"] {
            let answer = gleb.post(&path, &[("version", "1"), ("name", "Стажёр"), (name, "1")]).await;
            assert_eq!(answer.status, 400, "{path} {name}");
        }
    }
    let answer = post(&mut gleb, SAVE, &vec![(cell(operator, "version"), "один".to_owned())]).await;
    assert_eq!(answer.status, 409);
    let many: Fields = (0..6_000).map(|it| (format!("{it}"), "1".to_owned())).collect();
    assert_eq!(post(&mut gleb, SAVE, &many).await.status, 400);
    assert_eq!(everything(&*site.office.store).await, before);
}

#[tokio::test]
async fn viewers_of_roles_get_no_form_and_find_them_in_the_navigation() {
    let site = Site::new().await;
    let mut nina = nina_with(&site, [Permission::ViewRoles]).await;
    let answer = nina.get("/roles").await;
    let tags = html::tags(&answer.text());
    assert!(html::form(&answer.text(), SAVE).is_none());
    assert!(tags.iter().filter(|it| it.get("type") == Some("checkbox")).all(|it| it.get("disabled").is_some()));
    let links: Vec<&str> = tags.iter().filter_map(|it| it.get("href")).filter(|it| it.starts_with("/r")).collect();
    assert_eq!(links, ["/roles"], "only the navigation has links");
    assert!(html::text_of(&answer.text(), "tabs").is_none());
}

#[tokio::test]
async fn a_new_role_is_created_and_a_taken_name_keeps_the_ticks() {
    let site = Site::new().await;
    let mut alla = site.browser(Person::Alla).await;
    let mut fields = shown(&mut alla, "/roles/new", "/roles").await;
    fields.iter_mut().filter(|it| it.0 == "name").for_each(|it| it.1 = "operator".into());
    tick(&mut fields, "audit.view");
    let answer = post(&mut alla, "/roles", &fields).await;
    assert_eq!(answer.status, 422);
    let mut again = sent(&answer, "/roles");
    assert!(has(&again, "audit.view") && !has(&again, "users.view"));
    again.iter_mut().filter(|it| it.0 == "name").for_each(|it| it.1 = "Аудитор".into());
    let answer = post(&mut alla, "/roles", &again).await;
    assert_eq!((answer.status, answer.location()), (303, Some("/roles")));
    let page = alla.get("/roles").await.text();
    assert!(page.contains("Аудитор") && page.contains("0 человек"));
    let made = html::tags(&page);
    let made = made.iter().find(|it| it.get("aria-label") == Some("Аудитор: смотреть журнал действий")).unwrap();
    assert!(made.get("checked").is_some());
}

#[tokio::test]
async fn the_page_of_a_user_shows_permissions_and_their_sources() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let anna = site.office.user(Person::Anna).await;
    let (page, action) = (format!("/users/{anna}/permissions"), format!("/users/{anna}/grants"));
    let link = gleb.get(&format!("/users/{anna}")).await.text();
    assert!(html::tags(&link).iter().any(|it| it.get("href") == Some(&page)), "the user's page links here");
    let mut fields = shown(&mut gleb, &page, &action).await;
    tick(&mut fields, "clients.view");
    tick(&mut fields, "leads.view");
    let answer = post(&mut gleb, &action, &fields).await;
    assert_eq!((answer.status, answer.location()), (303, Some(page.as_str())));
    let text = html::text_of(&gleb.get(&page).await.text(), "permissions").unwrap();
    assert!(text.contains("роль «Operator», выдано лично"), "{text}");
    assert!(text.matches("выдано лично").count() >= 2 && text.contains('✓') && text.contains('—'));
    assert_eq!(site.browser(Person::Anna).await.get("/clients").await.status, 200);
    // An outdated form comes back with the touched boxes, and with the permissions saved meanwhile.
    untick(&mut fields, "leads.view");
    untick(&mut fields, "clients.view");
    tick(&mut fields, "audit.view");
    let answer = post(&mut gleb, &action, &fields).await;
    assert_eq!(answer.status, 409);
    assert_eq!(answer.text().matches("Сейчас сохранено:").count(), 1);
    assert!(answer.text().contains("Чужие изменения уже внесены сюда"));
    let again = sent(&answer, &action);
    assert!(["clients.view", "leads.view", "audit.view"].iter().all(|it| has(&again, it)));
    assert_eq!(post(&mut gleb, &action, &again).await.status, 303);
}

#[tokio::test]
async fn forms_that_would_be_refused_are_not_offered() {
    let site = Site::new().await;
    let mut alla = site.browser(Person::Alla).await;
    for (person, sentence) in [
        (Person::Alla, "меняет другой администратор"),
        (Person::Gleb, "Главного администратора меняет только главный администратор"),
    ] {
        let user = site.office.user(person).await;
        let answer = alla.get(&format!("/users/{user}/permissions")).await;
        assert!(html::form(&answer.text(), &format!("/users/{user}/grants")).is_none(), "{person:?}");
        assert!(answer.text().contains(sentence), "{person:?}");
        let before = everything(&*site.office.store).await;
        let refused = alla.post(&format!("/users/{user}/grants"), &[("version", "1"), ("users.view", "1")]).await;
        assert_eq!(refused.status, 403, "{person:?}");
        assert!(refused.text().contains(sentence), "{person:?}");
        assert_eq!(everything(&*site.office.store).await, before);
    }
    let denis = site.office.user(Person::Denis).await;
    let text = alla.get(&format!("/users/{denis}/permissions")).await.text();
    assert!(text.contains("не может ничего") && !text.contains('✓') && text.contains("роль «Manager»"));
}

#[tokio::test]
async fn the_audit_log_links_to_the_roles() {
    let site = Site::new().await;
    let director = site.office.director().await;
    let role = director.create_role(site.office.id(), details::role_name(), Permissions::default()).await.unwrap();
    let text = site.browser(Person::Gleb).await.get("/audit").await.text();
    assert!(html::tags(&text).iter().any(|it| it.get("href") == Some(&format!("/roles#{role}"))));
    let text = site.browser(Person::Gleb).await.get("/roles").await.text();
    assert!(html::tags(&text).iter().any(|it| it.get("id") == Some(&role.to_string())));
}

#[tokio::test]
async fn the_audit_log_explains_which_rule_refused_a_change() {
    let site = Site::new().await;
    let gleb = site.office.user(Person::Gleb).await;
    let mut alla = site.browser(Person::Alla).await;
    assert_eq!(alla.post(&format!("/users/{gleb}/access"), &[("active", "0")]).await.status, 403);
    let shown = html::words(&alla.get("/audit?act=refused").await.text());
    assert!(shown.contains("Причина отказа: главного администратора меняет только главный администратор"), "{shown}");
    for refusal in application::RuleViolation::ALL {
        assert_eq!(application::RuleViolation::from_code(refusal.code()), Some(refusal));
        assert!(!shown.contains(refusal.code()), "{shown}");
    }
}

#[tokio::test]
async fn a_required_second_factor_cannot_be_turned_off() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    let records = Records::new(&site.office, Person::Anna).await;
    let turned_on = anna.post("/account/second-factor", &borrowed(&records.body("/account/second-factor"))).await;
    assert_eq!(turned_on.status, 303);
    let page = anna.get("/account/second-factor").await.text();
    assert!(page.contains("Выключить второй фактор") && !page.contains("Для вашей роли второй фактор обязателен"));
    let role = site.office.role(DefaultRole::Operator).await;
    let change = RoleChange { id: role, version: 1, name: None, permissions: None, second_factor: Some(true) };
    site.office.director().await.edit_roles(vec![change]).await.unwrap();
    let page = anna.get("/account/second-factor").await.text();
    assert!(!page.contains("Выключить второй фактор") && page.contains("Для вашей роли второй фактор обязателен"));
    let answer = anna.post("/account/second-factor/off", &[("current_password", PASSWORD)]).await;
    assert!(answer.status == 403 && answer.text().contains("Второй фактор выключить нельзя"), "{}", answer.status);
}
