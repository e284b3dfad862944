//! Contracts: the first one makes a client of a lead; some clients sign again, and a few contracts have no client yet.
use chrono::{DateTime, Datelike, Days, Months, TimeDelta, Utc};
use domain::{
    client::{ClientDetails, ClientId},
    contract::{Contract, ContractDetails, ContractId, SigningDay},
    document::{Document, DocumentId, DocumentType},
    record::Stamp,
    user::UserId,
    values::{ContractName, FileName, Period},
};

use super::{
    company::{Company, Step, roubles},
    days::later,
    journey::Prospect,
    latin::latin,
    offer::{Offer, SERVICES},
    pdf::pdf,
    people::Person,
};
use crate::failure::Failure;

/// How many of a thousand contracts are followed by another one of the same client, and how many of those for the
/// same service.
const AGAIN: u64 = 220;
const SAME: u64 = 550;

/// A client who will sign again.
pub(super) struct Customer {
    client: ClientId,
    name: String,
    service: usize,
    manager: UserId,
}

/// A contract that is written, and its document that waits for it.
struct Paper {
    contract: Contract,
    document: Document,
}

impl Company {
    pub(super) async fn sign(&mut self, at: DateTime<Utc>, it: Prospect) -> Result<(), Failure> {
        let (before, manager) = (it.lead, it.manager);
        let name = before.details.full_name.to_string();
        let Paper { mut contract, document } = self.write(at, it.service, &name, manager).await?;
        let mut lead = before.clone();
        let details =
            ClientDetails { full_name: before.details.full_name.clone(), contact: before.details.contact.clone() };
        let client = lead.convert(&mut contract, details, Some(manager), at)?;
        self.file(document, &contract).await?;
        self.insert(&client).await?;
        self.update(&before, lead).await?;
        self.made.clients += 1;
        self.maybe_again(at, Customer { client: client.id, name, service: it.service, manager });
        Ok(())
    }

    pub(super) async fn sign_again(&mut self, at: DateTime<Utc>, customer: Customer) -> Result<(), Failure> {
        let Paper { mut contract, document } =
            self.write(at, customer.service, &customer.name, customer.manager).await?;
        contract.give_to(customer.client)?;
        self.file(document, &contract).await?;
        self.maybe_again(at, customer);
        Ok(())
    }

    pub(super) async fn sign_without_client(&mut self, at: DateTime<Utc>) -> Result<(), Failure> {
        let name = Person::invent(&mut self.random)?.full_name;
        let manager = self.random.pick(&self.staff.managers);
        let service = self.any_service();
        let Paper { contract, document } = self.write(at, service, name.as_str(), manager).await?;
        self.file(document, &contract).await
    }

    fn maybe_again(&mut self, at: DateTime<Utc>, mut customer: Customer) {
        if self.random.chance(AGAIN) {
            if !self.random.chance(SAME) {
                customer.service = self.any_service();
            }
            let days = self.random.between(25..=170);
            let at = later(&mut self.random, self.place.calendar, at, days);
            self.plan(at, Step::SignAgain(Box::new(customer)));
        }
    }

    pub(super) fn any_service(&mut self) -> usize {
        usize::try_from(self.random.below(SERVICES.len() as u64)).unwrap_or_default()
    }

    /// Writes a contract for somebody, and uploads its document a few minutes before it is entered.
    async fn write(&mut self, at: DateTime<Utc>, service: usize, name: &str, by: UserId) -> Result<Paper, Failure> {
        let offer = &SERVICES[service];
        let day = self.place.calendar.day(at);
        let number = self.next_number(offer, day.year());
        let amount = roubles(offer.price * self.random.between(75..=135) / 100 / 500 * 500)?;
        let until = day.checked_add_months(Months::new(offer.months)).unwrap_or(day) - Days::new(1);
        let details = ContractDetails {
            name: ContractName::parse(&format!("{}, {number}", offer.name))?,
            service: self.services[service],
            signed_on: SigningDay::new(day, self.place.today())?,
            valid: Period::new(day, until)?,
            amount,
        };
        let lines = [
            format!("Contract {}", latin(&number)),
            format!("Date: {day}"),
            format!("Client: {}", latin(name)),
            format!("Service: {}", latin(offer.name)),
            format!("Amount: {amount} {}", self.currency),
            format!("Valid: {day} - {until}"),
            String::new(),
            "This document was invented for a demonstration.".to_owned(),
        ];
        let uploaded = at - TimeDelta::seconds(self.random.between(90..=400));
        let id = DocumentId::new(uploaded);
        let stored = self.filing.store(id, pdf(&lines)).await?;
        let document = Document {
            id,
            name: FileName::parse(&format!("Договор {number}.pdf"))?,
            kind: DocumentType::Pdf,
            size: stored.size,
            checksum: stored.checksum,
            contract: None,
            stamp: Stamp::new(Some(by), uploaded),
        };
        self.act(by, uploaded);
        self.insert(&document).await?;
        self.act(by, at);
        let contract = Contract::new(ContractId::new(at), details, id, None, Some(by), at);
        Ok(Paper { contract, document })
    }

    /// Such as Б-2026-118: counted by service and year.
    fn next_number(&mut self, offer: &Offer, year: i32) -> String {
        let number = self.numbers.entry((offer.code, year)).or_default();
        *number += 1;
        format!("{}-{year}-{number}", offer.code)
    }

    /// Enters the contract with its document.
    async fn file(&mut self, before: Document, contract: &Contract) -> Result<(), Failure> {
        let mut document = before.clone();
        document.attach(contract.id, self.work.by)?;
        self.update(&before, document).await?;
        self.insert(contract).await?;
        self.made.contracts += 1;
        Ok(())
    }
}
