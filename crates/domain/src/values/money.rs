//! Money in the organisation's one currency.
use super::Invalid;

/// An amount in minor units (kopecks): never negative, at most [`Money::MAX`], never a float.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money(i64);

impl Money {
    pub const ZERO: Self = Self(0);
    /// 99 999 999 999,99: far above any real contract, and 900 000 such amounts still add up within `i64`.
    pub const MAX: Self = Self(9_999_999_999_999);

    /// From minor units, as a store keeps them.
    pub fn from_minor(minor: i64) -> Result<Self, Invalid> {
        match minor {
            ..0 => Err(Invalid::Negative),
            it if it > Self::MAX.0 => Err(Invalid::TooMuch { max: Self::MAX }),
            it => Ok(Self(it)),
        }
    }

    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Reads `1 234,50`, `1234.5`, `1 234`, `1,234.50`, each with or without a currency sign.
    ///
    /// A separator before one or two last digits is the decimal one; any other must part groups of three.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim().trim_end_matches(['₽', '$', '€']).trim_start_matches(['₽', '$', '€']).trim();
        if text.is_empty() {
            return Err(Invalid::Empty);
        }
        if let Some(rest) = text.strip_prefix(['-', '−'])
            && Self::parse(rest).is_ok()
        {
            return Err(Invalid::Negative);
        }
        let (whole, fraction) = split_fraction(text);
        let digits = ungroup(whole).ok_or(Invalid::NotMoney)?;
        let cents = match fraction.map(str::as_bytes) {
            None => 0,
            Some([a]) if a.is_ascii_digit() => i64::from(a - b'0') * 10,
            Some([a, b]) if a.is_ascii_digit() && b.is_ascii_digit() => i64::from((a - b'0') * 10 + (b - b'0')),
            Some(_) => return Err(Invalid::NotMoney),
        };
        digits
            .trim_start_matches('0')
            .parse::<i64>()
            .or_else(|_| if digits.bytes().all(|it| it == b'0') { Ok(0) } else { Err(()) })
            .ok()
            .and_then(|whole| whole.checked_mul(100)?.checked_add(cents))
            .filter(|it| *it <= Self::MAX.0)
            .map(Self)
            .ok_or(Invalid::TooMuch { max: Self::MAX })
    }

    /// Like [`Money::parse`], and zero is refused.
    pub fn parse_positive(raw: &str) -> Result<Self, Invalid> {
        match Self::parse(raw)? {
            Self::ZERO => Err(Invalid::NotPositive),
            amount => Ok(amount),
        }
    }
}

impl std::fmt::Display for Money {
    /// `1234.50`, for logs, audit rows and exports; pages format by language.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Parts the whole from the fraction at a last `,` or `.` that has one or two digits behind it.
fn split_fraction(text: &str) -> (&str, Option<&str>) {
    match text.rfind([',', '.']) {
        Some(at) if matches!(text.len() - at - 1, 1 | 2) => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    }
}

/// The digits without their separators, or nothing when the groups are not of three or mix separators.
fn ungroup(whole: &str) -> Option<String> {
    let is_space = |it: char| matches!(it, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}');
    let whole: String = whole.chars().map(|it| if is_space(it) { ' ' } else { it }).collect();
    let separator = whole.chars().find(|it| !it.is_ascii_digit());
    let groups: Vec<&str> = match separator {
        None => vec![&whole],
        Some(it @ (' ' | ',' | '.')) => whole.split(it).collect(),
        Some(_) => return None,
    };
    let (first, rest) = groups.split_first()?;
    let all_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let well_grouped = rest.is_empty() || first.len() <= 3;
    (well_grouped && all_digits(first) && rest.iter().all(|it| it.len() == 3 && all_digits(it)))
        .then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        for (raw, minor) in [
            ("1 234,50", 123_450),
            ("1\u{a0}234,50 ₽", 123_450),
            ("1234.5", 123_450),
            ("1 234", 123_400),
            ("0", 0),
            ("0,01", 1),
            ("000", 0),
            ("180,000", 18_000_000),
            ("1,234.50", 123_450),
            ("1.234,50", 123_450),
            ("₽1,234,567.50", 123_456_750),
            ("99 999 999 999,99", 9_999_999_999_999),
        ] {
            assert_eq!(Money::parse(raw).map(Money::minor), Ok(minor), "{raw}");
        }
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        for raw in [
            "1,2,3",
            "1e9",
            "abc",
            "1 2 3",
            "12 34",
            ",5",
            "5,",
            "1..2",
            "NaN",
            "0x10",
            "1,234 567",
            "--5",
            "٣",
            "+5",
            "1.2.3,4",
        ] {
            assert_eq!(Money::parse(raw), Err(Invalid::NotMoney), "{raw}");
        }
        assert_eq!(Money::parse("-5"), Err(Invalid::Negative));
        assert_eq!(Money::parse("−5,50"), Err(Invalid::Negative));
        assert_eq!(Money::parse(" "), Err(Invalid::Empty));
        for raw in ["99999999999999999999", "100 000 000 000", "1000000000000000000000000000000"] {
            assert_eq!(Money::parse(raw), Err(Invalid::TooMuch { max: Money::MAX }), "{raw}");
        }
        assert_eq!(Money::parse_positive("0,00"), Err(Invalid::NotPositive));
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_is_read_back(minor in 0..=Money::MAX.0) {
            let money = Money(minor);
            proptest::prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
        }

        #[test]
        fn no_text_makes_it_panic(raw in ".*") {
            let _ = Money::parse(&raw);
        }
    }
}
