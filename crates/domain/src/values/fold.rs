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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_letters_fold_like_latin_ones() {
        assert_eq!(fold("ООО «Ромашка»"), "ооо «ромашка»");
        assert_eq!(fold("ЁЛКА"), "ёлка");
        assert_eq!(search_fold("ПЁТР"), "петр");
    }

    #[test]
    fn a_letter_and_its_decomposed_twin_fold_to_one() {
        assert_eq!(fold("и\u{306}"), fold("й"));
    }
}
