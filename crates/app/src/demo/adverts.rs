//! The campaigns of the invented company: begun, paid for every week, and put away.
use chrono::{DateTime, Datelike, Days, TimeDelta, Utc, Weekday};
use domain::{
    campaign::{Campaign, CampaignDetails, CampaignId},
    spend::{SpendDay, SpendDetails, SpendEntry, SpendId},
    values::{CampaignName, Channel, Day, Invalid, Money, OpenPeriod, SpendNote},
};

use super::{
    company::{Company, roubles},
    days::Year,
    offer::{Advert, CAMPAIGNS, OVERSPENT},
    random::Random,
};
use crate::failure::Failure;

/// A campaign is entered so many days before it begins, and put away so many after its end.
const BEFORE: u64 = 4;
const AFTER: u64 = 3;
/// How many of a thousand leads come from nowhere in particular.
const WITHOUT: u64 = 30;

pub(super) struct Adverts {
    today: Day,
    running: [Running; CAMPAIGNS.len()],
}

#[derive(Default)]
struct Running {
    campaign: Option<Campaign>,
    /// How many leads it is expected to bring in all, in thousandths.
    expected: u64,
    /// How many it has brought since the last expense.
    leads: u64,
    /// All expenses until now, in roubles.
    spent: i64,
}

impl Adverts {
    pub(super) fn new(year: &Year, today: Day) -> Self {
        let mut running: [Running; CAMPAIGNS.len()] = Default::default();
        for day in year.days() {
            let active: u64 = CAMPAIGNS.iter().map(|it| weight_on(it, day, today)).sum();
            for (it, advert) in running.iter_mut().zip(&CAMPAIGNS) {
                it.expected += year.leads_on(day) * (1000 - WITHOUT) * weight_on(advert, day, today) / active.max(1);
            }
        }
        Self { today, running }
    }

    /// Where a lead of that day comes from: its place in [`CAMPAIGNS`] and its id.
    pub(super) fn choose(&mut self, random: &mut Random, day: Day) -> Option<(&'static Advert, CampaignId)> {
        if random.chance(WITHOUT) {
            return None;
        }
        let today = self.today;
        self.bring(random.weighted(CAMPAIGNS.iter().map(|it| weight_on(it, day, today))))
    }

    /// A lead comes from this one of [`CAMPAIGNS`].
    pub(super) fn bring(&mut self, at: usize) -> Option<(&'static Advert, CampaignId)> {
        let running = &mut self.running[at];
        let campaign = running.campaign.as_ref()?;
        running.leads += 1;
        Some((&CAMPAIGNS[at], campaign.id))
    }
}

/// Nothing while it does not run.
fn weight_on(advert: &Advert, day: Day, today: Day) -> u64 {
    let runs = day >= first_day(advert, today) && last_day(advert, today).is_none_or(|it| day <= it);
    if runs { advert.weight } else { 0 }
}

fn first_day(advert: &Advert, today: Day) -> Day {
    today - Days::new(advert.started.into())
}

fn last_day(advert: &Advert, today: Day) -> Option<Day> {
    advert.ended.map(|it| today - Days::new(it.into()))
}

impl Company {
    /// The marketer's day: begins and ends campaigns, and enters their costs on Mondays.
    pub(super) async fn advertise(&mut self, day: Day) -> Result<(), Failure> {
        let today = self.place.today();
        let mut at = self.place.calendar.midnight(day) + TimeDelta::minutes(9 * 60 + 30);
        for (number, advert) in CAMPAIGNS.iter().enumerate() {
            at += TimeDelta::seconds(self.random.between(60..=400));
            if at >= self.place.now {
                break;
            }
            self.act(self.staff.marketer, at);
            if day + Days::new(BEFORE) == first_day(advert, today) {
                self.begin_campaign(number, at).await?;
            }
            if day.weekday() == Weekday::Mon {
                self.pay(number, day).await?;
                // The last Monday before today is over only when it is a week ago.
                if number == OVERSPENT && (7..14).contains(&(today - day).num_days()) {
                    self.prepay(number, day).await?;
                }
            }
            if advert.archived && last_day(advert, today).is_some_and(|it| day == it + Days::new(AFTER)) {
                self.put_away(number).await?;
            }
        }
        Ok(())
    }

    async fn begin_campaign(&mut self, number: usize, at: DateTime<Utc>) -> Result<(), Failure> {
        let (advert, today) = (&CAMPAIGNS[number], self.place.today());
        let details = CampaignDetails {
            name: CampaignName::parse(advert.name)?,
            service: self.services[advert.service],
            channel: Channel::parse(advert.channel)?,
            budget: budget(advert, self.adverts.running[number].expected)?,
            dates: OpenPeriod::new(Some(first_day(advert, today)), last_day(advert, today))?,
        };
        let campaign = Campaign::new(CampaignId::new(at), details, self.work.by, at);
        self.insert(&campaign).await?;
        self.adverts.running[number].campaign = Some(campaign);
        Ok(())
    }

    /// Enters the costs of last week's leads.
    async fn pay(&mut self, number: usize, monday: Day) -> Result<(), Failure> {
        let running = &mut self.adverts.running[number];
        let leads = i64::try_from(std::mem::take(&mut running.leads)).unwrap_or_default();
        let campaign = running.campaign.as_ref().map(|it| it.id);
        let (Some(campaign), Some(price)) = (campaign, CAMPAIGNS[number].lead_price) else { return Ok(()) };
        if leads == 0 {
            return Ok(());
        }
        let hundreds = (leads * price * self.random.between(88..=112) / 100 / 100).max(1);
        let (first, last) = (monday - Days::new(7), monday - Days::new(1));
        let note = format!("Неделя {}–{}", first.format("%d.%m"), last.format("%d.%m"));
        self.spend(number, campaign, last, hundreds * 100, &note).await
    }

    /// Pays so far ahead that the campaign costs more than was planned, if it does not already.
    async fn prepay(&mut self, number: usize, monday: Day) -> Result<(), Failure> {
        let running = &self.adverts.running[number];
        let Some(campaign) = running.campaign.as_ref() else { return Ok(()) };
        let missing = campaign.details.budget.minor() / 100 * 104 / 100 - running.spent;
        if missing <= 0 {
            return Ok(());
        }
        let id = campaign.id;
        self.spend(number, id, monday, (missing / 100 + 1) * 100, "Предоплата за месяц").await
    }

    async fn spend(
        &mut self,
        number: usize,
        campaign: CampaignId,
        day: Day,
        amount: i64,
        note: &str,
    ) -> Result<(), Failure> {
        self.adverts.running[number].spent += amount;
        let details =
            SpendDetails { spent_on: SpendDay::new(day)?, amount: roubles(amount)?, note: SpendNote::parse(note)? };
        let at = self.work.now;
        let entry = SpendEntry::new(SpendId::new(at), campaign, details, self.work.by, at);
        self.insert(&entry).await
    }

    async fn put_away(&mut self, number: usize) -> Result<(), Failure> {
        let Some(before) = self.adverts.running[number].campaign.clone() else { return Ok(()) };
        let campaign = self.update(&before, Campaign { archived: true, ..before.clone() }).await?;
        self.adverts.running[number].campaign = Some(campaign);
        Ok(())
    }
}

/// The rough costs of the expected leads, in round thousands.
fn budget(advert: &Advert, expected: u64) -> Result<Money, Invalid> {
    let leads = i64::try_from(expected / 1000).unwrap_or_default();
    let cost = leads * advert.lead_price.unwrap_or(3_000) * advert.budget / 100;
    roubles((cost / 5_000 + 1) * 5_000)
}
