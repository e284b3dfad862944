//! Contracts.
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    contract::{Contract, ContractDetails, ContractFilter, ContractSort, SigningDay},
    record::Stamp,
    values::{ContractName, Day, Money, Period, name_needles, search_fold},
};
use uuid::Uuid;

use crate::{
    database_error::Unreadable,
    repository::{Row, list_in_order, repository, row_access},
    schema::contracts,
    search::strpos,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = contracts, check_for_backend(Pg), treat_none_as_null = true)]
struct ContractRow {
    id: Uuid,
    name: String,
    search: String,
    service_id: Uuid,
    signed_on: Day,
    valid_from: Day,
    valid_until: Day,
    amount: i64,
    document_id: Uuid,
    client_id: Option<Uuid>,
}

impl From<&Contract> for ContractRow {
    fn from(contract: &Contract) -> Self {
        let it = &contract.details;
        Self {
            id: contract.id.into(),
            name: it.name.to_string(),
            search: search_fold(it.name.as_str()),
            service_id: it.service.into(),
            signed_on: it.signed_on.day(),
            valid_from: it.valid.from(),
            valid_until: it.valid.until(),
            amount: it.amount.minor(),
            document_id: contract.document.into(),
            client_id: contract.client.map(Into::into),
        }
    }
}

impl Row for ContractRow {
    type Record = Contract;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Contract, Unreadable> {
        let details = ContractDetails {
            name: ContractName::parse(&self.name)?,
            service: self.service_id.into(),
            signed_on: SigningDay::stored(self.signed_on)?,
            valid: Period::new(self.valid_from, self.valid_until)?,
            amount: Money::from_minor(self.amount)?,
        };
        let (document, client) = (self.document_id.into(), self.client_id.map(Into::into));
        Ok(Contract { id: self.id.into(), details, document, client, stamp })
    }
}

fn matching(filter: &ContractFilter) -> contracts::BoxedQuery<'static, Pg> {
    let mut rows = contracts::table.into_boxed();
    if let Some(client) = filter.client {
        rows = rows.filter(contracts::client_id.eq(Uuid::from(client)));
    }
    if filter.free {
        rows = rows.filter(contracts::client_id.is_null());
    }
    if let Some(service) = filter.service {
        rows = rows.filter(contracts::service_id.eq(Uuid::from(service)));
    }
    if let Some(signed) = filter.signed {
        rows = rows.filter(contracts::signed_on.between(signed.from(), signed.until()));
    }
    if let Some(ends) = filter.ends {
        rows = rows.filter(contracts::valid_until.between(ends.from(), ends.until()));
    }
    if let Some(least) = filter.least {
        rows = rows.filter(contracts::amount.ge(least.minor()));
    }
    if let Some(most) = filter.most {
        rows = rows.filter(contracts::amount.le(most.minor()));
    }
    for needle in name_needles(&filter.search) {
        rows = rows.filter(strpos(contracts::search, needle).gt(0));
    }
    rows
}

row_access!(Contract, ContractRow, contracts);
list_in_order!(Contract, ContractFilter, ContractRow, contracts, ContractSort { Name => search Text, SignedOn => signed_on Day, ValidUntil => valid_until Day, Amount => amount Number });
repository!(Contract, ContractFilter, ContractRow, contracts);
