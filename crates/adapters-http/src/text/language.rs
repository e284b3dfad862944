//! The languages of the pages, each by its own name.
pub use domain::preferences::Language;

use super::{Text, en_words, ru_words};

impl Text {
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Russian => &ru_words::RU,
            Language::English => &en_words::EN,
        }
    }
}

pub(crate) const fn own_name(language: Language) -> &'static str {
    match language {
        Language::Russian => "Русский",
        Language::English => "English",
    }
}
