//! Forms that are sent twice, or by two users at once: one record, no lost input, and a link to continue.
use crate::support::{
    Browser, Site, html,
    office::{Office, Person, details, everything::everything},
    records::{Fields, Records, borrowed},
};
use domain::{access::DefaultRole, user::User};

/// Forms that create a record, each with a field that would make a different record.
const CREATING: [(&str, &str, &str); 9] = [
    ("/services", "description", "Совсем другое"),
    ("/campaigns", "channel", "Листовки"),
    ("/campaigns/{id}/spend", "amount", "700"),
    ("/leads", "full_name", "Другой Человек"),
    ("/leads/{id}/notes", "text", "Совсем другое"),
    ("/clients/{id}/notes", "text", "Совсем другое"),
    ("/contracts", "amount", "90 000"),
    ("/users", "full_name", "Другой Человек"),
    ("/roles", "name", "Другая роль"),
];

fn changed<'a>(fields: &'a Fields, name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    borrowed(fields).into_iter().map(|(it, own)| (it, if it == name { value } else { own })).collect()
}

/// The values of the form in the response, with every control.
fn again(text: &str, action: &str) -> Vec<(String, String)> {
    html::values(&html::form(text, action).unwrap_or_else(|| panic!("no form of {action}")))
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect()
}

async fn sent_twice(route: &str) {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let mut gleb = site.browser(Person::Gleb).await;
        let records = Records::new(&site.office, Person::Gleb).await;
        let (path, fields) = (records.path(route), records.body(route));
        let first = gleb.post(&path, &borrowed(&fields)).await;
        assert_eq!(first.status, 303, "{route}");
        let after = everything(&*site.office.store).await;
        site.office.clock.advance(chrono::TimeDelta::seconds(3));
        for _ in 0..3 {
            let second = gleb.post(&path, &borrowed(&fields)).await;
            assert_eq!((second.status, second.location()), (303, first.location()), "{route}");
        }
        assert_eq!(everything(&*site.office.store).await, after, "{route}");
    }
}

async fn sent_again_with_other_values(route: &str, name: &str, value: &str) {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let (path, fields) = (records.path(route), records.body(route));
    assert_eq!(gleb.post(&path, &borrowed(&fields)).await.status, 303, "{route}");
    let after = everything(&*site.office.store).await;
    let other = changed(&fields, name, value);
    let answer = gleb.post(&path, &other).await;
    let text = answer.text();
    assert!(answer.status == 409 && answer.is_page(), "{route}: {}", answer.status);
    assert!(text.contains("Эта форма уже сохранена с другими значениями"), "{route}");
    assert_eq!(everything(&*site.office.store).await, after, "{route}");
    let kept = html::form(&text, &path).unwrap();
    for (it, typed) in other.iter().filter(|it| !it.0.starts_with("password") && !matches!(it.0, "key" | "document")) {
        assert_eq!(html::value(&kept, it).as_deref(), Some(*typed), "{route} {it}");
    }
    assert_ne!(html::value(&kept, "key").as_deref(), other.iter().find(|it| it.0 == "key").map(|it| it.1), "{route}");
    // The link leads to the saved record.
    let tags = html::tags(&text);
    let link = tags.iter().find(|it| it.text == "Открыть сохранённую запись.").and_then(|it| it.get("href")).unwrap();
    assert_eq!(gleb.get(link).await.status, 200, "{route}: {link}");
}

macro_rules! twice {
    ($($name:ident: $at:literal;)*) => {
        mod a_form_sent_twice_makes_one_record {
            $(#[tokio::test]
            async fn $name() {
                super::sent_twice(super::CREATING[$at].0).await;
            })*
        }

        mod a_form_sent_again_with_other_values_is_a_conflict_with_a_link {
            $(#[tokio::test]
            async fn $name() {
                let (route, name, value) = super::CREATING[$at];
                super::sent_again_with_other_values(route, name, value).await;
            })*
        }
    };
}
twice! {
    a_service: 0;
    a_campaign: 1;
    an_expense: 2;
    a_lead: 3;
    a_note_about_a_lead: 4;
    a_note_about_a_client: 5;
    a_contract: 6;
    a_user: 7;
    a_role: 8;
}

/// Forms that change a record: the value saved meanwhile, the typed value, and the place where both appear.
const EDITING: [(&str, &str, &str, &str, &str); 9] = [
    ("/services/{id}/edit", "description", "Сохранено раньше", "Набрано здесь", "Сохранено раньше"),
    ("/campaigns/{id}/edit", "channel", "Сохранено раньше", "Набрано здесь", "Сохранено раньше"),
    ("/spend/{id}/edit", "amount", "700", "800", "700"),
    ("/leads/{id}/edit", "full_name", "Сохранено Раньше", "Набрано Здесь", "Сохранено Раньше"),
    ("/clients/{id}/edit", "full_name", "Сохранено Раньше", "Набрано Здесь", "Сохранено Раньше"),
    ("/contracts/{id}/edit", "amount", "70 000", "90 000", "70\u{a0}000"),
    ("/users/{id}/edit", "full_name", "Сохранено Раньше", "Набрано Здесь", "Сохранено Раньше"),
    ("/leads/{id}/status", "reason", "Сохранено раньше", "Набрано здесь", "Сохранено раньше"),
    ("/roles/{id}/edit", "name", "Сохранено раньше", "Набрано здесь", "Сохранено раньше"),
];

async fn conflict(at: usize) {
    let (route, name, before, typed, shown) = EDITING[at];
    let site = Site::new().await;
    let (mut gleb, mut other) = (site.browser(Person::Gleb).await, site.browser(Person::Gleb).await);
    let records = Records::new(&site.office, Person::Gleb).await;
    let (path, fields) = (records.path(route), records.body(route));
    let without_scan: Fields = fields.iter().filter(|it| it.0 != "document").cloned().collect();
    let quicker = other.post(&path, &changed(&without_scan, name, before)).await;
    assert_eq!(quicker.status, 303, "{route}");
    let after = everything(&*site.office.store).await;
    let mine = changed(&without_scan, name, typed);
    let answer = gleb.post(&path, &mine).await;
    let text = answer.text();
    assert!(answer.status == 409 && answer.is_page(), "{route}: {}", answer.status);
    assert!(text.contains("Запись изменили, пока вы её правили"), "{route}");
    assert_eq!(everything(&*site.office.store).await, after, "{route}");
    let form = html::form(&text, &path).unwrap();
    for (it, own) in mine.iter().filter(|it| it.0 != "version") {
        assert_eq!(html::value(&form, it).as_deref(), Some(*own), "{route} {it}");
    }
    let saved = html::text_of(&text, &format!("{name}-saved")).unwrap_or_default();
    let plain = |it: &str| it.replace('\u{a0}', " ");
    assert!(plain(&saved).contains(&plain(shown)), "{route}: {name}-saved says {saved:?}");
    // Saving again is a deliberate choice, and succeeds.
    let sent = again(&text, &path);
    assert_eq!(gleb.post(&path, &pairs(&sent)).await.status, 303, "{route}");
    let now = everything(&*site.office.store).await;
    assert!(now != after && now.iter().any(|it| it.text.contains(typed) || at == 2 || at == 5), "{route}");
}

macro_rules! conflicts {
    ($($name:ident: $at:literal;)*) => {
        mod a_conflict_shows_typed_and_stored_values {
            $(#[tokio::test]
            async fn $name() {
                super::conflict($at).await;
            })*
        }
    };
}
conflicts! {
    of_a_service: 0;
    of_a_campaign: 1;
    of_an_expense: 2;
    of_a_lead: 3;
    of_a_client: 4;
    of_a_contract: 5;
    of_a_user: 6;
    of_the_status_of_a_lead: 7;
    of_a_role: 8;
}

#[tokio::test]
async fn a_conflict_shows_the_saved_roles() {
    let site = Site::new().await;
    let (mut gleb, mut other) = (site.browser(Person::Gleb).await, site.browser(Person::Gleb).await);
    let records = Records::new(&site.office, Person::Gleb).await;
    let path = records.path("/users/{id}/edit");
    let manager = site.office.role(DefaultRole::Manager).await.to_string();
    let fields = records.body("/users/{id}/edit");
    let mut given = borrowed(&fields);
    given.push(("roles", &manager));
    assert_eq!(other.post(&path, &given).await.status, 303);
    // This user gives another role.
    let operator = site.office.role(domain::access::DefaultRole::Operator).await.to_string();
    let mut mine = borrowed(&fields);
    mine.push(("roles", &operator));
    let answer = gleb.post(&path, &mine).await;
    assert_eq!(answer.status, 409);
    let saved = html::text_of(&answer.text(), "roles-saved").unwrap_or_default();
    assert!(saved.contains("Manager"), "the changed roles are not shown: {saved:?}");
}

#[tokio::test]
async fn a_conflict_keeps_saved_roles_that_the_user_may_not_give() {
    let site = Site::new().await;
    let (mut alla, director) = (site.browser(Person::Alla).await, site.office.director().await);
    let [administrator, operator, manager] = [
        site.office.role(DefaultRole::Administrator).await,
        site.office.role(DefaultRole::Operator).await,
        site.office.role(DefaultRole::Manager).await,
    ];
    let (nina, having) = (site.office.user(Person::Nina).await, |role| details::user("nina", "Нина", &[role]));
    let path = format!("/users/{nina}/edit");
    director.edit_user(nina, 1, having(operator)).await.unwrap();
    let mut fields = again(&alla.get(&path).await.text(), &path);
    fields.push(("roles".to_owned(), administrator.to_string()));
    director.edit_user(nina, 2, having(manager)).await.unwrap();
    let answer = alla.post(&path, &pairs(&fields)).await;
    assert_eq!(answer.status, 409);
    let once_more = again(&answer.text(), &path);
    let roles: Vec<&str> = once_more.iter().filter(|it| it.0 == "roles").map(|it| it.1.as_str()).collect();
    assert_eq!(roles, [administrator.to_string(), manager.to_string()]);
    assert_eq!(alla.post(&path, &pairs(&once_more)).await.status, 303);
    assert_eq!(site.office.stored::<User>(nina).await.details.roles, [administrator, manager].into());
}

async fn converts(browser: &mut Browser, records: &Records, fields: &Fields) -> (u16, Option<String>, String) {
    let answer = browser.post(&records.path("/leads/{id}/conversion"), &borrowed(fields)).await;
    (answer.status, answer.location().map(str::to_owned), answer.text())
}

#[tokio::test]
async fn a_conversion_sent_twice_leads_to_the_one_client() {
    let site = Site::new().await;
    let (mut maxim, mut gleb) = (site.browser(Person::Maxim).await, site.browser(Person::Gleb).await);
    let records = Records::new(&site.office, Person::Maxim).await;
    let fields = records.body("/leads/{id}/conversion");
    let (status, client, _) = converts(&mut maxim, &records, &fields).await;
    assert_eq!(status, 303);
    let after = everything(&*site.office.store).await;
    assert_eq!(converts(&mut maxim, &records, &fields).await.1, client);
    // With other values, or sent by somebody else: the error says that the lead is converted, and links to the client.
    let other = changed(&fields, "amount", "90 000");
    let path = records.path("/leads/{id}/conversion");
    for answer in [maxim.post(&path, &other).await, gleb.post(&path, &borrowed(&fields)).await, maxim.get(&path).await]
    {
        let text = answer.text();
        assert!(answer.status == 409 && text.contains("Лид уже переведён"), "{}", answer.status);
        assert!(html::tags(&text).iter().any(|it| it.get("href") == client.as_deref()), "no link to {client:?}");
    }
    assert_eq!(everything(&*site.office.store).await, after);
}

#[tokio::test]
async fn a_conversion_warns_about_an_existing_client_and_links_to_it() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let records = Records::new(&site.office, Person::Maxim).await;
    let fields = records.body("/leads/{id}/conversion");
    let (status, client, _) = converts(&mut maxim, &records, &fields).await;
    assert_eq!(status, 303);
    let client = client.unwrap();
    let records = Records::new(&site.office, Person::Maxim).await;
    let (path, before) = (records.path("/leads/{id}/conversion"), everything(&*site.office.store).await);
    let same = |name: &str| fields.iter().find(|it| it.0 == name).unwrap().1.clone();
    let mut again = records.body("/leads/{id}/conversion");
    again.retain(|it| it.0 != "phone" && it.0 != "email");
    again.extend([("phone", same("phone")), ("email", same("email"))]);
    let answer = maxim.post(&path, &borrowed(&again)).await;
    let text = answer.text();
    assert!(answer.status == 409 && text.contains("Похоже, такой клиент уже есть"), "{}: {text}", answer.status);
    let tags = html::tags(&text);
    assert!(tags.iter().any(|it| it.get("href") == Some(&*client)), "no link to {client}");
    let add = tags.iter().find(|it| it.get("formaction") == Some("/contracts")).expect("a button to add the contract");
    assert_eq!(add.get("value"), client.strip_prefix("/clients/"));
    let other = tags.iter().find(|it| it.get("name") == Some("other_person")).expect("a checkbox");
    assert!(other.get("checked").is_none());
    assert_eq!(everything(&*site.office.store).await, before);
    // All typed values are kept, and are sent to the new contract of the existing client.
    let form = html::values(&html::form(&text, &path).unwrap());
    for (name, value) in again.iter().filter(|it| it.0 != "phone") {
        assert!(form.iter().any(|it| it.0 == *name && it.1 == *value), "{name} {value} is lost: {form:?}");
    }
    let send = |form: &[(String, String)], more: &[(&str, &str)], without: &[&str]| {
        let kept = form.iter().filter(|it| !without.contains(&it.0.as_str())).map(|it| (it.0.clone(), it.1.clone()));
        kept.chain(more.iter().map(|it| (it.0.to_owned(), it.1.to_owned()))).collect::<Vec<_>>()
    };
    let contract = send(&form, &[("client", add.get("value").unwrap())], &[]);
    let contract: Vec<(&str, &str)> = contract.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let added = maxim.post("/contracts", &contract).await;
    assert!(added.status == 303 && added.location().unwrap().starts_with("/contracts/"), "{}", added.text());
    // The lead is another person. The file belongs to the other contract now, so this one needs its own.
    let scan = Records::new(&site.office, Person::Maxim).await.body("/leads/{id}/conversion");
    let scan = scan.into_iter().find(|it| it.0 == "document").unwrap().1;
    let key = site.office.id::<uuid::Uuid>().to_string();
    let more = [("other_person", other.get("value").unwrap()), ("document", &*scan), ("key", &*key)];
    let ticked = send(&form, &more, &["document", "key"]);
    let ticked: Vec<(&str, &str)> = ticked.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    assert_eq!(maxim.post(&path, &ticked).await.status, 303);
}

#[tokio::test]
async fn a_form_with_its_file_inside_sent_twice_makes_one_record() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let records = Records::new(&site.office, Person::Maxim).await;
    let scan = crate::support::office::pdf(5000);
    let mut wrong = Vec::new();
    for route in ["/contracts", "/leads/{id}/conversion"] {
        let records = records.with_new_key(&site.office);
        let fields: Fields = records.body(route).into_iter().filter(|it| it.0 != "document").collect();
        let mut answers = Vec::new();
        for _ in 0..2 {
            let answer = maxim.post_file(&records.path(route), &borrowed(&fields), &[("скан.pdf", &scan)]).await;
            answers.push((answer.status, answer.location().map(str::to_owned)));
        }
        assert_eq!(answers[0].0, 303, "{route}");
        if answers[0] != answers[1] {
            wrong.push(format!("{route}: {answers:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_conversion_from_an_older_lead_keeps_everything_typed() {
    let site = Site::new().await;
    let (mut maxim, mut anna) = (site.browser(Person::Maxim).await, site.browser(Person::Anna).await);
    let records = Records::new(&site.office, Person::Maxim).await;
    let edited = anna.post(&records.path("/leads/{id}/edit"), &borrowed(&records.body("/leads/{id}/edit"))).await;
    assert_eq!(edited.status, 303);
    let fields = records.body("/leads/{id}/conversion");
    let (status, _, text) = converts(&mut maxim, &records, &fields).await;
    assert_eq!(status, 409);
    let path = records.path("/leads/{id}/conversion");
    let form = html::form(&text, &path).unwrap();
    for (name, typed) in fields.iter().filter(|it| it.0 != "version") {
        assert_eq!(html::value(&form, name).as_ref(), Some(typed), "{name}");
    }
    assert!(html::text_of(&text, "full_name-saved").is_some());
    assert_eq!(maxim.post(&path, &pairs(&again(&text, &path))).await.status, 303);
}

#[tokio::test]
async fn a_contract_taken_meanwhile_is_an_error_at_its_field() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let records = Records::new(&site.office, Person::Maxim).await;
    let (client, contract) = (records.path("/clients/{id}/contracts"), records.contract.to_string());
    assert_eq!(maxim.post(&client, &[("contract", &contract)]).await.status, 303);
    let mut fields = records.body("/leads/{id}/conversion");
    fields.push(("contract", records.contract.to_string()));
    // A second existing contract, so that the form offers a list.
    site.office.contract(records.service).await;
    let before = everything(&*site.office.store).await;
    let (status, _, text) = converts(&mut maxim, &records, &fields).await;
    assert!(matches!(status, 409 | 422) && everything(&*site.office.store).await == before);
    let form =
        html::form(&text, &records.path("/leads/{id}/conversion")).unwrap_or_else(|| panic!("the input is lost"));
    assert_eq!(html::value(&form, "full_name").as_ref(), fields.iter().find(|it| it.0 == "full_name").map(|it| &it.1));
}

#[tokio::test]
async fn a_ready_contract_needs_no_other_fields() {
    let site = Site::new().await;
    let mut maxim = site.browser(Person::Maxim).await;
    let records = Records::new(&site.office, Person::Maxim).await;
    let path = records.path("/leads/{id}/conversion");
    let form = html::form(&maxim.get(&path).await.text(), &path).unwrap();
    let insisted: Vec<&str> =
        form.iter().filter(|it| it.get("required").is_some()).filter_map(|it| it.get("name")).collect();
    assert_eq!(insisted, ["full_name"], "the browser would not send the form");
    // The untouched form as a browser sends it, with a contract picked.
    let mut fields = html::values(&form);
    fields.iter_mut().filter(|it| it.0 == "contract").for_each(|it| it.1 = records.contract.to_string());
    // A client of the example data has this phone, too.
    fields.iter_mut().filter(|it| it.0 == "phone").for_each(|it| it.1.clear());
    let answer = maxim.post(&path, &pairs(&fields)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(answer.location().is_some_and(|it| it.starts_with("/clients/")));
}
