//! The port to one kind of record, written once for all kinds.
use async_trait::async_trait;
use domain::{
    page::{Page, PageRequest, Position},
    store::{Repository, Result},
};

use crate::{stored::Stored, table::Table, work::Work};

#[async_trait]
impl<R: Stored> Repository<R> for Work {
    async fn get(&mut self, id: R::Id) -> Result<Option<R>> {
        Ok(R::table(self.tables()).get(id).cloned())
    }

    async fn list(&mut self, filter: &R::Filter, page: PageRequest) -> Result<Page<R>> {
        Ok(R::table(self.tables()).list(filter, page, self.tables()))
    }

    async fn position(&mut self, filter: &R::Filter, id: R::Id) -> Result<Option<Position>> {
        Ok(R::table(self.tables()).position(filter, id, self.tables()))
    }

    async fn insert(&mut self, record: &R) -> Result<()> {
        self.write(record, Table::insert)
    }

    async fn insert_all(&mut self, records: &[R]) -> Result<()> {
        records.iter().try_for_each(|it| self.write(it, Table::insert))
    }

    async fn update(&mut self, record: &R) -> Result<()> {
        self.write(record, Table::update)
    }
}

impl Work {
    fn write<R: Stored>(&mut self, record: &R, put: fn(&mut Table<R>, &R) -> Result<()>) -> Result<()> {
        let draft = self.draft()?;
        let before = R::table(draft).clone();
        put(R::table_mut(draft), record)?;
        let (id, stamp) = (record.id().into(), *record.stamp());
        // After the write, because a user may have made their own record.
        let known = self.require(move |tables| {
            let Some(record) = R::table(tables).get(id) else { return true };
            tables.know_authors_of(&stamp) && record.references_hold(tables)
        });
        if known.is_err() {
            *R::table_mut(self.draft()?) = before;
            return known;
        }
        self.check_at_commit::<R>(id);
        Ok(())
    }
}
