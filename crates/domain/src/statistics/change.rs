//! How the figures differ from those of the period before.
use super::{Figures, Hundredths, figures::hundred_percent};

/// Undefined is `None`, shown as «—»: there is nothing to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Counts and amounts change in per cent of the value before.
    pub leads: Option<Hundredths>,
    pub clients: Option<Hundredths>,
    pub revenue: Option<Hundredths>,
    pub spend: Option<Hundredths>,
    /// Percentages change in percentage points.
    pub conversion: Option<Hundredths>,
    pub roi: Option<Hundredths>,
}

/// Where a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    Up,
    Down,
    Same,
}

impl Trend {
    pub const fn of(Hundredths(change): Hundredths) -> Self {
        match change {
            1.. => Self::Up,
            0 => Self::Same,
            _ => Self::Down,
        }
    }
}

impl Changes {
    pub fn between(before: &Figures, now: &Figures) -> Self {
        let per_cent = |before: i128, now: i128| hundred_percent(now - before, before);
        let points = |before: Option<Hundredths>, now: Option<Hundredths>| Some(Hundredths(now?.0 - before?.0));
        Self {
            leads: per_cent(before.leads.into(), now.leads.into()),
            clients: per_cent(before.clients.into(), now.clients.into()),
            revenue: per_cent(before.revenue, now.revenue),
            spend: per_cent(before.spend, now.spend),
            conversion: points(before.conversion, now.conversion),
            roi: points(before.roi, now.roi),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Sums;

    fn figures(leads: u64, clients: u64, spend: i128, revenue: i128) -> Figures {
        Figures::of_stretch(&Sums { leads, clients, spend, revenue, ..Default::default() }, None)
    }

    #[test]
    fn counts_change_in_per_cent_and_ratios_in_points() {
        let changes = Changes::between(&figures(8, 2, 100, 150), &figures(10, 2, 80, 300));
        let of = |it: Option<Hundredths>| it.map(|it| it.0);
        assert_eq!((of(changes.leads), of(changes.clients)), (Some(2500), Some(0)));
        assert_eq!((of(changes.spend), of(changes.revenue)), (Some(-2000), Some(10_000)));
        assert_eq!(of(changes.conversion), Some(-500), "20.00 % after 25.00 %");
        assert_eq!(of(changes.roi), Some(22_500), "275.00 % after 50.00 %");
        assert_eq!([2500, 0, -1].map(|it| Trend::of(Hundredths(it))), [Trend::Up, Trend::Same, Trend::Down]);
    }

    #[test]
    fn nothing_before_is_no_change_at_all() {
        let changes = Changes::between(&figures(0, 0, 0, 0), &figures(10, 2, 80, 300));
        assert_eq!((changes.leads, changes.clients, changes.revenue, changes.spend), (None, None, None, None));
        assert_eq!((changes.conversion, changes.roi), (None, None));
        let changes = Changes::between(&figures(10, 2, 80, 300), &figures(0, 0, 0, 0));
        assert_eq!((changes.leads, changes.conversion), (Some(Hundredths(-10_000)), None));
    }
}
