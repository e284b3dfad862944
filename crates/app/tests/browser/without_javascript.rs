//! Nothing needs a script: the longest form of all, with a file in it, sent by the browser alone.
use std::fs;

use fantoccini::Locator;
use tempfile::tempdir;

use crate::{
    browser::Browser,
    company::{Company, PASSWORD},
};

const FILE: &str = "Договор без скриптов.pdf";

#[tokio::test]
async fn a_lead_becomes_a_client_though_the_first_try_had_an_error() {
    let (company, folder) = (Company::with_leads(60), tempdir().unwrap());
    let document = folder.path().join(FILE);
    fs::write(&document, [b"%PDF-1.4\n".as_slice(), &vec![7; 300_000]].concat()).unwrap();
    // The one that is opened, and the one that is next in the list.
    for (name, phone) in [("Готовый Пётр Ильич", "+7 900 555-02-01"), ("Готовая Анна Ильинична", "+7 900 555-02-02")]
    {
        company.lead(name, phone, "qualified");
    }
    let browser = Browser::without_javascript(&company.server.url).await;
    browser.sign_in("maxim", PASSWORD).await;
    browser.open("/leads?status=qualified").await;
    let lead = browser.find("#list a.row-link").await;
    browser.follow(&lead).await;
    let name = browser.text_of("h1").await;
    browser.press("Перевести в клиенты").await;
    let for_scripts = browser.client.find_all(Locator::Css(".needs-js")).await.unwrap();
    assert!(!for_scripts.is_empty());
    for it in for_scripts {
        assert!(!it.is_displayed().await.unwrap(), "offered: {}", it.html(false).await.unwrap());
    }

    let typed = [("name", "Договор без скриптов"), ("valid_until", "12122099"), ("phone", "8 (900) 555-01-43")];
    browser.fill_all(typed).await;
    browser.find("#service").await.select_by_index(1).await.unwrap();
    let service = browser.value("service").await;
    // A space is enough for the browser's own check, and is no amount.
    browser.fill("amount", " ").await;
    browser.find("#document").await.send_keys(document.to_str().unwrap()).await.unwrap();
    assert_eq!(browser.value("phone").await, "8 (900) 555-01-43", "no script has changed it");
    assert_eq!(browser.text_of("[data-file-name]").await, "", "no script has sent it");
    browser.press("Перевести и сохранить договор").await;

    assert_eq!(browser.status().await, 422);
    browser.assert_sees("Не сохранено: исправьте 1 поле").await;
    assert_eq!(browser.text_of("#amount-error").await, "Введите сумму, например 180 000");
    let kept = [("name", "Договор без скриптов"), ("valid_until", "2099-12-12"), ("phone", "8 (900) 555-01-43")];
    browser.assert_values(kept).await;
    browser.assert_values([("full_name", name.as_str()), ("service", &service)]).await;
    assert_eq!(browser.text_of("[data-file-name]").await, FILE);

    browser.fill("amount", "95 000,50").await;
    browser.press("Перевести и сохранить договор").await;
    // The list that the lead was opened from goes on; the client is one link away.
    assert!(browser.path().await.starts_with("/leads/"), "{}", browser.text().await);
    browser.assert_sees("Лид стал клиентом").await;
    assert_eq!(browser.links(".list-nav a[rel='next']").await.len(), 1);
    let client = browser.find(".props a[href^='/clients/']").await;
    browser.follow(&client).await;
    assert_eq!(browser.text_of("h1").await, name);
    browser.assert_sees("+7 900 555-01-43").await;

    browser.press("Договор без скриптов").await;
    browser.assert_sees("95 000,50 ₽").await;
    browser.assert_sees("12 декабря 2099").await;
    browser.assert_sees(FILE).await;
    let downloads = folder.path().join("downloads");
    let copy = browser.download("Скачать файл", &downloads.join(FILE)).await;
    assert!(copy == fs::read(&document).unwrap(), "the copy differs");
}

#[tokio::test]
async fn searching_and_the_menus_need_no_script_either() {
    let company = Company::with_leads(60);
    let browser = Browser::without_javascript(&company.server.url).await;
    browser.sign_in("anna", PASSWORD).await;
    // Whose name no other lead has a part of.
    let name = "Щукарева Агния";
    company.lead(name, "+7 900 555-03-01", "new");
    browser.open("/leads").await;
    browser.fill("q", name).await;
    browser.press("Найти").await;
    assert_eq!(browser.texts_of("#list a.row-link").await, [name]);

    browser.open("/leads").await;
    browser.find("#chips details:first-child > summary").await.click().await.unwrap();
    browser.tick("Новый").await;
    browser.tick("Отказ").await;
    browser.press("Применить").await;
    let stages = browser.texts_of("#list .badge").await;
    assert!(stages.iter().all(|it| it == "Новый" || it == "Отказ"), "{stages:?}");
    let (new, lost) = (|it: &&String| *it == "Новый", |it: &&String| *it == "Отказ");
    assert!(stages.iter().filter(new).count() > 0 && stages.iter().filter(lost).count() > 0, "{stages:?}");
    let chip = "#chips .chip--on";
    let words = |it: String| it.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(browser.text_of(chip).await), "Статус: 2 (Новый, Отказ)");
    browser.fill("q", name).await;
    browser.press("Найти").await;
    assert_eq!(words(browser.text_of(chip).await), "Статус: 2 (Новый, Отказ)", "a search keeps what was chosen");

    browser.find("#nav details.menu > summary").await.click().await.unwrap();
    browser.press("English").await;
    browser.assert_sees("Leads").await;
    assert_eq!(browser.value("q").await, name, "the page is still the same one");
    browser.find("#nav details.menu > summary").await.click().await.unwrap();
    browser.press("Sign out").await;
    assert_eq!(browser.path().await, "/sign-in");
}
