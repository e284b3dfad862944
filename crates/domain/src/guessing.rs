//! How soon a password is guessed.
use zxcvbn::{Score, zxcvbn};

/// The least number of guesses: 10⁸, which the throttle stretches over years.
const ENOUGH: Score = Score::Three;

/// Words that people choose in Russian, which the estimator's lists do not have. They are tried in both keyboard layouts.
const RUSSIAN: &[&str] = &[
    "пароль",
    "привет",
    "любовь",
    "люблю",
    "солнышко",
    "администратор",
    "админ",
    "йцукен",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "россия",
    "москва",
    "наташа",
    "максим",
    "марина",
    "сергей",
    "андрей",
    "дмитрий",
    "алексей",
    "александр",
    "николай",
    "татьяна",
    "светлана",
    "кристина",
    "виктория",
    "анастасия",
    "екатерина",
    "елена",
    "ольга",
    "ирина",
    "юлия",
    "оксана",
    "владимир",
    "евгений",
    "михаил",
    "котёнок",
    "котенок",
    "зайка",
    "малыш",
    "спартак",
    "зенит",
    "динамо",
    "счастье",
    "радость",
    "мамочка",
    "пожалуйста",
    "здравствуйте",
    "хочу",
    "секрет",
    "менеджер",
    "оператор",
    "маркетолог",
    "клиент",
    "договор",
    "январь",
    "февраль",
    "март",
    "апрель",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
    "весна",
    "лето",
    "осень",
    "зима",
    "понедельник",
    "пятница",
];

/// The keys of both layouts, in one order.
const LATIN: &str = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const CYRILLIC: &str = "ёйцукенгшщзхъфывапролджэячсмитьбю";

/// Whether a guesser who knows these words, common passwords and keyboard walks finds the password soon.
pub(crate) fn is_soon_guessed(password: &str, words: &[&str]) -> bool {
    let russian = RUSSIAN.iter().map(|it| (*it).to_owned());
    let known: Vec<String> = russian.chain(words.iter().map(|it| it.to_lowercase())).collect();
    let latin = known.iter().map(|it| typed_in(it, CYRILLIC, LATIN));
    let known: Vec<String> = latin.chain(known.iter().cloned()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    // Walks over the keyboard are known in the Latin layout.
    let as_latin = typed_in(&password.to_lowercase(), CYRILLIC, LATIN);
    // Marks around a word are the first thing that a guesser adds.
    let bare = without_marks_around(password);
    [password, bare, &as_latin].into_iter().any(|it| zxcvbn(it, &known).score() < ENOUGH)
}

/// The text without the marks and spaces at its ends; a text of marks alone stays whole.
fn without_marks_around(text: &str) -> &str {
    let bare = text.trim_matches(|it: char| !it.is_alphanumeric());
    if bare.is_empty() { text } else { bare }
}

/// The same keys in the other layout.
fn typed_in(text: &str, from: &str, to: &str) -> String {
    let other = |key: char| from.chars().position(|it| it == key).and_then(|at| to.chars().nth(at)).unwrap_or(key);
    text.chars().map(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_everybody_tries_is_soon_guessed() {
        for password in [
            "Password123!",
            "P@ssw0rd2026",
            "letmein12345",
            "           a",
            "qwerty123456",
            "йцукен123456",
            "Пароль123456",
            "gfhjkm123456",
            "1q2w3e4r5t6y",
            "zxcvbnm12345",
            "ЙцукенФывап1",
            "administrator1",
            "Администратор1",
            "iloveyou2026",
            "Welcome2026!",
            "Summer2026!!",
            "!!Winter2025!!",
            "***monday***",
            "Наташа123456",
            "123456qwerty",
            "asdfghjkl123",
            "abcdefghijkl",
            "111111222222",
            "Москва2026!!",
            "20.11.2026!!",
            "dragondragon",
            "monkey123456",
            "Любовь2026!!",
            "ghbdtn123456",
        ] {
            assert!(is_soon_guessed(password, &[]), "{password}");
        }
        assert!(is_soon_guessed("Sokolova2026", &["sokolova"]));
    }

    #[test]
    fn a_phrase_of_several_words_is_not() {
        for password in [
            "четыре слона в лодке",
            "четыре слона",
            "correct horse battery staple",
            "Correct-horse-battery-7",
            "синий забор у реки",
            "kJ8#mQ2$vL5x",
            "(#kJ8#mQ2$v!",
            "&)%#^(@*!_$?",
            "поезд опоздал на час",
            "tractor melts quietly",
            "пять жирафов у пруда",
        ] {
            assert!(!is_soon_guessed(password, &["anna.orlova"]), "{password}");
        }
    }
}
