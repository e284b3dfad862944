//! The database is away for a moment: users are told, and lose nothing that they typed.
use std::fs;

use tempfile::tempdir;

use crate::company::at_work;

const MESSAGE: &str = "return document.querySelector('.toasts').innerText";

#[tokio::test]
async fn a_search_without_an_answer_says_so_until_there_is_one() {
    let (company, browser) = at_work(60, "anna").await;
    // Names that no other lead has a part of.
    for (name, phone) in [("Щукарева Агния", "+7 900 555-03-01"), ("Ярополк Лютиков", "+7 900 555-03-02")]
    {
        company.lead(name, phone, "new");
    }
    browser.open("/leads").await;
    let all = browser.texts_of("#list a.row-link").await;
    company.begin_outage();
    browser.fill("q", &all[0]).await;
    let told = browser.until("the reason", MESSAGE).await;
    assert_eq!(told, "Сервис временно недоступен. Повторите через несколько секунд.");
    assert_eq!(browser.texts_of("#list a.row-link").await, all, "the list is as it was");

    company.end_outage();
    browser.fill("q", &all[1]).await;
    browser.until("no message", "return document.querySelector('.toasts').innerText === ''").await;
    let found = browser.texts_of("#list a.row-link").await;
    assert_eq!(found, ["Щукарева Агния"]);

    company.server.signal("KILL");
    browser.fill("q", &all[0]).await;
    let told = browser.until("the reason", MESSAGE).await;
    assert_eq!(told, "Сервер не ответил. Проверьте связь и повторите.");
}

#[tokio::test]
async fn a_form_that_met_an_outage_is_sent_again_with_one_press() {
    let (company, browser) = at_work(60, "anna").await;
    let (name, note) = ("Зуев «Пётр» & Ко", "Первая строка.\n  Вторая, <b>не жирная</b>.");
    browser.open("/leads/new").await;
    browser.fill_all([("phone", "8 900 555-01-48"), ("full_name", name), ("note", note)]).await;
    company.begin_outage();
    for button in ["Сохранить", "Повторить"] {
        browser.press(button).await;
        assert_eq!((browser.status().await, browser.path().await.as_str()), (503, "/leads"));
        browser.assert_sees("Отправленное не потеряно: кнопка отправит его ещё раз.").await;
    }
    company.end_outage();
    browser.press("Повторить").await;
    browser.assert_sees("Лид сохранён").await;
    assert_eq!(browser.text_of("h1").await, name);
    browser.assert_sees("+7 900 555-01-48").await;
    let history = browser.text_of("#timeline").await;
    assert!(history.contains("Вторая, <b>не жирная</b>."), "{history}");
    browser.open("/leads?q=555-01-48").await;
    assert_eq!(browser.texts_of("#list a.row-link").await, [name]);
}

#[tokio::test]
async fn so_is_a_form_with_a_file() {
    let ((company, browser), folder) = (at_work(60, "maxim").await, tempdir().unwrap());
    let document = folder.path().join("Договор.pdf");
    fs::write(&document, [b"%PDF-1.4\n".as_slice(), &vec![7; 300_000]].concat()).unwrap();
    let send = async || browser.find("#document").await.send_keys(document.to_str().unwrap()).await.unwrap();
    browser.open("/contracts/new").await;
    browser.find("#service").await.select_by_index(1).await.unwrap();
    let typed = [("name", "Договор во время сбоя"), ("amount", "95 000,50"), ("valid_until", "12122099")];
    browser.fill_all(typed).await;
    company.begin_outage();
    send().await;
    let refused = browser.until("the reason", "return document.querySelector('.text-bad')?.innerText").await;
    assert_eq!(refused, "Сервис временно недоступен. Повторите через несколько секунд.");
    company.end_outage();
    send().await;
    browser.until("the token", "return document.querySelector('[data-token]').value").await;

    company.begin_outage();
    browser.press("Сохранить").await;
    assert_eq!(browser.status().await, 503);
    company.end_outage();
    browser.press("Повторить").await;
    assert_eq!(browser.text_of("h1").await, "Договор во время сбоя");
    browser.assert_sees("95 000,50 ₽").await;
    let copy = browser.download("Скачать файл", &folder.path().join("downloads/Договор.pdf")).await;
    assert!(copy == fs::read(&document).unwrap(), "the copy differs");
}

#[tokio::test]
async fn a_page_that_could_not_be_shown_is_opened_with_one_press() {
    let (company, browser) = at_work(60, "anna").await;
    company.begin_outage();
    browser.open("/leads?status=new&q=555").await;
    assert_eq!(browser.status().await, 503);
    company.end_outage();
    browser.press("Повторить").await;
    assert_eq!((browser.status().await, browser.value("q").await.as_str()), (200, "555"));
}
