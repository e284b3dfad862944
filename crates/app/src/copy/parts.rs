//! The parts of a store: how each is read in pieces and written again.
use std::fmt;

use domain::{
    audit::AuditEntry,
    campaign::{Campaign, CampaignFilter},
    client::{Client, ClientFilter},
    contract::{Contract, ContractFilter},
    document::{Document, DocumentFilter},
    duplicates::LeadPair,
    lead::{Lead, LeadFilter},
    note::{Note, NoteFilter},
    page::{Cursor, PageRequest},
    record::Record,
    role::{Role, RoleFilter},
    service::{Service, ServiceFilter},
    session::{BrowserSession, TokenHash},
    spend::{SpendEntry, SpendFilter},
    store::{Repository, Result, UnitOfWork},
    user::{User, UserFilter},
    view::{View, ViewFilter},
};
use uuid::Uuid;

/// How many are in memory at once.
const PIECE: u16 = PageRequest::MAX_SIZE;

pub(super) type Work = Box<dyn UnitOfWork>;

/// Where the next piece of a list begins.
#[derive(Default)]
pub(super) struct Listed {
    /// Which of the filters that together leave everything.
    filter: usize,
    after: Option<Uuid>,
}

/// One part of a store.
pub(super) trait Part: fmt::Debug + Sized + Send + Sync {
    const NAME: &'static str;
    /// Where the next piece begins.
    type Place: Default + Send;

    /// The next ones, always in the same order; none after the last.
    fn next(work: &mut Work, place: &mut Self::Place) -> impl Future<Output = Result<Vec<Self>>> + Send;

    fn write(work: &mut Work, these: &[Self]) -> impl Future<Output = Result<()>> + Send;

    /// What its `Debug` does not show.
    fn secret(&self) -> Vec<u8> {
        Vec::new()
    }
}

async fn next<R: Record>(work: &mut Work, place: &mut Listed, filters: &[R::Filter]) -> Result<Vec<R>>
where
    dyn UnitOfWork: Repository<R>,
{
    while let Some(filter) = filters.get(place.filter) {
        let cursor = place.after.map_or(Cursor::Start, Cursor::After);
        let page = PageRequest::sized(cursor, PIECE);
        let records = Repository::<R>::list(&mut **work, filter, page).await?.items;
        if let Some(last) = records.last() {
            place.after = Some(last.id().into());
            return Ok(records);
        }
        *place = Listed { filter: place.filter + 1, after: None };
    }
    Ok(Vec::new())
}

macro_rules! records {
    ($($record:ty, $name:literal, $filters:expr $(, $secret:expr)?;)*) => {
        $(impl Part for $record {
            const NAME: &'static str = $name;
            type Place = Listed;

            async fn next(work: &mut Work, place: &mut Listed) -> Result<Vec<Self>> {
                next(work, place, &$filters).await
            }

            async fn write(work: &mut Work, these: &[Self]) -> Result<()> {
                Repository::<Self>::insert_all(&mut **work, these).await
            }

            $(fn secret(&self) -> Vec<u8> {
                let secret: fn(&Self) -> Vec<u8> = $secret;
                secret(self)
            })?
        })*
    };
}
records! {
    User, "users", [UserFilter::default()], secrets_of;
    Role, "roles", [RoleFilter];
    Service, "services", [false, true].map(|archived| ServiceFilter { archived, ..Default::default() });
    Campaign, "campaigns", [false, true].map(|archived| CampaignFilter { archived, ..Default::default() });
    SpendEntry, "spend entries", [SpendFilter::default()];
    Lead, "leads", [false, true].map(|merged| LeadFilter { merged, ..Default::default() });
    Note, "notes", [NoteFilter::default()];
    Client, "clients", [ClientFilter::default()];
    Contract, "contracts", [ContractFilter::default()];
    Document, "documents", [DocumentFilter::default()];
    View, "saved views", [false, true].map(|removed| ViewFilter { removed, ..Default::default() });
}

/// Each after a number of its own, so that none is taken for another.
fn secrets_of(user: &User) -> Vec<u8> {
    let password = user.password.iter().flat_map(|it| [&[1], it.as_str().as_bytes()]);
    let link = user.password_link.iter().flat_map(|it| [&[2], &it.token.0[..]]);
    let factor = user.second_factor.iter().flat_map(|it| [&[3], &it.secret.0[..]]);
    let codes = user.second_factor.iter().flat_map(|it| &it.recovery).flat_map(|it| [&[4], &it.0[..]]);
    password.chain(link).chain(factor).chain(codes).flatten().copied().collect()
}

impl Part for AuditEntry {
    const NAME: &'static str = "audit entries";
    type Place = Option<Uuid>;

    async fn next(work: &mut Work, place: &mut Self::Place) -> Result<Vec<Self>> {
        let entries = work.entries(*place, PIECE).await?;
        *place = entries.last().map(|it| it.id.into());
        Ok(entries)
    }

    async fn write(work: &mut Work, these: &[Self]) -> Result<()> {
        work.append_all(these).await
    }
}

impl Part for LeadPair {
    const NAME: &'static str = "told apart";
    type Place = Option<Self>;

    async fn next(work: &mut Work, place: &mut Self::Place) -> Result<Vec<Self>> {
        let pairs = work.dismissed_duplicates(*place, PIECE).await?;
        *place = pairs.last().copied();
        Ok(pairs)
    }

    async fn write(work: &mut Work, these: &[Self]) -> Result<()> {
        for pair in these {
            work.dismiss_duplicate(*pair, true).await?;
        }
        Ok(())
    }
}

impl Part for BrowserSession {
    const NAME: &'static str = "sessions";
    type Place = Option<TokenHash>;

    async fn next(work: &mut Work, place: &mut Self::Place) -> Result<Vec<Self>> {
        let sessions = work.sessions(*place, PIECE).await?;
        *place = sessions.last().map(|it| it.token);
        Ok(sessions)
    }

    async fn write(work: &mut Work, these: &[Self]) -> Result<()> {
        for session in these {
            work.insert_session(session).await?;
        }
        Ok(())
    }

    fn secret(&self) -> Vec<u8> {
        self.token.0.to_vec()
    }
}

/// Calls a function for every part, in the order of the table that is shown.
macro_rules! for_each_part {
    ($function:ident $arguments:tt) => {
        $crate::copy::parts::for_each_part! { $function $arguments:
            domain::user::User, domain::role::Role, domain::service::Service, domain::campaign::Campaign,
            domain::spend::SpendEntry, domain::lead::Lead, domain::duplicates::LeadPair, domain::note::Note,
            domain::client::Client, domain::contract::Contract, domain::document::Document, domain::view::View,
            domain::audit::AuditEntry,
            domain::session::BrowserSession
        }
    };
    ($function:ident $arguments:tt: $($part:ty),*) => {
        $($crate::copy::parts::for_each_part!(@one $function $arguments $part);)*
    };
    (@one $function:ident ($($argument:expr),*) $part:ty) => {
        $function::<$part>($($argument),*).await?
    };
}
pub(super) use for_each_part;
