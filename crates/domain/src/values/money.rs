//! Money in the organisation's one currency.
use super::{Invalid, currency::without_currency, without_invisible};
use crate::preferences::Language;

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

    /// Reads an amount as people and programs of this language write it: `1 234,50`, `1234.5`, `1 234`, `1,234.50`,
    /// `1'234.50`, `1 234=50`. The organisation's currency, an ISO 4217 code, may stand beside it as a sign or a word.
    ///
    /// A separator before one or two last digits is the decimal one; any other must part groups of three. Fails with
    /// [`Invalid::AmbiguousAmount`] where a single separator could be either, with [`Invalid::OtherCurrency`] beside the
    /// sign of another currency, and with [`Invalid::NotMoney`] for text that is no amount.
    pub fn parse(raw: &str, language: Language, currency: &str) -> Result<Self, Invalid> {
        let visible = without_invisible(raw);
        let text = without_currency(&visible, currency)?;
        if text.is_empty() {
            return Err(Invalid::Empty);
        }
        if let Some(rest) = text.strip_prefix(['-', '−'])
            && Self::parse(rest, language, currency).is_ok()
        {
            return Err(Invalid::Negative);
        }
        let (whole, fraction) = split_fraction(text);
        if let (None, Some(thousandths)) = (fraction, ambiguous(whole, language)) {
            return Err(Invalid::AmbiguousAmount { thousandths });
        }
        let digits = ungroup(whole).ok_or(Invalid::NotMoney)?;
        Self::from_digits(&digits, fraction)
    }

    /// Reads what [`Money`] writes, such as `1234.50`, in any language.
    pub fn from_decimal(text: &str) -> Result<Self, Invalid> {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        if whole.is_empty() || !whole.bytes().all(|it| it.is_ascii_digit()) {
            return Err(Invalid::NotMoney);
        }
        Self::from_digits(whole, fraction)
    }

    /// From digits without separators, and the one or two behind the decimal separator.
    fn from_digits(digits: &str, fraction: Option<&str>) -> Result<Self, Invalid> {
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
    pub fn parse_positive(raw: &str, language: Language, currency: &str) -> Result<Self, Invalid> {
        match Self::parse(raw, language, currency)? {
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

/// Parts the whole from the fraction at a last `,`, `.` or `=` that has one or two digits behind it.
fn split_fraction(text: &str) -> (&str, Option<&str>) {
    match text.rfind([',', '.', '=']) {
        Some(at) if matches!(text.len() - at - 1, 1 | 2) => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    }
}

/// The digits of `12,345` or `12.345`, where that may be twelve thousand or twelve and a third: the separator is single, and
/// the language parts thousands by another one.
fn ambiguous(text: &str, language: Language) -> Option<u32> {
    let (whole, rest) = text.split_once([',', '.'])?;
    let all_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let looks_grouped =
        all_digits(whole) && whole.len() <= 3 && !whole.starts_with('0') && all_digits(rest) && rest.len() == 3;
    let thousands = language.thousands_separator();
    if looks_grouped && !text.contains(thousands) { format!("{whole}{rest}").parse().ok() } else { None }
}

/// The digits without their separators, or nothing when the groups are not of three, begin with 0, or mix separators.
fn ungroup(whole: &str) -> Option<String> {
    let normal = |it: char| match it {
        ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => ' ',
        '\'' | '’' => '\'',
        other => other,
    };
    let whole: String = whole.chars().map(normal).collect();
    let separator = whole.chars().find(|it| !it.is_ascii_digit());
    let groups: Vec<&str> = match separator {
        None => vec![&whole],
        Some(it @ (' ' | ',' | '.' | '\'')) => whole.split(it).collect(),
        Some(_) => return None,
    };
    let (first, rest) = groups.split_first()?;
    let all_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let well_grouped = rest.is_empty() || (first.len() <= 3 && !first.starts_with('0'));
    (well_grouped && all_digits(first) && rest.iter().all(|it| it.len() == 3 && all_digits(it)))
        .then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn russian(raw: &str) -> Result<Money, Invalid> {
        Money::parse(raw, Language::Russian, "RUB")
    }

    #[test]
    fn amounts_are_read_as_people_and_programs_write_them() {
        for (raw, minor) in [
            ("1 234,50", 123_450),
            ("1\u{a0}234,50 ₽", 123_450),
            ("1\u{202f}234\u{202f}567,89", 123_456_789),
            ("1234.5", 123_450),
            ("1 234", 123_400),
            ("0", 0),
            ("0,01", 1),
            ("0.50", 50),
            ("000", 0),
            ("007", 700),
            ("1,234.50", 123_450),
            ("1.234,50", 123_450),
            ("1.234.567", 123_456_700),
            ("1,234,567", 123_456_700),
            ("1'234.56", 123_456),
            ("1’234’567", 123_456_700),
            ("1 234=56", 123_456),
            ("1 234,56 руб.", 123_456),
            ("1234 Руб", 123_400),
            ("1234р.", 123_400),
            ("₽1,234,567.50", 123_456_750),
            ("1234\u{200b}", 123_400),
            ("1\u{2007}234 рублей", 123_400),
            ("99 999 999 999,99", 9_999_999_999_999),
        ] {
            for language in Language::ALL {
                assert_eq!(Money::parse(raw, language, "RUB").map(Money::minor), Ok(minor), "{raw}");
            }
        }
    }

    #[test]
    fn a_single_separator_before_three_digits_groups_only_where_the_language_does_so() {
        let ambiguous = |thousandths| Err(Invalid::AmbiguousAmount { thousandths });
        for (raw, thousandths) in [("12,345", 12_345), ("180,000", 180_000), ("1,000 ₽", 1_000)] {
            assert_eq!(russian(raw), ambiguous(thousandths), "{raw}");
            assert_eq!(
                Money::parse(raw, Language::English, "RUB").map(Money::minor),
                Ok(i64::from(thousandths) * 100),
                "{raw}"
            );
        }
        for language in Language::ALL {
            assert_eq!(Money::parse("1.500", language, "RUB"), ambiguous(1_500));
            assert_eq!(Money::parse("999.999", language, "RUB"), ambiguous(999_999));
        }
    }

    #[test]
    fn a_group_that_begins_with_zero_is_no_group_of_thousands() {
        for raw in ["0.500", "0,125", "0 500", "012,345", "00.000", "0,000,000", "0'500"] {
            for language in Language::ALL {
                assert_eq!(Money::parse(raw, language, "RUB"), Err(Invalid::NotMoney), "{raw}");
            }
        }
    }

    #[test]
    fn text_that_is_no_amount_is_refused() {
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
            "１２３４",
            "1.2.3,4",
            "1234.567",
            "12.3456",
            "1 234,567",
            "50к",
            "1,5 млн",
            "10%",
            "~5",
            "(5)",
            "1 234=567",
            "1=234",
        ] {
            assert_eq!(russian(raw), Err(Invalid::NotMoney), "{raw}");
        }
        assert_eq!(russian("-5"), Err(Invalid::Negative));
        assert_eq!(russian("−5,50"), Err(Invalid::Negative));
        assert_eq!(russian(" "), Err(Invalid::Empty));
        assert_eq!(russian("₽"), Err(Invalid::Empty));
        assert_eq!(russian("руб."), Err(Invalid::Empty));
        for raw in ["99999999999999999999", "100 000 000 000", "1000000000000000000000000000000"] {
            assert_eq!(russian(raw), Err(Invalid::TooMuch { max: Money::MAX }), "{raw}");
        }
        assert_eq!(Money::parse_positive("0,00", Language::Russian, "RUB"), Err(Invalid::NotPositive));
    }

    #[test]
    fn a_stored_amount_is_read_in_one_way() {
        assert_eq!(Money::from_decimal("1234.50").map(Money::minor), Ok(123_450));
        for text in ["", ".5", "1,50", "1 234", "-1", "1.234", "1."] {
            assert_eq!(Money::from_decimal(text), Err(Invalid::NotMoney), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_written_amount_is_read_back(minor in 0..=Money::MAX.0) {
            let money = Money(minor);
            proptest::prop_assert_eq!(Money::from_decimal(&money.to_string()), Ok(money));
            proptest::prop_assert_eq!(russian(&money.to_string()), Ok(money));
        }

        #[test]
        fn no_text_makes_it_panic(raw in ".*") {
            let _ = (russian(&raw), Money::from_decimal(&raw));
        }

        #[test]
        fn both_languages_read_one_amount_or_refuse(raw in "[0-9]{1,4}([ ,.'][0-9]{1,3}){0,3}") {
            if let (Ok(one), Ok(other)) = (russian(&raw), Money::parse(&raw, Language::English, "RUB")) {
                proptest::prop_assert_eq!(one, other);
            }
        }
    }
}
