//! The pages of roles: the permission matrix, a new role, and renaming one.
mod view;

use std::collections::{BTreeMap, BTreeSet};

use application::{RoleChange, RoleInUse};
use axum::response::Response;
use domain::{
    access::{Permission, Permissions},
    field::Field,
    role::{Role, RoleId},
    values::{Invalid, RoleName},
};
use uuid::Uuid;

use crate::{
    error::WebError,
    form::{Form, SHOWN},
    form_data::FormData,
    page::{Page, PageResult, PathId},
    routes::{Access::May, Route, action, page},
    text::Notice,
    ui::permissions::{one_ticked, ticked},
};

pub(crate) use view::tabs;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/roles", May(Permission::ViewRoles), list),
        page("/roles/new", May(Permission::CreateRoles), new),
        action("/roles", May(Permission::CreateRoles), create),
        action("/roles/permissions", May(Permission::EditRoles), save),
        page("/roles/{id}/edit", May(Permission::EditRoles), edit),
        action("/roles/{id}/edit", May(Permission::EditRoles), update),
    ]
}

async fn list(page: Page) -> PageResult {
    show(page, Form::default()).await
}

async fn show(page: Page, mut form: Form) -> PageResult {
    let shown = page.session.roles().await?;
    for RoleInUse { role, .. } in &shown.roles {
        let permissions = Permission::ALL.map(|it| (it.code(), role.permissions.contains(it)));
        let boxes = permissions.into_iter().chain([(Field::SecondFactor.code(), role.second_factor)]);
        form.fill(|of| cell(role.id, of), boxes, role.stamp.version);
    }
    Ok(page.show_form(page.t.roles_and_permissions, &form, &view::matrix(&page, &shown, &form)))
}

async fn save(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let changes = changes(&form.data)?;
    if changes.is_empty() {
        form.check::<()>(Field::Permissions, Err(Invalid::Empty));
    } else {
        match page.session.edit_roles(changes).await {
            Ok(()) => return Ok(page.redirect("/roles", Notice::PermissionsSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show(page, form).await
}

/// The name of a field of the matrix: of a permission's code, of the version, or of the shown permissions.
fn cell(role: RoleId, of: &str) -> String {
    format!("{role}.{of}")
}

/// The submitted roles, each with its ticked permissions. A role is recognised by its version field, because it may
/// have no ticks. Our form has no other fields.
fn changes(data: &FormData) -> Result<Vec<RoleChange>, WebError> {
    let mut ticks: BTreeMap<RoleId, Vec<Permission>> = BTreeMap::new();
    let (mut versions, mut factors) = (BTreeMap::new(), BTreeSet::new());
    for (name, value) in data.pairs() {
        let (id, of) = name.split_once('.').ok_or(WebError::BadRequest)?;
        let id = RoleId(id.parse().map_err(|_| WebError::BadRequest)?);
        if of == "version" {
            // Anything that is not a number counts as an old version.
            versions.insert(id, value.parse().unwrap_or(0));
        } else if of == Field::SecondFactor.code() {
            factors.insert(id);
        } else if of != SHOWN {
            ticks.entry(id).or_default().push(one_ticked(of, value)?);
        }
    }
    if ticks.keys().chain(&factors).any(|it| !versions.contains_key(it)) {
        return Err(WebError::BadRequest);
    }
    let permissions = |id| Some(ticks.get(&id).into_iter().flatten().copied().collect::<Permissions>());
    let all = versions.into_iter();
    Ok(all
        .map(|(id, version)| {
            let second_factor = Some(factors.contains(&id));
            RoleChange { id, version, name: None, permissions: permissions(id), second_factor }
        })
        .collect())
}

async fn new(page: Page) -> PageResult {
    Ok(show_new(&page, Form::default()))
}

fn show_new(page: &Page, mut form: Form) -> Response {
    form.key(page.session.now());
    page.show_form(page.t.new_role, &form, &view::new(page, &form))
}

async fn create(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let permissions = ticked(&form.data, &["key", Field::Name.code()])?;
    let id = RoleId(form.key(page.session.now()));
    if let Some(name) = form.parse(Field::Name, RoleName::parse) {
        match page.session.create_role(id, name, permissions).await {
            Ok(_) => return Ok(page.redirect("/roles", Notice::RoleSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    Ok(show_new(&page, form))
}

async fn edit(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    show_edit(page, RoleId(id), None).await
}

async fn update(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (RoleId(id), Form::of(data));
    if let Some(name) = form.parse(Field::Name, RoleName::parse) {
        let change =
            RoleChange { id, version: form.version(), name: Some(name), permissions: None, second_factor: None };
        match page.session.edit_roles(vec![change]).await {
            Ok(()) => return Ok(page.redirect("/roles", Notice::RoleSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit(page, id, Some(form)).await
}

async fn show_edit(page: Page, id: RoleId, form: Option<Form>) -> PageResult {
    let (role, renaming) = page.session.role_to_edit(id).await?;
    let mut form = form.unwrap_or_else(|| Form::of(typed(&role)));
    form.show_saved(typed(&role), role.stamp.version, None);
    if let Err(refusal) = renaming {
        form.refuse(refusal.into())?;
    }
    Ok(page.show_form(role.name.as_str(), &form, &view::rename(&page, &form, &role)))
}

fn typed(role: &Role) -> FormData {
    let mut data = FormData::default().with(Field::Name, role.name.as_str());
    data.set("version", role.stamp.version.to_string());
    data
}
