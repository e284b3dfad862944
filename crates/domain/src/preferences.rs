//! How somebody wants the pages to be, wherever they sign in.
use crate::{calendar::Calendar, values::Invalid};

/// The languages that the pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Russian,
    English,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Russian, Self::English];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        Self::from_code(raw.trim()).ok_or(Invalid::UnknownChoice)
    }
}

/// What nobody chose is as the browser or the organisation has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    pub language: Option<Language>,
    /// In which moments are shown; the days of the statistics are the organisation's.
    pub time_zone: Option<Calendar>,
}
