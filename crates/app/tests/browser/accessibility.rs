//! Every page, in both themes and on every size of screen: for users who see, hear and move differently.
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::{
    browser::{DESKTOP, PHONE},
    company::{Company, PASSWORD},
    inspection::Inspection,
    pages,
    support::Server,
};

/// Sends the page's main form with nothing in it, past the browser's own checks.
const SEND_EMPTY: &str = "
    const form = document.querySelector(arguments[0]);
    for (const it of form.elements) {
        if (it.type === 'checkbox') it.checked = false;
        else if (it.type !== 'hidden' && it.type !== 'file') it.value = '';
    }
    form.noValidate = true;
    form.requestSubmit();";

/// Somebody else changes the record while its form is open here.
const CHANGE_MEANWHILE: &str = "
    const [id, done] = arguments, form = document.querySelector('main form.form');
    const data = new FormData(form);
    data.set(id, data.get(id) + ' младший');
    fetch(form.action, { method: 'POST', body: new URLSearchParams(data) }).then(it => done(it.ok), () => done(false));";

/// What an authenticator app shows for this key.
#[expect(clippy::disallowed_methods, reason = "the program under test has the real clock")]
fn code_of(secret: &str) -> String {
    let app = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    app.generate(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).to_string()
}

#[tokio::test]
async fn every_page_is_for_everybody_in_light() {
    inspect("light").await;
}

#[tokio::test]
async fn every_page_is_for_everybody_in_dark() {
    inspect("dark").await;
}

async fn inspect(theme: &'static str) {
    let (company, empty) = (Company::with_leads(300), tempfile::tempdir().unwrap());
    let first_start = Server::start(empty.path(), &[]);
    let mut inspection = Inspection::begin(&company.server.url, theme).await;
    inspection.outside().await;
    inspection.inside().await;
    inspection.outage(&company).await;
    inspection.browser.site.clone_from(&first_start.url);
    inspection.first_start().await;
    inspection.end(72);
}

impl Inspection {
    /// Before anybody signed in.
    async fn outside(&mut self) {
        self.visit("sign-in", "/sign-in?next=%2Fleads", 200).await;
        self.browser.fill_all([("username", "anna"), ("password", "пять жёлтых слонов")]).await;
        self.browser.press("Войти").await;
        self.settle("sign-in-wrong", 422).await;
        self.visit("not-found", "/nowhere", 404).await;
        self.browser.sign_in("anna", PASSWORD).await;
        self.visit("forbidden", "/users", 403).await;
        self.visit("home-operator", "/", 200).await;
        self.browser.resize(DESKTOP).await;
        self.browser.sign_out().await;
        self.settle("signed-out", 200).await;
    }

    async fn inside(&mut self) {
        self.browser.resize(DESKTOP).await;
        self.browser.sign_in("director", PASSWORD).await;
        let pages = pages::all(&self.browser).await;
        for (name, path) in &pages {
            self.visit(name, path, 200).await;
        }
        let path = |name: &str| pages.iter().find(|it| it.0 == name).unwrap().1.clone();
        self.opened(&path("statistics")).await;
        self.visit("statistics-half-a-period", "/statistics?starts_on=2026-01-01", 422).await;
        for name in
            ["lead-form", "service-form", "campaign-form", "contract-form", "user-form", "client-edit", "spend-edit"]
        {
            self.send_empty(name, &path(name), "main form.form").await;
        }
        for name in ["user-password", "account-password"] {
            self.send_empty(name, &path(name), "main form.form").await;
        }
        self.send_empty("conversion", &path("conversion"), "main form.columns").await;
        self.send_empty("campaign", &path("campaign"), "#spend form").await;
        self.send_empty("lead", &path("lead"), "main form.composer").await;
        for (name, field) in [("lead-edit", "full_name"), ("service-edit", "name"), ("user-edit", "full_name")] {
            self.conflict(name, &path(name), field).await;
        }
        let converted = format!("{}/conversion", path("lead-converted"));
        self.visit("conversion-again", &converted, 409).await;
        self.browser.open("/leads?status=new").await;
        self.browser.run("document.querySelectorAll('#chips details').forEach(it => it.open = true)", []).await;
        self.look("leads-chips-opened").await;
        self.signing_in(&path("user")).await;
    }

    /// How somebody is helped to sign in, and the second factor.
    async fn signing_in(&mut self, user: &str) {
        self.browser.resize(DESKTOP).await;
        self.browser.open(user).await;
        self.browser.press("Ссылка для нового пароля").await;
        self.settle("user-link", 200).await;
        let link = self.browser.find(".copy input").await.attr("value").await.unwrap().unwrap();
        let link = link.trim_start_matches(&self.browser.site).to_owned();
        self.visit("new-password", &link, 200).await;

        self.browser.resize(DESKTOP).await;
        self.browser.open("/account/second-factor").await;
        let secret = self.browser.find("input[name=secret]").await.attr("value").await.unwrap().unwrap();
        self.browser.fill_all([("code", code_of(&secret).as_str()), ("current_password", PASSWORD)]).await;
        self.browser.press("Включить второй фактор").await;
        self.settle("second-factor-codes", 200).await;
        let recovery = self.browser.texts_of(".codes code").await.remove(0);
        self.visit("second-factor-on", "/account/second-factor", 200).await;
        self.visit("second-factor-off", "/account/second-factor/off", 200).await;
        self.browser.resize(DESKTOP).await;
        self.browser.sign_out().await;
        self.browser.fill_all([("username", "director"), ("password", PASSWORD)]).await;
        self.browser.press("Войти").await;
        self.settle("sign-in-code", 200).await;
        self.browser.fill("code", &recovery).await;
        self.browser.press("Подтвердить").await;
        assert_eq!(self.browser.path().await, "/");
    }

    /// Nothing to be shown, and nothing to be saved.
    async fn outage(&mut self, company: &Company) {
        self.browser.resize(DESKTOP).await;
        self.browser.open("/services/new").await;
        self.browser.fill_all([("name", "Аудит"), ("price", "1000"), ("description", "Под ключ")]).await;
        company.begin_outage();
        self.browser.press("Сохранить").await;
        self.settle("outage-form", 503).await;
        self.visit("outage", "/services?q=a", 503).await;
        company.end_outage();
    }

    /// Menus and lists that open on demand.
    async fn opened(&mut self, statistics: &str) {
        self.browser.open(statistics).await;
        self.browser.run("document.querySelectorAll('details').forEach(it => it.open = true)", []).await;
        self.look("statistics-opened").await;
        self.browser.open("/").await;
        self.browser.resize(PHONE).await;
        self.browser.find("[popovertarget=nav]").await.click().await.unwrap();
        self.browser.until("the navigation", "return document.querySelector('#nav').matches(':popover-open')").await;
        self.ask_axe("navigation-on-a-phone", PHONE).await;
    }

    async fn first_start(&mut self) {
        self.visit("setup", "/setup", 200).await;
        self.browser.run(SEND_EMPTY, [json!("form.gate__card")]).await;
        self.browser.until("what is wrong", "return document.querySelector('[data-error-summary]') !== null").await;
        self.settle("setup-wrong", 422).await;
    }

    async fn send_empty(&mut self, name: &str, path: &str, form: &str) {
        self.browser.open(path).await;
        let send = async || drop(self.browser.run(SEND_EMPTY, [json!(form)]).await);
        self.browser.next_page(&name, send).await;
        self.settle(&format!("{name}-wrong"), 422).await;
    }

    async fn conflict(&mut self, name: &str, path: &str, field: &str) {
        self.browser.resize(DESKTOP).await;
        self.browser.open(path).await;
        let changed = self.browser.client.execute_async(CHANGE_MEANWHILE, vec![json!(field)]).await;
        assert_eq!(changed.unwrap(), true, "{name}");
        self.browser.press("Сохранить").await;
        self.settle(&format!("{name}-conflict"), 409).await;
    }
}
