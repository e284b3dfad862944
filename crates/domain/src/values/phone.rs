//! A phone number.
use phonenumber::Mode;
use unicode_normalization::UnicodeNormalization;

use super::{Invalid, numbering_plan::is_given_out, text::is_unreadable, without_invisible};

/// A number that can exist, kept in E.164 (`+79005550142`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// The most characters read: far more than any number with its brackets and spaces.
    pub const MAX: usize = 40;

    /// Reads a number in any of the usual forms; one without a country code is Russian or Kazakh.
    ///
    /// Understood are a word or `tel:` in front, punctuation around, any hyphens and spaces, and the prefixes `8 10` and
    /// `00` for abroad. Fails with [`Invalid::NotAPhone`] where a digit is missing, or where a code is not given out.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let visible = without_invisible(raw);
        let text = visible.trim();
        if text.is_empty() {
            return Err(Invalid::Empty);
        }
        // Two cells of a table have a tab between them.
        if text.chars().any(|it| is_unreadable(it) && !it.is_whitespace()) {
            return Err(Invalid::ControlCharacter);
        }
        if text.chars().count() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        let text: String = text.nfkc().map(|it| if is_hyphen(it) { '-' } else { it }).collect();
        let text = bare(&text);
        if let Some(number) = text.strip_prefix("(+") {
            return international(&number.replacen(')', " ", 1));
        }
        match text.strip_prefix('+') {
            Some(number) => international(number.trim_start_matches(['+', ' '])),
            None => national(text),
        }
    }

    /// From E.164 that an earlier [`Phone::parse`] made, as a store keeps it: no second look at its validity,
    /// which changes with the numbering plans.
    pub fn from_e164(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix('+').ok_or(Invalid::NotAPhone)?;
        if (5..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::NotAPhone)
        }
    }

    pub fn e164(&self) -> &str {
        &self.0
    }

    /// As people write it: `+7 900 555-01-42`, others grouped as in their own country.
    pub fn formatted(&self) -> String {
        match self.0.strip_prefix("+7") {
            // Nearly every number: done by hand, because a list shows dozens and the library reads its tables anew.
            Some(rest) if rest.len() == 10 => {
                format!("+7 {} {}-{}-{}", &rest[..3], &rest[3..6], &rest[6..8], &rest[8..])
            }
            _ => phonenumber::parse(None, &self.0)
                .map_or_else(|_| self.0.clone(), |it| it.format().mode(Mode::International).to_string()),
        }
    }
}

/// The hyphens and dashes that programs put between digits.
pub(super) fn is_hyphen(it: char) -> bool {
    matches!(it, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// What stands between the digits of one number, once hyphens are one.
pub(super) fn is_separator(it: char) -> bool {
    it.is_whitespace() || matches!(it, '-' | '(' | ')' | '.' | '/')
}

/// Without the word in front and the punctuation around that are copied along.
fn bare(text: &str) -> &str {
    const AROUND: &[char] = &['«', '»', '"', '\'', '“', '”', '„', '<', '>', ',', ';', ':', '.', ' '];
    const WORDS: [&str; 8] = ["tel", "phone", "mobile", "телефон", "тел", "моб", "сот", "т"];
    let text = text.trim_matches(AROUND);
    let word: String = text.chars().take_while(|it| it.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if WORDS.contains(&word.as_str()) {
        text.trim_start_matches(char::is_alphabetic).trim_matches(AROUND)
    } else {
        text
    }
}

fn digits_of(text: &str) -> Result<String, Invalid> {
    if text.chars().all(|it| it.is_ascii_digit() || is_separator(it)) {
        Ok(text.chars().filter(char::is_ascii_digit).collect())
    } else {
        Err(Invalid::NotAPhone)
    }
}

/// A number behind its plus.
///
/// Numbers of Russia and Kazakhstan are read by hand, because the library takes a leading 8 for the national prefix even
/// behind the country code, and so refuses Saint Petersburg (812) and every free number (800).
fn international(text: &str) -> Result<Phone, Invalid> {
    let digits = digits_of(text)?;
    // The national prefix of Russia, for which `+7` was meant. With some area codes it is a number of Vietnam.
    if first_group(text) == "8" {
        return Err(Invalid::NotAPhone);
    }
    match digits.strip_prefix('7') {
        Some(national) => russian(national),
        None => foreign(text),
    }
}

/// A number without a plus.
fn national(text: &str) -> Result<Phone, Invalid> {
    let digits = digits_of(text)?;
    if let Some(number) = digits.strip_prefix("00") {
        return international(number);
    }
    // From Russia and Kazakhstan people dial 8, wait for the tone, and dial 10.
    if let Some(number) = digits.strip_prefix("810")
        && digits.len() > 11
    {
        return international(number);
    }
    let first_group = first_group(text);
    match (digits.len(), digits.as_bytes()) {
        (11, [b'7' | b'8', ..]) if !is_country(first_group, text, 2..=3) => russian(&digits[1..]),
        // A prefix that stands apart is no part of an area code: a digit is missing.
        (10, _) if matches!(first_group, "7" | "8") => Err(Invalid::NotAPhone),
        // So it may be where the prefix does not stand apart, and the digits behind it begin with an area code, too.
        (10, [b'7' | b'8', ..]) if first_group.len() != 3 && !text.starts_with('(') && is_given_out(&digits[1..4]) => {
            Err(Invalid::NotAPhone)
        }
        (10, _) if !is_country(first_group, text, 2..=2) => russian(&digits),
        _ => Err(Invalid::NotAPhone),
    }
}

fn first_group(text: &str) -> &str {
    text.split(|it: char| !it.is_ascii_digit()).find(|it| !it.is_empty()).unwrap_or_default()
}

/// Whether the first group of digits is the code of a country, without its plus, in front of a valid number of it.
fn is_country(group: &str, text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&group.len())
        && phonenumber::parse(None, format!("+{text}"))
            .is_ok_and(|it| it.code().value().to_string() == group && it.is_valid())
}

/// By the ten digits behind +7.
fn russian(national: &str) -> Result<Phone, Invalid> {
    if national.len() == 10 && is_given_out(&national[..3]) {
        Ok(Phone(format!("+7{national}")))
    } else {
        Err(Invalid::NotAPhone)
    }
}

fn foreign(text: &str) -> Result<Phone, Invalid> {
    let number = phonenumber::parse(None, format!("+{text}")).map_err(|_| Invalid::NotAPhone)?;
    if !number.is_valid() || number.extension().is_some() {
        return Err(Invalid::NotAPhone);
    }
    Phone::from_e164(&number.format().mode(Mode::E164).to_string())
}

impl std::fmt::Display for Phone {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_form_is_one_number() {
        for raw in [
            "8 900 555-01-42",
            "+7 (900) 555 01 42",
            "89005550142",
            "9005550142",
            "7 900 555 01 42",
            "+79005550142",
            "+ 7 900 555 01 42",
            "++7 900 555-01-42",
            "8.900.555.01.42",
            "8‑900‑555‑01‑42",
            "8 900 555−01−42",
            "8–900–555–01–42",
            "\u{202a}+7 900 555-01-42\u{202c}",
            "\u{2066}8 900 555-01-42\u{2069}",
            "\u{feff}8 900\u{ad} 555-01-42\u{200b}",
            "+7\u{2009}900\u{a0}555-01-42",
            "８９００５５５０１４２",
            "tel:+79005550142",
            "Тел.: 8 900 555-01-42",
            "«8 900 555-01-42»;",
        ] {
            assert_eq!(Phone::parse(raw).map(|it| it.0), Ok("+79005550142".to_owned()), "{raw}");
        }
        for (raw, e164) in [
            ("(+7) 900 555-01-42", "+79005550142"),
            ("(+49) 89 321234567", "+4989321234567"),
            ("8 495\t123-45-67", "+74951234567"),
            ("777 123-45-67", "+77771234567"),
            ("961 312-34-56", "+79613123456"),
            ("+7 812 333-44-55", "+78123334455"),
            ("\u{202a}+7 812 333-44-55\u{202c}", "+78123334455"),
            ("8 (812) 333-44-55", "+78123334455"),
            ("812 333-44-55", "+78123334455"),
            ("8 800 555-35-35", "+78005553535"),
            ("+7 (800) 555 35 35", "+78005553535"),
            ("8\u{a0}495 123–45–67", "+74951234567"),
            ("+7 701 123-45-67", "+77011234567"),
            ("8 (727) 250-12-34", "+77272501234"),
            ("(8442) 12-34-56", "+78442123456"),
            ("8 (84422) 1-23-45", "+78442212345"),
            ("8442123456", "+78442123456"),
            ("+7 940 123-45-67", "+79401234567"),
            ("+49 89 321234567", "+4989321234567"),
            ("+49 (0) 89 32123456", "+498932123456"),
            ("+86 871 6312 3456", "+8687163123456"),
            ("+375 29 123-45-67", "+375291234567"),
            ("+960 771-2345", "+9607712345"),
            ("+961 3 123 456", "+9613123456"),
            ("8 10 49 89 321234567", "+4989321234567"),
            ("810 49 89 321234567", "+4989321234567"),
            ("00 49 89 321234567", "+4989321234567"),
            ("00 7 900 555-01-42", "+79005550142"),
        ] {
            assert_eq!(Phone::parse(raw).map(|it| it.0), Ok(e164.to_owned()), "{raw}");
        }
        assert_eq!(Phone::parse("+1 650 253 0000").unwrap().formatted(), "+1 650-253-0000");
        assert_eq!(Phone::parse("8 495 123-45-67").unwrap().formatted(), "+7 495 123-45-67");
    }

    #[test]
    fn a_number_that_cannot_be_called_is_refused() {
        for raw in [
            "12",
            "abc",
            "+7 900 555",
            "8-800",
            "00000000000",
            "+999 123 456 789",
            "900555014212345",
            "+7 200 555-01-42",
            "+8 900 555-01-42",
            "+8 495 123-45-67",
            "+8 (499) 123-45-67",
            "+8 482 212-34-56",
            "+49 30 1234567890123",
            "650 253 0000 x",
            "8 900 555-01-42 Анна",
            "8 9О5 123-45-67",
            "8 985 I23-45-67",
            "8 900 555-01-42, 8 916 765-43-21",
            "8 900 555-01-42 / 8 916 765-43-21",
            "+7 (8) 900 555-01-42",
            "8 029 123-45-67",
            "тел",
        ] {
            assert_eq!(Phone::parse(raw), Err(Invalid::NotAPhone), "{raw}");
        }
        assert_eq!(Phone::parse(""), Err(Invalid::Empty));
        assert_eq!(Phone::parse("\u{200b}"), Err(Invalid::Empty));
        assert_eq!(Phone::parse("+7900\0"), Err(Invalid::ControlCharacter));
    }

    #[test]
    fn a_missing_digit_does_not_make_another_number() {
        for raw in [
            "8 905 123-45-6",
            "8905123456",
            "8 (495) 123-45-6",
            "8495123456",
            "(8) 495 123-45-6",
            "8-442-12-34-56",
            "7 985 123-45-6",
            "7985123456",
            "7(701)123-45-6",
            "8343 212-34-5",
            "8343212345",
            "8777 123-45-6",
            "8423212345",
            "8727250123",
            "7777123456",
            "905 123-45-6",
            "+7 905 123-45-6",
        ] {
            assert_eq!(Phone::parse(raw), Err(Invalid::NotAPhone), "{raw}");
        }
    }

    #[test]
    fn a_foreign_number_without_its_country_is_refused() {
        for raw in [
            "650 253 0000",
            "84 912 345 678",
            "47 22 12 34 56",
            "532 123 45 67",
            "(212) 555-0123",
            "8 890 512-34-56",
            "+7 849 512-34-56",
            "7 798 512-34-56",
        ] {
            assert_eq!(Phone::parse(raw), Err(Invalid::NotAPhone), "{raw}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(raw in ".{0,40}") {
            if let Ok(phone) = Phone::parse(&raw) {
                proptest::prop_assert_eq!(Phone::from_e164(phone.e164()), Ok(phone.clone()));
            }
        }

        #[test]
        fn a_shown_number_is_read_back(code in "(3[0-9][0-9]|4[0-9][0-9]|7[0-9][0-9]|8[0-9][0-9]|9[0-9][0-9])", rest in "[0-9]{7}") {
            if let Ok(phone) = Phone::parse(&format!("+7{code}{rest}")) {
                proptest::prop_assert_eq!(Phone::parse(&phone.formatted()), Ok(phone));
            }
        }
    }
}
