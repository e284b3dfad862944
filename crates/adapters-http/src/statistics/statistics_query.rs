//! The URL query of the statistics.
use application::{ReportRow, RowSubject, StatisticsRequest};
use domain::{
    field::Field,
    statistics::{Attribution, Figures, Grouping, Hundredths, bounded},
    values::{Day, Invalid, Period, fold, parse_day},
};

use crate::{form::Form, form_data::FormData, ui::list::url};

pub(crate) struct StatisticsQuery {
    pub(super) question: StatisticsRequest,
    pub(super) sort: Sort,
    pub(super) descending: bool,
    /// The key of the row with an open explanation, or `total`.
    pub(super) explain: String,
    /// The period as the user typed it, with its error.
    pub(super) form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Name,
    Leads,
    Clients,
    Conversion,
    Revenue,
    Spend,
    IncomeToCost,
    Roi,
    CostPerLead,
    CostPerClient,
}

impl Sort {
    pub(super) const ALL: [Self; 10] = [
        Self::Name,
        Self::Leads,
        Self::Clients,
        Self::Conversion,
        Self::Revenue,
        Self::Spend,
        Self::IncomeToCost,
        Self::Roi,
        Self::CostPerLead,
        Self::CostPerClient,
    ];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Leads => "leads",
            Self::Clients => "clients",
            Self::Conversion => "conversion",
            Self::Revenue => "revenue",
            Self::Spend => "spend",
            Self::IncomeToCost => "income_to_cost",
            Self::Roi => "roi",
            Self::CostPerLead => "cost_per_lead",
            Self::CostPerClient => "cost_per_client",
        }
    }

    /// Months in their order, other rows by income.
    const fn usual(by: Grouping) -> (Self, bool) {
        match by {
            Grouping::Month => (Self::Name, false),
            Grouping::Campaign | Grouping::Channel | Grouping::Service => (Self::Revenue, true),
        }
    }

    fn of(self, it: &Figures) -> Option<i128> {
        let some = |it: Option<Hundredths>| it.map(|it| it.0);
        match self {
            Self::Name => None,
            Self::Leads => Some(i128::from(it.leads)),
            Self::Clients => Some(i128::from(it.clients)),
            Self::Revenue => Some(it.revenue),
            Self::Spend => Some(it.spend),
            Self::Conversion => some(it.conversion),
            Self::IncomeToCost => some(it.income_to_cost),
            Self::Roi => some(it.roi),
            Self::CostPerLead => some(it.cost_per_lead),
            Self::CostPerClient => some(it.cost_per_client),
        }
    }
}

/// By the chosen number. Undefined figures come last in both directions.
pub(super) fn sort(rows: &mut [ReportRow], by: Sort, descending: bool) {
    rows.sort_by_cached_key(|it| (fold(&it.name), it.of.clone()));
    if by == Sort::Name {
        if descending {
            rows.reverse();
        }
        return;
    }
    rows.sort_by(|a, b| match (by.of(&a.figures), by.of(&b.figures)) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
}

/// The code of a row in the URL.
pub(super) fn key(row: &ReportRow) -> String {
    match row.of {
        RowSubject::Campaign(id) => id.to_string(),
        RowSubject::Channel => format!("channel:{}", row.name),
        RowSubject::Service(id) => id.to_string(),
        RowSubject::NoCampaign => "none".to_owned(),
        RowSubject::Before(_) => "before".to_owned(),
        RowSubject::Month(from, _) => from.to_string(),
        RowSubject::Since(_) => "since".to_owned(),
        RowSubject::Undated => "undated".to_owned(),
    }
}

impl StatisticsQuery {
    pub(super) fn read(query: Option<String>) -> Self {
        let query = FormData::from_query(query.unwrap_or_default().as_bytes());
        let attribution = Attribution::from_code(query.get("lens")).unwrap_or_default();
        let by = Grouping::from_code(query.get("group")).unwrap_or_default();
        let sort = query.get("sort").to_owned();
        let explain = query.get("explain").to_owned();
        let named = Sort::ALL.into_iter().find(|it| it.code() == sort.trim_start_matches('-'));
        let (sort, descending) = named.map_or(Sort::usual(by), |it| (it, sort.starts_with('-')));
        let mut form = Form::of(query);
        let period = period(&mut form);
        Self { question: StatisticsRequest { attribution, period, by }, sort, descending, explain, form }
    }

    /// The URL of this query with some values changed.
    pub(super) fn at(&self, path: &str, change: &[(&str, &str)]) -> String {
        let day = |it: Option<Day>| it.map(|it| it.to_string()).unwrap_or_default();
        let StatisticsRequest { attribution, period, by } = self.question;
        let sort = format!("{}{}", if self.descending { "-" } else { "" }, self.sort.code());
        let usual = (self.sort, self.descending) == Sort::usual(by);
        let (from, until) = (day(period.map(Period::from)), day(period.map(Period::until)));
        let now = [
            ("lens", attribution.code()),
            ("group", if by == Grouping::default() { "" } else { by.code() }),
            (Field::StartsOn.code(), from.as_str()),
            (Field::EndsOn.code(), until.as_str()),
            ("sort", if usual { "" } else { sort.as_str() }),
            ("explain", ""),
            ("format", ""),
        ];
        let changed = now.map(|(name, value)| (name, change.iter().find(|it| it.0 == name).map_or(value, |it| it.1)));
        url(path, &changed)
    }

    pub(super) fn url(&self, change: &[(&str, &str)]) -> String {
        self.at("/statistics", change)
    }
}

/// Both days or none.
fn period(form: &mut Form) -> Option<Period> {
    let from = form.optional(Field::StartsOn, parse_day);
    let until = form.optional(Field::EndsOn, parse_day);
    match (from.flatten(), until.flatten()) {
        (Some(from), Some(until)) => form.check(Field::EndsOn, bounded(from, until)),
        (Some(_), None) if form.problem(Field::EndsOn).is_none() => {
            form.check::<Period>(Field::EndsOn, Err(Invalid::Empty))
        }
        (None, Some(_)) if form.problem(Field::StartsOn).is_none() => {
            form.check::<Period>(Field::StartsOn, Err(Invalid::Empty))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::statistics::Sums;

    fn row(name: &str, leads: u64, clients: u64) -> ReportRow {
        let sums = Sums { leads, clients, ..Default::default() };
        ReportRow { of: RowSubject::Channel, name: name.into(), figures: Figures::of_stretch(&sums, None) }
    }

    #[test]
    fn undefined_values_sort_last_in_both_directions() {
        let mut rows = vec![row("none", 0, 0), row("half", 2, 1), row("all", 1, 1)];
        let order = |rows: &[ReportRow]| rows.iter().map(|it| it.name.clone()).collect::<Vec<_>>().join(" ");
        sort(&mut rows, Sort::Conversion, true);
        assert_eq!(order(&rows), "all half none");
        sort(&mut rows, Sort::Conversion, false);
        assert_eq!(order(&rows), "half all none");
        sort(&mut rows, Sort::Name, true);
        assert_eq!(order(&rows), "none half all");
    }

    #[test]
    fn half_a_period_is_an_error() {
        let asked = StatisticsQuery::read(Some("starts_on=2026-01-01&lens=event&sort=-roi".to_owned()));
        assert_eq!(
            asked.question,
            StatisticsRequest { attribution: Attribution::ByContractDate, ..Default::default() }
        );
        assert!(asked.form.problem(Field::EndsOn).is_some());
        assert_eq!((asked.sort, asked.descending), (Sort::Roi, true));
    }

    #[test]
    fn months_sort_by_time_by_default() {
        let asked = |query: &str| StatisticsQuery::read(Some(query.to_owned()));
        let months = asked("group=month");
        assert_eq!((months.sort, months.descending), (Sort::Name, false));
        assert_eq!(months.url(&[]), "/statistics?lens=cohort&group=month");
        assert_eq!(months.url(&[("sort", "-roi")]), "/statistics?lens=cohort&group=month&sort=-roi");
        assert_eq!(asked("group=month&sort=-roi").url(&[("group", "")]), "/statistics?lens=cohort&sort=-roi");
        assert_eq!(asked("group=moon&sort=moon").url(&[]), "/statistics?lens=cohort");
    }
}
