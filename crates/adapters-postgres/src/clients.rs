//! Clients.
use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    client::{Client, ClientDetails, ClientFilter, ClientSort},
    record::Stamp,
    values::{FullName, person_needles},
};
use uuid::Uuid;

use crate::{
    contact,
    database_error::Unreadable,
    repository::{Row, list_in_order, repository, row_access},
    schema::clients,
    search::strpos,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = clients, check_for_backend(Pg), treat_none_as_null = true)]
struct ClientRow {
    id: Uuid,
    lead_id: Uuid,
    first_contract_id: Uuid,
    acquired_by: Option<Uuid>,
    full_name: String,
    phone: Option<String>,
    email: Option<String>,
    search: String,
    converted_at: DateTime<Utc>,
    email_key: Option<String>,
    name_key: String,
}

impl From<&Client> for ClientRow {
    fn from(client: &Client) -> Self {
        let (phone, email) = contact::columns(&client.details.contact);
        let (email_key, name_key) = contact::keys(&client.into());
        Self {
            id: client.id.into(),
            lead_id: client.lead.into(),
            first_contract_id: client.first_contract.into(),
            acquired_by: client.acquired_by.map(Into::into),
            full_name: client.details.full_name.to_string(),
            phone,
            email,
            search: client.search_text(),
            converted_at: client.converted_at,
            email_key,
            name_key,
        }
    }
}

impl Row for ClientRow {
    type Record = Client;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Client, Unreadable> {
        let details = ClientDetails {
            full_name: FullName::parse(&self.full_name)?,
            contact: contact::read(self.phone.as_deref(), self.email.as_deref())?,
        };
        Ok(Client {
            id: self.id.into(),
            lead: self.lead_id.into(),
            first_contract: self.first_contract_id.into(),
            acquired_by: self.acquired_by.map(Into::into),
            details,
            converted_at: self.converted_at,
            stamp,
        })
    }
}

fn matching(filter: &ClientFilter) -> clients::BoxedQuery<'static, Pg> {
    let mut rows = clients::table.into_boxed();
    if let Some(campaign) = filter.campaign {
        rows = rows.filter(clients::acquired_by.eq(Uuid::from(campaign)));
    }
    if let Some(converted) = filter.converted {
        rows = rows.filter(clients::converted_at.ge(converted.from)).filter(clients::converted_at.lt(converted.until));
    }
    for needle in person_needles(&filter.search) {
        let found = strpos(clients::search, needle.text).gt(0);
        rows = match needle.dialled {
            Some(dialled) => rows.filter(found.or(strpos(clients::search, dialled).gt(0))),
            None => rows.filter(found),
        };
    }
    rows
}

row_access!(Client, ClientRow, clients);
list_in_order!(Client, ClientFilter, ClientRow, clients, ClientSort { Name => search Text });
repository!(Client, ClientFilter, ClientRow, clients);
