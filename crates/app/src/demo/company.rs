//! The invented company, day by day: everything happens in the order of its moments, so that ids and histories are
//! as if people had done it.
use std::collections::HashMap;

use application::Work;
use chrono::{DateTime, Days, Utc};
use domain::{
    calendar::Calendar,
    field::Field,
    record::Record,
    service::{Service, ServiceDetails, ServiceId},
    store::{Repository, UnitOfWork},
    user::UserId,
    values::{Day, Description, Invalid, Money, ServiceName},
};

use super::{
    adverts::Adverts,
    agenda::Agenda,
    days::{SPAN, Year, call, later},
    deals::Customer,
    examples::{LEAST_LEADS, Script},
    filing::Filing,
    journey::Prospect,
    offer::SERVICES,
    people::Callers,
    random::Random,
    staff::Staff,
};
use crate::failure::Failure;

/// How long before the first lead the company began.
const BEFORE: u64 = 15;
/// When contracts were signed that no client has yet, in days before today: long enough ago that a weekend, which
/// moves them to Monday, does not move them into the future.
const FREE: [u64; 3] = [12, 8, 5];

/// Where it all happens.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) calendar: Calendar,
    pub(super) now: DateTime<Utc>,
}

pub(super) enum Step {
    Arrive,
    ArriveAs(Box<Script>),
    Begin(Box<Prospect>),
    Qualify(Box<Prospect>),
    Lose(Box<Prospect>),
    Sign(Box<Prospect>),
    SignAgain(Box<Customer>),
    SignWithoutClient,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) leads: u64,
    pub(super) clients: u64,
    pub(super) contracts: u64,
}

pub(super) struct Company {
    pub(super) work: Work,
    pub(super) filing: Filing,
    pub(super) random: Random,
    pub(super) place: Place,
    pub(super) currency: String,
    pub(super) staff: Staff,
    pub(super) services: Vec<ServiceId>,
    pub(super) adverts: Adverts,
    pub(super) callers: Callers,
    /// How many contracts there are, by the letter and the year in their numbers.
    pub(super) numbers: HashMap<(char, i32), u32>,
    pub(super) made: Made,
    /// How many there shall be.
    pub(super) leads: u64,
    agenda: Agenda<Step>,
    year: Year,
}

impl Place {
    pub(super) fn today(self) -> Day {
        self.calendar.day(self.now)
    }

    /// When the company began.
    pub(super) fn beginning(self) -> DateTime<Utc> {
        self.calendar.midnight(self.today() - Days::new(SPAN + BEFORE)) + chrono::TimeDelta::hours(9)
    }
}

impl Company {
    pub(super) fn new(work: Work, filing: Filing, place: Place, currency: String, staff: Staff, leads: u64) -> Self {
        // The examples are among the leads, and have moments of their own.
        let year = Year::new(place.now, place.calendar, leads.saturating_sub(LEAST_LEADS.into()));
        Self {
            work,
            filing,
            random: Random::seeded(0x0056_6F72_6F6E_6B61),
            place,
            currency,
            staff,
            services: Vec::new(),
            adverts: Adverts::new(&year, place.today()),
            callers: Callers::default(),
            numbers: HashMap::new(),
            made: Made::default(),
            leads,
            agenda: Agenda::new(),
            year,
        }
    }

    /// The whole history until now. `progress` is told how many leads there are already.
    pub(super) async fn live(&mut self, progress: impl Fn(u64)) -> Result<(), Failure> {
        let Place { calendar, now } = self.place;
        self.begin().await?;
        self.plan_examples()?;
        for days in FREE {
            let at = later(&mut self.random, calendar, now - Days::new(days), 0);
            self.plan(at, Step::SignWithoutClient);
        }
        let (first, today) = (calendar.day(self.place.beginning()), self.place.today());
        for day in first.iter_days().take_while(|it| *it <= today) {
            self.advertise(day).await?;
            for _ in 0..self.year.leads_on(day) {
                let at = call(&mut self.random, calendar, day, now);
                self.plan(at, Step::Arrive);
            }
            let end = calendar.midnight(day + Days::new(1)).min(now);
            while let Some((at, step)) = self.agenda.next_before(end) {
                self.take(at, step).await?;
            }
            progress(self.made.leads);
        }
        self.filing.finish().await
    }

    /// Saves everything at once.
    pub(super) async fn commit(self) -> Result<Made, Failure> {
        self.work.commit().await?;
        Ok(self.made)
    }

    pub(super) fn plan(&mut self, at: DateTime<Utc>, step: Step) {
        self.agenda.add(at, step);
    }

    /// The user and the moment of the next actions.
    pub(super) fn act(&mut self, by: UserId, at: DateTime<Utc>) {
        self.work.by = Some(by);
        self.work.now = at;
    }

    pub(super) async fn insert<R>(&mut self, record: &R) -> Result<(), Failure>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Ok(self.work.insert(record).await?)
    }

    pub(super) async fn update<R>(&mut self, before: &R, after: R) -> Result<R, Failure>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        Ok(self.work.update(before, after).await?)
    }

    async fn take(&mut self, at: DateTime<Utc>, step: Step) -> Result<(), Failure> {
        match step {
            Step::Arrive => self.arrive(at).await,
            Step::ArriveAs(script) => self.arrive_as(at, *script).await,
            Step::Begin(prospect) => self.begin_work(at, *prospect).await,
            Step::Qualify(prospect) => self.qualify(at, *prospect).await,
            Step::Lose(prospect) => self.lose(at, *prospect).await,
            Step::Sign(prospect) => self.sign(at, *prospect).await,
            Step::SignAgain(customer) => self.sign_again(at, *customer).await,
            Step::SignWithoutClient => self.sign_without_client(at).await,
        }
    }

    /// The staff, and the services.
    async fn begin(&mut self) -> Result<(), Failure> {
        let at = self.place.beginning();
        for user in self.staff.users.clone() {
            self.work.by = user.stamp.created_by;
            self.work.now = at;
            self.work.insert(&user).await.map_err(|error| match error {
                application::Error::Invalid(Field::Username, Invalid::Taken) => Failure::new(format!(
                    "There is a user named {} already; the demo needs that name.",
                    user.details.username
                )),
                error => error.into(),
            })?;
        }
        let marketer = self.staff.marketer;
        self.act(marketer, at);
        for offer in &SERVICES {
            let details = ServiceDetails {
                name: ServiceName::parse(offer.name)?,
                description: Description::parse(offer.description)?,
                price: roubles(offer.price)?,
            };
            let service = Service::new(ServiceId::new(at), details, Some(marketer), at);
            self.insert(&service).await?;
            self.services.push(service.id);
        }
        Ok(())
    }
}

pub(super) fn roubles(amount: i64) -> Result<Money, Invalid> {
    Money::from_minor(amount * 100)
}
