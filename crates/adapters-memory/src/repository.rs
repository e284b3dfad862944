//! The port to one kind of record, written once for all kinds.
use async_trait::async_trait;
use domain::{
    page::{Page, PageRequest},
    store::{Repository, Result, StoreError},
};

use crate::{kept::Kept, table::Table, work::Work};

#[async_trait]
impl<R: Kept> Repository<R> for Work {
    async fn get(&mut self, id: R::Id) -> Result<Option<R>> {
        Ok(R::table(self.tables()).get(id).cloned())
    }

    async fn list(&mut self, filter: &R::Filter, page: PageRequest) -> Result<Page<R>> {
        Ok(R::table(self.tables()).list(filter, page))
    }

    async fn insert(&mut self, record: &R) -> Result<()> {
        self.write(record, Table::insert)
    }

    async fn update(&mut self, record: &R) -> Result<()> {
        self.write(record, Table::update)
    }
}

impl Work {
    fn write<R: Kept>(&mut self, record: &R, put: fn(&mut Table<R>, &R) -> Result<()>) -> Result<()> {
        let draft = self.draft()?;
        let before = R::table(draft).clone();
        put(R::table_mut(draft), record)?;
        // After the write, because a user may have made their own record.
        if !draft.know_authors_of(record.stamp()) || !record.references_hold(draft) {
            *R::table_mut(draft) = before;
            return Err(StoreError::Dangling);
        }
        self.check_at_commit::<R>(record.id().into());
        Ok(())
    }
}
