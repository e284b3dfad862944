//! Roles.
use diesel::{prelude::*, sqlite::Sqlite};
use domain::{
    access::Permissions,
    record::Stamp,
    role::{Role, RoleFilter},
    values::{RoleName, fold},
};

use crate::{
    database_error::Unreadable,
    repository::{Row, list_by_id, repository, row_access},
    schema::roles,
    values::DbId,
};

#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = roles, check_for_backend(Sqlite))]
struct RoleRow {
    id: DbId,
    name: String,
    name_folded: String,
    permissions: String,
    second_factor: bool,
}

impl From<&Role> for RoleRow {
    fn from(role: &Role) -> Self {
        Self {
            id: DbId::of(role.id),
            name: role.name.to_string(),
            name_folded: fold(role.name.as_str()),
            permissions: role.permissions.codes(),
            second_factor: role.second_factor,
        }
    }
}

impl Row for RoleRow {
    type Record = Role;

    fn id(&self) -> DbId {
        self.id
    }

    fn read(self, stamp: Stamp) -> Result<Role, Unreadable> {
        let permissions = Permissions::from_codes(&self.permissions);
        Ok(Role {
            id: self.id.to(),
            name: RoleName::parse(&self.name)?,
            permissions,
            second_factor: self.second_factor,
            stamp,
        })
    }
}

fn matching(_: &RoleFilter) -> roles::BoxedQuery<'static, Sqlite> {
    roles::table.into_boxed()
}

row_access!(Role, RoleRow, roles);
list_by_id!(Role, RoleFilter, RoleRow, roles);
repository!(Role, RoleFilter, RoleRow);
