//! Nothing that somebody typed is lost, made twice, or written over unseen.
use fantoccini::{
    Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
};

use crate::{
    acts::plain,
    browser::Browser,
    company::{Company, PASSWORD, at_work},
};

/// How many leads have this name.
async fn leads_named(browser: &Browser, name: &str) -> usize {
    browser.open("/leads?q=555-01").await;
    browser.texts_of("#list a.row-link").await.iter().filter(|it| *it == name).count()
}

/// Two presses as fast as the browser takes them.
async fn double_click(browser: &Browser, button: Element) {
    let to = PointerAction::MoveToElement { element: button, duration: None, x: 0., y: 0. };
    let (down, up) =
        (PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    let mouse = [down.clone(), up.clone(), down, up].into_iter();
    let mouse = mouse.fold(MouseActions::new("mouse".to_owned()).then(to), InputSource::then);
    browser.client.perform_actions(mouse).await.unwrap();
}

/// Counts the times that the page's form really goes off.
const COUNT: &str = "
    sessionStorage.sent = 0;
    addEventListener('submit', it => { if (!it.defaultPrevented) sessionStorage.sent = +sessionStorage.sent + 1; });";

#[tokio::test]
async fn a_double_click_on_save_sends_one_lead() {
    let (_company, browser) = at_work(20, "anna").await;
    let name = "Зуев Пётр Ильич";
    browser.open("/leads/new").await;
    browser.fill_all([("phone", "8 900 555-01-44"), ("full_name", name)]).await;
    browser.run(COUNT, []).await;
    let button = browser.named("Сохранить").await;
    browser.next_page(&"a double click", async || double_click(&browser, button).await).await;
    assert_eq!(browser.text_of("h1").await, name);
    assert_eq!(browser.run("return sessionStorage.sent", []).await, "1");
    assert_eq!(leads_named(&browser, name).await, 1);
}

#[tokio::test]
async fn a_form_that_was_sent_twice_makes_one_lead() {
    let (_company, browser) = at_work(20, "anna").await;
    let name = "Зуева Инна Ильинична";
    browser.open("/leads/new").await;
    browser.fill_all([("phone", "8 900 555-01-45"), ("full_name", name)]).await;
    browser.run(COUNT, []).await;
    // The first answer is still on its way when the impatient second press comes, and nothing in the page stops that.
    browser.delay_answers(3000).await;
    let press_twice = "
        const form = document.querySelector('form[data-once]'), button = form.querySelector('button');
        form.removeAttribute('data-once');
        for (const later of [0, 1000]) setTimeout(() => button.click(), later);";
    browser.next_page(&"pressing twice", async || drop(browser.run(press_twice, []).await)).await;
    browser.full_speed().await;
    assert_eq!(browser.text_of("h1").await, name);
    assert_eq!(browser.run("return sessionStorage.sent", []).await, "2");
    assert_eq!(leads_named(&browser, name).await, 1);
}

#[tokio::test]
async fn of_two_tabs_the_second_shows_both_values_before_it_wins() {
    let (company, browser) = at_work(20, "anna").await;
    let lead = company.lead("Иванова Вкладка Ивановна", "8 900 555-01-49", "new");
    let edit = format!("{lead}/edit");
    let first = browser.client.window().await.unwrap();
    browser.open(&edit).await;
    let email = browser.value("email").await;
    let second = browser.client.new_window(true).await.unwrap().handle;
    browser.client.switch_to_window(second.clone()).await.unwrap();
    browser.open(&edit).await;

    browser.client.switch_to_window(first).await.unwrap();
    browser.fill_all([("full_name", "Первая Вкладка Ивановна"), ("phone", "8 900 555-01-46")]).await;
    browser.press("Сохранить").await;
    assert_eq!(browser.text_of("h1").await, "Первая Вкладка Ивановна");

    browser.client.switch_to_window(second).await.unwrap();
    browser.fill("full_name", "Вторая Вкладка Ивановна").await;
    browser.press("Сохранить").await;
    assert_eq!((browser.status().await, browser.path().await), (409, edit));
    browser.assert_sees("Запись изменили, пока вы её правили").await;
    // What was not touched here is as the first tab saved it.
    let phone = "+7 900 555-01-46";
    browser.assert_values([("full_name", "Вторая Вкладка Ивановна"), ("phone", phone), ("email", &email)]).await;
    let saved = browser.text_of("#full_name-saved").await;
    assert!(saved.starts_with("Сейчас сохранено: Первая Вкладка Ивановна, было: "), "{saved}");
    for id in ["phone", "email"] {
        assert_eq!(browser.text_of(&format!("#{id}-saved")).await, "", "there is nothing to decide");
    }

    browser.press("Сохранить").await;
    assert_eq!((browser.status().await, browser.path().await), (200, lead));
    assert_eq!(browser.text_of("h1").await, "Вторая Вкладка Ивановна");
    browser.assert_sees(phone).await;
}

#[tokio::test]
async fn a_form_with_an_error_keeps_everything_else() {
    let (_company, browser) = at_work(20, "anna").await;
    browser.open("/leads/new").await;
    let note = "Первая строка.\n  Вторая строка, <b>не жирная</b>.";
    let typed = [("phone", "12"), ("email", "e.zueva@пример"), ("full_name", "Зуева «Елена» & Ко"), ("note", note)];
    browser.fill_all(typed).await;
    let choices = [("campaign", 2), ("assignee", 3)];
    for (id, at) in choices {
        browser.find(&format!("#{id}")).await.select_by_index(at).await.unwrap();
    }
    let chosen = (browser.value("campaign").await, browser.value("assignee").await);
    assert!(chosen.0.len() == 36 && chosen.1.len() == 36, "{chosen:?}");
    browser.press("Сохранить").await;

    assert_eq!((browser.status().await, browser.path().await.as_str()), (422, "/leads"));
    browser.assert_values(typed).await;
    assert_eq!((browser.value("campaign").await, browser.value("assignee").await), chosen);
    assert_eq!(
        browser.text_of("#phone-error").await,
        "Такого номера нет. Проверьте цифры: +7 900 555-01-42. Иностранный начните с кода страны: +49 30 1234567"
    );
    for id in ["phone", "email"] {
        assert_eq!(browser.find(&format!("#{id}")).await.attr("aria-invalid").await.unwrap().as_deref(), Some("true"));
    }

    // The summary has the focus, and leads to the field.
    let focused = "return document.activeElement.matches('[data-error-summary]')";
    browser.until("the focus on the summary", focused).await;
    browser.client.find(Locator::Css("[data-error-summary] a[href='#email']")).await.unwrap().click().await.unwrap();
    browser.until("the focus on the field", "return document.activeElement.id === 'email'").await;

    browser.fill_all([("phone", "8 900 555-01-47"), ("email", "e.zueva@example.ru")]).await;
    browser.press("Сохранить").await;
    assert_eq!(browser.text_of("h1").await, "Зуева «Елена» & Ко");
    let history = browser.text_of("#timeline").await;
    assert!(history.contains("не жирная</b>."), "{history}");
}

#[tokio::test]
async fn the_matrix_counts_what_was_changed_and_takes_in_what_another_tab_saved() {
    let company = Company::with_leads(20);
    let browser = Browser::start(&company.server.url).await;
    browser.sign_in("director", PASSWORD).await;
    let click = async |words: &str| {
        let place = format!("[aria-label='{words}']");
        // From under the bar of the form.
        let scroll = format!("document.querySelector(\"{place}\").scrollIntoView({{ block: 'center' }})");
        browser.client.execute(&scroll, Vec::new()).await.unwrap();
        browser.find(&place).await.click().await.unwrap();
        plain(&browser.text_of("[data-changes]").await)
    };
    let first = browser.client.window().await.unwrap();
    let second = browser.client.new_window(true).await.unwrap().handle;
    for window in [first.clone(), second.clone()] {
        browser.client.switch_to_window(window).await.unwrap();
        browser.open("/roles").await;
        assert_eq!(browser.text_of("[data-changes]").await, "");
    }
    assert_eq!(click("Оператор: смотреть клиентов").await, "Изменено: 1");
    assert_eq!(click("Оператор: смотреть лидов").await, "Изменено: 2");
    assert_eq!(click("Оператор: смотреть клиентов").await, "Изменено: 1");
    assert_eq!(click("Оператор: смотреть лидов").await, "");
    assert_eq!(click("Оператор: Вход только со вторым фактором").await, "Изменено: 1");

    browser.client.switch_to_window(first).await.unwrap();
    assert_eq!(click("Оператор: смотреть услуги").await, "Изменено: 1");
    browser.press("Сохранить права").await;

    browser.client.switch_to_window(second).await.unwrap();
    browser.press("Сохранить права").await;
    assert_eq!(browser.status().await, 409);
    browser.assert_sees("Чужие изменения уже внесены сюда").await;
    assert_eq!(browser.text_of("[data-changes]").await, "Изменено: 1", "what came from the other tab is none");
    assert_eq!(click("Оператор: Вход только со вторым фактором").await, "");
    assert_eq!(click("Оператор: смотреть лидов").await, "Изменено: 1");
}

#[tokio::test]
async fn a_file_that_was_refused_does_not_go_unnoticed() {
    let ((_company, browser), folder) = (at_work(60, "maxim").await, tempfile::tempdir().unwrap());
    let no_document = folder.path().join("Договор.pdf");
    std::fs::write(&no_document, "<script>alert(1)</script>").unwrap();
    browser.open("/contracts").await;
    let contract = browser.links("#list a.row-link").await.swap_remove(0);
    browser.open(&format!("{contract}/edit")).await;
    browser.find("#document").await.send_keys(no_document.to_str().unwrap()).await.unwrap();
    browser.until("the reason", "return document.querySelector('.text-bad')?.innerText").await;
    browser.named("Сохранить").await.click().await.unwrap();
    let stays = "return document.activeElement.matches('[data-remove-file]')";
    browser.until("the way to take it out", stays).await;
    assert_eq!(browser.path().await, format!("{contract}/edit"));
    browser.run("document.activeElement.click()", []).await;
    browser.press("Сохранить").await;
    assert_eq!(browser.path().await, contract);
}
