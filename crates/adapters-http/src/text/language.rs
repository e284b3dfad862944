//! The languages that the pages speak, as each calls itself.
pub use domain::preferences::Language;

pub(crate) const fn own_name(language: Language) -> &'static str {
    match language {
        Language::Russian => "Русский",
        Language::English => "English",
    }
}
