//! Signing in over HTTP: codes, throttling, known devices, links, and secrets that are shown for a limited time.
use crate::support::{
    Browser, Site,
    doors::{Visitor, browser, turn_on_second_factor},
    html,
    office::{Office, PASSWORD, Person},
    records::{SECRET, code_of},
};
use application::RequiredAction;
use chrono::TimeDelta;
use domain::{audit::AuditAction, store::Mode, user::PasswordLink};

const NEW: &str = "пять слонов в лодке";

async fn try_password(browser: &mut Browser, username: &str, password: &str) -> crate::support::Answer {
    browser.post("/sign-in", &[("username", username), ("password", password)]).await
}

async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == 200
}

/// A user who has entered the password, and still needs a code.
async fn half_way(site: &Site) -> Browser {
    turn_on_second_factor(&site.office, "anna").await;
    let mut browser = site.stranger();
    let answer =
        browser.post("/sign-in", &[("username", "anna"), ("password", PASSWORD), ("next", "/leads?q=a")]).await;
    assert_eq!(answer.location(), Some("/sign-in/code?next=%2Fleads%3Fq%3Da"));
    browser
}

#[tokio::test]
async fn a_code_leads_to_the_requested_page() {
    let site = Site::new().await;
    let mut browser = half_way(&site).await;
    assert!(!is_in(&mut browser).await);
    let page = browser.get("/sign-in/code?next=%2Fleads%3Fq%3Da").await;
    assert!(page.status == 200 && page.text().contains("Подтвердите вход"));
    let answer = browser.post("/sign-in/code", &[("code", "000000"), ("next", "/leads?q=a")]).await;
    assert!(answer.status == 422 && answer.text().contains("value=\"/leads?q=a\""));
    assert!(!is_in(&mut browser).await);
    let code = code_of(SECRET, &site.office, 30);
    let mut other = browser.clone();
    let answer = browser.post("/sign-in/code", &[("code", &code), ("next", "/leads?q=a")]).await;
    assert_eq!((answer.status, answer.location()), (303, Some("/leads?q=a")));
    assert!(is_in(&mut browser).await);
    // The earlier token has no session any more, and the code was used.
    assert!(!is_in(&mut other).await);
    assert_eq!(other.post("/sign-in/code", &[("code", &code)]).await.location(), Some("/sign-in"));
}

#[tokio::test]
async fn failed_attempts_tell_how_long_to_wait() {
    let site = Site::new().await;
    let mut stranger = site.stranger();
    for _ in 0..5 {
        assert_eq!(try_password(&mut stranger, "anna", "не тот пароль").await.status, 422);
    }
    let answer = try_password(&mut stranger, "anna", PASSWORD).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("10")));
    assert!(answer.is_page() && answer.text().contains("Попробуйте через 10 секунд"));
    assert!(answer.text().contains("value=\"anna\"") && !answer.text().contains(PASSWORD));
    site.office.clock.advance(TimeDelta::seconds(10));
    assert_eq!(try_password(&mut stranger, "anna", PASSWORD).await.location(), Some("/"));

    let mut browser = half_way(&site).await;
    for _ in 0..5 {
        assert_eq!(browser.post("/sign-in/code", &[("code", "000000")]).await.status, 422);
    }
    let code = code_of(SECRET, &site.office, 30);
    let answer = browser.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("60")));

    let mut maxim = site.browser(Person::Maxim).await;
    let wrong = [("current_password", "не тот пароль"), ("password", NEW), ("password_again", NEW)];
    for _ in 0..5 {
        assert_eq!(maxim.post("/account/password", &wrong).await.status, 422);
    }
    let answer = maxim.post("/account/password", &wrong).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("10")));
    assert!(answer.is_page());
}

#[tokio::test]
async fn known_browsers_are_not_throttled_by_others() {
    let site = Site::new().await;
    let mut known = site.browser(Person::Anna).await;
    known.post("/sign-out", &[]).await;
    assert!(known.cookie("sid").is_none() && known.cookie("device").is_some());
    let mut stranger = site.stranger();
    for _ in 0..5 {
        try_password(&mut stranger, "anna", "не тот пароль").await;
    }
    assert_eq!(try_password(&mut stranger, "anna", PASSWORD).await.status, 429);
    let mut forged = stranger.clone();
    forged.cookies.push(("device".into(), format!("{}.{}", "0".repeat(32), "0".repeat(64))));
    assert_eq!(try_password(&mut forged, "anna", PASSWORD).await.status, 429);
    // A browser known for another user does not count for Анна.
    let mut maxim = site.browser(Person::Maxim).await;
    maxim.post("/sign-out", &[]).await;
    assert_eq!(try_password(&mut maxim, "anna", PASSWORD).await.status, 429);
    assert_eq!(try_password(&mut known, "anna", PASSWORD).await.location(), Some("/"));
}

#[tokio::test]
async fn pages_before_signing_in_use_the_last_users_language() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    anna.post("/account/profile", &[("version", "1"), ("full_name", "Анна"), ("language", "en")]).await;
    anna.post("/sign-out", &[]).await;
    anna.cookies.clear();
    assert!(anna.get("/sign-in").await.text().contains("Вход"));
    try_password(&mut anna, "anna", PASSWORD).await;
    assert!(anna.get("/nothing").await.text().contains("Page not found"));
    anna.post("/sign-out", &[]).await;
    assert!(anna.get("/sign-in").await.text().contains("Sign in"));
}

/// A link that Алла made: its page, her browser, and the link.
async fn invited(site: &Site, person: Person) -> (String, Browser, String) {
    let mut alla = site.browser(Person::Alla).await;
    let page = format!("/users/{}/link", site.office.user(person).await);
    let answer = alla.post(&page, &[]).await;
    assert_eq!((answer.status, answer.location()), (303, Some(page.as_str())));
    let tags = html::tags(&alla.get(&page).await.text());
    let shown = tags.iter().find(|it| it.name == "input" && it.get("readonly").is_some());
    (shown.unwrap().get("value").unwrap().to_owned(), alla, page)
}

#[tokio::test]
async fn a_link_is_shown_again_until_used_or_replaced() {
    let site = Site::new().await;
    let (link, mut alla, page) = invited(&site, Person::Nina).await;
    let version =
        || async { site.office.stored::<domain::user::User>(site.office.user(Person::Nina).await).await.stamp.version };
    let before = version().await;
    assert!(alla.get(&page).await.text().contains(&link));
    assert_eq!(version().await, before, "viewing the page makes no new link");
    // Neither other users nor the pages of other users show the link.
    assert_eq!(site.browser(Person::Gleb).await.get(&page).await.status, 303);
    let elsewhere = format!("/users/{}/link", site.office.user(Person::Anna).await);
    assert_eq!(alla.get(&elsewhere).await.status, 303);
    let mut nina = site.stranger();
    nina.get(&link).await;
    nina.post("/new-password", &[("username", "nina"), ("password", NEW), ("password_again", NEW)]).await;
    assert_eq!(alla.get(&page).await.status, 303);
}

#[tokio::test]
async fn a_form_after_two_links_names_the_user_of_the_password() {
    let site = Site::new().await;
    let ((first, ..), (second, ..)) = (invited(&site, Person::Nina).await, invited(&site, Person::Anna).await);
    let mut browser = site.stranger();
    browser.get(&first).await;
    browser.get(&second).await;
    let for_nina = [("username", "nina"), ("password", NEW), ("password_again", NEW)];
    let answer = browser.post("/new-password", &for_nina).await;
    assert_eq!(answer.status, 409);
    let text = answer.text();
    assert!(text.contains("открыли другую ссылку") && text.contains("value=\"anna\"") && !text.contains(NEW));
    assert_eq!(browser.post("/new-password", &[("password", NEW), ("password_again", NEW)]).await.status, 409);
    assert_eq!(try_password(&mut site.stranger(), "anna", PASSWORD).await.location(), Some("/"), "no password is set");
}

#[tokio::test]
async fn one_time_secrets_are_shown_only_to_their_session() {
    let site = Site::of(Office::new().await, true);
    let secure_sign_in = async |person: Person, mut browser: Browser| {
        let answer = try_password(&mut browser, person.username(), PASSWORD).await;
        assert_eq!(answer.location(), Some("/"));
        browser
    };
    let flags = |answer: &crate::support::Answer, place: &str| {
        let all = answer.set_cookies();
        let cookie = all.iter().find(|it| it.starts_with("__Secure-shown_once=")).unwrap();
        let after = cookie.split_once(';').unwrap().1;
        assert_eq!(after, format!(" Path={place}; HttpOnly; SameSite=Lax; Secure; Max-Age=600"));
    };
    let key = |page: String| {
        let tags = html::tags(&page);
        tags.iter().find(|it| it.get("name") == Some("secret")).unwrap().get("value").unwrap().to_owned()
    };
    let mut browser = secure_sign_in(Person::Anna, site.stranger()).await;
    let answer = browser.get("/account/second-factor").await;
    flags(&answer, "/account/second-factor");
    let annas = key(answer.text());
    assert_eq!(key(browser.get("/account/second-factor").await.text()), annas);
    let code = code_of(&annas, &site.office, 0);
    let fields = [("current_password", PASSWORD), ("secret", &annas), ("code", &code)];
    let answer = browser.post("/account/second-factor", &fields).await;
    flags(&answer, "/account/second-factor");
    assert_eq!(answer.location(), Some("/account/second-factor/codes"));
    assert_eq!(browser.get("/account/second-factor/codes").await.status, 200);
    // After turning it off, a new setup does not offer the key that was in use.
    browser.post("/account/second-factor/off", &[("current_password", PASSWORD)]).await;
    let another = key(browser.get("/account/second-factor").await.text());
    assert_ne!(another, annas);

    // In the same browser, without signing out.
    let mut maxim = secure_sign_in(Person::Maxim, browser.clone()).await;
    assert_ne!(key(maxim.get("/account/second-factor").await.text()), another);
    // Signing out invalidates it; a kept copy is useless.
    let kept = browser.clone();
    let gone = browser.post("/sign-out", &[]).await;
    assert_eq!(gone.set_cookies().iter().filter(|it| it.starts_with("__Secure-shown_once=;")).count(), 2);
    let mut anna = secure_sign_in(Person::Anna, kept).await;
    assert_ne!(key(anna.get("/account/second-factor").await.text()), another);
}

#[tokio::test]
async fn a_link_is_shown_only_to_its_maker() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let page = format!("/users/{}/link", site.office.user(Person::Alla).await);
    gleb.post(&page, &[]).await;
    assert_eq!(gleb.get(&page).await.status, 200);
    // Алла signs in with the browser of Глеб. The link is her own, and would let her avoid typing her current password.
    try_password(&mut gleb, "alla", PASSWORD).await;
    let answer = gleb.get(&page).await;
    assert!(answer.status == 303 && !answer.text().contains("token="));
}

#[tokio::test]
async fn a_link_leaves_the_url_and_its_browser_becomes_known() {
    let site = Site::new().await;
    let (link, ..) = invited(&site, Person::Nina).await;
    let mut nina = site.stranger();
    let answer = nina.get(&link).await;
    assert_eq!((answer.status, answer.location()), (303, Some("/new-password")));
    let token = link.split("token=").nth(1).unwrap();
    assert_eq!(answer.set_cookies(), [format!("link={token}; Path=/new-password; HttpOnly; SameSite=Lax")]);
    assert!(nina.get("/new-password").await.text().contains("Имя пользователя для входа: nina"));
    let named = ("username", "nina");
    let answer = nina.post("/new-password", &[named, ("password", NEW), ("password_again", "не то")]).await;
    assert!(answer.status == 422 && !answer.text().contains(NEW));
    let answer = nina.post("/new-password", &[named, ("password", NEW), ("password_again", NEW)]).await;
    assert_eq!(answer.location(), Some("/sign-in"));
    assert_eq!(nina.get("/new-password").await.status, 404);
    // Guesses from elsewhere do not throttle the user who has the link.
    for _ in 0..5 {
        try_password(&mut site.stranger(), "nina", "не тот пароль").await;
    }
    assert_eq!(try_password(&mut nina, "nina", NEW).await.location(), Some("/"));
}

#[tokio::test]
async fn an_expired_link_is_reported_even_after_opening() {
    let site = Site::new().await;
    let (link, ..) = invited(&site, Person::Nina).await;
    let mut nina = site.stranger();
    nina.get(&link).await;
    site.office.clock.advance(PasswordLink::VALID);
    for path in [link.as_str(), "/new-password"] {
        let answer = nina.get(path).await;
        assert!(answer.status == 404 && answer.text().contains("Ссылка больше не действует"), "{path}");
    }
}

#[tokio::test]
async fn a_link_opened_by_another_user_names_its_user() {
    const WARNING: &str = "Сейчас в этом браузере работает Maxim";
    let site = Site::new().await;
    let (link, ..) = invited(&site, Person::Nina).await;
    let mut maxim = site.browser(Person::Maxim).await;
    maxim.get(&link).await;
    let page = maxim.get("/new-password").await.text();
    assert!(page.contains(WARNING) && page.contains("nina"));
    let mut nina = site.browser(Person::Nina).await;
    nina.get(&link).await;
    assert!(!nina.get("/new-password").await.text().contains("Сейчас в этом браузере"));
}

#[tokio::test]
async fn recovery_codes_are_shown_again_until_used_or_renewed() {
    const CODES: &str = "/account/second-factor/codes";
    let site = Site::new().await;
    let codes = |page: &str| -> Vec<String> {
        html::tags(page).into_iter().filter(|it| it.name == "code").map(|it| it.text).collect()
    };
    let mut anna = browser(&site, Visitor::Owes(RequiredAction::TurnOnSecondFactor)).await;
    let page = anna.get("/account/second-factor").await.text();
    let secret = |page: &str| {
        let tags = html::tags(page);
        tags.iter().find(|it| it.get("name") == Some("secret")).unwrap().get("value").unwrap().to_owned()
    };
    // After a reload the page shows the same key, because the app has stored it by now.
    let key = secret(&page);
    assert_eq!(secret(&anna.get("/account/second-factor").await.text()), key);
    let code = code_of(&key, &site.office, 0);
    let fields = [("current_password", PASSWORD), ("secret", &key), ("code", &code)];
    assert_eq!(anna.post("/account/second-factor", &fields).await.location(), Some(CODES));
    let first = codes(&anna.get(CODES).await.text());
    assert_eq!(first.len(), 10);
    assert_eq!(codes(&anna.get(CODES).await.text()), first);

    let mut elsewhere = anna.clone();
    assert_eq!(anna.post(CODES, &[("current_password", PASSWORD)]).await.location(), Some(CODES));
    let second = codes(&anna.get(CODES).await.text());
    assert!(second.len() == 10 && !second.iter().any(|it| first.contains(it)));
    assert_eq!(elsewhere.get(CODES).await.location(), Some("/account/second-factor"), "these codes are replaced");
}

#[tokio::test]
async fn users_cannot_avoid_their_current_password() {
    for person in [Person::Alla, Person::Gleb] {
        let site = Site::new().await;
        let own = site.office.user(person).await;
        let mut browser = site.browser(person).await;
        let page = browser.get(&format!("/users/{own}")).await.text();
        for button in ["link", "password", "second-factor/reset"] {
            assert!(!page.contains(&format!("/users/{own}/{button}\"")), "{button}");
        }
        assert_eq!(browser.get(&format!("/users/{own}/password")).await.location(), Some("/account/password"));
        let before = site.office.stored::<domain::user::User>(own).await;
        let password = [("password", NEW), ("password_again", NEW)];
        for (path, fields) in [("link", &[][..]), ("password", &password[..]), ("second-factor/reset", &[][..])] {
            let answer = browser.post(&format!("/users/{own}/{path}"), fields).await;
            assert_eq!(answer.status, 403, "{path}");
            assert!(answer.text().contains("Это ваша учётная запись"), "{path}");
        }
        assert_eq!(site.office.stored::<domain::user::User>(own).await, before);
        let log = site.office.store.begin(Mode::Read).await.unwrap().entries(None, u16::MAX).await.unwrap();
        let refused = log.iter().filter(|it| it.act == AuditAction::Refused && it.by == Some(own));
        assert!(refused.clone().all(|it| it.changes[0].after.as_deref() == Some("own_account")));
        assert_eq!(refused.count(), 3);
    }
}
