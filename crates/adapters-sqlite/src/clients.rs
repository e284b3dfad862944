//! Clients.
use diesel::{prelude::*, sqlite::Sqlite};
use domain::{
    client::{Client, ClientDetails, ClientFilter, ClientSort},
    record::Stamp,
    values::{FullName, person_needles},
};

use crate::{
    contact,
    database_error::Unreadable,
    repository::{Row, list_in_order, repository, row_access},
    schema::clients,
    search::instr,
    values::{DbId, Moment},
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = clients, check_for_backend(Sqlite), treat_none_as_null = true)]
struct ClientRow {
    id: DbId,
    lead_id: DbId,
    first_contract_id: DbId,
    acquired_by: Option<DbId>,
    full_name: String,
    phone: Option<String>,
    email: Option<String>,
    search: String,
    converted_at: Moment,
    email_key: Option<String>,
    name_key: String,
}

impl From<&Client> for ClientRow {
    fn from(client: &Client) -> Self {
        let (phone, email) = contact::columns(&client.details.contact);
        let (email_key, name_key) = contact::keys(&client.into());
        Self {
            id: DbId::of(client.id),
            lead_id: DbId::of(client.lead),
            first_contract_id: DbId::of(client.first_contract),
            acquired_by: client.acquired_by.map(DbId::of),
            full_name: client.details.full_name.to_string(),
            phone,
            email,
            search: client.search_text(),
            converted_at: Moment(client.converted_at),
            email_key,
            name_key,
        }
    }
}

impl Row for ClientRow {
    type Record = Client;

    fn id(&self) -> DbId {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Client, Unreadable> {
        let details = ClientDetails {
            full_name: FullName::parse(&self.full_name)?,
            contact: contact::read(self.phone.as_deref(), self.email.as_deref())?,
        };
        Ok(Client {
            id: self.id.to(),
            lead: self.lead_id.to(),
            first_contract: self.first_contract_id.to(),
            acquired_by: self.acquired_by.map(DbId::to),
            details,
            converted_at: self.converted_at.0,
            stamp,
        })
    }
}

fn matching(filter: &ClientFilter) -> clients::BoxedQuery<'static, Sqlite> {
    let mut rows = clients::table.into_boxed();
    if let Some(campaign) = filter.campaign {
        rows = rows.filter(clients::acquired_by.eq(DbId::of(campaign)));
    }
    if let Some(converted) = filter.converted {
        rows = rows
            .filter(clients::converted_at.ge(Moment(converted.from)))
            .filter(clients::converted_at.lt(Moment(converted.until)));
    }
    for needle in person_needles(&filter.search) {
        let found = instr(clients::search, needle.text).gt(0);
        rows = match needle.dialled {
            Some(dialled) => rows.filter(found.or(instr(clients::search, dialled).gt(0))),
            None => rows.filter(found),
        };
    }
    rows
}

row_access!(Client, ClientRow, clients);
list_in_order!(Client, ClientFilter, ClientRow, clients, ClientSort { Name => search Text });
repository!(Client, ClientFilter, ClientRow);
