//! The first start: the one page of a new installation, opened with the code.
use crate::support::{
    Site, html,
    office::{Office, PASSWORD, databases, everything::everything, folder},
};

async fn new_installation() -> Site {
    Site::of(Office::empty(databases::usual().await, folder()).await, false)
}

fn filled_in<'a>(code: &'a str, changed: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    let fields = [
        ("setup_code", code),
        ("username", "gleb"),
        ("full_name", "Глеб Директоров"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    fields.into_iter().map(|(name, value)| (name, if name == changed.0 { changed.1 } else { value })).collect()
}

#[tokio::test]
async fn the_first_visitor_is_led_through_setup_and_signed_in() {
    let site = new_installation().await;
    let code = site.office.crm.open_setup().await.unwrap().unwrap();
    let mut browser = site.stranger();
    assert_eq!(browser.get("/").await.location(), Some("/sign-in"));
    assert_eq!(browser.get("/sign-in").await.location(), Some("/setup"));
    let page = browser.get(&format!("/setup?code={code}")).await;
    let form = html::form(&page.text(), "/setup").unwrap();
    assert_eq!(html::value(&form, "setup_code").as_deref(), Some(code.as_str()));
    let answer = browser.post("/setup", &filled_in(&code, ("", ""))).await;
    assert_eq!((answer.status, answer.location()), (303, Some("/")));
    let home = browser.get("/").await.text();
    assert!(home.contains("Здравствуйте, Глеб Директоров"));
    for mut other in [site.stranger(), browser] {
        assert_eq!(other.get("/setup").await.status, 404);
        assert_eq!(other.post("/setup", &filled_in(&code, ("username", "second"))).await.status, 404);
    }
}

#[tokio::test]
async fn errors_of_the_first_user_appear_at_their_fields() {
    let site = new_installation().await;
    let code = site.office.crm.open_setup().await.unwrap().unwrap();
    let before = everything(&*site.office.store).await;
    let long = "a".repeat(60_000);
    let name = "Имя пользователя: только буквы, цифры и . _ - @";
    let wrong_code = "Код не подошёл. Возьмите его из консоли сервера; через час нужен перезапуск";
    for (field, value, sentence) in [
        ("setup_code", "", wrong_code),
        ("setup_code", "00000000000000000000000000000000", wrong_code),
        ("setup_code", long.as_str(), wrong_code),
        ("setup_code", "\0\u{fffd}", wrong_code),
        ("username", "", "Заполните поле «Имя пользователя»"),
        ("username", "an na", name),
        ("username", long.as_str(), "Имя пользователя: не больше 64 знаков"),
        ("full_name", "a\0", "Ф. И. О.: уберите нечитаемые символы"),
        ("password", "", "Введите пароль"),
        ("password", "короткий", "Пароль: не меньше 12 знаков"),
        ("password", "qwertyuiop123", "Такой пароль легко подобрать. Придумайте фразу из нескольких слов"),
        ("password", "воронка-2026", "Пароль похож на имя пользователя или программы. Придумайте другой"),
        ("password", long.as_str(), "Пароль: не больше 128 знаков"),
    ] {
        let mut browser = site.stranger();
        let sent = filled_in(&code, (field, value));
        let answer = browser.post("/setup", &sent).await;
        let text = answer.text();
        assert!(answer.status == 422 && answer.is_page(), "{field}: {}", answer.status);
        assert_eq!(html::text_of(&text, &format!("{field}-error")).as_deref(), Some(sentence));
        assert!(html::is_marked_invalid(&text, field), "{field}");
        let form = html::form(&text, "/setup").unwrap();
        for (name, typed) in sent.iter().filter(|it| !it.0.starts_with("password")) {
            assert_eq!(html::value(&form, name).as_deref(), Some(*typed), "{field}: {name}");
        }
        assert!(!text.contains(PASSWORD) && browser.cookies.is_empty(), "{field}");
    }
    let differ = site.stranger().post("/setup", &filled_in(&code, ("password_again", "другое"))).await;
    let told = html::text_of(&differ.text(), "password-error");
    assert_eq!(told.as_deref(), Some("Пароли не совпали. Введите их ещё раз"));
    assert_eq!(everything(&*site.office.store).await, before);
}
