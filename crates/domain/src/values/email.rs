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
        let looks_right = text.split_once('@').is_some_and(|(local, host)| {
            let clean =
                |it: &str| !it.is_empty() && !it.contains(|c: char| c.is_whitespace() || "@,;<>()[]\"\\:".contains(c));
            let dotted = host.split('.').count() > 1 && host.split('.').all(|it| !it.is_empty());
            clean(local) && clean(host) && dotted
        });
        if looks_right { Ok(Self(text.to_owned())) } else { Err(Invalid::NotAnEmail) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two addresses of one mailbox are equal. «ё» and «е» are two letters here: they make two addresses.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
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
        assert_eq!(Email::parse("Anna@Example.com").unwrap().folded(), "anna@example.com");
        for raw in ["anna@example.com\u{200b}", "\u{feff}anna@exam\u{ad}ple.com", "\u{202a}anna@example.com\u{202c}"] {
            assert_eq!(Email::parse(raw).unwrap().as_str(), "anna@example.com", "{raw:?}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for raw in
            ["anna", "@example.com", "anna@", "a@b", "a@b@c.ru", "a b@c.ru", "a@c..ru", "<a@c.ru>", "a@c.ru,b@c.ru"]
        {
            assert_eq!(Email::parse(raw), Err(Invalid::NotAnEmail), "{raw}");
        }
        assert_eq!(Email::parse("a\0@c.ru"), Err(Invalid::ControlCharacter));
        assert_eq!(Email::parse(&format!("{}@example.com", "a".repeat(243))), Err(Invalid::TooLong { max: 254 }));
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(242))).is_ok());
    }
}
