//! Formats numbers for both languages.
use domain::{
    statistics::{Hundredths, round_half_even},
    values::Money,
};

/// Separates digit groups, and units in Russian, without allowing a line break.
pub(crate) const NBSP: char = '\u{a0}';

/// How a language writes numbers.
pub(crate) struct Style {
    pub(crate) group: char,
    pub(crate) point: char,
}

impl Style {
    /// A whole number in groups of three digits, with a real minus sign.
    pub(crate) fn number(&self, value: i128) -> String {
        let digits = value.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() * 2);
        if value < 0 {
            text.push('−');
        }
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(self.group);
            }
            text.push(digit);
        }
        text
    }

    /// Always two decimal places.
    pub(crate) fn hundredths(&self, Hundredths(value): Hundredths) -> String {
        let sign = if value < 0 { "−" } else { "" };
        let magnitude = value.unsigned_abs();
        let whole = self.number(i128::try_from(magnitude / 100).unwrap_or(i128::MAX));
        format!("{sign}{whole}{}{:02}", self.point, magnitude % 100)
    }

    /// An amount in minor units; the minor part is shown only if it is not zero.
    pub(crate) fn amount(&self, minor: i128) -> String {
        if minor % 100 == 0 { self.number(minor / 100) } else { self.hundredths(Hundredths(minor)) }
    }

    /// An amount in minor units, rounded to about three digits, with its power of a thousand.
    pub(crate) fn short(&self, minor: i128) -> (String, Scale) {
        // The rounded value decides about the scale: 999 999.50 is a million.
        let units = round_half_even(minor, 100);
        if units.unsigned_abs() < 10_000 {
            return (self.number(units), Scale::One);
        }
        let is_below = |scale: i128| round_half_even(minor, scale * 100).unsigned_abs() < 1_000;
        let (divisor, scale) = [(1_000, Scale::Thousand), (1_000_000, Scale::Million)]
            .into_iter()
            .find(|it| is_below(it.0))
            .unwrap_or((1_000_000_000, Scale::Milliard));
        let hundredths = round_half_even(minor, divisor);
        let text = match hundredths.unsigned_abs() {
            10_000.. => self.number(round_half_even(minor, divisor * 100)),
            _ => self.hundredths(Hundredths(hundredths)).trim_end_matches('0').trim_end_matches(self.point).to_owned(),
        };
        (text, scale)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    One,
    Thousand,
    Million,
    Milliard,
}

/// An amount as a form shows it; [`Money::parse`] can read it.
pub(crate) fn money_to_edit(money: Money) -> String {
    Style { group: NBSP, point: ',' }.hundredths(Hundredths(i128::from(money.minor())))
}

/// The sign of a currency, or its code if it has no common sign.
pub(crate) fn currency_sign(code: &str) -> &str {
    match code {
        "RUB" => "₽",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "KZT" => "₸",
        "UAH" => "₴",
        "CNY" | "JPY" => "¥",
        "TRY" => "₺",
        "BYN" => "Br",
        other => other,
    }
}

/// Bytes in MiB with one decimal place, or in KiB if there are few.
pub(crate) fn size(bytes: u64, point: char) -> (String, bool) {
    let mebibyte = 1024 * 1024;
    if bytes < mebibyte {
        return (bytes.div_ceil(1024).to_string(), false);
    }
    let tenths = bytes * 10 / mebibyte;
    let text = if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}{point}{}", tenths / 10, tenths % 10)
    };
    (text, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RU: Style = Style { group: ' ', point: ',' };

    #[test]
    fn numbers_are_grouped_and_signed() {
        assert_eq!(RU.number(-1_234_567), "−1 234 567");
        assert_eq!(RU.number(123), "123");
        assert_eq!(RU.hundredths(Hundredths(-1111)), "−11,11");
        assert_eq!(RU.hundredths(Hundredths(5)), "0,05");
        assert_eq!(RU.amount(18_333_333), "183 333,33");
        assert_eq!(RU.amount(9_000_000), "90 000");
    }

    #[test]
    fn short_amounts_have_about_three_digits() {
        let short = |minor| RU.short(minor);
        assert_eq!(short(999_900), ("9 999".to_owned(), Scale::One));
        assert_eq!(short(78_000_000), ("780".to_owned(), Scale::Thousand));
        assert_eq!(short(2_939_790_000), ("29,4".to_owned(), Scale::Million));
        assert_eq!(short(10_765_499), ("108".to_owned(), Scale::Thousand));
        assert_eq!(short(-1_234_567), ("−12,35".to_owned(), Scale::Thousand));
        assert_eq!(short(842_000_000), ("8,42".to_owned(), Scale::Million));
        assert_eq!(short(171_000_000_000), ("1,71".to_owned(), Scale::Milliard));
        assert_eq!(short(100_000_000), ("1".to_owned(), Scale::Million));
    }

    #[test]
    fn short_amounts_are_rounded_and_halves_go_to_the_even_digit() {
        for (minor, text, scale) in [
            (99, "1", Scale::One),
            (50, "0", Scale::One),
            (150, "2", Scale::One),
            (-77_777, "−778", Scale::One),
            (671_484, "6 715", Scale::One),
            (999_949, "9 999", Scale::One),
            (999_999, "10", Scale::Thousand),
            (1_234_500, "12,34", Scale::Thousand),
            (1_235_500, "12,36", Scale::Thousand),
            (9_999_600, "100", Scale::Thousand),
            (99_949_999, "999", Scale::Thousand),
            (99_999_950, "1", Scale::Million),
            (-99_999_950, "−1", Scale::Million),
            (99_999_950_000, "1", Scale::Milliard),
            (999_999_999_999_999, "10 000", Scale::Milliard),
        ] {
            assert_eq!(RU.short(minor), (text.to_owned(), scale), "{minor}");
        }
    }

    #[test]
    fn amounts_in_forms_can_be_parsed_again() {
        for minor in [0, 1, 123_456, 18_000_000, 9_999_999_999_999] {
            let money = Money::from_minor(minor).unwrap();
            for language in crate::text::Language::ALL {
                assert_eq!(Money::parse(&money_to_edit(money), language, "RUB"), Ok(money));
            }
        }
    }
}
