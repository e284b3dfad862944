//! An operator's day: from the home page to the next call, the agreement, and the finished step.
use std::time::Duration;

use serde_json::json;

use crate::{
    browser::Browser,
    company::{Company, PASSWORD},
    support::stay_in_one_day,
};

/// Longer than a test here takes.
const TEST: Duration = Duration::from_mins(2);

/// Chooses when, by the words that stand there.
async fn choose_day(browser: &Browser, words: &str) {
    let path = format!("//label[normalize-space()='{words}']");
    let label = browser.client.find(fantoccini::Locator::XPath(&path)).await.unwrap();
    label.click().await.unwrap();
}

async fn work_through(browser: &Browser) {
    browser.sign_in("anna", PASSWORD).await;
    let waiting = browser.texts_of(".waiting h2").await;
    assert!(waiting[0].starts_with("Пора сделать") && waiting[1].starts_with("Ждут первого звонка"), "{waiting:?}");

    // The one that has waited longest, from a list that goes on behind it.
    browser.open("/leads?status=in_progress&sort=created").await;
    let first = browser.find("#list a.row-link").await;
    browser.follow(&first).await;
    let name = browser.text_of("h1").await;
    let place = browser.text_of(".list-nav .num").await;
    assert!(place.starts_with("1 из "), "{place}");
    if browser.texts_of(".step button").await.iter().any(|it| it == "Сделано") {
        browser.press("Сделано").await;
    }
    browser.find(".step").await;

    // Without a day and without words it is not saved, and says what is missing.
    choose_day(browser, "Другой день").await;
    assert!(browser.find("#due_on").await.is_displayed().await.unwrap());
    browser.press("Запланировать").await;
    assert_eq!(browser.status().await, 422);
    assert_eq!(browser.text_of("#next_step-error").await, "Напишите, что сделать, например «Перезвонить»");
    assert_eq!(browser.text_of("#due_on-error").await, "Выберите день");

    browser.fill("next_step", "Перезвонить и сверить адрес").await;
    choose_day(browser, "Сегодня").await;
    assert!(!browser.find("#due_on").await.is_displayed().await.unwrap(), "no other day is asked for");
    browser.press("Запланировать").await;
    browser.assert_sees("Следующий шаг запланирован").await;
    assert_eq!(browser.text_of(".step .badge").await, "Сегодня");
    assert_eq!(browser.text_of(".list-nav .num").await, place, "it is still the same list");

    // It is hers, and so it waits on her home page.
    browser.press("Изменить").await;
    browser.choose("assignee", "Орлова Анна Дмитриевна").await;
    browser.press("Сохранить").await;
    browser.open("/").await;
    let due = browser.text_of(".waiting").await;
    assert!(due.contains(&name) && due.contains("Перезвонить и сверить адрес"), "{due}");
    let list = browser.find(".waiting .card__head a").await;
    browser.follow(&list).await;
    let listed = browser.texts_of("#list a.row-link").await;
    assert!(listed.contains(&name), "{listed:?}");

    // It is moved, and done, and then it is asked what comes next.
    browser.press(&name).await;
    browser.find(".step summary").await.click().await.unwrap();
    assert_eq!(browser.value("next_step").await, "Перезвонить и сверить адрес");
    choose_day(browser, "Завтра").await;
    browser.press("Запланировать").await;
    assert_eq!(browser.text_of(".step .badge").await, "Завтра");
    browser.press("Сделано").await;
    browser.assert_sees("Сделано. Что дальше?").await;
    browser.assert_sees("Сделано: Перезвонить и сверить адрес").await;
    let focused = browser.client.active_element().await.unwrap().attr("id").await.unwrap();
    assert_eq!(focused.as_deref(), Some("next_step"), "the next one can be typed at once");
    browser.open("/").await;
    let due = browser.text_of(".waiting").await;
    assert!(!due.contains("Перезвонить и сверить адрес"), "{due}");
}

#[tokio::test]
async fn an_operator_plans_and_does_what_is_next() {
    stay_in_one_day(TEST);
    let company = Company::with_leads(20);
    let browser = Browser::start(&company.server.url).await;
    work_through(&browser).await;
    // By keys as well: the days are one group, which the arrows walk through.
    browser.open("/leads?status=in_progress&due=none").await;
    browser.press(&browser.texts_of("#list a.row-link").await[0]).await;
    browser.run("document.querySelector('[name=when]:checked').focus()", []).await;
    let chosen = "return document.querySelector('[name=when]:checked').value";
    assert_eq!(browser.run(chosen, []).await, json!("tomorrow"));
    browser.client.active_element().await.unwrap().send_keys("\u{e014}").await.unwrap();
    assert_eq!(browser.run(chosen, []).await, json!("in_3_days"));
}

#[tokio::test]
async fn it_needs_no_script() {
    stay_in_one_day(TEST);
    let company = Company::with_leads(20);
    let browser = Browser::without_javascript(&company.server.url).await;
    work_through(&browser).await;
}
