//! What people type in: right in every field, and another name each time.
use std::collections::BTreeSet;

use conformance::fixtures::{contact, day, money, period};
use domain::{
    campaign::{CampaignDetails, CampaignId},
    client::ClientDetails,
    contract::{ContractDetails, SigningDay},
    lead::LeadDetails,
    preferences::Preferences,
    role::RoleId,
    service::{ServiceDetails, ServiceId},
    spend::{SpendDay, SpendDetails},
    user::{PersonName, UserDetails},
    values::{
        CampaignName, Channel, ContractName, Description, FullName, NoteText, OpenPeriod, RoleName, ServiceName,
        SpendNote, Username, ViewName,
    },
    view::ViewDetails,
};

use super::next;

pub fn service() -> ServiceDetails {
    ServiceDetails {
        name: ServiceName::parse(&format!("Услуга {}", next())).unwrap(),
        description: Description::parse("Под ключ").unwrap(),
        price: money("1000"),
    }
}

pub fn campaign(service: ServiceId) -> CampaignDetails {
    CampaignDetails {
        name: CampaignName::parse(&format!("Кампания {}", next())).unwrap(),
        service,
        channel: Channel::parse("Яндекс Директ").unwrap(),
        budget: money("50000"),
        dates: OpenPeriod::new(Some(day("2026-01-01")), None).unwrap(),
    }
}

pub fn spend() -> SpendDetails {
    SpendDetails {
        spent_on: SpendDay::new(day("2026-01-15")).unwrap(),
        amount: money("600"),
        note: SpendNote::parse("Баннеры").unwrap(),
    }
}

pub fn lead(campaign: Option<CampaignId>) -> LeadDetails {
    let n = next();
    LeadDetails {
        full_name: FullName::parse(&format!("Иван {n}")).unwrap(),
        contact: contact("+7 900 555-01-42", &format!("ivan{n}@example.com")),
        campaign,
        assignee: None,
    }
}

pub fn client() -> ClientDetails {
    let n = next();
    ClientDetails {
        full_name: FullName::parse(&format!("Иван Петров {n}")).unwrap(),
        contact: contact(&format!("+7 900 {n:07}"), ""),
    }
}

pub fn contract(service: ServiceId) -> ContractDetails {
    ContractDetails {
        name: ContractName::parse(&format!("Договор {}", next())).unwrap(),
        service,
        signed_on: SigningDay::stored(day("2026-01-10")).unwrap(),
        valid: period("2026-01-10", "2027-01-09"),
        amount: money("80000"),
    }
}

pub fn user(username: &str, full_name: &str, roles: &[RoleId]) -> UserDetails {
    UserDetails {
        username: Username::parse(username).unwrap(),
        full_name: PersonName::parse(full_name).unwrap(),
        email: None,
        roles: roles.iter().copied().collect::<BTreeSet<_>>(),
        superuser: false,
        preferences: Preferences::default(),
    }
}

pub fn role_name() -> RoleName {
    RoleName::parse(&format!("Роль {}", next())).unwrap()
}

pub fn note(text: &str) -> NoteText {
    NoteText::parse(text).unwrap()
}

pub fn view() -> ViewDetails {
    ViewDetails { name: ViewName::parse("Мой отбор").unwrap(), shared: true }
}
