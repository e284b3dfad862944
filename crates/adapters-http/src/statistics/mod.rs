//! Statistics: which campaigns pay, over which period, through which lens.
mod charts;
pub(crate) mod figures;
mod table;
mod view;

use application::{Report, ReportRow};
use axum::extract::RawQuery;
use domain::{
    access::Permission,
    calendar::{month_start, months_before},
    field::Field,
    statistics::{Figures, Hundredths, Lens},
    values::{Day, Period, parse_day},
};

use crate::{
    form::Form,
    form_data::FormData,
    page::{Answer, Page},
    routes::{Route, Who::May, page},
    ui::list::url,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![page("/statistics", May(Permission::ViewStatistics), show)]
}

/// What the URL asks for.
pub(crate) struct Asked {
    lens: Lens,
    period: Option<Period>,
    sort: Sort,
    descending: bool,
    /// The id of the campaign whose numbers are explained; `none`, or `total`.
    explain: String,
    /// The period as it was typed, with what is wrong with it.
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
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
    const ALL: [Self; 10] = [
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

    const fn code(self) -> &'static str {
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

/// By the chosen number; what is undefined comes last in both directions.
fn sort(rows: &mut [ReportRow], by: Sort, descending: bool) {
    rows.sort_by(|a, b| {
        let names = domain::values::fold(&a.name).cmp(&domain::values::fold(&b.name));
        let order = match (by.of(&a.figures), by.of(&b.figures)) {
            (Some(a), Some(b)) if descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) if by == Sort::Name && descending => names.reverse(),
            (None, None) => names,
        };
        order.then(names)
    });
}

impl Asked {
    fn read(query: FormData) -> Self {
        let lens = Lens::from_code(query.get("lens")).unwrap_or_default();
        let sort = query.get("sort").to_owned();
        let explain = query.get("explain").to_owned();
        let by = Sort::ALL.into_iter().find(|it| it.code() == sort.trim_start_matches('-'));
        let descending = by.is_none() || sort.starts_with('-');
        let mut form = Form::of(query);
        let from = form.optional(Field::StartsOn, parse_day);
        let until = form.optional(Field::EndsOn, parse_day);
        let period = match (from.flatten(), until.flatten()) {
            (Some(from), Some(until)) => form.check(Field::EndsOn, Period::new(from, until)),
            (Some(_), None) if form.problem(Field::EndsOn).is_none() => {
                form.check::<()>(Field::EndsOn, Err(domain::values::Invalid::Empty));
                None
            }
            (None, Some(_)) if form.problem(Field::StartsOn).is_none() => {
                form.check::<()>(Field::StartsOn, Err(domain::values::Invalid::Empty));
                None
            }
            _ => None,
        };
        Self { lens, period, sort: by.unwrap_or(Sort::Revenue), descending, explain, form }
    }

    /// The page's URL with some of it changed.
    fn url(&self, change: &[(&str, &str)]) -> String {
        let day = |it: Option<Day>| it.map(|it| it.to_string()).unwrap_or_default();
        let sort = format!("{}{}", if self.descending { "-" } else { "" }, self.sort.code());
        let (from, until) = (day(self.period.map(Period::from)), day(self.period.map(Period::until)));
        let now = [
            ("lens", self.lens.code()),
            (Field::StartsOn.code(), from.as_str()),
            (Field::EndsOn.code(), until.as_str()),
            ("sort", sort.as_str()),
            ("explain", ""),
        ];
        let changed = now.map(|(name, value)| (name, change.iter().find(|it| it.0 == name).map_or(value, |it| it.1)));
        url("/statistics", &changed)
    }
}

async fn show(page: Page, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::read(FormData::from_query(query.unwrap_or_default().as_bytes()));
    let mut report: Report = page.session.statistics(asked.lens, asked.period).await?;
    sort(&mut report.rows, asked.sort, asked.descending);
    Ok(page.show_form(page.t.statistics, &asked.form, &view::report(&page, &asked, &report)))
}

/// The periods offered with one press.
fn presets(today: Day) -> [Option<Period>; 4] {
    let since = |from| Period::new(from, today).ok();
    [
        None,
        since(month_start(today)),
        since(months_before(month_start(today), 2)),
        since(months_before(month_start(today), 11)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::statistics::CampaignSums;

    fn row(name: &str, leads: u64, clients: u64) -> ReportRow {
        let sums = CampaignSums { leads, clients, ..Default::default() };
        ReportRow { campaign: None, name: name.into(), figures: Figures::of(&sums) }
    }

    #[test]
    fn what_is_undefined_comes_last_in_both_directions() {
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
    fn half_a_period_is_told_not_guessed() {
        let asked = Asked::read(FormData::from_query(b"starts_on=2026-01-01&lens=event&sort=-roi"));
        assert_eq!(asked.period, None);
        assert!(asked.form.problem(Field::EndsOn).is_some());
        assert_eq!((asked.lens, asked.sort, asked.descending), (Lens::Event, Sort::Roi, true));
    }
}
