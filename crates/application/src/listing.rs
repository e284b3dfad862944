//! Lists: a page at a time for people, and to the end for a file.
use std::{
    cmp::Ordering,
    collections::{BTreeMap, VecDeque},
};

use domain::{
    access::Permission,
    audit::{AuditAction, FieldChange},
    campaign::Campaign,
    client::Client,
    contract::Contract,
    field::Field,
    lead::Lead,
    order::{Direction, SortKey},
    page::{Cursor, Page, PageRequest, Total},
    record::{Record, RecordKind},
    service::Service,
    store::{Names, Repository, UnitOfWork},
    user::User,
};
use uuid::Uuid;

use crate::{Error, Expensive, Result, Selection, Session, Work, concurrency_limit::Slot, history::distinct};

/// A kind of record with a list of its own, for users who may [view](Permission::to_view) it.
pub trait Listing: Record {
    /// The records that its line in a list names.
    fn named(&self) -> Vec<(RecordKind, Uuid)>;

    /// Whether lists have it, if they are not narrowed.
    fn is_listed(&self) -> bool {
        true
    }
}

/// How many records an export reads at once.
const AT_ONCE: u16 = PageRequest::MAX_SIZE;

/// A page of records with the names of their references.
#[derive(Clone, Debug)]
pub struct ListResult<R> {
    pub page: Page<R>,
    pub names: Names,
}

/// The neighbours of a record in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbours<I> {
    pub before: Option<I>,
    pub after: Option<I>,
    /// Which of the list it is, from one on, as far as that is counted; nothing where the list does not have it.
    pub place: Option<Total>,
    /// How many the list has.
    pub total: Total,
}

/// A list as it is read to its end. What is saved meanwhile may be in it or not, and a record that gets another place in
/// the list may be in it at both or at none; everything else is in it once.
pub struct Export<R: Record> {
    session: Session,
    _slot: Slot,
    parts: Vec<Part<R>>,
}

/// One of the lists that it is put together from, as far as it is read.
struct Part<R: Record> {
    filter: R::Filter,
    read: VecDeque<R>,
    /// Where the records of the piece before were, to go on behind them: the last one may have got another place since.
    behind: Vec<(SortKey, Uuid)>,
    ended: bool,
}

impl<R: Record> Part<R> {
    fn new(filter: R::Filter) -> Self {
        Self { filter, read: VecDeque::new(), behind: Vec::new(), ended: false }
    }
}

impl Session {
    /// The union of these parts of a list, in one order. No record may be in two parts. Each part has an index of its own,
    /// which one query for several values would not have.
    pub async fn list<R>(&self, parts: &[R::Filter], request: PageRequest) -> Result<ListResult<R>>
    where
        R: Listing,
        dyn UnitOfWork: Repository<R>,
    {
        let mut work = self.read(Permission::to_view(R::KIND)).await?;
        let mut pages = Vec::with_capacity(parts.len());
        for part in parts {
            pages.push(work.list::<R>(part, request).await?);
        }
        let page = merged(pages, request, parts.first());
        let names = work.named(&page.items).await?;
        Ok(ListResult { page, names })
    }

    /// The neighbours of this record in the union of these parts. The list need not have the record itself: its position
    /// counts.
    pub async fn neighbours<R>(&self, parts: &[R::Filter], id: R::Id) -> Result<Neighbours<R::Id>>
    where
        R: Listing,
        dyn UnitOfWork: Repository<R>,
    {
        let mut work = self.read(Permission::to_view(R::KIND)).await?;
        let (before, _) = work.beside::<R>(parts, Cursor::Before(id.into())).await?;
        let (after, total) = work.beside::<R>(parts, Cursor::After(id.into())).await?;
        Ok(Neighbours { before, after, place: work.place::<R>(parts, id).await?, total })
    }

    /// What comes behind the record in such a list.
    pub async fn following<R>(&self, parts: &[R::Filter], id: R::Id) -> Result<Option<R::Id>>
    where
        R: Listing,
        dyn UnitOfWork: Repository<R>,
    {
        let mut work = self.read(Permission::to_view(R::KIND)).await?;
        Ok(work.beside::<R>(parts, Cursor::After(id.into())).await?.0)
    }

    /// For a file with all of the chosen records. The log says who took it, before they have any of it. Fails with
    /// [`Error::Busy`] where this user takes two already.
    pub async fn export<R>(&self, selection: Selection<R>) -> Result<Export<R>>
    where
        R: Listing,
        dyn UnitOfWork: Repository<R>,
    {
        let permission = Permission::to_export(R::KIND).ok_or(Error::NotFound)?;
        self.actor().authorize(permission)?;
        let slot = self.crm().exports().acquire(self.actor().id)?;
        let (mut records, total) = self.read(Permission::to_view(R::KIND)).await?.selection(&selection, 1).await?;
        // The newest first, as in the usual list.
        records.sort_by_key(|it| std::cmp::Reverse(it.id().into()));
        let list = match total {
            Total::Exactly(number) => format!("{} {number}", R::KIND.code()),
            Total::OrMore(number) => format!("{} {number}+", R::KIND.code()),
        };
        self.note_export(permission, &list).await?;
        let parts = match selection {
            Selection::These(_) => vec![Part { read: records.into(), ended: true, ..Part::new(R::Filter::default()) }],
            Selection::All(parts) => parts.into_iter().map(Part::new).collect(),
        };
        Ok(Export { session: self.clone(), _slot: slot, parts })
    }

    pub(crate) async fn note_export(&self, permission: Permission, list: &str) -> Result<()> {
        self.write(permission, |mut work| async move {
            let user: User = work.get(self.actor().id).await?;
            let taken = FieldChange { field: Field::List, before: None, after: Some(list.to_owned()) };
            work.note_action(AuditAction::Exported, &user, vec![taken]).await?;
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
    /// The next records, at most 1 200, in the order of the list; None behind the last. Fails when who takes them lost the rights
    /// to it meanwhile: a slow reader takes long.
    pub async fn next(&mut self) -> Result<Option<ListResult<R>>> {
        // A turn for each piece: a download that takes long because its network is slow is in nobody's way.
        let session = self.session.clone();
        let _turn = session.crm().turns().go_on(Expensive::Export, session.actor().id).await;
        let permission = Permission::to_view(R::KIND);
        let mut work = session.read(permission).await?;
        for permission in [Permission::to_export(R::KIND), Some(permission)] {
            session.is_still_permitted(permission, &mut work).await?;
        }
        let piece = AT_ONCE / u16::try_from(self.parts.len().max(1)).unwrap_or(u16::MAX);
        for part in self.parts.iter_mut().filter(|it| it.read.is_empty() && !it.ended) {
            work.read_on(part, piece.max(20)).await?;
        }
        let items = self.first();
        if items.is_empty() {
            return Ok(None);
        }
        let names = work.named(&items).await?;
        let page = Page { items, has_newer: false, has_older: false, total: Total::Exactly(0) };
        Ok(Some(ListResult { page, names }))
    }

    /// In the order of the whole list, as far as every part is read that goes on.
    fn first(&mut self) -> Vec<R> {
        let mut items = Vec::new();
        while self.parts.iter().all(|it| !it.read.is_empty() || it.ended) {
            let before = |a: &Part<R>, b: &Part<R>| match (a.read.front(), b.read.front()) {
                (Some(one), Some(other)) => in_order(one, other, &a.filter),
                // A part that is read to its end comes last.
                (one, other) => other.is_some().cmp(&one.is_some()),
            };
            let Some(part) = self.parts.iter_mut().min_by(|a, b| before(a, b)) else { break };
            let Some(record) = part.read.pop_front() else { break };
            items.push(record);
        }
        items
    }
}

impl Work {
    /// Reads the next piece of a part.
    async fn read_on<R>(&mut self, part: &mut Part<R>, piece: u16) -> Result<()>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let mut cursor = Cursor::Start;
        // Mostly the last one is where it was.
        for (place, id) in part.behind.iter().rev() {
            let record: R = self.get(R::Id::from(*id)).await?;
            if record.place(&part.filter) == *place {
                cursor = Cursor::After(*id);
                break;
            }
        }
        if cursor == Cursor::Start && !part.behind.is_empty() {
            return Err(Error::Interrupted);
        }
        let key = |it: &R| -> (SortKey, Uuid) { (it.place(&part.filter), it.id().into()) };
        let is_new = |it: &R| {
            part.behind.last().is_none_or(|last| direction(R::direction(&part.filter), &key(it), last).is_gt())
        };
        let (new, has_more) = loop {
            let page = self.list::<R>(&part.filter, PageRequest::sized(cursor, piece)).await?;
            if let Some(last) = page.items.last().filter(|_| page.has_older) {
                cursor = Cursor::After(last.id().into());
            }
            let new: Vec<R> = page.items.into_iter().filter(is_new).collect();
            if !new.is_empty() || !page.has_older {
                break (new, page.has_older);
            }
        };
        let behind: Vec<_> = new.iter().map(key).collect();
        part.behind.extend(behind);
        part.behind.drain(..part.behind.len().saturating_sub(usize::from(piece)));
        (part.read, part.ended) = (new.into(), !has_more);
        Ok(())
    }

    /// The record right beside the cursor, and how many the list has.
    pub(crate) async fn beside<R>(&mut self, parts: &[R::Filter], cursor: Cursor) -> Result<(Option<R::Id>, Total)>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let request = PageRequest::sized(cursor, 1);
        let mut pages = Vec::with_capacity(parts.len());
        for part in parts {
            pages.push(self.list::<R>(part, request).await?);
        }
        let page = merged(pages, request, parts.first());
        Ok((page.items.first().map(Record::id), page.total))
    }

    /// Which of the list it is, from one on; nothing where the list does not have it.
    async fn place<R>(&mut self, parts: &[R::Filter], id: R::Id) -> Result<Option<Total>>
    where
        R: Record,
        dyn UnitOfWork: Repository<R>,
    {
        let (mut is_listed, mut before, mut more) = (false, 0, false);
        for part in parts {
            let Some(position) = self.position::<R>(part, id).await? else { return Ok(None) };
            is_listed |= position.is_listed;
            match position.before {
                Total::Exactly(it) => before += it,
                Total::OrMore(_) => more = true,
            }
        }
        let place = if more { Total::OrMore(Total::LIMIT) } else { Total::of(before + 1) };
        Ok(is_listed.then_some(place))
    }

    async fn named<R: Listing>(&mut self, items: &[R]) -> Result<Names> {
        let mut wanted: BTreeMap<RecordKind, Vec<Uuid>> = BTreeMap::new();
        for (kind, id) in items.iter().flat_map(Listing::named) {
            wanted.entry(kind).or_default().push(id);
        }
        let mut names = Names::new();
        for (kind, ids) in wanted {
            names.extend(self.directory().names(kind, &distinct(ids)).await?);
        }
        Ok(names)
    }
}

/// Which of two records the list has first.
fn in_order<R: Record>(one: &R, other: &R, filter: &R::Filter) -> Ordering {
    let key = |it: &R| -> (SortKey, Uuid) { (it.place(filter), it.id().into()) };
    direction(R::direction(filter), &key(one), &key(other))
}

fn direction(direction: Direction, one: &(SortKey, Uuid), other: &(SortKey, Uuid)) -> Ordering {
    match direction {
        Direction::Ascending => one.cmp(other),
        Direction::Descending => other.cmp(one),
    }
}

/// The page that the parts make together, each with its own page for the same request; the order is that of any of them.
pub(crate) fn merged<R: Record>(pages: Vec<Page<R>>, request: PageRequest, filter: Option<&R::Filter>) -> Page<R> {
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
    if let Some(filter) = filter {
        items.sort_by(|one, other| in_order(one, other, filter));
    }
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

    fn is_listed(&self) -> bool {
        self.in_use().is_ok()
    }
}

impl Listing for Service {
    fn named(&self) -> Vec<(RecordKind, Uuid)> {
        Vec::new()
    }
}
