//! Sixty-four leads given to somebody at once, and back: with a script that ticks and counts, and without one.
use crate::{
    browser::Browser,
    company::{Company, PASSWORD},
};

const ALL: usize = 64;
const MINE: &str = "Ершов Денис Павлович";

/// The assignees in a list of at most a page.
async fn assignees(browser: &Browser, list: &str) -> Vec<String> {
    browser.open(list).await;
    browser.texts_of("#list tbody .who").await
}

async fn number_of(browser: &Browser, list: &str) -> usize {
    browser.open(list).await;
    let found = browser.text_of("#count").await;
    found.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// Gives all of them to one person and puts that back; `ticked` is how the way there begins.
async fn assign_all_and_undo(browser: &Browser) {
    browser.assert_sees(&format!("Записей: {ALL}")).await;
    browser.choose("assignee", MINE).await;
    browser.press("Изменить").await;
    browser.assert_sees("Изменено записей:").await;
    browser.assert_sees(MINE).await;
    let report = browser.client.current_url().await.unwrap();
    let all = assignees(browser, "/leads?sort=name").await;
    assert!(!all.is_empty() && all.iter().all(|it| it.ends_with("Ершов Д. П.")), "{all:?}");
    browser.open(&report.as_str()[browser.site.len()..]).await;
    browser.press("Вернуть как было").await;
    browser.assert_sees("Возвращено как было:").await;
}

#[tokio::test]
async fn an_operator_assigns_all_that_was_found_and_puts_them_back() {
    let company = Company::with_leads(u32::try_from(ALL).unwrap());
    for browser in [Browser::start(&company.server.url).await, Browser::without_javascript(&company.server.url).await] {
        browser.sign_in("anna", PASSWORD).await;
        let before = assignees(&browser, "/leads?sort=name").await;
        assert_eq!(number_of(&browser, "/leads").await, ALL);
        browser.open("/leads?sort=name").await;
        browser.find("#list td.tick input").await.click().await.unwrap();
        browser.press("выбрать все найденные").await;
        browser.press("Назначить ответственного").await;
        assign_all_and_undo(&browser).await;
        assert_eq!(assignees(&browser, "/leads?sort=name").await, before);
        browser.client.clone().close().await.unwrap();
    }
}

#[tokio::test]
async fn the_boxes_of_a_page_are_ticked_together_and_counted() {
    let company = Company::with_leads(60);
    // On top of the list, and open.
    for n in 1..=3 {
        company.lead(&format!("Первый Лид {n}"), &format!("+7 900 555-04-0{n}"), "new");
    }
    let browser = Browser::start(&company.server.url).await;
    browser.sign_in("director", PASSWORD).await;
    browser.open("/leads").await;
    let rows = browser.texts_of("#list tbody tr").await.len();
    assert!(!browser.find(".bulkbar").await.is_displayed().await.unwrap());
    browser.find("#list [data-all]").await.click().await.unwrap();
    assert!(browser.find(".bulkbar").await.is_displayed().await.unwrap());
    assert_eq!(browser.text_of("[data-count]").await, rows.to_string());
    browser.find("#list tbody tr:nth-child(2) td.tick input").await.click().await.unwrap();
    assert_eq!(browser.text_of("[data-count]").await, (rows - 1).to_string());
    browser.find("[data-clear]").await.click().await.unwrap();
    assert!(!browser.find(".bulkbar").await.is_displayed().await.unwrap());

    // What is ticked, and nothing else, goes on.
    let name = browser.texts_of("#list a.row-link").await.remove(2);
    browser.find("#list tbody tr:nth-child(3) td.tick input").await.click().await.unwrap();
    browser.press("Статус").await;
    browser.assert_sees("Записей: 1").await;
    browser.assert_sees(&name).await;
    // Nobody is lost without a reason, and the choice is kept.
    browser.choose("status", "Отказ").await;
    browser.press("Изменить").await;
    assert_eq!(browser.status().await, 422);
    assert_eq!(browser.value("status").await, "lost");
    browser.fill("reason", "Передумали").await;
    browser.press("Изменить").await;
    browser.assert_sees("Передумали").await;
}
