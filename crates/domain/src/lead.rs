//! A lead: a person who answered a campaign, and the one act that makes a client of them.
use chrono::{DateTime, Utc};

use crate::{
    calendar::Moments,
    campaign::CampaignId,
    client::{Client, ClientDetails, ClientId},
    contract::Contract,
    field::Field,
    id::id,
    merge::{MergedInto, written_ids},
    next_step::{Due, NextStep},
    order::{Direction, Order, SortKey, sort_by},
    record::{Fields, Record, RecordKind, Stamp, record_accessors},
    user::UserId,
    values::{Day, Email, FullName, Invalid, LostReason, Phone, search_fold},
};

id!(LeadId);

/// How to reach a person: a phone, an email, or both, but never neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    phone: Option<Phone>,
    email: Option<Email>,
}

impl Contact {
    pub fn new(phone: Option<Phone>, email: Option<Email>) -> Result<Self, Invalid> {
        if phone.is_none() && email.is_none() { Err(Invalid::NoContact) } else { Ok(Self { phone, email }) }
    }

    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// The text that a search looks through, beside the name.
    pub(crate) fn search_text(&self) -> String {
        let phone = self.phone().map(Phone::e164).unwrap_or_default();
        let email = self.email().map(|it| search_fold(it.as_str())).unwrap_or_default();
        format!("{phone} {email}")
    }
}

/// The values that users enter; the same fields create and edit a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadDetails {
    pub full_name: FullName,
    pub contact: Contact,
    /// None is «без кампании», an explicit choice.
    pub campaign: Option<CampaignId>,
    /// Who works on it.
    pub assignee: Option<UserId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeadStatus {
    New,
    InProgress,
    Qualified,
    Lost(LostReason),
    /// Set by [`Lead::convert`] alone.
    Converted(ClientId),
}

/// A status without its details: for filters, badges and stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeadStage {
    New,
    InProgress,
    Qualified,
    Lost,
    Converted,
}

impl LeadStage {
    pub const ALL: [Self; 5] = [Self::New, Self::InProgress, Self::Qualified, Self::Lost, Self::Converted];

    /// The name in URLs and stores. Never changes once released.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::Qualified => "qualified",
            Self::Lost => "lost",
            Self::Converted => "converted",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A status that people may set by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkStatus {
    New,
    InProgress,
    Qualified,
    Lost(LostReason),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    pub id: LeadId,
    pub details: LeadDetails,
    pub status: LeadStatus,
    /// None where nothing is planned; a lead that is lost or converted gets none.
    pub next_step: Option<NextStep>,
    /// Where it went, if it turned out to be somebody who was a lead already. Such a lead is in no list and no number.
    pub merged_into: Option<MergedInto>,
    /// Those that were merged into this one, in that order.
    pub merged: Vec<LeadId>,
    pub stamp: Stamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadFilter {
    /// A part of the name or the email without regard to case, or of the phone's digits.
    pub search: String,
    pub stage: Option<LeadStage>,
    pub campaign: Option<CampaignId>,
    pub assignee: Option<AssigneeFilter>,
    /// When it was created.
    pub made: Option<Moments>,
    pub due: Option<Due>,
    /// Those that were merged into another one, instead of all the others.
    pub merged: bool,
    pub order: Order<LeadSort>,
}

/// Where in the order of days those are that have no next step: behind every day that people can name.
pub const UNPLANNED: Day = Day::from_ymd_opt(9999, 12, 31).expect("exists");

sort_by! {
    /// What leads can be listed by.
    LeadSort { Created = "created", Name = "name", Due = "due" }
}

/// Whose a lead is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssigneeFilter {
    ToNobody,
    To(UserId),
}

impl AssigneeFilter {
    pub fn of(assignee: Option<UserId>) -> Self {
        assignee.map_or(Self::ToNobody, Self::To)
    }
}

/// Why a lead could not be changed or converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeadRuleViolation {
    #[error("the lead is a client already")]
    AlreadyConverted(ClientId),
    #[error("the lead is lost")]
    Lost,
    #[error("the contract belongs to a client already")]
    ContractTaken,
    #[error("the lead was merged into another one")]
    Merged(LeadId),
    #[error("both leads are clients already")]
    BothConverted,
    #[error("a lead that is a client stays")]
    ConvertedStays,
    #[error("too many leads would be one")]
    TooManyMerged,
}

impl Lead {
    pub fn new(id: LeadId, details: LeadDetails, by: Option<UserId>, now: DateTime<Utc>) -> Self {
        Self {
            id,
            details,
            status: LeadStatus::New,
            next_step: None,
            merged_into: None,
            merged: Vec::new(),
            stamp: Stamp::new(by, now),
        }
    }

    pub fn stage(&self) -> LeadStage {
        match self.status {
            LeadStatus::New => LeadStage::New,
            LeadStatus::InProgress => LeadStage::InProgress,
            LeadStatus::Qualified => LeadStage::Qualified,
            LeadStatus::Lost(_) => LeadStage::Lost,
            LeadStatus::Converted(_) => LeadStage::Converted,
        }
    }

    /// A lead that was merged into another one is changed there.
    pub fn in_use(&self) -> Result<(), LeadRuleViolation> {
        self.merged_into.map_or(Ok(()), |it| Err(LeadRuleViolation::Merged(it.lead)))
    }

    /// Whether [`Lead::convert`] would accept it.
    pub fn convertible(&self) -> Result<(), LeadRuleViolation> {
        self.in_use()?;
        match self.status {
            LeadStatus::Converted(client) => Err(LeadRuleViolation::AlreadyConverted(client)),
            LeadStatus::Lost(_) => Err(LeadRuleViolation::Lost),
            LeadStatus::New | LeadStatus::InProgress | LeadStatus::Qualified => Ok(()),
        }
    }

    /// Whether anybody still works on it.
    pub fn is_open(&self) -> bool {
        self.convertible().is_ok()
    }

    /// The next step, if one is planned.
    pub fn step_to_do(&self) -> Option<&NextStep> {
        self.next_step.as_ref().filter(|_| self.is_open())
    }

    /// Plans the next step, plans it anew, or is done with it.
    pub fn plan(&mut self, step: Option<NextStep>) -> Result<(), LeadRuleViolation> {
        self.convertible()?;
        self.next_step = step;
        Ok(())
    }

    /// Changes the details. After a conversion the campaign stands: the client was acquired by it.
    pub fn edit(&mut self, details: LeadDetails) -> Result<(), LeadRuleViolation> {
        self.in_use()?;
        match self.status {
            LeadStatus::Converted(client) if details.campaign != self.details.campaign => {
                Err(LeadRuleViolation::AlreadyConverted(client))
            }
            _ => {
                self.details = details;
                Ok(())
            }
        }
    }

    pub fn set_status(&mut self, status: WorkStatus) -> Result<(), LeadRuleViolation> {
        self.in_use()?;
        if let LeadStatus::Converted(client) = self.status {
            return Err(LeadRuleViolation::AlreadyConverted(client));
        }
        self.status = match status {
            WorkStatus::New => LeadStatus::New,
            WorkStatus::InProgress => LeadStatus::InProgress,
            WorkStatus::Qualified => LeadStatus::Qualified,
            WorkStatus::Lost(reason) => LeadStatus::Lost(reason),
        };
        if !self.is_open() {
            self.next_step = None;
        }
        Ok(())
    }

    /// Makes a client of this lead by its first contract, and freezes the campaign that won them.
    pub fn convert(
        &mut self,
        contract: &mut Contract,
        details: ClientDetails,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<Client, LeadRuleViolation> {
        self.convertible()?;
        let client = Client {
            id: ClientId::new(now),
            lead: self.id,
            first_contract: contract.id,
            acquired_by: self.details.campaign,
            details,
            converted_at: now,
            stamp: Stamp::new(by, now),
        };
        contract.give_to(client.id)?;
        self.status = LeadStatus::Converted(client.id);
        self.next_step = None;
        Ok(client)
    }

    /// The folded text that a search looks through.
    pub fn search_text(&self) -> String {
        format!("{} {}", search_fold(self.details.full_name.as_str()), self.details.contact.search_text())
    }
}

impl Record for Lead {
    const KIND: RecordKind = RecordKind::Lead;
    type Id = LeadId;
    type Filter = LeadFilter;
    record_accessors!(LeadId);

    fn place(&self, filter: &LeadFilter) -> SortKey {
        match filter.order.by {
            LeadSort::Created => SortKey::Id,
            LeadSort::Name => SortKey::Text(self.search_text()),
            LeadSort::Due => SortKey::Day(self.next_step.as_ref().map_or(UNPLANNED, |it| it.due)),
        }
    }

    fn direction(filter: &LeadFilter) -> Direction {
        filter.order.direction
    }

    fn fields(&self) -> Vec<(Field, String)> {
        let it = &self.details;
        let fields = Fields::default()
            .with(Field::FullName, &it.full_name)
            .with_some(Field::Phone, it.contact.phone())
            .with_some(Field::Email, it.contact.email())
            .with_some(Field::Campaign, it.campaign)
            .with_some(Field::Assignee, it.assignee)
            .with_some(Field::NextStep, self.next_step.as_ref())
            .with(Field::Status, &self.stage().code())
            .with_some(Field::MergedInto, self.merged_into.map(|it| it.lead))
            .with_text(Field::Merged, &written_ids(&self.merged));
        match &self.status {
            LeadStatus::Lost(reason) => fields.with(Field::Reason, &reason).done(),
            LeadStatus::Converted(client) => fields.with(Field::Client, &client).done(),
            LeadStatus::New | LeadStatus::InProgress | LeadStatus::Qualified => fields.done(),
        }
    }
}
