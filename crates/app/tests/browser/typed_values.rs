//! Leaving a field never changes what the server reads: phones, amounts, and the last day of a term.
use domain::{
    preferences::Language,
    values::{Money, Phone},
};

use crate::{acts::plain, browser::Browser, company::at_work};

/// Types a text, goes on to the next field, and reads what the first one holds then.
async fn left(browser: &Browser, id: &str, typed: &str, next: &str) -> String {
    let script = "const [id, text, next] = arguments, field = document.getElementById(id);
        field.focus(); field.value = text; field.dispatchEvent(new Event('input', { bubbles: true }));
        document.getElementById(next).focus(); return field.value";
    browser.run(script, [id.into(), typed.into(), next.into()]).await.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_phone_is_read_the_same_before_and_after_its_field_is_left() {
    let (_company, browser) = at_work(20, "anna").await;
    browser.open("/leads/new").await;
    for (typed, shown) in [
        ("89851234567", "+7 985 123-45-67"),
        ("8 (985) 123-45-67", "+7 985 123-45-67"),
        ("985 123 45 67", "+7 985 123-45-67"),
        ("+79851234567", "+7 985 123-45-67"),
        ("+960 771-2345", "+960 771-2345"),
        ("+961 3 123 456", "+961 3 123 456"),
        ("+91 98765 43210", "+91 98765 43210"),
        ("+98 912 345 6789", "+98 912 345 6789"),
        ("+ 985 123 45 67", "+ 985 123 45 67"),
        ("+44 7911 123456", "+44 7911 123456"),
        ("+995 599 12 34 56", "+995 599 12 34 56"),
        ("978-12-34 доб. 101", "978-12-34 доб. 101"),
        ("8 985 123-45-67 доб. 5", "8 985 123-45-67 доб. 5"),
        ("985 123-45-6 ext 7", "985 123-45-6 ext 7"),
        ("8 985 123-45-67 Анна", "8 985 123-45-67 Анна"),
        ("8 985 123-45-67, 8 916 765-43-21", "8 985 123-45-67, 8 916 765-43-21"),
        ("8 905 123-45-6", "8 905 123-45-6"),
        ("905 123-45-6", "905 123-45-6"),
        ("7 985 123-45-6", "7 985 123-45-6"),
        ("8 (495) 123-45-67", "8 (495) 123-45-67"),
        ("650 253 0000", "650 253 0000"),
        ("8 10 49 89 321234567", "8 10 49 89 321234567"),
        ("+7 (8) 985 123-45-67", "+7 (8) 985 123-45-67"),
        ("+8 905 123-45-67", "+8 905 123-45-67"),
        ("86 9876543210", "86 9876543210"),
        ("9.8.5.1234567", "9.8.5.1234567"),
    ] {
        let after = left(&browser, "phone", typed, "full_name").await;
        assert_eq!(plain(&after), shown, "{typed}");
        assert_eq!(Phone::parse(&after), Phone::parse(typed), "{typed}");
    }
}

#[tokio::test]
async fn a_foreign_number_stays_foreign_through_its_edit_form() {
    let (_company, browser) = at_work(20, "anna").await;
    for (typed, stored) in
        [("+960 771-2345", "+9607712345"), ("+961 3 123 456", "+9613123456"), ("+49 170 1234567", "+491701234567")]
    {
        browser.open("/leads/new").await;
        browser.fill_all([("full_name", "Проход Табом"), ("phone", typed)]).await;
        browser.press("Сохранить").await;
        // Somebody of the same name may be there by now; the form then asks.
        if browser.path().await == "/leads" {
            browser.press("Всё равно сохранить").await;
        }
        let lead = browser.path().await;
        let phone = "return document.querySelector('a[href^=\"tel:\"]').getAttribute('href')";
        assert_eq!(browser.run(phone, []).await, format!("tel:{stored}"), "{typed}");
        browser.open(&format!("{lead}/edit")).await;
        let shown = browser.value("phone").await;
        let focus = "document.getElementById('phone').focus(); document.getElementById('email').focus()";
        browser.run(focus, []).await;
        assert_eq!(browser.value("phone").await, shown);
        browser.press("Сохранить").await;
        assert_eq!(browser.run(phone, []).await, format!("tel:{stored}"), "{typed}");
    }
}

#[tokio::test]
async fn an_amount_is_read_the_same_before_and_after_its_field_is_left() {
    let (_company, browser) = at_work(20, "director").await;
    browser.open("/campaigns/new").await;
    for (typed, shown) in [
        ("1234567,5", "1 234 567,5"),
        ("1234567.50", "1 234 567.50"),
        ("1500", "1 500"),
        ("150", "150"),
        ("0,125", "0,125"),
        ("0.500", "0.500"),
        ("12,345", "12,345"),
        ("1.500", "1.500"),
        ("12 34", "12 34"),
        ("1 2 3", "1 2 3"),
        ("100 200", "100 200"),
        ("0012345", "0012345"),
        ("007", "007"),
        ("1.234,56", "1.234,56"),
        ("1 234,56 руб.", "1 234,56 руб."),
        ("12345₽", "12345₽"),
    ] {
        let after = left(&browser, "budget", typed, "name").await;
        assert_eq!(plain(&after), shown, "{typed}");
        for language in Language::ALL {
            assert_eq!(Money::parse(&after, language, "RUB"), Money::parse(typed, language, "RUB"), "{typed}");
        }
    }
}

#[tokio::test]
async fn a_term_of_months_ends_on_the_last_day_of_a_shorter_month() {
    let (_company, browser) = at_work(20, "maxim").await;
    browser.open("/contracts/new").await;
    for (from, months, until) in [
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-11-29", 3, "2027-02-28"),
        ("2026-11-28", 3, "2027-02-27"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-12-01", 3, "2027-02-28"),
        ("2026-12-01", 12, "2027-11-30"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-03-01", 12, "2028-02-29"),
        ("2026-10-31", 3, "2027-01-30"),
        ("2026-03-31", 6, "2026-09-30"),
        ("2026-01-01", 12, "2026-12-31"),
    ] {
        let script = "const [from, months] = arguments; document.getElementById('valid_from').value = from;
            document.querySelector(`[data-months=\"${months}\"]`).click();
            return document.getElementById('valid_until').value";
        let ended = browser.run(script, [from.into(), months.to_string().into()]).await;
        assert_eq!(ended, until, "{from} and {months} months");
    }
}
