//! Plans of campaigns without expenses, on the pages that show them.
use crate::support::{
    Office,
    details::{campaign, spend},
    example::Example,
};
use application::{CampaignPage, RowSubject, StatisticsReport, StatisticsRequest};
use conformance::fixtures::{day, moment, money, period};
use domain::{
    campaign::{CampaignDetails, CampaignId},
    spend::SpendDetails,
    statistics::{Attribution, Grouping, Hundredths},
    values::{CampaignName, OpenPeriod},
};

async fn idle(it: &Example, name: &str, from: &str, until: &str) -> CampaignId {
    let end = |text: &str| (!text.is_empty()).then(|| day(text));
    let details = CampaignDetails {
        name: CampaignName::parse(name).unwrap(),
        budget: money("100"),
        dates: OpenPeriod::new(end(from), end(until)).unwrap(),
        ..campaign(it.services[0])
    };
    it.by.create_campaign(it.office.id(), details).await.unwrap()
}

#[tokio::test]
async fn plans_are_in_the_months_of_their_days() {
    for office in Office::each().await {
        let it = Example::over(office).await;
        it.office.clock.set(moment("2026-03-15T09:00:00Z"));
        let running = idle(&it, "Зима", "2026-01-01", "2026-03-31").await;
        let undated = idle(&it, "Без сроков", "", "").await;
        let future = idle(&it, "Весна", "2026-03-16", "2026-05-31").await;
        let by_month =
            |period| StatisticsRequest { attribution: Attribution::ByContractDate, period, by: Grouping::Month };
        let spend = |report: &StatisticsReport| {
            let rows = report.rows.iter().map(|it| &it.figures).chain([&report.total]);
            rows.map(|it| it.spend).collect::<Vec<_>>()
        };
        let all_time = it.by.statistics(by_month(None)).await.unwrap();
        assert_eq!(spend(&all_time), [10_503_451, 6_003_108, 1_665, 0, 10_000, 16_518_224]);
        assert_eq!(all_time.rows.last().map(|it| it.of.clone()), Some(RowSubject::Undated));
        let marked: Vec<_> = all_time.rows.iter().map(|it| it.figures.planned.is_some()).collect();
        assert_eq!(marked, [true, true, true, false, true], "April has a contract, and no day of a plan yet");
        let quarter = Some(period("2026-02-15", "2026-04-30"));
        let report = it.by.statistics(by_month(quarter)).await.unwrap();
        assert_eq!(spend(&report), [1_554, 1_665, 0, 3_219]);
        assert_eq!(report.rows.iter().map(|it| it.figures.planned).collect::<Vec<_>>(), [Some(1554), Some(1665), None]);
        assert_eq!(report.total.plan_without_dates, 10_000);

        let figures = async |id| it.by.campaign(id, CampaignPage::first_spend()).await.unwrap().figures.unwrap();
        let (one, two, three) = (figures(running).await, figures(undated).await, figures(future).await);
        assert_eq!((one.spend, one.planned, one.budget_use), (8_224, Some(8_224), Some(Hundredths(8_224))));
        assert_eq!((two.spend, two.planned), (10_000, Some(10_000)));
        assert_eq!((three.spend, three.planned, three.not_begun), (0, None, true));
        // Somebody pays in advance: there is a cost, and no return on it yet.
        it.by.add_spend(it.office.id(), future, spend_of("40")).await.unwrap();
        let three = figures(future).await;
        assert_eq!((three.spend, three.roi, three.income_to_cost), (4_000, None, Some(Hundredths(0))));
        it.by.archive_campaign(undated, true).await.unwrap();
        let two = figures(undated).await;
        assert_eq!((two.spend, two.planned, two.archived_unspent), (0, None, true));
    }
}

fn spend_of(amount: &str) -> SpendDetails {
    SpendDetails { amount: money(amount), ..spend() }
}
