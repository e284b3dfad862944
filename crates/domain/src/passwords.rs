//! Passwords: which are accepted, and the port behind which they are hashed.
use async_trait::async_trait;

use crate::{
    guessing::is_soon_guessed,
    values::{Invalid, Username, fold},
};

/// A password as somebody typed it, within the rules. Never shown, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The stored form of a password: a bcrypt string.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// Passwords that everybody tries first, those of at least [`Password::MIN`] characters.
const COMMON: &str = include_str!("common_passwords.txt");
/// The product's name, in both of its alphabets.
const PRODUCT: [&str; 2] = ["voronka", "воронка"];

/// The password of every user of the demo, which anybody can read here.
const DEMO: &str = "семь синих слонов";

impl Password {
    pub const MIN: usize = 12;
    pub const MAX: usize = 128;

    /// The password of the users of the demo. It is public, so nobody else may choose it.
    pub fn of_demo() -> Self {
        Self(DEMO.to_owned())
    }

    /// Accepts 12–128 characters exactly as typed, if they are hard enough to guess. No other rules.
    ///
    /// Fails with [`Invalid::CommonPassword`] where a guesser needs fewer than 10⁸ guesses, and with
    /// [`Invalid::PasswordLikeName`] where at least half of it is the name of the user or of the product.
    pub fn new(typed: &str, username: &Username) -> Result<Self, Invalid> {
        Self::of_user(typed, &[username.as_str()])
    }

    /// Like [`Password::new`], for a user of whom a guesser knows these texts: the username, the full name, the email.
    pub fn of_user(typed: &str, known: &[&str]) -> Result<Self, Invalid> {
        let length = typed.chars().count();
        if length == 0 {
            return Err(Invalid::Empty);
        }
        if length < Self::MIN {
            return Err(Invalid::TooShort { min: Self::MIN });
        }
        if length > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        // Bytes that were no text would all become this one mark, and many passwords one.
        if typed.contains(char::REPLACEMENT_CHARACTER) {
            return Err(Invalid::ControlCharacter);
        }
        let folded = fold(typed);
        let known: Vec<String> = known.iter().map(|it| fold(it)).collect();
        // Short words are in many good passwords.
        let words = known.iter().flat_map(|it| it.split([' ', '@'])).filter(|it| it.chars().count() > 3);
        let names: Vec<&str> = known.iter().map(String::as_str).chain(words).chain(PRODUCT).collect();
        if names.iter().any(|name| is_mostly(&folded, name)) {
            return Err(Invalid::PasswordLikeName);
        }
        let common = folded == DEMO || COMMON.lines().any(|it| it == folded);
        if common || is_one_unit_repeated(&folded) || is_soon_guessed(typed, &names) {
            return Err(Invalid::CommonPassword);
        }
        Ok(Self(typed.to_owned()))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// One to four characters over and over, such as `aaaaaaaaaaaa` or `123412341234`.
fn is_one_unit_repeated(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (1..=4).any(|unit| letters.iter().enumerate().all(|(at, it)| *it == letters[at % unit]))
}

/// Whether at least half of the text is the name, once or several times.
fn is_mostly(text: &str, name: &str) -> bool {
    let named = text.matches(name).count() * name.chars().count();
    named > 0 && named * 2 >= text.chars().count()
}

impl PasswordHash {
    pub fn from_stored(hash: String) -> Self {
        Self(hash)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Password(…)")
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("PasswordHash(…)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HasherError {
    #[error("too many passwords are being checked at once")]
    Busy,
    #[error("the password could not be hashed")]
    Failed,
}

/// Who waits for a password to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// A user who is known: by their session, by their browser, or by a link that they were given.
    Known,
    /// Anybody.
    Strangers,
}

/// Slow hashing. Runs off the async threads, a bounded number at once. However many strangers wait, the known have a
/// turn and places of their own.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync + 'static {
    /// Only the known choose passwords.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HasherError>;

    /// Whether `typed` is the password. Without a hash (no such user) the answer is no, after the same time.
    async fn verify<'a>(&self, typed: &str, hash: Option<&'a PasswordHash>, queue: Queue) -> Result<bool, HasherError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(typed: &str) -> Result<(), Invalid> {
        Password::new(typed, &Username::parse("anna.orlova").unwrap()).map(drop)
    }

    #[test]
    fn the_name_and_the_email_of_the_user_are_guessed_first() {
        let known = ["alena.l", "Лебедева Алёна Игоревна", "alena@example.com"];
        for typed in ["alena@example.com", "Лебедева Алёна", "Игоревна2026!", "kt,tltdf2026"] {
            assert!(Password::of_user(typed, &known).is_err(), "{typed}");
        }
        assert!(Password::of_user("пять жирафов у пруда", &known).is_ok());
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(accepted("кукушка-47"), Err(Invalid::TooShort { min: 12 }));
        assert_eq!(accepted(""), Err(Invalid::Empty));
        assert!(accepted("четыре слона").is_ok());
        assert!(accepted(&"ежевика-".repeat(16)).is_ok());
        assert_eq!(accepted(&format!("{}!", "ежевика-".repeat(16))), Err(Invalid::TooLong { max: 128 }));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        assert!(COMMON.lines().count() > 50, "the list is short: {}", COMMON.lines().count());
        for typed in
            ["1qaz2wsx3edc", "123456789012", "AAAAAAAAAAAA", "abcabcabcabc", "Qwertyuiop123", "Password123!", DEMO]
        {
            assert_eq!(accepted(typed), Err(Invalid::CommonPassword), "{typed}");
        }
    }

    #[test]
    fn names_are_no_passwords() {
        for typed in ["anna.orlova1", "ANNA.ORLOVA2026", "voronka12345", "Воронка-2026"] {
            assert_eq!(accepted(typed), Err(Invalid::PasswordLikeName), "{typed}");
        }
        assert!(accepted("моя воронка стоит у синего забора").is_ok());
    }

    #[test]
    fn nothing_shows_a_password() {
        let password = Password::new("четыре слона", &Username::parse("anna").unwrap()).unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert_eq!(format!("{:?}", PasswordHash::from_stored("$2b$12$x".into())), "PasswordHash(…)");
    }
}
