//! An email address.
use super::{Invalid, fold, text::is_unreadable, without_invisible};

/// At most 254 characters with one `@`. Shown as typed, compared folded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// RFC 5321, section 4.5.3.1.3, less the angle brackets.
    pub const MAX: usize = 254;

    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let visible = without_invisible(raw);
        let text = visible.trim();
        if text.is_empty() {
            return Err(Invalid::Empty);
        }
        if text.chars().any(is_unreadable) {
            return Err(Invalid::ControlCharacter);
        }
        if text.chars().count() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        let text = bare(text);
        let looks_right = text.rsplit_once('@').is_some_and(|(local, host)| is_local(local) && is_host(host));
        if looks_right { Ok(Self(text.to_owned())) } else { Err(Invalid::NotAnEmail) }
    }

    /// From an address that an earlier [`Email::parse`] accepted, as a store keeps it: the rules may have become stricter.
    pub fn from_stored(text: &str) -> Result<Self, Invalid> {
        let text = without_invisible(text);
        if text.contains('@') && text.chars().count() <= Self::MAX {
            Ok(Self(text.into_owned()))
        } else {
            Err(Invalid::NotAnEmail)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two addresses of one mailbox are equal. «ё» and «е» are two letters here: they make two addresses.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// Without the scheme in front and the punctuation around that are copied along.
fn bare(text: &str) -> &str {
    const AROUND: &[char] = &['«', '»', '"', '\'', '“', '”', '„', '<', '>', ',', ';', ':', '…', ' '];
    let text = text.trim_end_matches(|it| it == '.' || AROUND.contains(&it)).trim_start_matches(AROUND);
    let has_scheme = text.get(..7).is_some_and(|it| it.eq_ignore_ascii_case("mailto:"));
    if has_scheme { text[7..].trim_matches(AROUND) } else { text }
}

/// A dot-atom of RFC 5322, section 3.2.3, of at most 64 characters, with the letters of RFC 6531.
fn is_local(text: &str) -> bool {
    let is_atom = |it: char| it.is_alphanumeric() || (it.is_ascii() && "!#$%&'*+-/=?^_`{|}~".contains(it));
    text.chars().count() <= 64 && text.split('.').all(|it| !it.is_empty() && it.chars().all(is_atom))
}

/// Labels of letters, digits and hyphens, the last of which is no number: RFC 1123, section 2.1.
fn is_host(text: &str) -> bool {
    let is_label =
        |it: &str| it.chars().all(|it| it.is_alphanumeric() || it == '-') && !it.starts_with('-') && !it.ends_with('-');
    let labels: Vec<&str> = text.split('.').collect();
    let is_number = |it: &&str| it.bytes().all(|it| it.is_ascii_digit());
    labels.len() > 1 && labels.iter().all(|it| !it.is_empty() && is_label(it)) && !labels.last().is_some_and(is_number)
}

impl std::fmt::Display for Email {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_real_addresses_and_shows_them_as_typed() {
        for raw in ["Anna@Example.com", "a.b+c@mail.example.ru", "почта@пример.рф"] {
            assert_eq!(Email::parse(raw).unwrap().as_str(), raw);
        }
        for raw in [
            "<anna@mail.ru>",
            "mailto:anna@mail.ru",
            "'anna@mail.ru'",
            "«anna@mail.ru»",
            "anna@mail.ru…",
            "anna@mail.ru,",
        ] {
            assert_eq!(Email::parse(raw).unwrap().as_str(), "anna@mail.ru", "{raw}");
        }
        assert_eq!(Email::parse("Anna@Example.com").unwrap().folded(), "anna@example.com");
        for raw in ["anna@example.com\u{200b}", "\u{feff}anna@exam\u{ad}ple.com", "\u{202a}anna@example.com\u{202c}"] {
            assert_eq!(Email::parse(raw).unwrap().as_str(), "anna@example.com", "{raw:?}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for raw in [
            "anna",
            "@example.com",
            "anna@",
            "a@b",
            "a@b@c.ru",
            "a b@c.ru",
            "a@c..ru",
            "a@c.ru,b@c.ru",
            ".a@c.ru",
            "a..b@c.ru",
            "a@c.123",
            "a@-c.ru",
            "a@c.ru?bcc=b@c.ru",
            "a@c.ru/x",
            "a@c.ru&cc=b",
            "a(b)@c.ru",
            "😀@c.ru",
        ] {
            assert_eq!(Email::parse(raw), Err(Invalid::NotAnEmail), "{raw}");
        }
        assert_eq!(Email::parse("a\0@c.ru"), Err(Invalid::ControlCharacter));
        assert_eq!(Email::parse(&format!("{}@example.com", "a".repeat(243))), Err(Invalid::TooLong { max: 254 }));
        assert!(Email::parse(&format!("a@{}.com", "b".repeat(248))).is_ok());
    }
}
