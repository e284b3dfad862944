//! In which order a list runs.
use crate::values::Day;

/// The columns that a list of this kind can be sorted by.
pub trait SortBy: Copy + Default + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    const ALL: &'static [Self];

    /// The name in URLs. Never changes once released.
    fn code(self) -> &'static str;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    #[default]
    Descending,
}

/// By which value, and which way. Records with the same value are in the order of their ids, the same way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order<S> {
    pub by: S,
    pub direction: Direction,
}

impl<S: SortBy> Order<S> {
    /// From a code, with a minus in front where the greatest comes first.
    pub fn from_code(code: &str) -> Option<Self> {
        let (name, direction) = match code.strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (code, Direction::Ascending),
        };
        S::ALL.iter().find(|it| it.code() == name).map(|by| Self { by: *by, direction })
    }

    pub fn code(self) -> String {
        let sign = if self.direction == Direction::Descending { "-" } else { "" };
        format!("{sign}{}", self.by.code())
    }
}

/// What decides where in a list a record is, before its id does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// Nothing but its id.
    Id,
    /// Folded, and compared byte by byte.
    Text(String),
    Number(i64),
    Day(Day),
}

/// An enum of the columns that a list can be sorted by, each with its name in URLs. The first is the default.
macro_rules! sort_by {
    ($(#[$doc:meta])* $name:ident { $first:ident = $first_code:literal $(, $other:ident = $code:literal)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            #[default]
            $first,
            $($other,)*
        }

        impl $crate::order::SortBy for $name {
            const ALL: &'static [Self] = &[Self::$first, $(Self::$other,)*];

            fn code(self) -> &'static str {
                match self {
                    Self::$first => $first_code,
                    $(Self::$other => $code,)*
                }
            }
        }
    };
}
pub(crate) use sort_by;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::ContractSort;

    #[test]
    fn an_order_is_read_from_its_code() {
        for by in ContractSort::ALL {
            for direction in [Direction::Ascending, Direction::Descending] {
                let order = Order { by: *by, direction };
                assert_eq!(Order::from_code(&order.code()), Some(order));
            }
        }
        assert_eq!(Order::<ContractSort>::default().code(), "-created");
        for code in ["", "-", "--created", "price", "Created"] {
            assert_eq!(Order::<ContractSort>::from_code(code), None, "{code}");
        }
    }
}
