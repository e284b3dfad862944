//! Record versions: their page, and restoring an old value.
use crate::support::{
    Browser, Site, html,
    office::{Person, details, everything::everything},
};
use chrono::TimeDelta;
use conformance::fixtures::money;
use domain::{
    access::{Permission, Permissions},
    campaign::Campaign,
    client::Client,
    contract::Contract,
    lead::{Lead, LeadDetails, WorkStatus},
    service::{Service, ServiceDetails},
    values::LostReason,
};

/// A service that cost 1000, and a minute later 2500.50.
async fn dearer(site: &Site) -> (String, ServiceDetails) {
    let (id, by) = (site.office.service().await, site.office.director().await);
    let before = site.office.stored::<Service>(id).await.details;
    site.office.clock.advance(TimeDelta::minutes(1));
    by.edit_service(id, 1, ServiceDetails { price: money("2500.50"), ..before.clone() }).await.unwrap();
    site.office.clock.advance(TimeDelta::minutes(1));
    (format!("/services/{id}"), before)
}

/// The text of the page without tags.
async fn words(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    html::words(&answer.text())
}

#[tokio::test]
async fn a_page_shows_a_version_beside_the_current_values() {
    let site = Site::new().await;
    let (at, _) = dearer(&site).await;
    let mut gleb = site.browser(Person::Gleb).await;
    let first = words(&mut gleb, &format!("{at}/history?version=1")).await;
    assert!(first.contains("Версия 1 из 2") && first.contains("Глеб Директоров · новая услуга"), "{first}");
    assert!(first.contains("Цена 1 000 ₽ Вернуть это значение : Цена 2 500,50 ₽"), "{first}");
    assert!(first.contains("Описание Под ключ без изменений"), "{first}");
    for path in [format!("{at}/history"), format!("{at}/history?version=2"), format!("{at}/history?version=x")] {
        let newest = words(&mut gleb, &path).await;
        assert!(newest.contains("Версия 2 из 2 нынешняя") && newest.contains("ничего не изменилось"), "{newest}");
        assert!(!newest.contains("Вернуть"), "{newest}");
    }
    for version in ["0", "3", "-1"] {
        assert_eq!(gleb.get(&format!("{at}/history?version={version}")).await.status, 404, "{version}");
    }
}

#[tokio::test]
async fn a_minute_is_read_in_the_organisations_time_zone() {
    let site = Site::new().await;
    // Created at 9:00 UTC, which is noon in Moscow.
    let (at, _) = dearer(&site).await;
    let mut gleb = site.browser(Person::Gleb).await;
    for (minute, expected) in [
        ("2026-01-12T11:59", "этой записи ещё не было"),
        ("2026-01-12T12:00", "Версия 1 из 2"),
        ("12.01.2026 12:00", "Версия 1 из 2"),
        ("2026-01-12T12:01", "Версия 2 из 2"),
        ("2099-01-12T12:01", "Версия 2 из 2"),
        ("вчера", "Такого времени нет"),
    ] {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("at", minute).finish();
        let path = format!("{at}/history?{query}");
        let shown = words(&mut gleb, &path).await;
        assert!(shown.contains(expected), "{minute}: {shown}");
        let kept = html::value(&html::tags(&gleb.get(&path).await.text()), "at");
        let expected = if minute == "12.01.2026 12:00" { "2026-01-12T12:00" } else { minute };
        assert_eq!(kept.as_deref(), Some(expected), "in the format of a browser's field, or as typed");
    }
}

#[tokio::test]
async fn each_timeline_entry_links_to_its_version() {
    let site = Site::new().await;
    let (lead, _, client) = site.office.client().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let page = gleb.get(&format!("/clients/{client}")).await.text();
    for path in [
        format!("/clients/{client}/history?version=1"),
        format!("/leads/{lead}/history?version=1"),
        format!("/leads/{lead}/history?version=2"),
    ] {
        assert!(page.contains(&format!("href=\"{path}\"")), "{path}: {page}");
        words(&mut gleb, &path).await;
    }
    let permissions = Permission::ALL.into_iter().filter(|it| *it != Permission::ViewLeads);
    let (director, nina) = (site.office.director().await, site.office.user(Person::Nina).await);
    director.set_user_grants(nina, 1, permissions.collect::<Permissions>()).await.unwrap();
    let page = site.browser(Person::Nina).await.get(&format!("/clients/{client}")).await.text();
    assert!(
        !page.contains(&format!("/leads/{lead}")) && page.contains(&format!("/clients/{client}/history?version=1")),
        "{page}"
    );
}

/// Opens the form with this field's value of the first version, and saves it unchanged.
async fn restore(site: &Site, at: &str, field: &str, typed: &str) {
    let mut gleb = site.browser(Person::Gleb).await;
    let page = gleb.get(&format!("{at}/history?version=1")).await.text();
    let link = format!("{at}/edit?restore={field}&amp;version=1");
    assert!(page.contains(&format!("href=\"{link}\"")), "{link}: {page}");
    let before = everything(&*site.office.store).await;
    let answer = gleb.get(&link.replace("&amp;", "&")).await;
    assert_eq!(everything(&*site.office.store).await, before, "viewing saves nothing");
    let shown = answer.text();
    assert!(shown.contains("подставлено прежнее значение") && shown.contains("Сейчас сохранено"), "{shown}");
    let form = html::form(&shown, &format!("{at}/edit")).unwrap();
    assert_eq!(html::value(&form, field).as_deref(), Some(typed), "{field}");
    let fields = html::values(&form);
    let fields: Vec<_> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let answer = gleb.post(&format!("{at}/edit"), &fields).await;
    assert_eq!(answer.status, 303, "{field}: {}", answer.text());
}

#[tokio::test]
async fn an_old_value_is_restored_through_the_form() {
    let site = Site::new().await;
    let (office, by) = (&site.office, site.office.director().await);
    let (at, before) = dearer(&site).await;
    restore(&site, &at, "price", "1\u{a0}000,00").await;
    let id = at.rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap();
    let service = office.stored::<Service>(id.into()).await;
    assert_eq!((service.details, service.stamp.version), (before, 3));

    let campaign = office.campaign(service.id).await;
    let other = details::campaign(office.service().await);
    by.edit_campaign(
        campaign,
        1,
        domain::campaign::CampaignDetails { dates: domain::values::OpenPeriod::default(), ..other },
    )
    .await
    .unwrap();
    for (field, typed) in [("starts_on", "2026-01-01"), ("service", &service.id.to_string())] {
        restore(&site, &format!("/campaigns/{campaign}"), field, typed).await;
    }
    assert_eq!(office.stored::<Campaign>(campaign).await.details.service, service.id);

    let lead = office.lead(Some(campaign)).await;
    let email = office.stored::<Lead>(lead).await.details.contact.email().unwrap().to_string();
    let phone = conformance::fixtures::contact("+7 900 555-01-99", "");
    by.edit_lead(lead, 1, LeadDetails { contact: phone, ..details::lead(None) }).await.unwrap();
    for (field, typed) in [("phone", "+7 900 555-01-42"), ("email", &email), ("campaign", &campaign.to_string())] {
        let typed = typed.replace("+7 900 555-01-42", &formatted("+79005550142"));
        restore(&site, &format!("/leads/{lead}"), field, &typed).await;
    }
    assert_eq!(office.stored::<Lead>(lead).await.details.campaign, Some(campaign));

    let (_, contract, client) = office.client().await;
    let name = office.stored::<Client>(client).await.details.full_name;
    by.edit_client(client, 1, details::client()).await.unwrap();
    restore(&site, &format!("/clients/{client}"), "full_name", name.as_str()).await;
    assert_eq!(office.stored::<Client>(client).await.details.full_name, name);

    let amount = details::contract(service.id);
    by.edit_contract(contract, 2, domain::contract::ContractDetails { amount: money("1"), ..amount }, None)
        .await
        .unwrap();
    restore(&site, &format!("/contracts/{contract}"), "amount", "80\u{a0}000,00").await;
    assert_eq!(office.stored::<Contract>(contract).await.details.amount, money("80000"));
}

fn formatted(e164: &str) -> String {
    domain::values::Phone::from_e164(e164).unwrap().formatted()
}

#[tokio::test]
async fn an_archived_old_choice_is_named_and_must_be_replaced() {
    let site = Site::new().await;
    let (office, by) = (&site.office, site.office.director().await);
    let (old, new) = (office.service().await, office.service().await);
    let campaign = office.campaign(old).await;
    by.edit_campaign(campaign, 1, details::campaign(new)).await.unwrap();
    by.archive_service(old, true).await.unwrap();
    let mut gleb = site.browser(Person::Gleb).await;
    let shown = gleb.get(&format!("/campaigns/{campaign}/edit?restore=service&version=1")).await.text();
    let name = office.stored::<Service>(old).await.details.name;
    assert!(html::words(&shown).contains("Сейчас этого в списке нет"), "{shown}");
    assert!(shown.contains(&format!("<option value=\"{old}\" selected>{name}</option>")), "{shown}");
    let form = html::form(&shown, &format!("/campaigns/{campaign}/edit")).unwrap();
    let fields = html::values(&form);
    let fields: Vec<_> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    assert_eq!(gleb.post(&format!("/campaigns/{campaign}/edit"), &fields).await.status, 422);
    assert_eq!(office.stored::<Campaign>(campaign).await.details.service, new);
}

#[tokio::test]
async fn only_fields_of_the_form_are_restored_and_only_by_editors() {
    let site = Site::new().await;
    let (office, by) = (&site.office, site.office.director().await);
    let (lead, _, client) = office.client().await;
    let email = conformance::fixtures::contact("", "x@example.com");
    let kept = office.stored::<Lead>(lead).await.details;
    by.edit_lead(lead, 2, LeadDetails { contact: email, ..kept }).await.unwrap();
    let mut gleb = site.browser(Person::Gleb).await;
    let page = gleb.get(&format!("/leads/{lead}/history?version=1")).await.text();
    assert!(page.contains("restore=phone") && page.contains("restore=email"), "{page}");
    assert!(!page.contains("restore=status") && !page.contains("restore=client"), "{page}");
    for query in ["restore=status&version=1", "restore=campaign&version=1", "restore=phone", "restore=x&version=1"] {
        let answer = gleb.get(&format!("/leads/{lead}/edit?{query}")).await;
        assert!(answer.status == 200 && !answer.text().contains("подставлено"), "{query}");
    }
    assert_eq!(gleb.get(&format!("/leads/{lead}/edit?restore=phone&version=9")).await.status, 404);
    // Максим may convert leads and edit clients, but may not edit leads.
    let mut maxim = site.browser(Person::Maxim).await;
    let page = maxim.get(&format!("/leads/{lead}/history?version=1")).await;
    assert!(page.status == 200 && !page.text().contains("restore="));
    assert_eq!(maxim.get(&format!("/leads/{lead}/edit?restore=phone&version=1")).await.status, 403);
    assert_eq!(maxim.get(&format!("/clients/{client}/history")).await.status, 200);
}

#[tokio::test]
async fn fields_outside_the_form_say_where_or_whether_they_change() {
    let site = Site::new().await;
    let (office, by) = (&site.office, site.office.director().await);
    let mut gleb = site.browser(Person::Gleb).await;
    let (lead, (service, _)) = (office.lead(None).await, dearer(&site).await);
    by.set_lead_status(lead, 1, WorkStatus::Lost(LostReason::parse("Дорого").unwrap())).await.unwrap();
    by.set_lead_status(lead, 2, WorkStatus::InProgress).await.unwrap();
    by.archive_service(service.rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap().into(), true).await.unwrap();
    for (at, rows) in [
        (
            format!("/leads/{lead}"),
            &["Статус Отказ Меняется в карточке", "Причина отказа Дорого Меняется в карточке"][..],
        ),
        (service, &["В архиве нет Меняется в карточке"]),
    ] {
        let page = gleb.get(&format!("{at}/history?version=2")).await.text();
        let shown = html::words(&page);
        assert!(rows.iter().all(|it| shown.contains(it)), "{shown}");
        assert!(page.contains(&format!("<a class=\"small\" href=\"{at}\">Меняется")), "{page}");
    }
    let shown = words(&mut site.browser(Person::Maxim).await, &format!("/leads/{lead}/history?version=2")).await;
    assert!(shown.contains("Отказ") && !shown.contains("Меняется"), "he may not change it: {shown}");

    let (lead, ..) = office.client().await;
    let shown = words(&mut gleb, &format!("/leads/{lead}/history?version=1")).await;
    assert!(shown.contains("Статус Новый После перевода в клиенты не меняется Клиент"), "{shown}");
}
