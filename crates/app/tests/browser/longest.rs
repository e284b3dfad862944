//! The longest values that the forms take, without a place to break a line, still fit on every screen.
use crate::{
    browser::{Browser, DESKTOP},
    company::{Company, PASSWORD},
    inspection::Inspection,
};

/// Almost a milliard: for more, the table of statistics needs a wider screen than most.
const MOST_MONEY: &str = "999 999 999,99";

fn long(length: usize) -> String {
    "Ж".repeat(length)
}

#[tokio::test]
async fn the_longest_values_fit_on_every_screen() {
    let company = Company::with_leads(20);
    let mut inspection = Inspection::begin(&company.server.url, "light").await;
    inspection.browser.sign_in("director", PASSWORD).await;
    let records = write_down(&inspection.browser).await;
    for (name, path) in &records {
        let name = format!("longest-{name}");
        inspection.visit(&name, path, 200).await;
        if !path.contains('?') {
            inspection.visit(&format!("{name}-edit"), &format!("{path}/edit"), 200).await;
            if !path.starts_with("/users") {
                inspection.visit(&format!("{name}-past"), &format!("{path}/history"), 200).await;
            }
        }
    }
    for list in ["/services", "/campaigns", "/leads", "/clients", "/contracts", "/users", "/", "/leads/new"] {
        inspection.visit(&format!("longest{}", list.replace('/', "-")), list, 200).await;
    }
    inspection.end(20);
}

/// One record of each kind; the paths by name.
async fn write_down(browser: &Browser) -> Vec<(&'static str, String)> {
    let (name, email) = (long(200), format!("{}@{}.ru", "w".repeat(64), "w".repeat(186)));
    browser.open("/users/new").await;
    browser.fill_all([("full_name", &name), ("username", &"w".repeat(64)), ("email", &email)]).await;
    let user = saved(browser, "Сохранить").await;

    browser.open("/services/new").await;
    let service_name = long(120);
    browser.fill_all([("name", &service_name), ("price", MOST_MONEY), ("description", &long(400))]).await;
    let service = saved(browser, "Сохранить").await;

    browser.open("/campaigns/new").await;
    let campaign_name = long(160);
    browser.fill_all([("name", &campaign_name), ("channel", &long(80)), ("budget", MOST_MONEY)]).await;
    browser.choose("service", &service_name).await;
    let campaign = saved(browser, "Сохранить").await;
    browser.fill_all([("spent_on", "03032026"), ("amount", MOST_MONEY), ("note", &long(200))]).await;
    browser.press("Добавить расход").await;

    browser.open("/leads/new").await;
    browser.fill_all([("phone", "8 900 555-01-48"), ("email", &email), ("full_name", &name)]).await;
    browser.choose("campaign", &campaign_name).await;
    let lead = saved(browser, "Сохранить").await;
    browser.fill("text", &long(400)).await;
    browser.press("Записать").await;

    browser.press("Перевести в клиенты").await;
    browser.fill_all([("name", &name), ("amount", MOST_MONEY), ("valid_until", "12122099")]).await;
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join(format!("{}.pdf", long(100)));
    std::fs::write(&document, b"%PDF-1.4\n").unwrap();
    browser.find("#document").await.send_keys(document.to_str().unwrap()).await.unwrap();
    let client = saved(browser, "Перевести и сохранить договор").await;
    let contract = browser.links("a[href^='/contracts/']:not([href*='?'])").await.remove(0);
    browser.resize(DESKTOP).await;
    let explained = format!("/statistics?explain={}", campaign.trim_start_matches("/campaigns/"));
    vec![
        ("user", user),
        ("service", service),
        ("campaign", campaign),
        ("client", client),
        ("contract", contract),
        ("lead-converted", format!("{lead}?")),
        ("statistics", explained),
    ]
}

/// Sends the form; the path of what it made.
async fn saved(browser: &Browser, button: &str) -> String {
    browser.press(button).await;
    assert_eq!(browser.status().await, 200, "{}", browser.text().await);
    browser.path().await
}
