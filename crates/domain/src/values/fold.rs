//! Folding of letters, done here because `lower` in a database depends on its locale and `SQLite`
//! folds ASCII only.
use unicode_normalization::UnicodeNormalization;

/// The form in which two names that differ in case alone are equal.
pub fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// The form in which search compares: like [`fold`], and «ё» is «е», as people type it.
pub fn search_fold(text: &str) -> String {
    fold(text).replace('ё', "е")
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

/// Without control characters, which no stored text has; a database may not even take them for a question.
fn collapsed(typed: &str) -> String {
    let typed: String = typed.chars().filter(|it| it.is_whitespace() || !it.is_control()).collect();
    typed.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_NEEDLE).collect()
}

/// What to look for among people: like [`name_needles`], but a phone is found by any part of its digits, however they are
/// grouped, and with the Russian 8 for +7.
pub fn person_needles(typed: &str) -> Vec<String> {
    let words = collapsed(typed);
    match digits_of_a_phone(&words) {
        Some(digits) => vec![digits],
        None => name_needles(&words).into_iter().map(|it| digits_of_a_phone(&it).unwrap_or(it)).collect(),
    }
}

/// As they are stored, if the text is a part of a phone.
fn digits_of_a_phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let like_a_phone = digits.len() >= 3 && text.chars().all(|it| it.is_ascii_digit() || " +-()".contains(it));
    match digits.strip_prefix('8') {
        _ if !like_a_phone => None,
        Some(national) if digits.len() == 11 => Some(national.to_owned()),
        _ => Some(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_leaves_out_what_no_text_has() {
        assert_eq!(name_needles("\0Ре\u{7}монт\0"), ["ремонт"]);
        assert_eq!(name_needles("\0"), Vec::<String>::new());
        assert_eq!(person_needles("+7 900\0 555"), ["7900555"]);
    }

    #[test]
    fn russian_letters_fold_like_latin_ones() {
        assert_eq!(fold("ООО «Ромашка»"), "ооо «ромашка»");
        assert_eq!(fold("ЁЛКА"), "ёлка");
        assert_eq!(search_fold("ПЁТР"), "петр");
    }

    #[test]
    fn a_phone_is_looked_for_by_its_digits() {
        assert_eq!(person_needles("8 (900) 555-01-42"), ["9005550142"]);
        assert_eq!(person_needles("+7 900"), ["7900"]);
        assert_eq!(person_needles("555-01"), ["55501"]);
        assert_eq!(person_needles(" Пётр  ИВАНОВ "), ["петр", "иванов"]);
        assert_eq!(person_needles("дом 555"), ["дом", "555"]);
        assert_eq!(person_needles("Иванов 555-01-42"), ["иванов", "5550142"]);
        assert_eq!(person_needles("8-900-555-01-42 Анна"), ["9005550142", "анна"]);
        assert_eq!(person_needles("   "), Vec::<String>::new());
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
