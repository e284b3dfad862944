//! A phone number.
use phonenumber::Mode;

use super::{Invalid, text::is_unreadable};

/// A number that can exist, kept in E.164 (`+79005550142`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// The most characters read: far more than any number with its brackets and spaces.
    pub const MAX: usize = 40;

    /// Reads a number in any of the usual forms; one without a country code is Russian.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim();
        if text.is_empty() {
            return Err(Invalid::Empty);
        }
        if text.chars().any(is_unreadable) {
            return Err(Invalid::ControlCharacter);
        }
        if text.chars().count() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        match russian(text) {
            Some(national) => Ok(Self(format!("+7{national}"))),
            None if text.starts_with("+7") => Err(Invalid::NotAPhone),
            None => foreign(text),
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

/// The ten national digits of a Russian number, with the country code, with the national 8, or with neither.
///
/// By hand, because the library takes a leading 8 for the national prefix even behind the country code, and so
/// refuses Saint Petersburg (812) and every free number (800).
fn russian(text: &str) -> Option<String> {
    if !text.chars().all(|it| it.is_ascii_digit() || it.is_whitespace() || "+-–().".contains(it)) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let abroad = text.starts_with('+') && !digits.starts_with('7');
    let national = match digits.len() {
        10 if !text.starts_with('+') => digits.as_str(),
        11 => digits.strip_prefix('7').or_else(|| digits.strip_prefix('8'))?,
        _ => return None,
    };
    // Area and operator codes begin with 3 to 9.
    (!abroad && matches!(national.as_bytes()[0], b'3'..=b'9')).then(|| national.to_owned())
}

/// Any other number says its country.
fn foreign(text: &str) -> Result<Phone, Invalid> {
    let number = phonenumber::parse(None, text).map_err(|_| Invalid::NotAPhone)?;
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
        for raw in
            ["8 900 555-01-42", "+7 (900) 555 01 42", "89005550142", "9005550142", "7 900 555 01 42", "+79005550142"]
        {
            assert_eq!(Phone::parse(raw).map(|it| it.0), Ok("+79005550142".to_owned()), "{raw}");
        }
        for (raw, e164) in [
            ("+7 812 333-44-55", "+78123334455"),
            ("8 (812) 333-44-55", "+78123334455"),
            ("812 333-44-55", "+78123334455"),
            ("8 800 555-35-35", "+78005553535"),
            ("+7 (800) 555 35 35", "+78005553535"),
            ("8\u{a0}495 123–45–67", "+74951234567"),
            ("+7 701 123-45-67", "+77011234567"),
            ("+49 89 321234567", "+4989321234567"),
            ("+86 871 6312 3456", "+8687163123456"),
            ("+375 29 123-45-67", "+375291234567"),
        ] {
            assert_eq!(Phone::parse(raw).map(|it| it.0), Ok(e164.to_owned()), "{raw}");
        }
        assert_eq!(Phone::parse("+1 650 253 0000").unwrap().formatted(), "+1 650-253-0000");
        assert_eq!(Phone::parse("8 495 123-45-67").unwrap().formatted(), "+7 495 123-45-67");
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
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
            "+49 30 1234567890123",
            "650 253 0000 x",
        ] {
            assert_eq!(Phone::parse(raw), Err(Invalid::NotAPhone), "{raw}");
        }
        assert_eq!(Phone::parse(""), Err(Invalid::Empty));
        assert_eq!(Phone::parse("+7900\0"), Err(Invalid::ControlCharacter));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(raw in ".{0,40}") {
            if let Ok(phone) = Phone::parse(&raw) {
                proptest::prop_assert_eq!(Phone::from_e164(phone.e164()), Ok(phone.clone()));
            }
        }
    }
}
