//! Duplicate leads on the pages: a warning while entering, the list of pairs, dismissal, merge, and separation.
use crate::support::{
    Answer, Browser, Site, html,
    office::{Office, Person, everything::everything},
};
use domain::{
    access::{Permission, Permissions},
    lead::{Lead, LeadId, LeadStatus, WorkStatus},
};

/// The values of the fields with this name.
fn values(answer: &Answer, name: &str) -> Vec<String> {
    let tags = html::tags(&answer.text());
    let fields = tags.iter().filter(|it| it.name == "input" && it.get("name") == Some(name));
    fields.filter_map(|it| it.get("value").map(str::to_owned)).collect()
}

/// The side that is selected for a field.
fn chosen(answer: &Answer, name: &str) -> Option<String> {
    let tags = html::tags(&answer.text());
    let radios = tags.iter().filter(|it| it.get("type") == Some("radio") && it.get("name") == Some(name));
    radios.filter(|it| it.get("checked").is_some()).find_map(|it| it.get("value").map(str::to_owned))
}

async fn enter(browser: &mut Browser, name: &str, phone: &str, email: &str) -> LeadId {
    let answer = browser.post("/leads", &[("full_name", name), ("phone", phone), ("email", email)]).await;
    let location = answer.location().unwrap_or_else(|| panic!("{}", answer.text())).to_owned();
    LeadId(location.strip_prefix("/leads/").unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_known_phone_or_email_causes_one_warning_and_keeps_all_input() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let mut anna = site.browser(Person::Anna).await;
        let by_phone = enter(&mut anna, "Иван Петров", "8 900 555-77-01", "").await;
        let by_email = enter(&mut anna, "Петров Иван Ильич", "", "Ivan@Example.com").await;
        for (known, name, phone, email) in [
            (by_phone, "Иван Петров", "+7 (900) 555 77 01", ""),
            (by_email, "Петров Иван Ильич", "", "ivan@example.COM"),
        ] {
            let typed = [
                ("full_name", if email.is_empty() { "Ваня" } else { "Ванечка" }),
                ("phone", phone),
                ("email", email),
                ("note", "Просил <срочно>"),
            ];
            let answer = anna.post("/leads", &typed).await;
            assert_eq!(answer.status, 409);
            let text = answer.text();
            assert!(text.contains("Похоже, этот человек уже записан") && text.contains("Всё равно сохранить"));
            assert!(text.contains(&format!("href=\"/leads/{known}\"")) && text.contains(name));
            assert!(text.contains("Просил &lt;срочно&gt;"));
            for (name, value) in &typed[..3] {
                assert_eq!(values(&answer, name), [*value]);
            }
            let (seen, key) = (values(&answer, "seen"), values(&answer, "key"));
            assert_eq!(seen, [known.to_string()]);
            // A match that was not shown yet causes the warning again.
            let unseen = [&typed[..], &[("seen", key[0].as_str())]].concat();
            assert_eq!(anna.post("/leads", &unseen).await.status, 409);
            let anyway = [&typed[..], &[("seen", seen[0].as_str()), ("key", key[0].as_str())]].concat();
            let saved = anna.post("/leads", &anyway).await;
            assert_eq!(saved.status, 303);
            let again = anna.post("/leads", &anyway).await;
            assert_eq!((again.status, again.location()), (303, saved.location()), "the same form creates one lead");
        }
        // A similar name alone causes no warning.
        enter(&mut anna, "Петров Иван", "8 900 555-77-02", "").await;
    }
}

#[tokio::test]
async fn similar_leads_are_shown_with_permission_and_hinted_without() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    let known = enter(&mut anna, "Иван Петров", "8 900 555-77-01", "ivan@example.com").await;
    let (path, asked) = ("/leads/similar", [("phone", "8 900 555-77-01"), ("email", "не почта"), ("full_name", "")]);
    let answer = anna.post(path, &asked).await;
    assert!(answer.status == 200 && answer.is_page());
    assert_eq!(values(&answer, "seen"), [known.to_string()]);
    assert!(answer.text().contains("тот же телефон"));
    let nobody = anna.post(path, &[("phone", ""), ("email", ""), ("full_name", "\0")]).await;
    assert!(nobody.status == 200 && values(&nobody, "seen").is_empty() && nobody.text().contains("Похожих лидов нет"));

    let (director, nina) = (site.office.director().await, site.office.user(Person::Nina).await);
    director.set_user_grants(nina, 1, Permissions::from_iter([Permission::CreateLeads])).await.unwrap();
    let mut nina = site.browser(Person::Nina).await;
    let hinted = nina.post(path, &asked).await;
    assert_eq!((hinted.status, values(&hinted, "seen")), (200, vec!["hidden-phone".to_owned()]));
    assert!(hinted.text().contains("Похожая запись уже есть") && !hinted.text().contains("Петров"));
    assert!(!hinted.text().contains(&known.to_string()));
    let typed = [("full_name", "Ваня"), ("phone", "8 900 555-77-01")];
    assert_eq!(nina.post("/leads", &typed).await.status, 409);
    // The warning about a similar name does not cover the phone.
    assert_eq!(nina.post("/leads", &[&typed[..], &[("seen", "hidden-name")]].concat()).await.status, 409);
    let answer = nina.post("/leads", &[&typed[..], &[("seen", "hidden-phone")]].concat()).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn after_save_and_add_another_the_form_is_empty_and_names_the_saved_lead() {
    let site = Site::new().await;
    let campaign = site.office.campaign(site.office.service().await).await.to_string();
    let mut anna = site.browser(Person::Anna).await;
    let typed = [("full_name", "Иван Петров"), ("phone", "8 900 555-77-01"), ("campaign", &campaign), ("again", "1")];
    let answer = anna.post("/leads", &typed).await;
    let next = answer.location().unwrap().to_owned();
    let (path, id) = next.split_once("?saved=").unwrap();
    assert_eq!(path, "/leads/new");
    let form = anna.get(&next).await;
    let text = form.text();
    assert!(text.contains("Сохранён лид") && text.contains(&format!("href=\"/leads/{id}\"")));
    assert_eq!((values(&form, "phone"), values(&form, "full_name")), (vec![String::new()], vec![String::new()]));
    assert!(text.contains(&format!("<option value=\"{campaign}\" selected>")), "the campaign is kept");
    for nothing in ["x", "019b7b5c-3880-7000-8000-00000000000c"] {
        assert_eq!(anna.get(&format!("/leads/new?saved={nothing}")).await.status, 200);
    }
}

#[tokio::test]
async fn a_pair_is_listed_dismissed_and_restored() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    let one = enter(&mut anna, "Иван Петров", "8 900 555-77-01", "").await.to_string();
    // If both had the same time stamp, either could count as the older one.
    site.office.clock.advance(chrono::TimeDelta::seconds(1));
    let other = enter(&mut anna, "Петров Иван", "8 900 555-77-02", "").await.to_string();
    let list = "/leads/duplicates?by=name";
    assert!(anna.get("/leads").await.text().contains("href=\"/leads/duplicates\""));
    let page = anna.get(list).await;
    let merging = format!("/leads/{one}/merge/{other}");
    assert!(page.text().contains(&merging) && page.text().contains("то же имя"));
    assert!(!anna.get("/leads/duplicates").await.text().contains(&merging), "their phones differ");
    assert!(!anna.get(&format!("{list}&after={one}")).await.text().contains(&merging), "the next page");

    let pair = [("one", one.as_str()), ("other", &other), ("by", "name")];
    let answer = anna.post("/leads/duplicates", &[&pair[..], &[("apart", "1")]].concat()).await;
    let told = anna.get(answer.location().unwrap()).await;
    assert!(told.text().contains("Отмечено, что это разные люди: Иван Петров и Петров Иван"));
    assert!(!told.text().contains(&merging));
    assert!(anna.get("/leads/duplicates?by=apart").await.text().contains(&format!("href=\"/leads/{other}\"")));
    let back = anna.post("/leads/duplicates", &[&pair[..], &[("apart", "0")]].concat()).await;
    assert_eq!(back.location(), Some("/leads/duplicates?by=name"), "the list that the form came from");
    // After an action the user stays on the same page of the list.
    let after = [&pair[..], &[("apart", "0"), ("after", one.as_str())]].concat();
    let back = anna.post("/leads/duplicates", &after).await;
    assert_eq!(back.location(), Some(format!("/leads/duplicates?by=name&after={one}").as_str()));
    assert!(!anna.get(&format!("{list}&one=x&other=y")).await.text().contains("разные люди:"));
    let nobody = "019b7b5c-3880-7000-8000-00000000000c";
    assert_eq!(anna.get(&format!("{list}&one={nobody}&other={one}")).await.status, 200);
    assert!(anna.get(list).await.text().contains(&merging));
    let with = |one: &'static str| [("one", one), ("other", other.as_str()), ("apart", "1")];
    assert_eq!(anna.post("/leads/duplicates", &with("x")).await.status, 400);
    let own = [("one", other.as_str()), ("other", other.as_str()), ("apart", "1")];
    assert_eq!(anna.post("/leads/duplicates", &own).await.status, 404);
    assert_eq!(anna.post("/leads/duplicates", &with("019b7b5c-3880-7000-8000-00000000000c")).await.status, 404);
    assert_eq!(anna.post("/leads/duplicates", &[&pair[..], &[("apart", "x")]].concat()).await.status, 400);
}

#[tokio::test]
async fn two_leads_are_merged_field_by_field_and_separated() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let mut anna = site.browser(Person::Anna).await;
        let one = enter(&mut anna, "Иван Петров", "8 900 555-77-01", "").await;
        let other = enter(&mut anna, "Ваня", "8 900 555-77-02", "ivan@example.com").await;
        anna.post(&format!("/leads/{other}/notes"), &[("text", "Просил скидку")]).await;
        let path = format!("/leads/{one}/merge/{other}");
        let form = anna.get(&path).await;
        assert_eq!(form.status, 200);
        // If the survivor has no value, the other lead's value is selected.
        assert_eq!(
            (chosen(&form, "phone").as_deref(), chosen(&form, "email").as_deref()),
            (Some("survivor"), Some("other"))
        );
        assert_eq!((chosen(&form, "campaign"), chosen(&form, "status")), (None, None), "equal values offer no choice");
        assert!(form.text().contains(&format!("/leads/{other}/merge/{one}")), "the link to the reverse merge");
        let sent = [
            ("version", "1"),
            ("other_version", "1"),
            ("full_name", "survivor"),
            ("phone", "other"),
            ("email", "other"),
        ];
        let answer = anna.post(&path, &sent).await;
        assert_eq!((answer.status, answer.location()), (303, Some(format!("/leads/{one}").as_str())));

        let page = anna.get(&format!("/leads/{one}")).await.text();
        for told in ["Лиды объединены", "Объединён с", "Просил скидку", "Разъединить", "+7 900 555-77-02"]
        {
            assert!(page.contains(told), "{told}");
        }
        // Entries from the other lead are marked: its note, its first entry, and the merge.
        assert_eq!(page.matches("<span class=\"muted\">Ваня</span>").count(), 3, "{page}");
        let gone = anna.get(&format!("/leads/{other}")).await;
        assert_eq!(gone.location(), Some(format!("/leads/{one}").as_str()));
        assert!(anna.get(gone.location().unwrap()).await.text().contains("Этот лид объединили"));
        assert!(!anna.get("/leads").await.text().contains("Ваня"));
        // A form from before the merge is a conflict and saves nothing.
        let late = anna.post(&format!("/leads/{other}/status"), &[("version", "1"), ("status", "qualified")]).await;
        assert!(late.status == 409 && late.text().contains("ваша правка не сохранена"), "{}", late.text());
        let edit = anna.get(&format!("/leads/{other}/edit")).await;
        assert!(edit.status == 409 && edit.text().contains(&format!("href=\"/leads/{one}\"")));
        assert_eq!(anna.get(&format!("/leads/{other}/history")).await.status, 200);
        assert_eq!(anna.get(&path).await.status, 409);

        let renamed = [
            ("version", "2"),
            ("full_name", "Иван Ильич"),
            ("phone", "8 900 555-77-03"),
            ("email", "ivan@example.com"),
        ];
        assert_eq!(anna.post(&format!("/leads/{one}/edit"), &renamed).await.status, 303);
        let separated = anna.post(&format!("/leads/{one}/separation"), &[("lead", &other.to_string())]).await;
        assert_eq!(separated.location(), Some(format!("/leads/{one}?kept=phone").as_str()));
        let page = anna.get(separated.location().unwrap()).await.text();
        assert!(page.contains("Лиды разъединены") && page.contains("остались как есть: телефон"));
        let lead = site.office.stored::<Lead>(one).await.details;
        assert_eq!((lead.contact.phone().unwrap().e164(), lead.contact.email()), ("+79005557703", None));
        assert!(anna.get("/leads").await.text().contains("Ваня"));
        assert!(anna.get(&format!("/leads/{other}")).await.text().contains("Просил скидку"));
        let again = anna.post(&format!("/leads/{one}/separation"), &[("lead", &other.to_string())]).await;
        assert_eq!(again.status, 409);
    }
}

#[tokio::test]
async fn an_outdated_merge_form_shows_stored_values_and_keeps_the_choices() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    let one = enter(&mut anna, "Иван Петров", "8 900 555-77-01", "").await;
    let other = enter(&mut anna, "Ваня", "8 900 555-77-02", "").await;
    let session = site.office.session(Person::Anna).await;
    session.set_lead_status(other, 1, WorkStatus::Qualified).await.unwrap();
    let path = format!("/leads/{one}/merge/{other}");
    let sent = |other_version| {
        [
            ("version", "1"),
            ("other_version", other_version),
            ("full_name", "other"),
            ("phone", "survivor"),
            ("status", "other"),
        ]
    };
    let before = everything(&*site.office.store).await;
    let late = anna.post(&path, &sent("1")).await;
    assert_eq!((late.status, everything(&*site.office.store).await == before), (409, true));
    assert!(late.text().contains("Запись изменили, пока вы её правили"));
    assert_eq!((values(&late, "version"), values(&late, "other_version")), (vec!["1".into()], vec!["2".into()]));
    let choices = ["full_name", "phone", "status"].map(|it| chosen(&late, it).unwrap());
    assert_eq!(choices, ["other", "survivor", "other"]);
    assert_eq!(anna.post(&path, &sent("2")).await.status, 303);
    let lead = site.office.stored::<Lead>(one).await;
    assert_eq!((lead.details.full_name.as_str(), &lead.status), ("Ваня", &LeadStatus::Qualified));
}

#[tokio::test]
async fn a_merge_needs_a_phone_or_an_email_and_keeps_the_converted_lead() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let one = enter(&mut gleb, "Иван Петров", "8 900 555-77-01", "").await;
    let other = enter(&mut gleb, "Ваня", "", "ivan@example.com").await;
    let path = format!("/leads/{one}/merge/{other}");
    let nothing = [("version", "1"), ("other_version", "1"), ("phone", "other"), ("email", "survivor")];
    let answer = gleb.post(&path, &nothing).await;
    assert_eq!((answer.status, chosen(&answer, "phone").as_deref()), (422, Some("other")));

    let (client, ..) = site.office.client().await;
    let swapped = gleb.get(&format!("/leads/{one}/merge/{client}")).await;
    let way = format!("/leads/{client}/merge/{one}");
    assert_eq!((swapped.status, swapped.location()), (303, Some(way.as_str())));
    let form = gleb.get(&way).await;
    assert!(
        form.status == 200
            && form.text().contains("не меняется")
            && !form.text().contains(&format!("/leads/{one}/merge/{client}"))
    );
    let (second, ..) = site.office.client().await;
    let refused = gleb.get(&format!("/leads/{client}/merge/{second}")).await;
    assert!(refused.status == 409 && refused.text().contains("Оба лида — уже клиенты"));
    for id in [one.to_string(), site.office.id::<LeadId>().to_string(), "x".to_owned()] {
        assert_eq!(gleb.get(&format!("/leads/{one}/merge/{id}")).await.status, 404);
    }
}
