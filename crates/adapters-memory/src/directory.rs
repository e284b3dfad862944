//! Names, choices and counts.
use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use domain::{
    record::RecordKind,
    store::{Choice, Counts, Directory, Names, Result},
    values::fold,
};
use uuid::Uuid;

use crate::{tables::Tables, work::Work};

#[async_trait]
impl Directory for Work {
    async fn names(&mut self, kind: RecordKind, ids: &[Uuid]) -> Result<Names> {
        let tables = self.tables();
        Ok(ids.iter().filter_map(|id| Some((*id, name(tables, kind, *id)?))).collect())
    }

    async fn choices(&mut self, kind: RecordKind, limit: u16) -> Result<Vec<Choice>> {
        let mut choices = choices(self.tables(), kind);
        // Contracts are the one kind that is offered newest first.
        if kind != RecordKind::Contract {
            choices.sort_by_cached_key(|it| (fold(&it.name), it.id));
        }
        choices.truncate(limit.into());
        Ok(choices)
    }

    async fn channels(&mut self, limit: u16) -> Result<Vec<String>> {
        let channels: BTreeSet<&str> = self.tables().campaigns.iter().map(|it| it.details.channel.as_str()).collect();
        Ok(channels.into_iter().take(limit.into()).map(str::to_owned).collect())
    }

    async fn counts(&mut self) -> Result<Counts> {
        let tables = self.tables();
        let mut leads = HashMap::new();
        for lead in tables.leads_in_use() {
            *leads.entry(lead.stage()).or_default() += 1;
        }
        Ok(Counts {
            services: count(tables.services.iter().filter(|it| !it.archived).count()),
            campaigns: count(tables.campaigns.iter().filter(|it| !it.archived).count()),
            leads,
            clients: count(tables.clients.len()),
            contracts: count(tables.contracts.len()),
        })
    }
}

pub(crate) fn count(records: usize) -> u64 {
    u64::try_from(records).unwrap_or(u64::MAX)
}

fn name(tables: &Tables, kind: RecordKind, id: Uuid) -> Option<String> {
    match kind {
        RecordKind::Campaign => tables.campaigns.get(id).map(|it| it.details.name.to_string()),
        RecordKind::Client => tables.clients.get(id).map(|it| it.details.full_name.to_string()),
        RecordKind::Contract => tables.contracts.get(id).map(|it| it.details.name.to_string()),
        RecordKind::Lead => tables.leads.get(id).map(|it| it.details.full_name.to_string()),
        RecordKind::Role => tables.roles.get(id).map(|it| it.name.to_string()),
        RecordKind::Service => tables.services.get(id).map(|it| it.details.name.to_string()),
        RecordKind::User => tables.users.get(id).map(|it| it.display_name().to_owned()),
        RecordKind::View => tables.views.get(id).map(|it| it.details.name.to_string()),
        RecordKind::Document | RecordKind::Note | RecordKind::SpendEntry => None,
    }
}

fn choices(tables: &Tables, kind: RecordKind) -> Vec<Choice> {
    let ids: Vec<Uuid> = match kind {
        RecordKind::Service => tables.services.iter().filter(|it| !it.archived).map(|it| it.id.into()).collect(),
        RecordKind::Campaign => tables.campaigns.iter().filter(|it| !it.archived).map(|it| it.id.into()).collect(),
        RecordKind::User => tables.users.iter().filter(|it| it.active).map(|it| it.id.into()).collect(),
        RecordKind::Role => tables.roles.iter().map(|it| it.id.into()).collect(),
        RecordKind::Contract => {
            tables.contracts.iter().rev().filter(|it| it.client.is_none()).map(|it| it.id.into()).collect()
        }
        _ => Vec::new(),
    };
    ids.into_iter().filter_map(|id| Some(Choice { id, name: name(tables, kind, id)? })).collect()
}
