//! Text that people type: trimmed, with runs of white space collapsed, in Unicode form NFC, within a
//! limit of characters (not bytes), and free of control characters. One line also has no characters without width.
use unicode_normalization::UnicodeNormalization;

use super::{Invalid, invisible::is_invisible, without_invisible};

/// One line: white space of any kind, line breaks included, becomes single spaces; characters without width are removed.
fn one_line(raw: &str, min: usize, max: usize) -> Result<String, Invalid> {
    let text = without_invisible(raw).split_whitespace().collect::<Vec<_>>().join(" ");
    checked(&text, min, max)
}

/// Several lines: line breaks stay, white space within a line collapses.
fn several_lines(raw: &str, min: usize, max: usize) -> Result<String, Invalid> {
    let lines: Vec<String> = raw
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .split('\n')
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    checked(lines.join("\n").trim(), min, max)
}

fn checked(text: &str, min: usize, max: usize) -> Result<String, Invalid> {
    // Normalising can only be skipped safely after it was done: count what will be stored.
    let text: String = text.nfc().collect();
    if text.chars().any(|it| it != '\n' && is_unreadable(it)) {
        return Err(Invalid::ControlCharacter);
    }
    let length = text.chars().count();
    if min > 0 && !text.chars().any(is_visible) {
        return Err(Invalid::Empty);
    }
    if length > max {
        return Err(Invalid::TooLong { max });
    }
    if length < min {
        return Err(Invalid::TooShort { min });
    }
    Ok(text)
}

/// Control characters, and the mark that stands for bytes which were no text.
pub(crate) fn is_unreadable(it: char) -> bool {
    it.is_control() || it == char::REPLACEMENT_CHARACTER
}

/// Characters without any width do not make a name.
fn is_visible(it: char) -> bool {
    !it.is_whitespace() && !is_invisible(it)
}

macro_rules! text_value {
    ($(#[$meta:meta])* $name:ident, $shape:ident, $min:literal, $max:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The fewest characters accepted.
            pub const MIN: usize = $min;
            /// The most characters accepted, counted after white space is collapsed.
            pub const MAX: usize = $max;

            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                $shape(raw, Self::MIN, Self::MAX).map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

text_value!(/// The name of a service. Unique without regard to case.
    ServiceName, one_line, 1, 120);
text_value!(/// The description of a service, in free text with line breaks.
    Description, several_lines, 0, 4000);
text_value!(/// The name of a campaign. Unique without regard to case.
    CampaignName, one_line, 1, 160);
text_value!(/// Where a campaign runs: «Яндекс Директ», «Почта».
    Channel, one_line, 1, 80);
text_value!(/// The purpose of an expense.
    SpendNote, one_line, 0, 200);
text_value!(/// A person's full name, in one field as they give it.
    FullName, one_line, 1, 200);
text_value!(/// Why a lead was lost.
    LostReason, one_line, 1, 200);
text_value!(/// One note in a lead's history.
    NoteText, several_lines, 1, 4000);
text_value!(/// The name of a saved view.
    ViewName, one_line, 1, 60);
text_value!(/// What comes behind the question mark of a list's address.
    ViewQuery, one_line, 0, 4000);
text_value!(/// The next step for a lead.
    StepText, one_line, 1, 200);
text_value!(/// The name of a contract.
    ContractName, one_line, 1, 200);
text_value!(/// The name that an uploaded file had on its owner's computer, without any folder.
    FileName, one_line, 1, 255);
text_value!(/// The name of a role. Unique without regard to case.
    RoleName, one_line, 1, 80);

/// The name with which a user signs in: 3–64 letters, digits and `. _ - @`, unique without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Username(String);

impl Username {
    pub const MIN: usize = 3;
    pub const MAX: usize = 64;

    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = one_line(raw, Self::MIN, Self::MAX)?;
        if text.chars().all(|it| it.is_alphanumeric() || matches!(it, '.' | '_' | '-' | '@')) {
            Ok(Self(text))
        } else {
            Err(Invalid::UsernameCharacter)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Username {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl FileName {
    /// Takes the last part of a path, as old browsers sent whole ones.
    pub fn of_upload(raw: &str) -> Result<Self, Invalid> {
        Self::parse(raw.rsplit(['/', '\\']).next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_trimmed_and_collapsed() {
        assert_eq!(FullName::parse("  Иванова \t Анна\u{a0}\nПетровна ").unwrap().as_str(), "Иванова Анна Петровна");
    }

    #[test]
    fn a_note_keeps_its_line_breaks() {
        assert_eq!(NoteText::parse(" раз \r\n\r\n  два   три ").unwrap().as_str(), "раз\n\nдва три");
    }

    #[test]
    fn limits_count_characters_not_bytes() {
        assert!(ServiceName::parse(&"ж".repeat(120)).is_ok());
        assert_eq!(ServiceName::parse(&"ж".repeat(121)), Err(Invalid::TooLong { max: 120 }));
        assert_eq!(ServiceName::parse(&"ж".repeat(1_000_000)), Err(Invalid::TooLong { max: 120 }));
    }

    #[test]
    fn nothing_and_nothing_visible_are_empty() {
        for raw in ["", " ", "\t\n", "\u{a0}", "\u{200b}\u{feff}"] {
            assert_eq!(FullName::parse(raw), Err(Invalid::Empty), "{raw:?}");
        }
        assert_eq!(Description::parse("  ").unwrap().as_str(), "");
    }

    #[test]
    fn control_characters_are_refused() {
        for raw in ["a\0b", "a\u{1b}[31m", "a\u{7f}", "a\u{85}b\u{9f}", "a\u{fffd}"] {
            assert_eq!(FullName::parse(raw), Err(Invalid::ControlCharacter), "{raw:?}");
        }
    }

    #[test]
    fn one_line_has_no_characters_without_width() {
        for raw in
            ["Ан\u{200b}на", "\u{202a}Анна\u{202c}", "Анна\u{feff}", "Ан\u{ad}на", "А\u{202e}нна", "Анна \u{200b}"]
        {
            assert_eq!(FullName::parse(raw).unwrap().as_str(), "Анна", "{raw:?}");
            assert_eq!(CampaignName::parse(raw).unwrap().as_str(), "Анна", "{raw:?}");
            assert_eq!(FileName::of_upload(raw).unwrap().as_str(), "Анна", "{raw:?}");
            assert_eq!(Username::parse(&raw.replace(' ', "")).unwrap().as_str(), "Анна", "{raw:?}");
        }
        assert_eq!(FullName::parse(&"\u{200b}Ж".repeat(200)).unwrap().as_str(), "Ж".repeat(200));
    }

    #[test]
    fn text_is_stored_composed() {
        assert_eq!(FullName::parse("и\u{306}").unwrap().as_str(), "й");
    }

    #[test]
    fn a_username_has_no_spaces() {
        assert!(Username::parse("anna.o@firma-1_ru").is_ok());
        assert!(Username::parse("анна").is_ok());
        assert_eq!(Username::parse("an na"), Err(Invalid::UsernameCharacter));
        assert_eq!(Username::parse("an"), Err(Invalid::TooShort { min: 3 }));
    }

    #[test]
    fn a_file_name_loses_its_folder() {
        assert_eq!(FileName::of_upload(r"C:\Договоры\договор 1.pdf").unwrap().as_str(), "договор 1.pdf");
        assert_eq!(FileName::of_upload("../../etc/passwd").unwrap().as_str(), "passwd");
    }
}
