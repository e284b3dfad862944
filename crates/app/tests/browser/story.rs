//! The whole story, from an empty folder to the first client who paid.
use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::tempdir;

use crate::{access, browser::Browser, figures, support::Server};

/// Everybody's, chosen by themselves.
const PASSWORD: &str = "пять лис под дождём";

/// Somebody who works here: username, full name, role.
pub(crate) type Person = (&'static str, &'static str, &'static str);

pub(crate) const IRINA: Person = ("irina", "Соболева Ирина Викторовна", "");
pub(crate) const MARINA: Person = ("marina", "Вишневская Марина Игоревна", "Маркетолог");
pub(crate) const ANNA: Person = ("anna", "Орлова Анна Дмитриевна", "Оператор");
pub(crate) const MAXIM: Person = ("maxim", "Громов Максим Юрьевич", "Менеджер");
pub(crate) const ALLA: Person = ("alla", "Белова Алла Сергеевна", "Администратор");

pub(crate) const SERVICE: &str = "Бухгалтерия под ключ";
pub(crate) const CAMPAIGN: &str = "Осень в Яндекс Директе";
pub(crate) const LEAD: &str = "Соколова Марина Андреевна";
pub(crate) const PHONE: &str = "+7 900 555-01-42";
pub(crate) const CONTRACT: &str = "Договор № 17";
const NOTE: &str = "Просит перезвонить после шести, нужен учёт для двух магазинов.";
const FILE: &str = "Договор 17.pdf";

/// Where the records came to be.
#[derive(Default)]
pub(crate) struct Records {
    pub(crate) user: String,
    pub(crate) service: String,
    pub(crate) campaign: String,
    pub(crate) spend: String,
    pub(crate) lead: String,
    pub(crate) client: String,
    pub(crate) contract: String,
}

#[tokio::test]
async fn from_an_empty_folder_to_the_first_client() {
    let folder = tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let browser = Browser::start(&server.url).await;
    let mut records = Records::default();

    first_start(&browser, &server).await;
    hire(&browser, &ALLA).await;
    browser.sign_out().await;

    // A new administrator gives roles that are not her own.
    browser.sign_in(ALLA.0, PASSWORD).await;
    for person in [MARINA, ANNA, MAXIM] {
        records.user = hire(&browser, &person).await;
    }
    browser.sign_out().await;

    browser.sign_in(MARINA.0, PASSWORD).await;
    advertise(&browser, &mut records).await;
    browser.sign_out().await;

    browser.sign_in(ANNA.0, PASSWORD).await;
    records.lead = write_down(&browser).await;
    browser.sign_out().await;

    browser.sign_in(MAXIM.0, PASSWORD).await;
    let document = contract_file(folder.path());
    convert(&browser, &document).await;
    records.client = browser.path().await;
    records.contract = download(&browser, &document, folder.path()).await;
    browser.sign_out().await;

    for person in [IRINA, MARINA, ANNA, MAXIM, ALLA] {
        browser.sign_in(person.0, PASSWORD).await;
        figures::check(&browser).await;
        access::check(&browser, &person, &records).await;
        browser.open("/").await;
        browser.sign_out().await;
    }

    browser.sign_in(MAXIM.0, PASSWORD).await;
    nothing_is_left_behind(&browser, &records.client).await;
}

/// The code opens the first page; a wrong one costs nothing of what was typed.
async fn first_start(browser: &Browser, server: &Server) {
    let code = server.setup_code.as_deref().unwrap();
    browser.open(&format!("/setup?code={code}")).await;
    browser.assert_values([("setup_code", code)]).await;
    let typed = [("setup_code", "0123456789abcdef"), ("username", IRINA.0), ("full_name", IRINA.1)];
    browser.fill_all(typed).await;
    browser.fill_all([("password", PASSWORD), ("password_again", PASSWORD)]).await;
    browser.press("Создать администратора").await;

    assert_eq!((browser.status().await, browser.path().await.as_str()), (422, "/setup"));
    browser.assert_sees("Код не подошёл. Возьмите его из консоли сервера").await;
    browser.assert_values(typed).await;

    browser.fill_all([("setup_code", code), ("password", PASSWORD), ("password_again", PASSWORD)]).await;
    browser.press("Создать администратора").await;
    assert_eq!(browser.path().await, "/");
    browser.assert_sees(&format!("Здравствуйте, {}", IRINA.1)).await;

    browser.open(&format!("/setup?code={code}")).await;
    assert_eq!(browser.status().await, 404);
    browser.assert_sees("Страница не найдена").await;
}

/// Somebody new, who then chooses a password by the link that they were given; the path of their record.
async fn hire(browser: &Browser, person: &Person) -> String {
    let (username, full_name, role) = *person;
    browser.open("/users").await;
    browser.press("Новый пользователь").await;
    browser.fill_all([("full_name", full_name), ("username", username)]).await;
    browser.tick(role).await;
    browser.press("Сохранить").await;
    browser.assert_sees("Пользователь сохранён").await;
    assert_eq!(browser.text_of("h1").await, full_name);
    browser.assert_sees(role).await;
    let record = browser.path().await;

    browser.press("Пригласить по ссылке").await;
    let link = browser.find(".copy input").await.attr("value").await.unwrap().unwrap();
    assert!(link.starts_with(&browser.site), "{link}");
    browser.open(link.trim_start_matches(&browser.site)).await;
    browser.assert_sees(&format!("Имя пользователя для входа: {username}")).await;
    browser.fill_all([("password", PASSWORD), ("password_again", PASSWORD)]).await;
    browser.press("Сохранить").await;
    // In the browser of the inviting user, who stays signed in.
    browser.assert_sees("Новый пароль действует").await;
    browser.open(link.trim_start_matches(&browser.site)).await;
    browser.assert_sees("Ссылка больше не действует").await;
    browser.open(&record).await;
    record
}

/// A service, a campaign for it, and what was spent on that.
async fn advertise(browser: &Browser, records: &mut Records) {
    browser.open("/services").await;
    browser.press("Новая услуга").await;
    browser.fill_all([("name", SERVICE), ("price", "45000"), ("description", "Учёт, налоги и отчётность.")]).await;
    browser.press("Сохранить").await;
    browser.assert_sees("45 000 ₽").await;
    records.service = browser.path().await;

    browser.open("/campaigns").await;
    browser.press("Новая кампания").await;
    browser.fill_all([("name", CAMPAIGN), ("channel", "Яндекс Директ"), ("budget", "100 000")]).await;
    browser.choose("service", SERVICE).await;
    browser.press("Сохранить").await;
    browser.assert_sees("Кампания сохранена").await;
    browser.assert_sees("До первого в статистике считается план").await;
    records.campaign = browser.path().await;

    // Days whose month is the same number: no browser's order of the two matters.
    for (day, amount, note) in [("03032026", "30000", "Поиск"), ("04042026", "12345,67", "Сети")] {
        browser.fill_all([("spent_on", day), ("amount", amount), ("note", note)]).await;
        browser.press("Добавить расход").await;
        browser.assert_sees("Расход сохранён").await;
    }
    let spent = browser.text_of("#spend table").await;
    assert!(spent.contains("3 марта 2026") && spent.contains("30 000 ₽"), "{spent}");
    assert!(spent.contains("4 апреля 2026") && spent.contains("12 345,67 ₽"), "{spent}");
    records.spend = browser.links("#spend a[href^='/spend/']").await.remove(0);
}

/// Somebody calls; the path of the lead.
async fn write_down(browser: &Browser) -> String {
    browser.open("/leads").await;
    browser.press("Новый лид").await;
    browser.fill_all([("phone", "8 (900) 555-01-42"), ("full_name", LEAD)]).await;
    browser.assert_values([("phone", PHONE)]).await;
    browser.choose("campaign", CAMPAIGN).await;
    browser.press("Сохранить").await;
    browser.assert_sees("Лид сохранён").await;
    browser.assert_sees(PHONE).await;

    browser.fill("text", NOTE).await;
    browser.press("Записать").await;
    let history = browser.text_of("#timeline").await;
    assert!(history.contains(NOTE) && history.contains(ANNA.1), "{history}");

    browser.choose("status", "Готов к договору").await;
    browser.press("Сохранить статус").await;
    assert_eq!(browser.text_of(".page-head .badge").await, "Готов к договору");
    let history = browser.text_of("#timeline").await;
    assert!(history.contains("Новый → Готов к договору"), "{history}");
    browser.path().await
}

/// A PDF of a few MiB, unlike any other.
fn contract_file(folder: &Path) -> PathBuf {
    let noise = (0..4 * 1024 * 1024_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[0]);
    let bytes: Vec<u8> = b"%PDF-1.4\n".iter().copied().chain(noise).collect();
    let path = folder.join(FILE);
    fs::write(&path, bytes).unwrap();
    path
}

/// The lead in the list becomes a client, with a contract whose file is sent while the form is still open.
async fn convert(browser: &Browser, document: &Path) {
    browser.open("/leads").await;
    let list = browser.text_of("#list").await;
    assert!(list.contains(LEAD) && list.contains("Готов к договору"), "{list}");
    browser.press(LEAD).await;
    browser.press("Перевести в клиенты").await;
    browser.assert_values([("full_name", LEAD), ("phone", PHONE)]).await;
    assert_eq!(browser.text_of("#service option:checked").await, SERVICE);

    browser.fill_all([("name", CONTRACT), ("amount", "180000")]).await;
    browser.named("год").await.click().await.unwrap();
    assert_ne!(browser.value("valid_until").await, "");
    browser.assert_values([("amount", "180 000")]).await;

    browser.limit_upload(1024 * 1024).await;
    browser.find("#document").await.send_keys(document.to_str().unwrap()).await.unwrap();
    let under_way = "
        const bar = document.querySelector('progress'), state = document.querySelector('[data-file-state]');
        return !bar.hidden && bar.value > 0 && bar.value < bar.max && state.innerText;";
    let first = browser.until("the progress of the file", under_way).await;
    assert!(first.as_str().unwrap().contains(" из 4,"), "{first}");
    browser
        .until("more progress", &under_way.replace("state.innerText", &format!("state.innerText !== {first}")))
        .await;
    assert_eq!(browser.run("return document.querySelector('[data-token]').value", []).await, "");
    browser.until("the token", "return document.querySelector('[data-token]').value").await;
    browser.full_speed().await;
    assert_eq!(browser.run("return document.querySelector('progress').hidden", []).await, true);
    assert_eq!(browser.text_of("[data-file-name]").await, FILE);
    assert_eq!(browser.text_of("[data-file-state]").await, "загружен");

    browser.press("Перевести и сохранить договор").await;
    assert!(browser.path().await.starts_with("/clients/"), "{}", browser.text().await);
    browser.assert_sees("Лид стал клиентом").await;
    assert_eq!(browser.text_of("h1").await, LEAD);
    browser.assert_sees(CAMPAIGN).await;
    let history = browser.text_of("#timeline").await;
    assert!(history.contains(NOTE) && history.contains(MAXIM.1), "{history}");
}

/// What comes back is what was sent; the path of the contract.
async fn download(browser: &Browser, document: &Path, folder: &Path) -> String {
    browser.press(CONTRACT).await;
    browser.assert_sees("180 000 ₽").await;
    let copy = browser.download("Скачать файл", &folder.join("downloads").join(FILE)).await;
    assert!(copy == fs::read(document).unwrap(), "the copy differs");
    browser.path().await
}

/// Signed out, the way back shows nothing of what was there.
async fn nothing_is_left_behind(browser: &Browser, client: &str) {
    browser.open(client).await;
    browser.assert_sees(PHONE).await;
    browser.sign_out().await;
    browser.next_page(&"the way back", async || browser.client.back().await.unwrap()).await;
    let text = browser.text().await;
    assert!(!text.contains(LEAD) && !text.contains(PHONE) && !text.contains(CONTRACT), "{text}");
    assert_eq!(browser.path().await, "/sign-in");
}
