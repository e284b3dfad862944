//! How people write a currency beside an amount.
use super::Invalid;

/// ISO 4217 codes, each with its signs and words in lower case. A word with another one at its end comes first.
const CURRENCIES: [(&str, &[&str]); 13] = [
    ("RUB", &["₽", "рублей", "рубля", "рубль", "руб.", "руб", "р.", "р", "rur"]),
    ("USD", &["us$", "$", "долларов", "доллара", "доллар", "долл.", "долл"]),
    ("EUR", &["€", "евро"]),
    ("GBP", &["£", "фунтов"]),
    ("KZT", &["₸", "тенге", "тг.", "тг"]),
    ("UAH", &["₴", "гривен", "грн.", "грн"]),
    ("BYN", &["br", "бел. руб.", "бел. руб"]),
    ("CNY", &["¥", "￥", "юаней", "юань"]),
    ("JPY", &["¥", "￥", "иен"]),
    ("TRY", &["₺", "лир", "tl"]),
    ("CAD", &["c$", "$"]),
    ("AUD", &["a$", "$"]),
    ("PLN", &["zł", "зл"]),
];

/// The amount without the organisation's own currency, in front of it or behind it. `own` is an ISO 4217 code.
///
/// Fails with [`Invalid::OtherCurrency`] where another one stands there.
pub(super) fn without_currency<'a>(text: &'a str, own: &str) -> Result<&'a str, Invalid> {
    let words = |code: &str| CURRENCIES.iter().find(|it| it.0 == code).map_or(&[][..], |it| it.1);
    let text = text.trim();
    let own_code = own.to_lowercase();
    if let Some(amount) = words(own).iter().copied().chain([own_code.as_str()]).find_map(|it| without(text, it)) {
        return Ok(amount);
    }
    let is_other = CURRENCIES.iter().any(|(code, words)| {
        *code != own
            && (words.iter().any(|it| without(text, it).is_some()) || without(text, &code.to_lowercase()).is_some())
    });
    if is_other || has_unknown_currency(text) { Err(Invalid::OtherCurrency) } else { Ok(text) }
}

/// The text in front of the word or behind it, where that is an amount or nothing.
fn without<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let is = |part: Option<&str>| part.is_some_and(|it| it.to_lowercase() == word);
    let behind = is(text.get(..word.len())).then(|| text[word.len()..].trim());
    let front = || text.len().checked_sub(word.len()).filter(|at| is(text.get(*at..))).map(|at| text[..at].trim());
    behind
        .or_else(front)
        .filter(|it| it.is_empty() || it.starts_with(|it: char| it.is_ascii_digit() || "-−".contains(it)))
}

/// A sign of a currency that is not in the table, or a code of three letters.
fn has_unknown_currency(text: &str) -> bool {
    let is_sign = |it: char| matches!(it, '¢' | '¤' | '฿' | '\u{20a0}'..='\u{20cf}');
    let letters = |it: &str| it.chars().take_while(char::is_ascii_alphabetic).count() == 3;
    let last: String = text.chars().rev().take_while(char::is_ascii_alphabetic).collect();
    let has_digit = text.contains(|it: char| it.is_ascii_digit());
    has_digit && (text.contains(is_sign) || letters(text) || last.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_currency_is_left_out() {
        for text in ["100 ₽", "₽100", "100 р.", "100р", "100 руб", "100 рублей", "RUB 100", "100 rub", "100 RUR", "100"]
        {
            assert_eq!(without_currency(text, "RUB"), Ok("100"), "{text}");
        }
        for (text, own) in
            [("$100", "USD"), ("US$ 100", "USD"), ("100 €", "EUR"), ("100 тг", "KZT"), ("100 SEK", "SEK")]
        {
            assert_eq!(without_currency(text, own), Ok("100"), "{text}");
        }
        assert_eq!(without_currency("₽-5", "RUB"), Ok("-5"));
    }

    #[test]
    fn another_currency_is_refused() {
        for text in
            ["$100", "100 €", "£100", "100 ₸", "100 USD", "US$ 100", "100 ¥", "100₴", "100 евро", "SEK 100", "100 ₹"]
        {
            assert_eq!(without_currency(text, "RUB"), Err(Invalid::OtherCurrency), "{text}");
        }
        assert_eq!(without_currency("100 руб.", "KZT"), Err(Invalid::OtherCurrency));
    }

    #[test]
    fn other_text_stays_for_the_amount_to_refuse() {
        for text in ["сто", "100 шт", "12 месяцев"] {
            assert_eq!(without_currency(text, "RUB"), Ok(text), "{text}");
        }
    }
}
