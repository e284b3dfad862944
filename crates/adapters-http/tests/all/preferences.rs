//! Preferences of the appearance: chosen once, and valid in every browser where the user signs in.
use crate::support::{
    Site, html,
    office::{Office, Person},
};
use domain::{
    preferences::{Density, SingleKeys, Theme},
    user::User,
};

/// The attributes of the page's root element.
fn root(page: &str) -> (Option<String>, Option<String>, bool) {
    let tags = html::tags(page);
    let root = tags.iter().find(|it| it.name == "html").unwrap();
    let of = |name: &str| root.get(name).map(str::to_owned);
    (of("data-theme"), of("data-density"), root.get("data-nokeys").is_some())
}

async fn profile(site: &Site) -> Vec<(&'static str, String)> {
    let version = site.office.stored::<User>(site.office.user(Person::Anna).await).await.stamp.version.to_string();
    let fixed = [("full_name", "Анна"), ("email", ""), ("language", ""), ("time_zone", "")];
    fixed.map(|it| (it.0, it.1.to_owned())).into_iter().chain([("version", version)]).collect()
}

fn with<'a>(profile: &'a [(&'static str, String)], appearance: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    profile.iter().map(|it| (it.0, it.1.as_str())).chain(appearance.iter().copied()).collect()
}

#[tokio::test]
async fn appearance_from_the_profile_applies_in_a_new_browser() {
    for office in Office::each().await {
        let site = Site::of(office, false);
        let mut here = site.browser(Person::Anna).await;
        assert_eq!(root(&here.get("/").await.text()), (None, None, false));
        let (appearance, profile) =
            ([("theme", "dark"), ("density", "compact"), ("single_keys", "off")], profile(&site).await);
        let answer = here.post("/account/profile", &with(&profile, &appearance)).await;
        assert_eq!(answer.location(), Some("/account"));
        let mut elsewhere = site.browser(Person::Anna).await;
        for browser in [&mut here, &mut elsewhere] {
            let expected = (Some("dark".to_owned()), Some("compact".to_owned()), true);
            assert_eq!(root(&browser.get("/leads").await.text()), expected);
        }
        let form = html::tags(&elsewhere.get("/account/profile").await.text());
        let chosen: Vec<_> = form
            .iter()
            .filter(|it| it.name == "option" && it.get("selected").is_some())
            .filter_map(|it| it.get("value"))
            .collect();
        assert_eq!(chosen, ["dark", "compact", "off"]);
        assert_eq!(root(&site.browser(Person::Maxim).await.get("/").await.text()), (None, None, false));
        // The page shows her preferences in words, not as codes.
        let account = elsewhere.get("/account").await.text();
        assert!(account.contains("Тёмная") && account.contains("Плотные"), "{account}");
    }
}

#[tokio::test]
async fn the_quick_switches_are_stored_for_the_signed_in_user() {
    let site = Site::new().await;
    let id = site.office.user(Person::Anna).await;
    let mut here = site.browser(Person::Anna).await;
    here.post("/preferences", &[("theme", "light")]).await;
    here.post("/preferences", &[("keys", "off")]).await;
    let appearance = site.office.stored::<User>(id).await.details.preferences.appearance;
    assert_eq!(
        (appearance.theme, appearance.single_keys, appearance.density),
        (Some(Theme::Light), Some(SingleKeys::Off), None)
    );
    let mut elsewhere = site.browser(Person::Anna).await;
    assert_eq!(root(&elsewhere.get("/").await.text()), (Some("light".into()), None, true));
    here.post("/sign-out", &[]).await;
    assert_eq!(root(&here.get("/sign-in").await.text()).0, Some("light".into()), "the browser knows it, too");
    // A stranger does not change any user's preferences.
    site.stranger().post("/preferences", &[("theme", "dark")]).await;
    assert_eq!(site.office.stored::<User>(id).await.details.preferences.appearance, appearance);
}

#[tokio::test]
async fn the_system_theme_overrides_an_earlier_choice_in_the_browser() {
    let site = Site::new().await;
    let mut anna = site.browser(Person::Anna).await;
    anna.cookies.push(("theme".into(), "dark".into()));
    assert_eq!(root(&anna.get("/").await.text()).0, Some("dark".into()), "no stored choice: the browser's own");
    let profile = profile(&site).await;
    let appearance = [("theme", "system"), ("density", "comfortable"), ("single_keys", "on")];
    anna.post("/account/profile", &with(&profile, &appearance)).await;
    assert_eq!(root(&anna.get("/").await.text()), (None, None, false));
    let mut another = site.browser(Person::Anna).await;
    another.cookies.push(("theme".into(), "dark".into()));
    assert_eq!(root(&another.get("/").await.text()).0, None);
    another.post("/sign-out", &[]).await;
    assert_eq!(root(&another.get("/sign-in").await.text()).0, Some("dark".into()));
}

#[tokio::test]
async fn an_invalid_choice_is_an_error_at_its_field_and_changes_nothing() {
    let site = Site::new().await;
    let id = site.office.user(Person::Anna).await;
    let mut anna = site.browser(Person::Anna).await;
    let profile = profile(&site).await;
    let (good, before) = (
        [("theme", Theme::Dark.code()), ("density", Density::Compact.code()), ("single_keys", SingleKeys::On.code())],
        site.office.stored::<User>(id).await,
    );
    for at in 0..good.len() {
        let mut appearance = good;
        appearance[at].1 = "pink";
        let answer = anna.post("/account/profile", &with(&profile, &appearance)).await;
        assert_eq!(answer.status, 422);
        assert!(html::text_of(&answer.text(), &format!("{}-error", appearance[at].0)).is_some(), "{appearance:?}");
    }
    for (name, value) in [("theme", "pink"), ("keys", "maybe"), ("density", "compact"), ("lang", "xx")] {
        anna.post("/preferences", &[(name, value)]).await;
    }
    assert_eq!(site.office.stored::<User>(id).await, before);
}
