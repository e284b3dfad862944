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

/// The longest search that is looked at; the rest of a longer one is ignored.
const MAX_NEEDLE: usize = 200;

/// What to look for among names, all of them made with [`search_fold`]. Empty looks for nothing in particular.
pub fn name_needle(typed: &str) -> String {
    search_fold(&collapsed(typed))
}

/// Without control characters, which no stored text has; a database may not even take them for a question.
fn collapsed(typed: &str) -> String {
    let typed: String = typed.chars().filter(|it| it.is_whitespace() || !it.is_control()).collect();
    typed.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_NEEDLE).collect()
}

/// What to look for among people: like [`name_needle`], but a phone is found by any part of its digits, however they are
/// grouped, and with the Russian 8 for +7.
pub fn person_needle(typed: &str) -> String {
    let words = collapsed(typed);
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    let like_a_phone = digits.len() >= 3 && words.chars().all(|it| it.is_ascii_digit() || " +-()".contains(it));
    match digits.strip_prefix('8') {
        _ if !like_a_phone => search_fold(&words),
        Some(national) if digits.len() == 11 => national.to_owned(),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_leaves_out_what_no_text_has() {
        assert_eq!(name_needle("\0Ре\u{7}монт\0"), "ремонт");
        assert_eq!(name_needle("\0"), "");
        assert_eq!(person_needle("+7 900\0 555"), "7900555");
    }

    #[test]
    fn russian_letters_fold_like_latin_ones() {
        assert_eq!(fold("ООО «Ромашка»"), "ооо «ромашка»");
        assert_eq!(fold("ЁЛКА"), "ёлка");
        assert_eq!(search_fold("ПЁТР"), "петр");
    }

    #[test]
    fn a_phone_is_looked_for_by_its_digits() {
        assert_eq!(person_needle("8 (900) 555-01-42"), "9005550142");
        assert_eq!(person_needle("+7 900"), "7900");
        assert_eq!(person_needle("555-01"), "55501");
        assert_eq!(person_needle(" Пётр  ИВАНОВ "), "петр иванов");
        assert_eq!(person_needle("дом 555"), "дом 555");
        assert_eq!(person_needle("   "), "");
        assert_eq!(name_needle(" Б-2026-117 "), "б-2026-117");
        assert_eq!(name_needle("2026-117"), "2026-117");
    }

    #[test]
    fn a_letter_and_its_decomposed_twin_fold_to_one() {
        assert_eq!(fold("и\u{306}"), fold("й"));
    }
}
