//! Lists: a page at a time for people, and to the end for a file.
use std::{cmp::Reverse, collections::BTreeMap};

use domain::{
    access::Permission,
    audit::{Act, FieldChange},
    campaign::Campaign,
    client::Client,
    contract::Contract,
    field::Field,
    lead::Lead,
    page::{Cursor, Page, PageRequest, Total},
    record::{Record, RecordKind},
    service::Service,
    store::{Names, Repository, UnitOfWork},
    user::User,
};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use crate::{Error, Result, Session};

/// A kind of record with a list of its own, for those who may [view](Permission::to_view) it.
pub trait Listing: Record {
    /// The records that its line in a list names.
    fn named(&self) -> Vec<(RecordKind, Uuid)>;
}

/// A page of records with the names of what they refer to.
#[derive(Clone, Debug)]
pub struct Listed<R> {
    pub page: Page<R>,
    pub names: Names,
}

/// A list as it is read to its end. What is saved meanwhile may be in it or not; nothing is in it twice.
pub struct Export<R: Record> {
    session: Session,
    parts: Vec<R::Filter>,
    next: Option<Cursor>,
    /// Few are made at once, so that everybody else's pages stay quick.
    _turn: OwnedSemaphorePermit,
}

impl Session {
    /// What any of these parts of a list has: no record may be in two of them. Each part is found by an index of its own, which
    /// one question for several values at once would not be.
    pub async fn list<R>(&self, parts: &[R::Filter], request: PageRequest) -> Result<Listed<R>>
    where
        R: Listing,
        dyn UnitOfWork: Repository<R>,
    {
        let mut work = self.read(Permission::to_view(R::KIND)).await?;
        let mut pages = Vec::with_capacity(parts.len());
        for part in parts {
            pages.push(work.list::<R>(part, request).await?);
        }
        let page = merged(pages, request);
        let mut wanted: BTreeMap<RecordKind, Vec<Uuid>> = BTreeMap::new();
        for (kind, id) in page.items.iter().flat_map(Listing::named) {
            wanted.entry(kind).or_default().push(id);
        }
        let mut names = Names::new();
        for (kind, ids) in &wanted {
            names.extend(work.directory().names(*kind, ids).await?);
        }
        Ok(Listed { page, names })
    }

    /// For a file with all that any of these parts has. The log says who took it, before they have any of it. Fails with
    /// [`Error::Busy`] while others take theirs.
    pub async fn export<R>(&self, parts: Vec<R::Filter>) -> Result<Export<R>>
    where
        R: Listing,
        dyn UnitOfWork: Repository<R>,
    {
        let permission = Permission::to_export(R::KIND).ok_or(Error::NotFound)?;
        self.actor().authorize(permission)?;
        let turn = self.crm().turn_to_export().ok_or(Error::Busy)?;
        let list = match self.list::<R>(&parts, PageRequest::sized(Cursor::Start, 1)).await?.page.total {
            Total::Exactly(number) => format!("{} {number}", R::KIND.code()),
            Total::OrMore(number) => format!("{} {number}+", R::KIND.code()),
        };
        self.note_export(permission, &list).await?;
        Ok(Export { session: self.clone(), parts, next: Some(Cursor::Start), _turn: turn })
    }

    async fn note_export(&self, permission: Permission, list: &str) -> Result<()> {
        self.write(permission, |mut work| async move {
            let user: User = work.get(self.actor().id).await?;
            let taken = FieldChange { field: Field::List, before: None, after: Some(list.to_owned()) };
            work.note_act(Act::Exported, &user, vec![taken]).await?;
            work.commit().await
        })
        .await
    }
}

impl<R> Export<R>
where
    R: Listing,
    dyn UnitOfWork: Repository<R>,
{
    /// The next thousand, the newest first; None behind the last.
    pub async fn next(&mut self) -> Result<Option<Listed<R>>> {
        let Some(cursor) = self.next.take() else { return Ok(None) };
        let listed = self.session.list::<R>(&self.parts, PageRequest::sized(cursor, PageRequest::MAX_SIZE)).await?;
        let last = listed.page.items.last().filter(|_| listed.page.has_older);
        self.next = last.map(|it| Cursor::After(it.id().into()));
        Ok(Some(listed))
    }
}

/// The page that the parts make together, each with its own page for the same request.
fn merged<R: Record>(pages: Vec<Page<R>>, request: PageRequest) -> Page<R> {
    let (mut has_newer, mut has_older) = (false, false);
    let (mut count, mut more) = (0, false);
    let mut items = Vec::new();
    for page in pages {
        has_newer |= page.has_newer;
        has_older |= page.has_older;
        match page.total {
            Total::Exactly(it) => count += it,
            Total::OrMore(_) => more = true,
        }
        items.extend(page.items);
    }
    items.sort_by_key(|it| Reverse(it.id().into()));
    let size = usize::from(request.size());
    if items.len() > size {
        // Those nearest to where the page begins.
        if matches!(request.cursor, Cursor::Before(_)) {
            has_newer = true;
            items.drain(..items.len() - size);
        } else {
            has_older = true;
            items.truncate(size);
        }
    }
    let total = if more { Total::OrMore(Total::LIMIT) } else { Total::of(count) };
    Page { items, has_newer, has_older, total }
}

impl Listing for Campaign {
    fn named(&self) -> Vec<(RecordKind, Uuid)> {
        vec![(RecordKind::Service, self.details.service.0)]
    }
}

impl Listing for Client {
    fn named(&self) -> Vec<(RecordKind, Uuid)> {
        self.acquired_by.map(|it| (RecordKind::Campaign, it.0)).into_iter().collect()
    }
}

impl Listing for Contract {
    fn named(&self) -> Vec<(RecordKind, Uuid)> {
        let client = self.client.map(|it| (RecordKind::Client, it.0));
        [(RecordKind::Service, self.details.service.0)].into_iter().chain(client).collect()
    }
}

impl Listing for Lead {
    fn named(&self) -> Vec<(RecordKind, Uuid)> {
        let campaign = self.details.campaign.map(|it| (RecordKind::Campaign, it.0));
        let assignee = self.details.assignee.map(|it| (RecordKind::User, it.0));
        campaign.into_iter().chain(assignee).collect()
    }
}

impl Listing for Service {
    fn named(&self) -> Vec<(RecordKind, Uuid)> {
        Vec::new()
    }
}
