//! Invalid values of a field with their error messages, and values at the limits that are valid.

/// The rule of a form field. A field is required if it has a sentence that asks for it.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    Text { max: usize, required: Option<&'static str> },
    Money { positive: bool },
    Day { required: bool, min: &'static str, max: &'static str },
    Phone,
    Email,
    Choice { required: Option<&'static str> },
    Username,
}

pub const LEAST: &str = "1\u{a0}января 1900";
pub const MILLENNIUM: &str = "1\u{a0}января 2000";
pub const LAST: &str = "31\u{a0}декабря 2200";
const UNREADABLE: Option<&str> = Some("{}: уберите нечитаемые символы");

/// A value and its error message, or `None` if the value is valid.
pub type Case = (Vec<u8>, Option<String>);

type Add<'a> = &'a mut dyn FnMut(&str, Option<&str>);

/// The cases for a field of this name.
pub fn cases(name: &str, rule: Rule) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let add: Add<'_> = &mut |value, sentence| {
        cases.push((value.as_bytes().to_vec(), sentence.map(|it| it.replace("{}", name))));
    };
    match rule {
        Rule::Text { max, required } => text(add, max, required),
        Rule::Money { positive } => money(add, positive),
        Rule::Day { required, min, max } => day(add, required, min, max),
        Rule::Phone => phone(add),
        Rule::Email => email(add),
        Rule::Choice { required } => choice(add, required),
        Rule::Username => username(add),
    }
    // Bytes that are not UTF-8 cause the same error as the replacement character.
    let invalid = cases.iter().filter(|it| it.0.windows(3).any(|it| it == "\u{fffd}".as_bytes()));
    let invalid: Vec<Case> = invalid.map(|(value, sentence)| (broken(value), sentence.clone())).collect();
    cases.extend(invalid);
    cases
}

fn broken(value: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(value.to_vec()).unwrap();
    let parts: Vec<&[u8]> = text.split('\u{fffd}').map(str::as_bytes).collect();
    parts.join(&b'\xFF')
}

fn text(add: Add<'_>, max: usize, required: Option<&str>) {
    add("", required);
    add(" \t  ", required);
    if required.is_some() {
        add("\u{200b}", required);
    }
    add(&"ж".repeat(max), None);
    let too_long = format!("{{}}: не больше {max} знаков");
    add(&"ж".repeat(max + 1), Some(&too_long));
    add(&"a".repeat(100_000), Some(&too_long));
    for control in ["a\0b", "a\u{1b}[31m", "a\u{7}", "a\u{7f}", "a\u{fffd}b"] {
        add(control, UNREADABLE);
    }
    add("<script>alert('1')</script>", None);
}

fn money(add: Add<'_>, positive: bool) {
    for nothing in ["", "  "] {
        add(nothing, Some("Введите сумму, например 180 000"));
    }
    let not_money = Some("{}: введите число, например 180 000 или 180 000,50. Копеек — две цифры");
    for no in ["1,2,3", "1e9", "abc", "5\0", "0x1F", "NaN", "<script>", "\u{fffd}", "1 2 3", "١٢"] {
        add(no, not_money);
    }
    add("-5", Some("{}: не может быть меньше нуля"));
    let too_much = Some("{}: не больше 99\u{a0}999\u{a0}999\u{a0}999,99");
    for much in ["99999999999999999999", "100 000 000 000", &"9".repeat(100_000)] {
        add(much, too_much);
    }
    add("99 999 999 999,99", None);
    add("0", positive.then_some("{}: должна быть больше нуля"));
}

fn day(add: Add<'_>, required: bool, min: &str, max: &str) {
    for nothing in ["", "  "] {
        add(nothing, required.then_some("Введите дату в поле «{}»"));
    }
    let none = Some("{}: такой даты нет. Пример: 20.11.2026");
    for no in ["2026-02-30", "99999-12-31", "2026-13-01", "x", "1\0", "<script>", "\u{fffd}", "0"] {
        add(no, none);
    }
    add(&"1".repeat(100_000), none);
    // The range that holds for all days is checked first.
    for outside in ["1899-12-31", "2201-01-01"] {
        add(outside, Some(&format!("{{}}: дата от {LEAST} до {LAST}")));
    }
    if min != LEAST {
        add("1999-12-31", Some(&format!("{{}}: дата от {min} до {max}")));
    }
    if max != LAST {
        add("2200-12-31", Some(&format!("{{}}: дата от {min} до {max}")));
    }
}

fn phone(add: Add<'_>) {
    // No record has this phone yet.
    add("+7 900 555-01-99", None);
    for no in ["12", "abc", "+7 900 555", "<script>", "+999 123 456 789"] {
        add(
            no,
            Some(
                "Такого номера нет. Проверьте цифры: +7 900 555-01-42. Иностранный начните с кода страны: +49 30 1234567",
            ),
        );
    }
    for unreadable in ["+7900\0", "+79005550142\u{fffd}"] {
        add(unreadable, UNREADABLE);
    }
    add(&"9".repeat(100_000), Some("{}: не больше 40 знаков"));
}

fn email(add: Add<'_>) {
    for no in ["anna", "@example.com", "a@b", "a@b@c.ru", "<script>@c.ru", "a@c..ru"] {
        add(no, Some("Почта не распознана. Пример: m.sokolova@example.ru"));
    }
    add("", None);
    for unreadable in ["a\0@c.ru", "a\u{fffd}@c.ru"] {
        add(unreadable, UNREADABLE);
    }
    add(&format!("a@{}.com", "b".repeat(248)), None);
    for long in [243, 100_000] {
        add(&format!("{}@example.com", "a".repeat(long)), Some("{}: не больше 254 знаков"));
    }
}

fn choice(add: Add<'_>, required: Option<&str>) {
    add("", required);
    for no in ["x", "00000000-0000-0000-0000-000000000000", "1\0", "\u{fffd}", "<script>", &"1".repeat(100_000)] {
        add(no, Some("{}: выберите из списка"));
    }
}

fn username(add: Add<'_>) {
    for nothing in ["", "  "] {
        add(nothing, Some("Заполните поле «{}»"));
    }
    add("ab", Some("{}: не меньше 3 знаков"));
    for long in [65, 100_000] {
        add(&"a".repeat(long), Some("{}: не больше 64 знаков"));
    }
    for unreadable in ["a\0bc", "a\u{fffd}bc"] {
        add(unreadable, UNREADABLE);
    }
    for no in ["anna orlova", "<script>", "a/b/c", "a\"b'c"] {
        add(no, Some("Имя пользователя: только буквы, цифры и . _ - @"));
    }
}
