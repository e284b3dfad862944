//! Use cases about saved views: the filter of a list, saved under a name.
use domain::{
    access::Permission,
    field::Field,
    page::{Cursor, PageRequest, Total},
    record::{Record, RecordKind},
    store::{Names, Repository, UnitOfWork},
    user::UserId,
    values::{Invalid, ViewQuery},
    view::{View, ViewDetails, ViewFilter, ViewId, ViewScope},
};
use uuid::Uuid;

use crate::{Error, Listing, Result, Session, Work, history::distinct};

/// How many views of one list somebody may have; and how many of the others' they see, the newest.
const MOST: u16 = 100;

/// The views of a list with the names of their owners.
pub struct Views {
    /// One's own first, each part by name.
    pub views: Vec<View>,
    pub owners: Names,
}

impl Session {
    /// The user's own views of a list, at most 100, and shared views of others, at most 100.
    pub async fn views(&self, list: RecordKind) -> Result<Views> {
        let mut work = self.read(Permission::to_view(list)).await?;
        let user = self.actor().id;
        let mut views = work.views_of(list, ViewScope::Own(user)).await?;
        views.extend(work.views_of(list, ViewScope::SharedWith(user)).await?);
        views.sort_by_cached_key(|it| (it.owner != user, it.details.name.as_str().to_lowercase()));
        let owners: Vec<Uuid> = views.iter().map(|it| it.owner.0).collect();
        let owners = work.directory().names(RecordKind::User, &distinct(owners)).await?;
        Ok(Views { views, owners })
    }

    /// How many records each of these lists has.
    pub async fn totals<R>(&self, lists: &[Vec<R::Filter>]) -> Result<Vec<Total>>
    where
        R: Listing,
        dyn UnitOfWork: Repository<R>,
    {
        let mut work = self.read(Permission::to_view(R::KIND)).await?;
        let mut totals = Vec::with_capacity(lists.len());
        for parts in lists {
            totals.push(work.beside::<R>(parts, Cursor::Start).await?.1);
        }
        Ok(totals)
    }

    /// Fails with [`Invalid::TooMany`] where this user has 100 views of the list already.
    pub async fn save_view(
        &self,
        id: ViewId,
        list: RecordKind,
        query: ViewQuery,
        details: ViewDetails,
    ) -> Result<ViewId> {
        let (query, details, owner) = (&query, &details, self.actor().id);
        self.write(Permission::to_view(list), |mut work| async move {
            let sent_before = work.find::<View>(id).await?.is_some();
            if !sent_before && work.views_of(list, ViewScope::Own(owner)).await?.len() >= usize::from(MOST) {
                return Err(Error::Invalid(Field::Name, Invalid::TooMany { max: MOST.into() }));
            }
            let view = View::new(id, list, query.clone(), details.clone(), owner, work.now);
            work.insert_once(&view).await
        })
        .await
    }

    /// One's own view, to be changed.
    pub async fn own_view(&self, list: RecordKind, id: ViewId) -> Result<View> {
        self.read(Permission::to_view(list)).await?.own_view(list, id, self.actor().id).await
    }

    pub async fn edit_view(&self, list: RecordKind, id: ViewId, version: i32, details: ViewDetails) -> Result<()> {
        let (details, owner) = (&details, self.actor().id);
        self.write(Permission::to_view(list), |mut work| async move {
            let view = work.own_view(list, id, owner).await?;
            if view.stamp().version != version {
                return Err(Error::Conflict);
            }
            work.update(&view, View { details: details.clone(), ..view.clone() }).await?;
            work.commit().await
        })
        .await
    }

    /// Removes a view. Users who may edit users may also remove shared views of others, who may have left.
    pub async fn remove_view(&self, list: RecordKind, id: ViewId) -> Result<()> {
        let owner = self.actor().id;
        self.write(Permission::to_view(list), |mut work| async move {
            let view: View = work.get(id).await?;
            let is_theirs = view.owner == owner || (view.details.shared && self.actor().may(Permission::EditUsers));
            if !is_theirs || view.list != list || view.removed {
                return Err(Error::NotFound);
            }
            work.update(&view, View { removed: true, ..view.clone() }).await?;
            work.commit().await
        })
        .await
    }
}

impl Work {
    async fn views_of(&mut self, list: RecordKind, whose: ViewScope) -> Result<Vec<View>> {
        let filter = ViewFilter { list: Some(list), whose: Some(whose), removed: false };
        Ok(self.list::<View>(&filter, PageRequest::sized(Cursor::Start, MOST)).await?.items)
    }

    /// Somebody else's is not there, shared or not.
    async fn own_view(&mut self, list: RecordKind, id: ViewId, owner: UserId) -> Result<View> {
        let view: View = self.get(id).await?;
        if view.owner == owner && view.list == list && !view.removed { Ok(view) } else { Err(Error::NotFound) }
    }
}
