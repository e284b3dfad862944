//! Clients who may be the person of a lead: told before a conversion makes a second client of one person.
use domain::{
    access::Permission,
    client::{ClientDetails, ClientId},
    duplicates::{Identity, MatchBy},
    lead::{Lead, LeadId, LeadStatus},
    record::RecordKind,
};

use crate::{Error, Result, Session, Work};

/// How many leads of one phone, email or name are looked at.
const LOOKED_AT: u16 = 200;
/// How many clients are shown.
const SHOWN: usize = 10;

/// A client who may be the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownClient {
    pub id: ClientId,
    /// The lead that the client was.
    pub lead: LeadId,
    /// None for a user who may not view clients.
    pub name: Option<String>,
    /// What both have; never empty.
    pub by: Vec<MatchBy>,
}

impl KnownClient {
    /// Whether both have one phone or one email. One name alone may be of two people.
    pub fn is_sure(&self) -> bool {
        self.by.iter().any(|it| *it != MatchBy::Name)
    }
}

impl Session {
    /// Clients who may be the person that a lead is about to be converted as: at most ten, the surest first.
    pub async fn known_clients(&self, identity: &Identity, lead: LeadId) -> Result<Vec<KnownClient>> {
        let mut work = self.read(Permission::ConvertLeads).await?;
        work.get::<Lead>(lead).await?;
        let mut known = work.known_clients(identity, lead).await?;
        if self.actor().may(Permission::ViewClients) && !known.is_empty() {
            let ids: Vec<_> = known.iter().map(|it| it.id.0).collect();
            let names = work.directory().names(RecordKind::Client, &ids).await?;
            for it in &mut known {
                it.name = names.get(&it.id.0).cloned();
            }
        }
        Ok(known)
    }
}

impl Work {
    /// Fails with [`Error::KnownClient`] when another client has the phone or the email, unless the user said of each such
    /// client that this is another person.
    pub(crate) async fn refuse_known_client(
        &mut self,
        details: &ClientDetails,
        lead: LeadId,
        other_people: &[ClientId],
    ) -> Result<()> {
        let known = self.known_clients(&Identity::from(details), lead).await?;
        if known.iter().any(|it| it.is_sure() && !other_people.contains(&it.id)) {
            return Err(Error::KnownClient);
        }
        Ok(())
    }

    async fn known_clients(&mut self, identity: &Identity, except: LeadId) -> Result<Vec<KnownClient>> {
        let mut known: Vec<KnownClient> = Vec::new();
        for match_by in MatchBy::ALL {
            let Some(key) = identity.key(match_by) else { continue };
            for lead in self.duplicates().leads_with(match_by, &key, LOOKED_AT).await? {
                let lead = self.survivor(lead).await?;
                let LeadStatus::Converted(client) = lead.status else { continue };
                match known.iter_mut().find(|it| it.id == client) {
                    _ if lead.id == except => {}
                    Some(it) if it.by.last() == Some(&match_by) => {}
                    Some(it) => it.by.push(match_by),
                    None => known.push(KnownClient { id: client, lead: lead.id, name: None, by: vec![match_by] }),
                }
            }
        }
        // Found by phone first, then by email, then by name: a client by one name only comes last.
        known.truncate(SHOWN);
        Ok(known)
    }
}
