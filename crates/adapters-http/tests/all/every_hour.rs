//! The pages at every hour of a week, at the turn of months and years, and when clocks change.
use chrono::{DateTime, TimeDelta, Utc};
use conformance::fixtures::moment;
use domain::{
    calendar::{days_after, month_start, months_before},
    lead::{Lead, LeadId},
    values::Day,
};

use crate::support::{
    Browser, Site, html,
    office::{Office, PASSWORD, Person, databases, folder},
};

async fn office(zone: &str, now: DateTime<Utc>) -> Office {
    let office = Office::empty_in(zone, databases::usual().await, folder()).await;
    office.clock.set(now);
    office.staffed().await
}

/// A site of an organisation in some time zone, with a lead to be worked on.
struct Desk {
    site: Site,
    lead: LeadId,
}

impl Desk {
    async fn at(zone: &str, now: DateTime<Utc>) -> Self {
        let office = office(zone, now).await;
        let service = office.service().await;
        let lead = office.lead(Some(office.campaign(service).await)).await;
        Self { site: Site::of(office, false), lead }
    }

    fn today(&self) -> Day {
        self.site.office.crm.today()
    }

    /// Whether the list contains the lead.
    async fn is_listed(&self, browser: &mut Browser, filter: &str) -> bool {
        let answer = browser.get(&format!("/leads?{filter}")).await;
        assert_eq!(answer.status, 200, "{filter}");
        answer.text().contains(&format!("href=\"/leads/{}", self.lead))
    }

    async fn plan(&self, browser: &mut Browser, when: &str) -> Option<Day> {
        let version = self.site.office.stored::<Lead>(self.lead).await.stamp.version.to_string();
        let planned = [("version", version.as_str()), ("next_step", "Перезвонить"), ("when", when)];
        let answer = browser.post(&format!("/leads/{}/next-step", self.lead), &planned).await;
        assert_eq!(answer.status, 303, "{when}");
        self.site.office.stored::<Lead>(self.lead).await.next_step.map(|it| it.due)
    }

    /// All pages that show the current day agree.
    async fn check(&self, now: DateTime<Utc>) {
        self.site.office.clock.set(now);
        let (today, calendar) = (self.today(), self.site.office.crm.organisation().calendar);
        let at = format!("{now}, {} in {}", calendar.local(now), calendar.name());
        assert_eq!(today, calendar.local(now).date(), "{at}");
        let mut gleb = self.site.browser(Person::Gleb).await;

        let form = gleb.get("/contracts/new").await.text();
        let tags = html::tags(&form);
        let signed_on = tags.iter().find(|it| it.get("name") == Some("signed_on")).unwrap().get("value");
        assert_eq!(signed_on, Some(today.to_string().as_str()), "{at}");

        for (when, days) in [("in_a_week", 7), ("in_3_days", 3), ("tomorrow", 1), ("today", 0)] {
            assert_eq!(self.plan(&mut gleb, when).await, Some(days_after(today, days)), "{when}: {at}");
        }
        for (filter, listed) in [("due=today", true), ("due=week", true), ("due=overdue", false), ("due=later", false)]
        {
            assert_eq!(self.is_listed(&mut gleb, filter).await, listed, "{filter}: {at}");
        }
        let home = html::words(&gleb.get("/").await.text());
        assert!(home.contains("Здравствуйте"), "{at}: {home}");
        let log = gleb.get(&format!("/audit?act=signed_in&starts_on={today}&ends_on={today}")).await;
        assert!(log.status == 200 && html::words(&log.text()).contains("Глеб"), "{at}: {}", html::words(&log.text()));
        self.check_statistics(&mut gleb, today, &at).await;
    }

    /// The preset periods end today, and each is compared with as many days before it.
    async fn check_statistics(&self, browser: &mut Browser, today: Day, at: &str) {
        let page = browser.get("/statistics").await.text();
        let links: Vec<String> = html::tags(&page).iter().filter_map(|it| it.get("href")).map(str::to_owned).collect();
        for from in [0, 2, 11].map(|it| months_before(month_start(today), it)) {
            let period = format!("starts_on={from}&ends_on={today}");
            let link = links.iter().find(|it| it.replace("&amp;", "&").contains(&period));
            let link = link.unwrap_or_else(|| panic!("no {period}: {at}: {links:?}")).replace("&amp;", "&");
            let answer = browser.get(&link).await;
            assert!(answer.status == 200 && html::words(&answer.text()).contains("Сравнение"), "{link}: {at}");
        }
        assert_eq!(browser.get("/statistics?group=month").await.status, 200, "{at}");
        assert_eq!(browser.get("/statistics/cohorts").await.status, 200, "{at}");
    }
}

#[tokio::test]
async fn pages_show_the_right_day_at_every_hour_of_a_week() {
    let monday = moment("2026-11-30T00:05:00Z");
    let desk = Desk::at("Europe/Moscow", monday).await;
    for hour in 0..7 * 24 {
        desk.check(monday + TimeDelta::hours(hour)).await;
    }
}

#[tokio::test]
async fn pages_show_the_right_day_in_other_time_zones_and_when_clocks_change() {
    for zone in ["Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kamchatka", "Pacific/Apia"] {
        let desk = Desk::at(zone, moment("2026-10-24T00:00:00Z")).await;
        let calendar = desk.site.office.crm.organisation().calendar;
        for day in [
            "2026-10-25",
            "2026-11-01",
            "2026-12-01",
            "2027-01-01",
            "2027-03-14",
            "2027-03-28",
            "2028-02-29",
            "2028-03-01",
        ] {
            let midnight = calendar.midnight(day.parse().unwrap());
            for seconds in [-1, 0, 2 * 3600 - 1, 2 * 3600, 23 * 3600 - 1] {
                desk.check(midnight + TimeDelta::seconds(seconds)).await;
            }
        }
    }
}

#[tokio::test]
async fn a_session_lasts_equally_long_when_clocks_change() {
    for (zone, change) in [
        ("Europe/Berlin", "2027-03-28T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T01:00:00Z"),
        ("America/New_York", "2026-11-01T06:00:00Z"),
        ("America/New_York", "2027-03-14T07:00:00Z"),
    ] {
        let (change, hours, least) = (moment(change), TimeDelta::hours, TimeDelta::microseconds(1));
        let site = Site::of(office(zone, change - hours(4)).await, false);
        let (start, clock) = (change - hours(4), &site.office.clock);
        let mut idle = site.browser(Person::Anna).await;
        let mut used = site.browser(Person::Anna).await;
        let status = async |browser: &mut Browser, at| {
            clock.set(at);
            browser.get("/account").await.status
        };
        // A session ends after eight hours without use, and after a day in any case.
        assert_eq!(status(&mut used, start + hours(8) - least).await, 200, "{zone} {change}");
        assert_eq!(status(&mut idle, start + hours(8)).await, 303, "{zone} {change}");
        assert_eq!(status(&mut used, start + hours(15)).await, 200, "{zone} {change}");
        assert_eq!(status(&mut used, start + hours(22)).await, 200, "{zone} {change}");
        assert_eq!(status(&mut used, start + hours(24) - least).await, 200, "{zone} {change}");
        assert_eq!(status(&mut used, start + hours(24)).await, 303, "{zone} {change}");
    }
}

#[tokio::test]
async fn throttling_lasts_equally_long_over_midnight_and_when_clocks_change() {
    for (zone, at) in [
        ("Europe/Moscow", "2026-12-31T20:59:58Z"),
        ("Europe/Berlin", "2027-03-28T00:59:58Z"),
        ("America/New_York", "2026-11-01T05:59:58Z"),
    ] {
        let site = Site::of(office(zone, moment(at)).await, false);
        let mut stranger = site.stranger();
        let mut guess = async |password| {
            let answer = stranger.post("/sign-in", &[("username", "anna"), ("password", password)]).await;
            answer.status
        };
        let mut wrong = 0;
        while guess("не тот пароль").await == 422 {
            wrong += 1;
            assert!(wrong < 50, "{at}: nobody is stopped");
        }
        assert_eq!(guess(PASSWORD).await, 429, "{at}");
        site.office.clock.advance(TimeDelta::seconds(9));
        assert_eq!(guess(PASSWORD).await, 429, "{at}");
        site.office.clock.advance(TimeDelta::seconds(1));
        assert_eq!(guess(PASSWORD).await, 303, "{at}");
    }
}
