//! Folding of letters, done here because `lower` in a database depends on its locale and `SQLite`
//! folds ASCII only.
use unicode_normalization::UnicodeNormalization;

use super::{
    phone::{Phone, is_hyphen, is_separator},
    without_invisible,
};

/// The form in which two names that differ in case alone are equal.
pub fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// The form in which search compares: like [`fold`], without invisible characters, and «ё» is «е», as people type it.
pub fn search_fold(text: &str) -> String {
    fold(&without_invisible(text)).replace('ё', "е")
}

/// The form in which two names are equal that differ in case, in the dots of «ё», or in the order of their words.
pub fn name_key(name: &str) -> String {
    let folded = search_fold(name);
    let mut words: Vec<&str> = folded.split(' ').filter(|it| !it.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// The longest search that is looked at, and the most words of it; the rest of a longer one is ignored.
const MAX_NEEDLE: usize = 200;
const MAX_WORDS: usize = 10;

/// What to look for among names, each of them made with [`search_fold`]: all of these parts, in any order, because people
/// say a name before the surname or behind it. None look for nothing in particular.
pub fn name_needles(typed: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in search_fold(&collapsed(typed)).split(' ').filter(|it| !it.is_empty()) {
        if words.len() < MAX_WORDS && words.iter().all(|it| it != word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// Without control and invisible characters, which no stored text has; a database may not even take them for a question.
fn collapsed(typed: &str) -> String {
    let typed: String = without_invisible(typed).chars().filter(|it| it.is_whitespace() || !it.is_control()).collect();
    typed.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_NEEDLE).collect()
}

/// A part to look for among people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonNeedle {
    pub text: String,
    /// Another spelling, either of which is found: the beginning of a phone as it is stored, where people dial a prefix.
    pub dialled: Option<String>,
}

impl PersonNeedle {
    /// Whether one of the spellings is in a text for search.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.text) || self.dialled.as_ref().is_some_and(|it| text.contains(it))
    }
}

/// What to look for among people: like [`name_needles`], but a phone is found by any part of its digits, however they are
/// grouped, and its beginning also with the prefix that people dial.
pub fn person_needles(typed: &str) -> Vec<PersonNeedle> {
    let words = collapsed(typed);
    // A whole number is found as every form reads it.
    if let Ok(phone) = Phone::parse(&words) {
        return vec![PersonNeedle { text: phone.e164().to_owned(), dialled: None }];
    }
    if let Some(phone) = part_of_a_phone(&words) {
        return vec![phone];
    }
    let (mut needles, mut rest) = (Vec::new(), words.as_str());
    if let Some((phone, others)) = dialled_and_others(&words) {
        needles.push(phone);
        rest = others;
    }
    let word = |text: String| part_of_a_phone(&text).unwrap_or(PersonNeedle { text, dialled: None });
    needles.extend(name_needles(rest).into_iter().map(word));
    needles
}

/// A number in groups in front, whose first group is a prefix that people dial, and the words behind it.
fn dialled_and_others(words: &str) -> Option<(PersonNeedle, &str)> {
    let is_group =
        |it: &str| it.chars().all(|it| it.is_ascii_digit() || it == '+' || is_separator(it) || is_hyphen(it));
    let first = words.split(' ').next().filter(|it| matches!(*it, "7" | "8" | "00" | "810") || it.starts_with('+'))?;
    let end = words.split(' ').take_while(|it| is_group(it)).map(|it| it.len() + 1).sum::<usize>().checked_sub(1)?;
    let phone = part_of_a_phone(&words[..end]).filter(|_| end > first.len())?;
    Some((phone, words[end..].trim_start()))
}

/// The digits as they are stored, if the text is a part of a phone.
fn part_of_a_phone(text: &str) -> Option<PersonNeedle> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let between = |it: char| it == '+' || is_separator(it) || is_hyphen(it);
    if digits.len() < 3 || !text.chars().all(|it| it.is_ascii_digit() || between(it)) {
        return None;
    }
    Some(PersonNeedle { dialled: without_dialled_prefix(&digits), text: digits })
}

/// A number's beginning as it is stored, for digits that begin with 8, with 8 10 or with 00.
fn without_dialled_prefix(digits: &str) -> Option<String> {
    let abroad = digits.strip_prefix("810").or_else(|| digits.strip_prefix("00")).filter(|it| !it.is_empty());
    match (abroad, digits.strip_prefix('8')) {
        (Some(abroad), _) => Some(format!("+{abroad}")),
        (None, Some(national)) => Some(format!("+7{national}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_leaves_out_what_no_text_has() {
        assert_eq!(name_needles("\0Ре\u{7}монт\0"), ["ремонт"]);
        assert_eq!(name_needles("\0"), Vec::<String>::new());
        assert_eq!(texts("+7 900\0 555"), ["7900555"]);
        assert_eq!(texts("Ан\u{200b}на"), ["анна"]);
    }

    #[test]
    fn russian_letters_fold_like_latin_ones() {
        assert_eq!(fold("ООО «Ромашка»"), "ооо «ромашка»");
        assert_eq!(fold("ЁЛКА"), "ёлка");
        assert_eq!(search_fold("ПЁТР"), "петр");
    }

    fn texts(typed: &str) -> Vec<String> {
        person_needles(typed).into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn a_phone_is_looked_for_by_its_digits() {
        assert_eq!(texts("+7 900"), ["7900"]);
        assert_eq!(texts("555-01"), ["55501"]);
        for typed in ["911.234.56.70", "911–234–56–70", "(911) 234‑56‑70", "911/234−56−70"] {
            assert_eq!(texts(typed), ["+79112345670"], "{typed}");
        }
        assert_eq!(texts(" Пётр  ИВАНОВ "), ["петр", "иванов"]);
        assert_eq!(texts("дом 555"), ["дом", "555"]);
        assert_eq!(texts("Иванов 555-01-42"), ["иванов", "5550142"]);
        assert_eq!(texts("   "), Vec::<String>::new());
    }

    #[test]
    fn the_beginning_of_a_number_is_found_with_the_prefix_that_people_dial() {
        let stored = "анна +79112345670 ";
        for typed in [
            "8911",
            "8 911 234",
            "8911234",
            "8 (911) 234-56-7",
            "89112345670",
            "8-911-234-56-70 Анна",
            "8 911 234 Анна",
            "891",
            "+7 911",
        ] {
            assert!(person_needles(typed).iter().all(|it| it.is_in(stored)), "{typed}");
        }
        for typed in ["8912", "8234", "8 11", "892"] {
            assert!(!person_needles(typed).iter().all(|it| it.is_in(stored)), "{typed}");
        }
        for typed in
            ["\u{202a}8 911 234-56-70\u{202c}", "тел. 8 911 234-56-70", "tel:+79112345670", "(+7) 911 234 56 70"]
        {
            assert!(person_needles(typed).iter().all(|it| it.is_in(stored)), "{typed}");
        }
        assert!(person_needles("+49 (0) 89 32123456").iter().all(|it| it.is_in("юрген +498932123456 ")));
        // Digits in the middle are found as before.
        assert!(person_needles("8911").iter().all(|it| it.is_in("ольга +78123389112 ")));
        for typed in ["8 10 49 89", "8-10-49-89-32", "00 49 89", "004989"] {
            assert!(person_needles(typed).iter().all(|it| it.is_in("юрген +4989321234567 ")), "{typed}");
        }
    }

    #[test]
    fn words_of_a_name_are_looked_for_one_by_one() {
        assert_eq!(name_needles(" Б-2026-117 "), ["б-2026-117"]);
        let many = (0..50).map(|it: u8| it.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(name_needles(&many).len(), 10);
        assert_eq!(name_needles("а б А  Б а"), ["а", "б"]);
        assert_eq!(name_needles("2026-117"), ["2026-117"]);
    }

    #[test]
    fn names_are_one_in_any_order_of_their_words() {
        assert_eq!(name_key("Пётр ИВАНОВ"), name_key("иванов петр"));
        assert_eq!(name_key("Пётр Иванов Пётр"), "иванов петр петр");
        assert_ne!(name_key("Пётр Иванов"), name_key("Пётр Иванов Иванович"));
    }

    #[test]
    fn a_letter_and_its_decomposed_twin_fold_to_one() {
        assert_eq!(fold("и\u{306}"), fold("й"));
    }
}
