//! The demo at any moment, in any zone and of any size: filled into memory, through the port of the clock.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use adapters_memory::MemoryStore;
use adapters_passwords::Bcrypt;
use application::{Crm, Organisation, Ports};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc, Weekday};
use domain::{
    audit::AuditEntry,
    calendar::{Calendar, days_after},
    campaign::{Campaign, CampaignFilter},
    clock::Clock,
    contract::{Contract, ContractFilter},
    document::{Checksum, DocumentId},
    files::{ByteStream, Files, FilesError, StoredFile},
    lead::{Lead, LeadFilter, LeadStage},
    page::{Cursor, PageRequest},
    record::Record,
    spend::{SpendEntry, SpendFilter},
    store::{Mode, Repository, Store, UnitOfWork},
    user::UserId,
    values::Username,
};
use futures::{TryStreamExt, stream};
use sha2::{Digest, Sha256};

use super::{LEAST_LEADS, Made, filing::Filing, fill};
use crate::words;

struct Still(DateTime<Utc>);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// Takes every file, and keeps none.
struct Shredder;

#[async_trait]
impl Files for Shredder {
    async fn put(&self, _: DocumentId, bytes: ByteStream, _: u64) -> Result<StoredFile, FilesError> {
        let bytes = bytes.try_collect::<Vec<Bytes>>().await?.concat();
        Ok(StoredFile { size: bytes.len() as u64, checksum: Checksum(Sha256::digest(&bytes).into()) })
    }

    async fn has_room(&self) -> Result<bool, FilesError> {
        Ok(true)
    }

    async fn open(&self, _: DocumentId) -> Result<ByteStream, FilesError> {
        Ok(Box::pin(stream::empty()))
    }

    async fn remove(&self, _: DocumentId) -> Result<(), FilesError> {
        Ok(())
    }

    async fn put_aside(&self, _: DocumentId) -> Result<(), FilesError> {
        Ok(())
    }

    async fn older_than(&self, _: DateTime<Utc>, _: usize) -> Result<Vec<DocumentId>, FilesError> {
        Ok(Vec::new())
    }
}

/// What a demo of that moment is made of.
struct Filled {
    now: DateTime<Utc>,
    calendar: Calendar,
    made: Made,
    leads: Vec<Lead>,
    contracts: Vec<Contract>,
    campaigns: Vec<Campaign>,
    spend: Vec<SpendEntry>,
    log: Vec<AuditEntry>,
    anna: UserId,
    maxim: UserId,
}

async fn all<R>(work: &mut Box<dyn UnitOfWork>, filter: R::Filter) -> Vec<R>
where
    R: Record,
    dyn UnitOfWork: Repository<R>,
{
    let (mut records, mut cursor) = (Vec::new(), Cursor::Start);
    loop {
        let page = PageRequest::sized(cursor, PageRequest::MAX_SIZE);
        let page = Repository::<R>::list(&mut **work, &filter, page).await.unwrap();
        records.extend(page.items);
        match records.last() {
            Some(last) if page.has_older => cursor = Cursor::After(last.id().into()),
            _ => return records,
        }
    }
}

async fn demo(zone: &str, now: DateTime<Utc>, leads: u32) -> Filled {
    let calendar = Calendar::named(zone).unwrap();
    let (store, files): (Arc<dyn Store>, Arc<dyn Files>) = (Arc::new(MemoryStore::default()), Arc::new(Shredder));
    let ports = Ports {
        store: Arc::clone(&store),
        files: Arc::clone(&files),
        passwords: Arc::new(Bcrypt::new(4, 4)),
        clock: Arc::new(Still(now)),
    };
    let crm = Crm::new(ports, Organisation { calendar, document_limit: 1 << 20, waiting_uploads: 20 });
    let roles = words::role_names(adapters_http::Language::Russian).unwrap();
    crm.make_default_roles(roles).await.unwrap();
    let made = fill(&crm, &Bcrypt::new(4, 4), Filing::new(files, 1 << 20), "RUB", leads, |_| ()).await.unwrap();

    let mut work = store.begin(Mode::Read).await.unwrap();
    let mut log: Vec<AuditEntry> = Vec::new();
    loop {
        let after = log.last().map(|it| it.id.into());
        let more = work.entries(after, 1000).await.unwrap();
        if more.is_empty() {
            break;
        }
        log.extend(more);
    }
    let mut campaigns = all(&mut work, CampaignFilter::default()).await;
    campaigns.extend(all(&mut work, CampaignFilter { archived: true, ..Default::default() }).await);
    let mut user = async |name| work.user_named(&Username::parse(name).unwrap()).await.unwrap().unwrap().id;
    let (anna, maxim) = (user("anna").await, user("maxim").await);
    Filled {
        now,
        calendar,
        made,
        leads: all(&mut work, LeadFilter::default()).await,
        contracts: all(&mut work, ContractFilter::default()).await,
        campaigns,
        spend: all(&mut work, SpendFilter::default()).await,
        log,
        anna,
        maxim,
    }
}

impl Filled {
    fn stages(&self) -> BTreeMap<LeadStage, usize> {
        let mut stages = BTreeMap::new();
        for lead in &self.leads {
            *stages.entry(lead.stage()).or_default() += 1;
        }
        stages
    }

    /// Fails where something is missing, or cannot have happened by now.
    fn check(&self, leads: u32) {
        let local = self.calendar.local(self.now);
        let at = format!("{leads} leads at {} ({local} in {}): {:?}", self.now, self.calendar.name(), self.stages());
        assert_eq!((self.leads.len(), self.made.leads), (leads as usize, leads.into()), "{at}");
        assert_eq!(self.stages().into_keys().collect::<Vec<_>>(), LeadStage::ALL, "{at}");
        self.check_steps(&at);
        self.check_contracts(&at);
        self.check_campaigns(&at);
        self.check_moments(&at);
    }

    fn check_steps(&self, at: &str) {
        let today = self.calendar.day(self.now);
        let new =
            |assignee| self.leads.iter().any(|it| it.stage() == LeadStage::New && it.details.assignee == assignee);
        assert!(new(Some(self.anna)) && new(None), "nobody waits for the first call: {at}");
        assert!(self.leads.iter().any(|it| it.details.campaign.is_none()), "each lead has a campaign: {at}");
        let planned = |user| {
            let own = self.leads.iter().filter(move |it| it.details.assignee == Some(user) && it.is_open());
            own.filter_map(|it| it.step_to_do()).map(move |it| (it.due - today).num_days())
        };
        let anna: Vec<i64> = planned(self.anna).collect();
        assert!(anna.iter().any(|it| *it < 0), "nothing is overdue: {anna:?} {at}");
        assert!(anna.contains(&0), "nothing is due today: {anna:?} {at}");
        assert!(anna.iter().any(|it| *it > 0), "nothing is due later: {anna:?} {at}");
        assert!(planned(self.maxim).any(|it| it <= 0), "nothing is due of a manager: {at}");
        let unplanned = |it: &&Lead| it.stage() == LeadStage::InProgress && it.step_to_do().is_none();
        assert!(self.leads.iter().any(|it| unplanned(&it)), "everything is planned: {at}");
        let phones: Vec<_> = self.leads.iter().map(|it| (&it.details.full_name, &it.details.contact)).collect();
        assert!((0..phones.len()).any(|it| phones[..it].contains(&phones[it])), "nobody calls again: {at}");
    }

    fn check_contracts(&self, at: &str) {
        let today = self.calendar.day(self.now);
        let soon = |it: &&Contract| (today..=days_after(today, 30)).contains(&it.details.valid.until());
        let ending = self.contracts.iter().filter(soon).filter(|it| it.client.is_some()).count();
        assert!(ending > 0, "no contract ends soon: {at}");
        assert!(self.contracts.iter().all(|it| it.details.signed_on.day() <= today), "{at}");
        assert_eq!(self.contracts.iter().filter(|it| it.client.is_none()).count(), 3, "{at}");
    }

    fn check_campaigns(&self, at: &str) {
        let today = self.calendar.day(self.now);
        let spent = |it: &Campaign| {
            let own = self.spend.iter().filter(|spend| spend.campaign == it.id);
            own.map(|it| it.details.amount.minor()).sum::<i64>()
        };
        let any = |kind: &dyn Fn(&Campaign) -> bool| self.campaigns.iter().any(kind);
        let ended = |it: &Campaign| it.details.dates.until().is_some_and(|it| it < today);
        let running = |it: &Campaign| !it.archived && !ended(it);
        assert!(any(&|it| it.archived) && any(&|it| ended(it) && !it.archived), "{at}");
        assert!(any(&|it| running(it) && spent(it) > it.details.budget.minor()), "none is over its budget: {at}");
        assert!(any(&|it| running(it) && (1..it.details.budget.minor()).contains(&spent(it))), "none is within: {at}");
        assert!(any(&|it| running(it) && spent(it) == 0), "each has expenses: {at}");
    }

    /// Nothing happens in the future, nobody calls at night, and nobody works at night or at the weekend.
    fn check_moments(&self, at: &str) {
        let hours = |moment, hours: std::ops::Range<u32>| hours.contains(&self.calendar.local(moment).hour());
        for entry in &self.log {
            assert!(entry.at <= self.now, "{entry:?} is in the future: {at}");
        }
        for it in &self.leads {
            assert!(hours(it.stamp.created_at, 8..22), "{it:?} called at night: {at}");
            if it.stamp.version > 1 {
                let weekday = self.calendar.local(it.stamp.changed_at).weekday();
                let weekend = matches!(weekday, Weekday::Sat | Weekday::Sun);
                assert!(hours(it.stamp.changed_at, 9..19) && !weekend, "{it:?} was worked on at night: {at}");
            }
        }
        for it in &self.contracts {
            assert!(hours(it.stamp.created_at, 9..19), "{it:?} was signed at night: {at}");
        }
        let last = self.leads.iter().map(|it| it.stamp.created_at).max().unwrap();
        assert!(self.now - last < TimeDelta::hours(14), "nobody has called since {last}: {at}");
    }
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn every_hour_of_a_week_has_one_of_each_kind() {
    // From a Monday, at five past each hour.
    let monday = moment("2026-11-30T00:05:00Z");
    for hour in 0..7 * 24 {
        let now = monday + TimeDelta::hours(hour);
        demo("Europe/Moscow", now, LEAST_LEADS).await.check(LEAST_LEADS);
        demo("Europe/Moscow", now, 20).await.check(20);
    }
}

#[tokio::test]
async fn every_size_has_one_of_each_kind() {
    for hour in [2, 5, 9, 13, 20, 21, 23] {
        let now = moment("2026-12-01T00:05:00Z") + TimeDelta::hours(hour);
        for leads in [LEAST_LEADS, LEAST_LEADS + 1, 13, 47, 120, 300, 700] {
            demo("Europe/Moscow", now, leads).await.check(leads);
        }
    }
}

const ZONES: [&str; 6] =
    ["Europe/Moscow", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kamchatka", "Pacific/Apia"];

#[tokio::test]
async fn the_last_and_the_first_of_a_month_and_days_without_an_hour_have_one_of_each_kind() {
    for day in [
        // The last day of a month, in Greenwich and, some hours off, elsewhere; the first day of a year.
        "2026-11-30",
        "2026-12-31",
        "2027-01-01",
        "2028-02-28",
        "2028-02-29",
        "2028-03-01",
        // A year after a leap day, and the days on which clocks change in Europe and in America.
        "2029-02-28",
        "2026-10-25",
        "2026-11-01",
        "2027-03-14",
        "2027-03-28",
    ] {
        for zone in ZONES {
            let calendar = Calendar::named(zone).unwrap();
            let midnight = calendar.midnight(day.parse().unwrap());
            for minutes in [-1, 0, 119, 121, 8 * 60 + 1, 20 * 60 + 30] {
                demo(zone, midnight + TimeDelta::minutes(minutes), 12).await.check(12);
            }
        }
    }
}

#[tokio::test]
async fn it_looks_the_same_by_day_and_by_night() {
    for day in ["2026-12-01", "2026-12-05", "2026-12-07"] {
        for hour in 0..24 {
            let now = moment(&format!("{day}T00:05:00Z")) + TimeDelta::hours(hour);
            let filled = demo("Europe/Moscow", now, 300).await;
            let stages = filled.stages();
            let share = |stage| stages[&stage] * 100 / 300;
            assert!((2..=12).contains(&stages[&LeadStage::New]), "{now} {stages:?}");
            assert!((5..=60).contains(&stages[&LeadStage::InProgress]), "{now} {stages:?}");
            assert!((5..=60).contains(&stages[&LeadStage::Qualified]), "{now} {stages:?}");
            assert!((60..=85).contains(&share(LeadStage::Lost)), "{now} {stages:?}");
            assert!((5..=15).contains(&share(LeadStage::Converted)), "{now} {stages:?}");
            // Of 18 campaigns one has only its plan, and with so few leads a small one may have brought none.
            let paid: BTreeSet<_> = filled.spend.iter().map(|it| it.campaign).collect();
            assert!((14..=17).contains(&paid.len()), "{now} {}", paid.len());
        }
    }
}
