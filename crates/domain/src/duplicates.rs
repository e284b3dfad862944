//! Possible duplicates: the details that are compared, and the pairs that users dismissed.
use crate::{
    client::{Client, ClientDetails},
    lead::{Contact, Lead, LeadDetails, LeadId},
    values::{Email, FullName, Phone, name_key},
};

/// By what two leads look like one person; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchBy {
    Phone,
    Email,
    /// The same words in any order: «Иван Петров» and «Петров Иван».
    Name,
}

impl MatchBy {
    pub const ALL: [Self; 3] = [Self::Phone, Self::Email, Self::Name];

    /// The name in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Name => "name",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// The known details of a person, perhaps while they are still typed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub full_name: Option<FullName>,
}

impl Identity {
    fn new(full_name: &FullName, contact: &Contact) -> Self {
        Self { phone: contact.phone().cloned(), email: contact.email().cloned(), full_name: Some(full_name.clone()) }
    }

    /// The form in which the marks of one person are equal.
    pub fn key(&self, match_by: MatchBy) -> Option<String> {
        match match_by {
            MatchBy::Phone => self.phone.as_ref().map(|it| it.e164().to_owned()),
            MatchBy::Email => self.email.as_ref().map(Email::folded),
            MatchBy::Name => self.full_name.as_ref().map(|it| name_key(it.as_str())),
        }
    }

    /// The details that both have.
    pub fn match_by(&self, other: &Self) -> Vec<MatchBy> {
        let alike = |it: &MatchBy| self.key(*it).is_some_and(|key| other.key(*it) == Some(key));
        MatchBy::ALL.into_iter().filter(alike).collect()
    }
}

impl From<&LeadDetails> for Identity {
    fn from(details: &LeadDetails) -> Self {
        Self::new(&details.full_name, &details.contact)
    }
}

impl From<&Lead> for Identity {
    fn from(lead: &Lead) -> Self {
        Self::from(&lead.details)
    }
}

impl From<&ClientDetails> for Identity {
    fn from(details: &ClientDetails) -> Self {
        Self::new(&details.full_name, &details.contact)
    }
}

impl From<&Client> for Identity {
    fn from(client: &Client) -> Self {
        Self::from(&client.details)
    }
}

/// Two leads, whichever is named first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LeadPair {
    older: LeadId,
    newer: LeadId,
}

impl LeadPair {
    /// None of one lead alone.
    pub fn of(one: LeadId, other: LeadId) -> Option<Self> {
        (one != other).then(|| Self { older: one.min(other), newer: one.max(other) })
    }

    pub const fn older(self) -> LeadId {
        self.older
    }

    pub const fn newer(self) -> LeadId {
        self.newer
    }
}

/// Two leads that look like one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicatePair {
    pub pair: LeadPair,
    /// How many leads look like this one, these two among them.
    pub number: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(phone: &str, email: &str, name: &str) -> Identity {
        Identity {
            phone: Phone::parse(phone).ok(),
            email: Email::parse(email).ok(),
            full_name: FullName::parse(name).ok(),
        }
    }

    #[test]
    fn people_are_alike_by_what_both_have() {
        let petr = identity("8 900 555-01-42", "Petr@Example.com", "Пётр Иванов");
        let same = identity("+79005550142", "petr@example.COM", "ИВАНОВ петр");
        assert_eq!(petr.match_by(&same), MatchBy::ALL);
        assert_eq!(petr.match_by(&identity("", "", "Пётр Иванович")), []);
        assert_eq!(identity("", "", "").match_by(&identity("", "", "")), [], "nothing is no likeness");
    }

    #[test]
    fn a_pair_is_the_same_whichever_is_named_first() {
        let now = chrono::DateTime::UNIX_EPOCH;
        let (one, other) = (LeadId::new(now), LeadId::new(now + chrono::TimeDelta::seconds(1)));
        assert_eq!(LeadPair::of(other, one), LeadPair::of(one, other));
        assert_eq!(LeadPair::of(one, other).map(LeadPair::older), Some(one));
        assert_eq!(LeadPair::of(one, one), None);
    }
}
