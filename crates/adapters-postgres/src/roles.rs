//! Roles.
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use domain::{
    access::Permissions,
    record::Stamp,
    role::{Role, RoleFilter},
    values::{RoleName, fold},
};
use uuid::Uuid;

use crate::{
    database_error::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::roles,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = roles, check_for_backend(Pg))]
struct RoleRow {
    id: Uuid,
    name: String,
    name_folded: String,
    permissions: String,
    second_factor: bool,
}

impl From<&Role> for RoleRow {
    fn from(role: &Role) -> Self {
        Self {
            id: role.id.into(),
            name: role.name.to_string(),
            name_folded: fold(role.name.as_str()),
            permissions: role.permissions.codes(),
            second_factor: role.second_factor,
        }
    }
}

impl Row for RoleRow {
    type Record = Role;

    fn id(&self) -> Uuid {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Role, Unreadable> {
        let permissions = Permissions::from_codes(&self.permissions);
        Ok(Role {
            id: self.id.into(),
            name: RoleName::parse(&self.name)?,
            permissions,
            second_factor: self.second_factor,
            stamp,
        })
    }
}

fn matching(_: &RoleFilter) -> roles::BoxedQuery<'static, Pg> {
    roles::table.into_boxed()
}

row_access!(Role, RoleRow, roles);
list_by_id!(Role, RoleFilter, RoleRow, roles);
repository!(Role, RoleFilter, RoleRow, roles);
