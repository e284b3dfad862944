//! Invalid values in every field of every form: the error appears at the field, and the other values are kept.
use crate::support::{
    Answer, Browser, FORM_TYPE, Site, encoded, html,
    office::{Person, everything::everything},
    records::{Fields, Records, borrowed},
    values::{LAST, LEAST, MILLENNIUM, Rule, cases},
};

/// The field's name in the form, its name in error messages, and its rule.
type Field = (&'static str, &'static str, Rule);

const NAME: Option<&str> = Some("Введите имя, например Соколова Марина Андреевна");
const FILL_IN: Option<&str> = Some("Заполните поле «Название»");
const SERVICE: Rule = Rule::Choice { required: Some("Выберите услугу") };
const DAY: Rule = Rule::Day { required: true, min: LEAST, max: LAST };
const OPEN_DAY: Rule = Rule::Day { required: false, min: LEAST, max: LAST };

const SERVICES: &[Field] = &[
    ("name", "Название", Rule::Text { max: 120, required: FILL_IN }),
    ("price", "Цена", Rule::Money { positive: false }),
    ("description", "Описание", Rule::Text { max: 4000, required: None }),
];
const CAMPAIGNS: &[Field] = &[
    ("name", "Название", Rule::Text { max: 160, required: FILL_IN }),
    ("service", "Услуга", SERVICE),
    ("channel", "Канал", Rule::Text { max: 80, required: Some("Введите канал, например Яндекс Директ") }),
    ("budget", "Бюджет", Rule::Money { positive: false }),
    ("starts_on", "Начало", OPEN_DAY),
    ("ends_on", "Окончание", OPEN_DAY),
];
const SPEND: &[Field] = &[
    ("spent_on", "Дата", Rule::Day { required: true, min: MILLENNIUM, max: LAST }),
    ("amount", "Сумма", Rule::Money { positive: true }),
    ("note", "Комментарий", Rule::Text { max: 200, required: None }),
];
const PERSON: &[Field] = &[
    ("full_name", "Ф. И. О.", Rule::Text { max: 200, required: NAME }),
    ("phone", "Телефон", Rule::Phone),
    ("email", "Почта", Rule::Email),
];
const LEAD: &[Field] = &[
    ("campaign", "Кампания", Rule::Choice { required: None }),
    ("assignee", "Ответственный", Rule::Choice { required: None }),
];
const NOTE: &[Field] = &[("note", "Комментарий", Rule::Text { max: 4000, required: None })];
const TEXT: &[Field] = &[("text", "Заметка", Rule::Text { max: 4000, required: Some("Напишите, что обсудили") })];
const REASON: &[Field] = &[(
    "reason",
    "Причина отказа",
    Rule::Text {
        max: 200, required: Some("Укажите причину отказа, например «выбрали других»")
    },
)];
const STEP: &[Field] = &[(
    "next_step",
    "Следующий шаг",
    Rule::Text {
        max: 200, required: Some("Напишите, что сделать, например «Перезвонить»")
    },
)];
const VIEW: &[Field] = &[("name", "Название", Rule::Text { max: 60, required: FILL_IN })];
const STATUS: &[Field] = &[("status", "Статус", Rule::Choice { required: Some("Статус: выберите из списка") })];
const CONTRACT: &[Field] = &[
    ("name", "Название", Rule::Text { max: 200, required: FILL_IN }),
    ("service", "Услуга", SERVICE),
    ("amount", "Сумма", Rule::Money { positive: false }),
    ("signed_on", "Дата заключения", Rule::Day { required: true, min: MILLENNIUM, max: "12\u{a0}января 2027" }),
    ("valid_from", "Действует с", DAY),
    ("valid_until", "Действует по", DAY),
];
const READY: &[Field] = &[("contract", "Договор", Rule::Choice { required: Some("Заполните поле «Договор»") })];
const PICKED: &[Field] = &[("contract", "Договор", Rule::Choice { required: None })];
const USER: &[Field] = &[
    ("username", "Имя пользователя", Rule::Username),
    ("full_name", "Ф. И. О.", Rule::Text { max: 200, required: None }),
    ("email", "Почта", Rule::Email),
];
const ROLE: &[Field] = &[("name", "Название", Rule::Text { max: 80, required: FILL_IN })];
const ROLES: &[Field] = &[("roles", "Роли", Rule::Choice { required: Some("Роли: выберите из списка") })];

fn shown(value: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(value).chars().take(40).collect();
    format!("{text:?} ({} bytes)", value.len())
}

/// The form body with one value replaced by these bytes.
fn body(fields: &Fields, name: &str, value: &[u8]) -> String {
    let encode = |it: &[u8]| form_urlencoded::byte_serialize(it).collect::<String>();
    let mut pairs: Vec<String> = Vec::new();
    for (it, own) in fields.iter().filter(|it| it.0 != name) {
        pairs.push(format!("{it}={}", encode(own.as_bytes())));
    }
    pairs.push(format!("{name}={}", encode(value)));
    pairs.join("&")
}

/// The faults of the response to an invalid value.
fn complaints(answer: &Answer, action: &str, fields: &Fields, name: &str, value: &[u8], sentence: &str) -> Vec<String> {
    let mut found = Vec::new();
    if answer.status != 422 {
        return vec![format!("status {}", answer.status)];
    }
    let text = answer.text();
    let told = html::text_of(&text, &format!("{name}-error"));
    if told.as_deref() != Some(sentence) {
        found.push(format!("{name}-error says {told:?} instead of {sentence:?}"));
    }
    if !html::is_marked_invalid(&text, name) {
        found.push(format!("#{name} is not marked with aria-invalid and {name}-error"));
    }
    let linked = html::tags(&text).iter().any(|it| it.get("href") == Some(&format!("#{name}")) && it.text == sentence);
    if !linked {
        found.push("the summary does not lead to the field".to_owned());
    }
    let Some(form) = html::form(&text, action) else { return vec![format!("no form of {action}")] };
    for (other, typed) in fields.iter().filter(|it| it.0 != name && !it.0.starts_with("password")) {
        let kept = html::value(&form, other);
        if kept.as_deref() != Some(typed) {
            found.push(format!("{other} was {typed:?} and is {kept:?}"));
        }
    }
    let typed = String::from_utf8_lossy(value);
    let kept = html::value(&form, name).unwrap_or_default();
    let picker = form
        .iter()
        .any(|it| it.get("name") == Some(name) && (it.name == "select" || it.get("type") == Some("checkbox")));
    if !picker && kept != typed {
        found.push(format!("the value itself came back as {}", shown(kept.as_bytes())));
    }
    if text.contains("<script>alert") || text.contains("<script>@") {
        found.push("it is not escaped".to_owned());
    }
    found
}

/// Tries every value in every field of a form, and reports all failures together.
async fn try_form(route: &str, fields: &[&[Field]]) {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let (mut wrong, mut accepted, mut refused) = (Vec::new(), 0, 0);
    let mut records = Records::new(&site.office, Person::Gleb).await;
    let mut before = everything(&*site.office.store).await;
    for (name, words, rule) in fields.concat() {
        for (value, sentence) in cases(words, rule) {
            let (action, sent) = (records.path(route), records.body(route));
            let answer = gleb.post_raw(&action, FORM_TYPE, body(&sent, name, &value)).await;
            let what = format!("{route} {name} = {}", shown(&value));
            match sentence {
                Some(sentence) => {
                    let found = complaints(&answer, &action, &sent, name, &value, &sentence);
                    wrong.extend(found.into_iter().map(|it| format!("{what}: {it}")));
                    refused += 1;
                }
                None if answer.status == 303 => accepted += 1,
                None => wrong.push(format!("{what}: {} although it is right", answer.status)),
            }
            let after = everything(&*site.office.store).await;
            if after == before {
                continue;
            }
            if answer.status != 303 {
                wrong.push(format!("{what}: something was stored"));
            }
            // The records were changed, so the next attempt gets new ones, in a company with few others.
            records = Records::new(&site.office, Person::Gleb).await;
            before = everything(&*site.office.store).await;
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), accepted + refused, wrong.join("\n"));
    let pickers = fields.concat().iter().all(|it| matches!(it.2, Rule::Choice { .. }));
    assert!(refused > 3 && (accepted > 0 || pickers), "{route}: {refused} refused, {accepted} accepted");
}

macro_rules! forms {
    ($($name:ident: $route:literal, [$($fields:expr),*];)*) => {
        $(#[tokio::test]
        async fn $name() {
            try_form($route, &[$($fields),*]).await;
        })*
    };
}
forms! {
    a_new_service: "/services", [SERVICES];
    a_changed_service: "/services/{id}/edit", [SERVICES];
    a_new_campaign: "/campaigns", [CAMPAIGNS];
    a_changed_campaign: "/campaigns/{id}/edit", [CAMPAIGNS];
    a_new_expense: "/campaigns/{id}/spend", [SPEND];
    a_changed_expense: "/spend/{id}/edit", [SPEND];
    a_new_lead: "/leads", [PERSON, LEAD, NOTE];
    a_changed_lead: "/leads/{id}/edit", [PERSON, LEAD];
    a_lead_that_is_lost: "/leads/{id}/status", [REASON];
    a_status: "/leads/{id}/status", [STATUS];
    a_next_step: "/leads/{id}/next-step", [STEP];
    a_new_view: "/leads/views", [VIEW];
    a_changed_view: "/leads/views/{id}/edit", [VIEW];
    a_note_about_a_lead: "/leads/{id}/notes", [TEXT];
    a_note_about_a_client: "/clients/{id}/notes", [TEXT];
    a_conversion: "/leads/{id}/conversion", [PERSON, CONTRACT];
    a_conversion_with_an_existing_contract: "/leads/{id}/conversion", [PICKED];
    a_changed_client: "/clients/{id}/edit", [PERSON];
    a_contract_for_a_client: "/clients/{id}/contracts", [READY];
    a_new_contract: "/contracts", [CONTRACT];
    a_changed_contract: "/contracts/{id}/edit", [CONTRACT];
    a_new_user: "/users", [USER];
    a_changed_user: "/users/{id}/edit", [USER];
    the_roles_of_a_user: "/users/{id}/edit", [ROLES];
    a_new_role: "/roles", [ROLE];
    a_renamed_role: "/roles/{id}/edit", [ROLE];
}

async fn sent(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let answer = browser.post_raw(path, FORM_TYPE, encoded(fields)).await;
    (answer.status, answer.text())
}

#[tokio::test]
async fn a_missing_contact_or_a_reversed_period_is_an_error() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    let before = everything(&*site.office.store).await;
    for (route, changed, field, sentence) in [
        ("/leads", vec![("phone", ""), ("email", " ")], "phone", "Укажите телефон или почту"),
        ("/leads/{id}/edit", vec![("phone", ""), ("email", "")], "phone", "Укажите телефон или почту"),
        ("/clients/{id}/edit", vec![("phone", ""), ("email", "")], "phone", "Укажите телефон или почту"),
        ("/leads/{id}/conversion", vec![("phone", ""), ("email", "")], "phone", "Укажите телефон или почту"),
        ("/campaigns", vec![("starts_on", "2026-03-02")], "ends_on", "Окончание: раньше даты начала"),
        ("/contracts", vec![("valid_until", "2026-01-09")], "valid_until", "Действует по: раньше даты начала"),
        ("/contracts", vec![("document", "")], "document", "Приложите файл договора"),
        ("/contracts", vec![("document", "x")], "document", "Файл уже недоступен. Выберите его ещё раз"),
        ("/leads/{id}/conversion", vec![("document", "")], "document", "Приложите файл договора"),
        (
            "/users/{id}/password",
            vec![("password_again", "другой пароль тут")],
            "password",
            "Пароли не совпали. Введите их ещё раз",
        ),
        ("/users/{id}/password", vec![("password", "короткий")], "password", "Пароль: не меньше 12 знаков"),
        ("/users/{id}/password", vec![("password", "")], "password", "Введите пароль"),
        ("/users", vec![("username", "ANNA")], "username", "Это имя пользователя уже занято"),
    ] {
        let fields = records.body(route);
        let fields: Vec<(&str, &str)> = borrowed(&fields)
            .into_iter()
            .map(|(name, value)| changed.iter().find(|it| it.0 == name).copied().unwrap_or((name, value)))
            .collect();
        let (status, text) = sent(&mut gleb, &records.path(route), &fields).await;
        assert_eq!(status, 422, "{route} {changed:?}");
        assert_eq!(html::text_of(&text, &format!("{field}-error")).as_deref(), Some(sentence), "{route} {changed:?}");
        assert!(html::is_marked_invalid(&text, field), "{route} {field}");
        let form = html::form(&text, &records.path(route)).unwrap();
        for (name, typed) in fields.iter().filter(|it| !it.0.starts_with("password") && it.0 != "document") {
            assert_eq!(html::value(&form, name).as_deref(), Some(*typed), "{route} {name}");
        }
        assert!(!text.contains("четыре слона"), "{route} shows a password");
    }
    assert_eq!(everything(&*site.office.store).await, before);
}

#[tokio::test]
async fn a_taken_name_is_an_error_at_its_field() {
    let site = Site::new().await;
    let mut gleb = site.browser(Person::Gleb).await;
    let records = Records::new(&site.office, Person::Gleb).await;
    for route in ["/services", "/campaigns", "/roles"] {
        let fields = records.body(route);
        assert_eq!(sent(&mut gleb, route, &borrowed(&fields)).await.0, 303);
        let before = everything(&*site.office.store).await;
        let fields: Fields =
            fields.into_iter().filter(|it| it.0 != "key").map(|(name, it)| (name, it.to_uppercase())).collect();
        let (status, text) = sent(&mut gleb, route, &borrowed(&fields)).await;
        let told = html::text_of(&text, "name-error");
        assert_eq!((status, told.as_deref()), (422, Some("Название: такое уже есть, придумайте другое")), "{route}");
        assert_eq!(everything(&*site.office.store).await, before);
    }
}
