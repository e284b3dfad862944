//! Two users edit one record: neither loses a change, and untouched fields take the stored values.
use crate::support::{
    Answer, Site, html,
    office::{Office, Person},
};
use domain::{access::DefaultRole, lead::Lead, user::User};

/// The value of a field in the form.
fn value(answer: &Answer, name: &str) -> String {
    let tags = html::tags(&answer.text());
    let field = tags.iter().find(|it| it.name == "input" && it.get("name") == Some(name)).unwrap();
    field.get("value").unwrap_or_default().to_owned()
}

/// Whether the box is ticked.
fn ticked(answer: &Answer, value: &str) -> bool {
    let tags = html::tags(&answer.text());
    let field = tags.iter().find(|it| it.get("type") == Some("checkbox") && it.get("value") == Some(value)).unwrap();
    field.get("checked").is_some()
}

#[tokio::test]
async fn two_edits_of_one_lead_are_merged() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let id = site.office.lead(None).await;
        let path = format!("/leads/{id}/edit");
        let mut anna = site.browser(Person::Anna).await;
        let stored = site.office.stored::<Lead>(id).await;
        let email = stored.details.contact.email().map(ToString::to_string).unwrap_or_default();
        let form = |name: &'static str, phone: &'static str| {
            [("version", "1".to_owned()), ("full_name", name.into()), ("phone", phone.into()), ("email", email.clone())]
        };
        let post = async |browser: &mut crate::support::Browser, fields: &[(&str, String)]| {
            let fields: Vec<_> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
            browser.post(&path, &fields).await
        };
        let phone = "+7 900 555-01-42";
        assert_eq!(stored.details.contact.phone().unwrap().formatted(), phone);
        let name: &str = stored.details.full_name.to_string().leak();
        // One user corrects the phone and the other the name, both from the first version.
        assert_eq!(post(&mut anna, &form(name, "+7 900 555-99-99")).await.status, 303);
        let answer = post(&mut anna, &form("Исправленное Имя", phone)).await;
        assert_eq!(answer.status, 409);
        assert_eq!(
            (value(&answer, "full_name").as_str(), value(&answer, "phone").as_str()),
            ("Исправленное Имя", "+7 900 555-99-99")
        );
        let text = answer.text();
        assert!(text.contains("Чужие изменения уже внесены сюда") && text.contains(name), "both names are shown");
        let again = [
            ("version", value(&answer, "version")),
            ("full_name", value(&answer, "full_name")),
            ("phone", value(&answer, "phone")),
            ("email", email.clone()),
        ];
        assert_eq!(post(&mut anna, &again).await.status, 303);
        let saved = site.office.stored::<Lead>(id).await.details;
        assert_eq!(
            (saved.full_name.as_str(), saved.contact.phone().unwrap().formatted().as_str()),
            ("Исправленное Имя", "+7 900 555-99-99")
        );
    }
}

#[tokio::test]
async fn a_conflict_in_one_field_shows_its_earlier_value_too() {
    let site = Site::new().await;
    let id = site.office.lead(None).await;
    let (path, before) = (format!("/leads/{id}/edit"), site.office.stored::<Lead>(id).await.details.full_name);
    let mut anna = site.browser(Person::Anna).await;
    let form = |name: &'static str| [("version", "1"), ("full_name", name), ("phone", "+7 900 555-01-42")];
    assert_eq!(anna.post(&path, &form("Первое Имя")).await.status, 303);
    let answer = anna.post(&path, &form("Второе Имя")).await;
    assert_eq!((answer.status, value(&answer, "full_name").as_str()), (409, "Второе Имя"));
    let saved = html::text_of(&answer.text(), "full_name-saved").unwrap();
    assert_eq!(saved, format!("Сейчас сохранено: Первое Имя, было: {before}"));
}

#[tokio::test]
async fn a_removed_role_does_not_come_back_with_another_change() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let (id, manager) = (site.office.user(Person::Maxim).await, site.office.role(DefaultRole::Manager).await);
        let operator = site.office.role(DefaultRole::Operator).await;
        let (path, manager, operator) = (format!("/users/{id}/edit"), manager.to_string(), operator.to_string());
        let mut gleb = site.browser(Person::Gleb).await;
        let named = [("version", "1"), ("username", "maxim"), ("full_name", "Maxim")];
        let with = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
            named.iter().chain(more).map(|it| (it.0.to_owned(), it.1.to_owned())).collect()
        };
        let post = async |browser: &mut crate::support::Browser, fields: Vec<(String, String)>| {
            let fields: Vec<_> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
            browser.post(&path, &fields).await
        };
        assert_eq!(post(&mut gleb, with(&[("roles", &operator)])).await.status, 303);
        // Made from the first version, with another email and the role of that time.
        let answer = post(&mut gleb, with(&[("roles", &manager), ("email", "m@example.com")])).await;
        assert_eq!(answer.status, 409);
        assert!(!ticked(&answer, &manager) && ticked(&answer, &operator));
        assert_eq!(value(&answer, "email"), "m@example.com");
        // Made from the first version, with one more role. The removed role stays removed, and the role ticked here
        // stays ticked.
        let marketer = site.office.role(DefaultRole::Marketer).await.to_string();
        let answer = post(&mut gleb, with(&[("roles", &manager), ("roles", &marketer)])).await;
        assert!(answer.status == 409 && !ticked(&answer, &manager));
        assert!(ticked(&answer, &operator) && ticked(&answer, &marketer));
        assert_eq!(site.office.stored::<User>(id).await.details.email, None);
    }
}

#[tokio::test]
async fn a_nonexistent_version_is_a_conflict_that_keeps_all_input() {
    let site = Site::new().await;
    let id = site.office.lead(None).await;
    let mut anna = site.browser(Person::Anna).await;
    for version in ["0", "99", "x", ""] {
        let fields = [("version", version), ("full_name", "Другое Имя"), ("phone", "+7 900 555-77-77")];
        let answer = anna.post(&format!("/leads/{id}/edit"), &fields).await;
        assert_eq!(answer.status, 409, "{version}");
        assert_eq!(
            (value(&answer, "full_name").as_str(), value(&answer, "phone").as_str()),
            ("Другое Имя", "+7 900 555-77-77")
        );
    }
}
