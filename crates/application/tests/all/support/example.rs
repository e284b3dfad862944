//! The example of the handbook, made day by day through the use cases.
use application::{ConversionContract, Session};
use conformance::fixtures::{day, moment, money};
use domain::{
    campaign::{CampaignDetails, CampaignId},
    client::ClientId,
    contract::{ContractDetails, SigningDay},
    lead::LeadId,
    service::{ServiceDetails, ServiceId},
    spend::{SpendDay, SpendDetails},
    values::{CampaignName, Channel, OpenPeriod, ServiceName},
};

use super::{
    Office, Person,
    details::{campaign, client, contract, lead, service, spend},
};

/// Name, service, channel, budget.
const CAMPAIGNS: [(&str, usize, &str, &str); 4] =
    [("C1", 0, "Директ", "100000"), ("C2", 1, "Почта", "50000"), ("C3", 0, "Почта", "0"), ("C4", 1, "Директ", "30000")];
/// Campaign, day, amount.
const SPEND: [(usize, &str, &str); 4] =
    [(0, "2026-01-15", "60000"), (0, "2026-02-10", "30000"), (1, "2026-01-20", "45000"), (3, "2026-02-01", "30000")];
/// Lead, service, signing day, amount.
const CONTRACTS: [(usize, usize, &str, &str); 6] = [
    (1, 0, "2026-01-25", "80000"),
    (2, 0, "2026-03-02", "50000"),
    (2, 1, "2026-04-10", "20000"),
    (7, 0, "2026-02-28", "33333.33"),
    (11, 1, "2026-02-05", "40000"),
    (16, 0, "2026-03-01", "10000"),
];

pub struct Example {
    pub office: Office,
    pub by: Session,
    pub services: [ServiceId; 2],
    pub campaigns: Vec<CampaignId>,
}

impl Example {
    pub async fn over(office: Office) -> Self {
        let by = office.director().await;
        let mut services = Vec::new();
        for name in ["A", "B"] {
            let details = ServiceDetails { name: ServiceName::parse(name).unwrap(), ..service() };
            services.push(by.create_service(office.id(), details).await.unwrap());
        }
        let services = [services[0], services[1]];
        let mut it = Self { office, by, services, campaigns: Vec::new() };
        for (name, of, channel, budget) in CAMPAIGNS {
            let details = CampaignDetails {
                name: CampaignName::parse(name).unwrap(),
                channel: Channel::parse(channel).unwrap(),
                budget: money(budget),
                dates: OpenPeriod::default(),
                ..campaign(it.services[of])
            };
            it.campaigns.push(it.by.create_campaign(it.office.id(), details).await.unwrap());
        }
        for (of, on, amount) in SPEND {
            let details = SpendDetails { spent_on: SpendDay::new(day(on)).unwrap(), amount: money(amount), ..spend() };
            it.by.add_spend(it.office.id(), it.campaigns[of], details).await.unwrap();
        }
        let mut leads = Vec::new();
        for n in 1..=17 {
            let (of, month) = match n {
                1..=6 => (0, 1),
                7..=10 => (0, 2),
                11..=15 => (1, 1),
                _ => (2, 2),
            };
            leads.push(it.lead(&format!("2026-{month:02}-{n:02}T09:00:00Z"), Some(it.campaigns[of])).await);
        }
        let mut clients: Vec<(usize, ClientId)> = Vec::new();
        for (of, service, on, amount) in CONTRACTS {
            let known = clients.iter().find(|it| it.0 == of).map(|it| it.1);
            let made = it.sign(leads[of - 1], known, service, on, amount).await;
            clients.push((of, made));
        }
        it
    }

    pub async fn lead(&self, at: &str, campaign: Option<CampaignId>) -> LeadId {
        self.office.clock.set(moment(at));
        self.by.create_lead(self.office.id(), lead(campaign), None).await.unwrap()
    }

    /// At noon in Moscow of the signing day: the first contract converts, a further one is added.
    pub async fn sign(
        &self,
        lead: LeadId,
        known: Option<ClientId>,
        service: usize,
        signed_on: &str,
        amount: &str,
    ) -> ClientId {
        self.office.clock.set(moment(&format!("{signed_on}T09:00:00Z")));
        let (scan, id) = (self.office.upload(Person::Gleb).await, self.office.id());
        let signed = SigningDay::new(day(signed_on), self.office.crm.today()).unwrap();
        let details = ContractDetails { signed_on: signed, amount: money(amount), ..contract(self.services[service]) };
        if let Some(client) = known {
            self.by.create_contract(id, details, scan, Some(client)).await.unwrap();
            return client;
        }
        let form = ConversionContract::New { id, details, document: scan };
        self.by.convert_lead(lead, 1, client(), form, &[]).await.unwrap()
    }
}
