//! The palette and the keys, with nothing but a keyboard; looks that go along; documents looked at in the page.
use std::{fs, path::Path};

use fantoccini::{
    Locator,
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use serde_json::json;
use tempfile::tempdir;

use crate::{
    browser::Browser,
    company::{Company, PASSWORD},
};

/// Notes what the page's own security policy held back.
const LISTEN: &str = "
    window.heldBack = [];
    addEventListener('securitypolicyviolation', it => heldBack.push(`${it.effectiveDirective} ${it.blockedURI}`));";

const OPEN: &str = "return document.querySelector('#palette').open && document.activeElement.id === 'palette-words'";
/// Where Enter would lead.
const CHOSEN: &str = "
    const words = document.querySelector('#palette-words');
    return document.getElementById(words.getAttribute('aria-activedescendant'))?.getAttribute('href') ?? ''";

impl Browser {
    /// Presses one key after the other, wherever the focus is.
    async fn type_keys(&self, keys: &str) {
        let actions = keys.chars().fold(KeyActions::new("keys".to_owned()), |actions, it| {
            actions.then(KeyAction::Down { value: it }).then(KeyAction::Up { value: it })
        });
        self.painted().await;
        self.client.perform_actions(actions).await.unwrap();
    }

    async fn press_key(&self, key: Key) {
        self.type_keys(&char::from(key).to_string()).await;
    }

    async fn press_with_control(&self, key: char) {
        let control = char::from(Key::Control);
        let actions = [
            KeyAction::Down { value: control },
            KeyAction::Down { value: key },
            KeyAction::Up { value: key },
            KeyAction::Up { value: control },
        ];
        let actions = actions.into_iter().fold(KeyActions::new("keys".to_owned()), InputSource::then);
        self.painted().await;
        self.client.perform_actions(actions).await.unwrap();
    }

    /// What is typed before the page has anything to show, Chromium drops.
    async fn painted(&self) {
        self.until("a painted page", "return performance.getEntriesByType('paint').length > 0").await;
    }

    async fn has_focus(&self, css: &str) -> bool {
        self.run("return document.activeElement.matches(arguments[0])", [json!(css)]).await == true
    }

    /// Waits until what is chosen in the palette leads there.
    async fn until_chosen(&self, begins: &str) -> String {
        let script = format!("const at = (() => {{ {CHOSEN} }})(); return at.startsWith('{begins}') ? at : ''");
        self.until(&format!("{begins} to be chosen"), &script).await.as_str().unwrap().to_owned()
    }

    async fn assert_nothing_was_held_back(&self) {
        assert_eq!(self.run("return heldBack", []).await, json!([]), "{}", self.path().await);
        for (level, message) in self.console().await {
            assert!(level != "SEVERE" && level != "WARNING", "{level} {message}");
        }
    }
}

#[tokio::test]
async fn a_keyboard_alone_finds_a_record_and_goes_everywhere() {
    let company = Company::with_leads(60);
    let browser = Browser::start(&company.server.url).await;
    browser.run_first(LISTEN).await;
    browser.sign_in("anna", PASSWORD).await;
    browser.open("/leads").await;
    let lead = browser.find("#list tbody tr:nth-child(3) a.row-link").await;
    let (name, link) = (lead.text().await.unwrap(), lead.attr("href").await.unwrap().unwrap());
    browser.open("/").await;

    browser.press_with_control('k').await;
    browser.until("the palette", OPEN).await;
    assert_eq!(browser.until_chosen("/leads/new").await, "/leads/new", "before anything is typed");
    browser.type_keys(&name).await;
    let at = browser.until_chosen(&link).await;
    let said = browser.text_of("#palette-said").await;
    assert!(said.starts_with("Найдено: "), "{said}");
    let roles =
        "return [...document.querySelectorAll('#palette-found [aria-selected=true]')].map(it => it.role).join()";
    assert_eq!(browser.run(roles, []).await, "option");
    browser.next_page(&"the record", async || browser.press_key(Key::Enter).await).await;
    assert!(at.contains("?from=") && browser.path().await == link, "{at}");
    assert_eq!(browser.text_of("h1").await, name);

    // A place by its name, in the other language; what nobody may do is nowhere in it.
    browser.press_with_control('k').await;
    browser.until("the palette", OPEN).await;
    browser.type_keys("statist").await;
    browser.until_chosen("/statistics").await;
    let offered = browser.links("#palette-found a").await;
    assert_eq!(offered, ["/statistics"]);
    browser.press_key(Key::Escape).await;
    browser.until("the palette to be closed", "return !document.querySelector('#palette').open").await;
    // Down and up, round the ends.
    browser.press_with_control('k').await;
    browser.until("the palette", OPEN).await;
    for _ in 0.."statist".len() {
        browser.press_key(Key::Backspace).await;
    }
    browser.until_chosen("/leads/new").await;
    browser.press_key(Key::Up).await;
    let last = browser.links("#palette-found a").await.pop().unwrap();
    assert_eq!(browser.until_chosen(&last).await, last);
    browser.press_key(Key::Down).await;
    browser.press_key(Key::Down).await;
    assert_eq!(browser.until_chosen("/").await, "/");
    // What is not answered yet is no choice: Enter leads to the page of the search.
    browser.delay_answers(1_500).await;
    browser.type_keys("зз").await;
    browser.next_page(&"the search", async || browser.press_key(Key::Enter).await).await;
    browser.full_speed().await;
    assert_eq!(browser.path().await, "/search");
    browser.assert_sees("Ничего не нашлось").await;
    browser.assert_nothing_was_held_back().await;
}

#[tokio::test]
async fn keys_lead_through_lists_and_sections_until_they_are_switched_off() {
    let company = Company::with_leads(60);
    let browser = Browser::start(&company.server.url).await;
    browser.run_first(LISTEN).await;
    browser.sign_in("maxim", PASSWORD).await;
    browser.next_page(&"clients", async || browser.type_keys("gc").await).await;
    assert_eq!(browser.path().await, "/clients");
    // Of leads there are enough to go up and down.
    browser.open("/leads").await;
    let links = browser.links("#list a.row-link").await;
    for (key, at) in [(Key::Down, 0), (Key::Down, 1), (Key::Down, 2), (Key::Up, 1)] {
        browser.press_key(key).await;
        assert!(browser.has_focus(&format!(".row-link[href='{}']", links[at])).await, "{at}");
    }
    browser.next_page(&"the lead", async || browser.press_key(Key::Enter).await).await;
    assert_eq!(browser.path().await, links[1]);

    browser.type_keys("?").await;
    browser.until("the keys", "return document.querySelector('#keys-dialog').open").await;
    browser.assert_sees("Следующая строка").await;
    // In a dialog they do nothing.
    browser.type_keys("gl").await;
    browser.press_key(Key::Escape).await;
    browser.until("the keys to be closed", "return !document.querySelector('#keys-dialog').open").await;
    assert_eq!(browser.path().await, links[1]);

    // The letters of a Russian layout are at the same places.
    let russian = "
        for (const [key, code] of [['п', 'KeyG'], ['д', 'KeyL']])
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));";
    browser.next_page(&"leads", async || drop(browser.run(russian, []).await)).await;
    assert_eq!(browser.path().await, "/leads");
    browser.type_keys("/").await;
    assert!(browser.has_focus("#q").await);
    browser.type_keys("gc?").await;
    assert_eq!(browser.value("q").await, "gc?", "while something is typed, keys are letters");
    // From the search down into what it found.
    browser.open("/leads").await;
    let first = browser.links("#list a.row-link").await.swap_remove(0);
    browser.type_keys("/").await;
    browser.press_key(Key::Down).await;
    assert!(browser.has_focus(&format!(".row-link[href='{first}']")).await);

    browser.open("/keys").await;
    browser.press("Выключить одиночные клавиши").await;
    browser.open("/leads").await;
    browser.type_keys("gc/").await;
    browser.press_key(Key::Down).await;
    assert!(browser.has_focus("body").await && browser.path().await == "/leads");
    browser.press_with_control('k').await;
    browser.until("the palette", OPEN).await;
    browser.assert_nothing_was_held_back().await;
}

#[tokio::test]
async fn looks_are_remembered_in_a_browser_that_was_never_here() {
    let company = Company::with_leads(60);
    let here = Browser::start(&company.server.url).await;
    here.sign_in("anna", PASSWORD).await;
    here.open("/leads").await;
    let height = "return document.querySelector('#list tbody tr:has(.row-link)').getBoundingClientRect().height";
    let before = here.run(height, []).await.as_f64().unwrap();
    here.find("#nav details.menu > summary").await.click().await.unwrap();
    here.named("Светлая или тёмная тема").await.click().await.unwrap();
    let chosen = here.run("return document.documentElement.dataset.theme", []).await;
    here.open("/account/profile").await;
    let kept =
        "return fetch(location.href).then(it => it.text()).then(it => it.includes(`data-theme=\"${arguments[0]}\"`))";
    assert_eq!(here.run(kept, [chosen.clone()]).await, true);
    here.open("/account/profile").await;
    assert_eq!(here.value("theme").await, chosen.as_str().unwrap());
    here.choose("theme", "Тёмная").await;
    here.choose("density", "Плотные").await;
    here.choose("single_keys", "Выключены").await;
    here.press("Сохранить").await;
    here.assert_sees("Профиль сохранён").await;

    let elsewhere = Browser::start(&company.server.url).await;
    elsewhere.open("/sign-in").await;
    assert_eq!(elsewhere.run("return document.documentElement.dataset.theme ?? null", []).await, json!(null));
    elsewhere.sign_in("anna", PASSWORD).await;
    elsewhere.open("/leads").await;
    let root = "const it = document.documentElement.dataset; return [it.theme, it.density, 'nokeys' in it]";
    assert_eq!(elsewhere.run(root, []).await, json!(["dark", "compact", true]));
    let after = elsewhere.run(height, []).await.as_f64().unwrap();
    assert!(after < before, "{after} is no less than {before}");
}

#[tokio::test]
async fn a_document_is_looked_at_in_the_page_with_and_without_scripts() {
    let (company, folder) = (Company::with_leads(60), tempdir().unwrap());
    let picture = folder.path().join("Скан.png");
    write_picture(&picture);
    let browser = Browser::start(&company.server.url).await;
    browser.run_first(LISTEN).await;
    browser.sign_in("maxim", PASSWORD).await;
    browser.open("/contracts").await;
    let contract = browser.links("#list a.row-link").await.remove(0);
    browser.open(&contract).await;
    browser.press("Посмотреть").await;
    let source = browser.find("#preview iframe").await.attr("src").await.unwrap().unwrap();
    assert!(source.starts_with(&contract) && source.ends_with("?inline=1"), "{source}");
    let answered =
        "return performance.getEntriesByType('resource').find(it => it.name.endsWith('?inline=1'))?.responseStatus";
    assert_eq!(browser.until("the document", answered).await, 200);
    browser.assert_nothing_was_held_back().await;
    // The reader is the browser's own: nothing that the file brought is in the frame's document.
    let brought = "return document.querySelector('#preview iframe').contentDocument?.querySelectorAll('*').length ?? 0";
    assert!(browser.run(brought, []).await.as_u64().unwrap() < 10);

    // The next version is a picture; both are listed and can be looked at.
    browser.open(&format!("{contract}/edit")).await;
    browser.find("#document").await.send_keys(picture.to_str().unwrap()).await.unwrap();
    browser.until("the upload", "return document.querySelector('[data-token]').value").await;
    browser.press("Сохранить").await;
    assert_eq!(browser.client.find_all(Locator::Css(".files > li")).await.unwrap().len(), 2);
    browser.press("Посмотреть").await;
    let shown = "const it = document.querySelector('#preview img'); return it?.complete && it.naturalWidth";
    assert_eq!(browser.until("the picture", shown).await, 1);
    browser.assert_nothing_was_held_back().await;

    let plain = Browser::without_javascript(&company.server.url).await;
    plain.sign_in("maxim", PASSWORD).await;
    plain.open(&contract).await;
    plain.press("Посмотреть").await;
    plain.find("#preview img").await;
    plain.press("Скрыть").await;
    assert!(plain.client.find_all(Locator::Css("#preview")).await.unwrap().is_empty());
}

/// One grey pixel.
fn write_picture(path: &Path) {
    const PIXEL: [u8; 67] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
        0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3A, 0x7E, 0x9B, 0x55, 0x00, 0x00, 0x00,
        0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xCD, 0x72,
        0xB6, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ];
    fs::write(path, PIXEL).unwrap();
}
