//! The audit log.
use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use domain::{
    audit::{AuditEntry, AuditFilter, AuditId},
    chain::ChainLink,
    logged::LoggedEntry,
    page::{Page, PageRequest},
    record::RecordKind,
    store::{AuditLog, LogSize, Result},
};
use uuid::Uuid;

use crate::{table, work::Work};

#[async_trait]
impl AuditLog for Work {
    async fn append(&mut self, entry: &AuditEntry) -> Result<()> {
        let by = entry.by;
        self.require(move |tables| tables.users.has_any(by))?;
        let log = Arc::make_mut(&mut self.draft()?.log);
        let head = log.last().map_or(ChainLink::start(0), |it| it.0);
        log.push((head.followed_by(entry), Arc::new(entry.clone())));
        Ok(())
    }

    async fn append_all(&mut self, entries: &[AuditEntry]) -> Result<()> {
        for entry in entries {
            self.append(entry).await?;
        }
        Ok(())
    }

    async fn entries(&mut self, after: Option<Uuid>, limit: u16) -> Result<Vec<AuditEntry>> {
        let mut entries = self.entries_that(|it| after.is_none_or(|after| Uuid::from(it.id) > after));
        entries.sort_by_key(|it| it.id);
        entries.truncate(limit.into());
        Ok(entries)
    }

    async fn history(&mut self, kind: RecordKind, record: Uuid, below: i32, limit: u16) -> Result<Vec<LoggedEntry>> {
        let of_it = |it: &AuditEntry| it.act.is_change() && (it.kind, it.record) == (kind, record);
        let mut entries = self.entries_that(|it| of_it(it) && it.version < below);
        entries.sort_by_key(|it| std::cmp::Reverse((it.version, it.id)));
        Ok(entries.into_iter().take(limit.into()).map(Ok).collect())
    }

    async fn log(&mut self, filter: &AuditFilter, page: PageRequest) -> Result<Page<LoggedEntry>> {
        let matches = |it: &AuditEntry| {
            filter.by.is_none_or(|by| it.by == Some(by))
                && filter.act.is_none_or(|act| it.act == act)
                && filter.kind.is_none_or(|kind| it.kind == kind)
                && filter.record.is_none_or(|record| it.record == record)
                && filter.period.is_none_or(|period| {
                    let [from, until] = [period.from, period.until].map(AuditId::first_at);
                    (from..until).contains(&it.id.0)
                })
        };
        let all = self.tables().log.iter().map(|it| &*it.1);
        let hits: BTreeMap<AuditId, &AuditEntry> = all.clone().filter(|it| matches(it)).map(|it| (it.id, it)).collect();
        let Page { items, has_newer, has_older, total } =
            table::page(&hits, page, |id| all.clone().find(|it| it.id.0 == id).map(|it| it.id));
        Ok(Page { items: items.into_iter().map(Ok).collect(), has_newer, has_older, total })
    }

    async fn heads(&mut self) -> Result<Vec<ChainLink>> {
        Ok(vec![self.tables().log.last().map_or(ChainLink::start(0), |it| it.0)])
    }

    async fn sealed(&mut self, chain: i16, after: i64, limit: u16) -> Result<Vec<(ChainLink, LoggedEntry)>> {
        let behind = self.tables().log.iter().filter(|(link, _)| link.chain == chain && link.position > after);
        Ok(behind.take(limit.into()).map(|(chain, entry)| (*chain, Ok(AuditEntry::clone(entry)))).collect())
    }

    async fn size(&mut self) -> Result<LogSize> {
        Ok(LogSize { all: self.tables().log.len() as u64, chains: 1, ..LogSize::default() })
    }
}

impl Work {
    fn entries_that(&self, hold: impl Fn(&AuditEntry) -> bool) -> Vec<AuditEntry> {
        self.tables().log.iter().filter(|it| hold(&it.1)).map(|it| AuditEntry::clone(&it.1)).collect()
    }
}
