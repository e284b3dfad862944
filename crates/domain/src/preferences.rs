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

    /// What parts groups of three digits, where people of this language use no space.
    pub const fn thousands_separator(self) -> char {
        match self {
            Self::Russian => ' ',
            Self::English => ',',
        }
    }
}

/// An enum of choices, each with its name in forms and stores.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$about])* $variant,)+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Never changes once released.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.code() == code)
            }

            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                Self::from_code(raw.trim()).ok_or(Invalid::UnknownChoice)
            }
        }
    };
}

choice! {
    Theme {
        /// As the device has it at the moment.
        System = "system",
        Light = "light",
        Dark = "dark",
    }
}

choice! {
    /// How much room a row of a list takes.
    Density { Comfortable = "comfortable", Compact = "compact" }
}

choice! {
    /// Whether single keys do something: users who dictate may press them by accident.
    SingleKeys { On = "on", Off = "off" }
}

/// How the pages look and listen. Nobody chooses it for anybody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    pub theme: Option<Theme>,
    pub density: Option<Density>,
    pub single_keys: Option<SingleKeys>,
}

/// What nobody chose is as the browser or the organisation has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    pub language: Option<Language>,
    /// In which moments are shown; the days of the statistics are the organisation's.
    pub time_zone: Option<Calendar>,
    pub appearance: Appearance,
}

impl Preferences {
    /// These, and where nothing is chosen in them, those.
    #[must_use]
    pub fn or(self, those: Self) -> Self {
        Self {
            language: self.language.or(those.language),
            time_zone: self.time_zone.or(those.time_zone),
            appearance: Appearance {
                theme: self.appearance.theme.or(those.appearance.theme),
                density: self.appearance.density.or(those.appearance.density),
                single_keys: self.appearance.single_keys.or(those.appearance.single_keys),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_now_goes_before_what_was() {
        let was = Appearance { theme: Some(Theme::Dark), density: Some(Density::Compact), single_keys: None };
        let was = Preferences { language: Some(Language::English), time_zone: None, appearance: was };
        let now =
            Appearance { theme: Some(Theme::System), single_keys: Some(SingleKeys::Off), ..Appearance::default() };
        let both = Preferences { appearance: now, ..Preferences::default() }.or(was);
        assert_eq!(both.language, Some(Language::English));
        assert_eq!(both.appearance, Appearance { density: Some(Density::Compact), ..now });
        assert_eq!(was.or(both), was.or(Preferences { appearance: now, ..Preferences::default() }));
    }

    #[test]
    fn codes_are_read_back_and_others_are_no_choice() {
        assert!(Theme::ALL.iter().all(|it| Theme::parse(it.code()) == Ok(*it)));
        assert!(Density::ALL.iter().all(|it| Density::parse(it.code()) == Ok(*it)));
        assert!(SingleKeys::ALL.iter().all(|it| SingleKeys::parse(it.code()) == Ok(*it)));
        assert_eq!(Theme::parse("pink"), Err(Invalid::UnknownChoice));
    }
}
