//! Leads one after the other with the phone in hand, and what was entered twice becomes one, and two again.
use fantoccini::{Locator, key::Key};

use crate::{
    browser::Browser,
    company::{Company, PASSWORD, at_work},
};

const FOCUS: &str = "return document.activeElement.id";

/// Presses keys wherever the focus is.
async fn keys(browser: &Browser, keys: &str) {
    browser.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
}

#[tokio::test]
async fn ten_leads_are_entered_by_the_keyboard_alone() {
    let (_company, browser) = at_work(20, "anna").await;
    browser.open("/leads").await;
    // The list's own key for a new one.
    browser
        .next_page(&"the key for a new lead", async || {
            browser.client.find(Locator::Css("body")).await.unwrap().send_keys("n").await.unwrap();
        })
        .await;
    for n in 0..10 {
        browser.until("the focus on the phone", "return document.activeElement.id === 'phone'").await;
        keys(&browser, &format!("8900555770{n}")).await;
        keys(&browser, &Key::Tab).await;
        assert_eq!(browser.run(FOCUS, []).await, "full_name");
        keys(&browser, &format!("Клавишин Пётр {n}")).await;
        let save = format!("{}{}{}", char::from(Key::Control), char::from(Key::Shift), char::from(Key::Enter));
        browser.next_page(&"saving and adding another", async || keys(&browser, &save).await).await;
        browser.assert_sees(&format!("Сохранён лид: Клавишин Пётр {n}")).await;
        assert_eq!(browser.value("phone").await, "");
    }
    browser.open("/leads?q=Клавишин").await;
    assert_eq!(browser.texts_of("#list a.row-link").await.len(), 10);
}

#[tokio::test]
async fn who_has_the_phone_already_is_told_below_it_and_nothing_is_in_the_way() {
    let (_company, browser) = at_work(20, "anna").await;
    browser.open("/leads/new").await;
    browser.fill_all([("phone", "8 900 555-77-01"), ("full_name", "Первый Иван")]).await;
    browser.press("Сохранить").await;
    browser.open("/leads/new").await;
    browser.fill("phone", "+7 900 555 77 01").await;
    keys(&browser, &Key::Tab).await;
    browser.until("the one who is alike", "return !!document.querySelector('#duplicates .alert a')").await;
    assert_eq!(browser.run(FOCUS, []).await, "full_name", "the focus stays where it is");
    let told = browser.text_of("#duplicates").await;
    assert!(told.contains("Первый Иван") && told.contains("тот же телефон"), "{told}");
    browser.fill("full_name", "Второй Иван").await;
    browser.press("Сохранить").await;
    assert_eq!((browser.status().await, browser.text_of("h1").await.as_str()), (200, "Второй Иван"));

    // Another phone, and nobody is told any more.
    browser.open("/leads/new").await;
    browser.fill("phone", "+7 900 555 77 01").await;
    keys(&browser, &Key::Tab).await;
    browser
        .until("the two who are alike", "return document.querySelectorAll('#duplicates .alert a').length === 2")
        .await;
    browser.fill("phone", "+7 900 555 77 02").await;
    keys(&browser, &Key::Tab).await;
    browser.until("nobody", "return !document.querySelector('#duplicates .alert')").await;
}

/// With the scripts, or without them.
async fn merge_and_separate(browser: &Browser) {
    browser.sign_in("anna", PASSWORD).await;
    for (phone, name) in [("8 900 555-77-01", "Первый Иван Ильич"), ("8 900 555-77-02", "Иван Ильич Первый")]
    {
        browser.open("/leads/new").await;
        browser.fill_all([("phone", phone), ("full_name", name), ("note", &format!("Заметка: {name}"))]).await;
        browser.press("Сохранить").await;
    }
    browser.open("/leads?q=Ильич").await;
    assert_eq!(browser.texts_of("#list a.row-link").await.len(), 2);
    browser.open("/leads").await;
    browser.press("Дубликаты").await;
    browser.press("По имени").await;
    let pair =
        browser.client.find(Locator::XPath("//li[contains(., 'Первый Иван Ильич')]//a[contains(., 'объединить')]"));
    let pair = pair.await.unwrap();
    browser.follow(&pair).await;
    assert_eq!(browser.text_of("h1").await, "Объединить с лидом «Первый Иван Ильич»");
    browser.find("#phone input[value=other]").await.click().await.unwrap();
    browser.press("Объединить").await;
    browser.assert_sees("Лиды объединены").await;
    assert_eq!(browser.text_of("h1").await, "Первый Иван Ильич");
    for told in ["+7 900 555-77-02", "Заметка: Первый Иван Ильич", "Заметка: Иван Ильич Первый"]
    {
        browser.assert_sees(told).await;
    }
    let survivor = browser.path().await;
    browser.open("/leads?q=Ильич").await;
    assert_eq!(browser.texts_of("#list a.row-link").await, ["Первый Иван Ильич"]);

    browser.open(&survivor).await;
    let button = browser.find("form[action$='/separation'] button").await;
    browser.follow(&button).await;
    browser.assert_sees("Лиды разъединены").await;
    browser.assert_sees("+7 900 555-77-01").await;
    browser.open("/leads?q=Ильич").await;
    assert_eq!(browser.texts_of("#list a.row-link").await.len(), 2);
}

#[tokio::test]
async fn two_leads_become_one_and_two_again() {
    let company = Company::with_leads(20);
    merge_and_separate(&Browser::start(&company.server.url).await).await;
}

#[tokio::test]
async fn merging_needs_no_script() {
    let company = Company::with_leads(20);
    merge_and_separate(&Browser::without_javascript(&company.server.url).await).await;
}
