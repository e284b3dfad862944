//! The permissions of one user, their origins, and the user's own grants.
use application::PermissionOrigin;
use domain::{
    access::Permission,
    field::Field,
    user::{User, UserId},
    values::Invalid,
};
use maud::{Markup, html};
use uuid::Uuid;

use crate::{
    form::{Form, SHOWN},
    form_data::FormData,
    page::{Page, PageResult, PathId},
    text::{Notice, Text},
    ui::{
        Tone, alert, crumbs,
        field::{bar, hidden, summary},
        permissions::{groups, tick, ticked, words},
    },
};

pub(super) async fn show(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    show_with(page, UserId(id), Form::default()).await
}

pub(super) async fn grant(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (UserId(id), Form::of(data));
    let permissions = ticked(&form.data, &["version", SHOWN])?;
    if form.data.has("version") {
        match page.session.set_user_grants(id, form.version(), permissions).await {
            Ok(()) => return Ok(page.redirect(&format!("/users/{id}/permissions"), Notice::PermissionsSaved)),
            Err(error) => form.refuse(error)?,
        }
    } else {
        form.check::<()>(Field::Permissions, Err(Invalid::Empty));
    }
    show_with(page, id, form).await
}

async fn show_with(page: Page, id: UserId, mut form: Form) -> PageResult {
    let found = page.session.user_permissions(id).await?;
    let granted = Permission::ALL.map(|it| (it.code(), found.user.grants.contains(it)));
    form.fill(str::to_owned, granted, found.user.stamp.version);
    let title = format!("{}: {}", found.user.display_name(), page.t.what_user_may);
    Ok(page.show_form(&title, &form, &view(&page, &found.user, &found.origins, &form)))
}

fn view(page: &Page, user: &User, origins: &[PermissionOrigin], form: &Form) -> Markup {
    let (t, at) = (page.t, format!("/users/{}", user.id));
    let may_grant = page.session.may_change_grants(user);
    let open = page.may(Permission::EditRoles) && may_grant.is_ok();
    let rows = Rows { page, user, origins, form, open };
    html! {
        (crumbs(t.path, &[("/users", t.users), (&at, user.display_name())]))
        div.page-head { h1 { (t.what_user_may) } }
        (summary(t, form, ""))
        @if !user.active { (alert(Tone::Warn, &html! { (t.deactivated_may_nothing) })) }
        @if open {
            form.stack method="post" action={ (at) "/grants" } data-once data-guard {
                (hidden(form))
                (rows.table())
                @if !page.session.actor().may_give_any() { p.small.muted { (t.locked_boxes) } }
                (bar(t, t.save_permissions, &at))
            }
        } @else {
            (rows.table())
            @if let Some(refusal) = may_grant.err().filter(|_| page.may(Permission::EditRoles)) {
                p.small.muted.matrix-note { (t.refusal(refusal).1) }
            }
        }
    }
}

struct Rows<'a> {
    page: &'a Page,
    user: &'a User,
    origins: &'a [PermissionOrigin],
    form: &'a Form,
    /// Whether the viewer may give this user something.
    open: bool,
}

impl Rows<'_> {
    fn table(&self) -> Markup {
        let t = self.page.t;
        let columns = if self.open { 4 } else { 3 };
        html! {
            table #permissions .table.origins {
                caption.visually-hidden { (self.user.display_name()) }
                thead { tr {
                    th scope="col" { (t.permission_word) }
                    th scope="col" { (t.may_word) }
                    th.col-3 scope="col" { (t.from_where) }
                    @if self.open { th scope="col" { (t.grant_word) } }
                } }
                @for (group, permissions) in groups(t) {
                    tbody {
                        tr.matrix__group { th scope="rowgroup" colspan=(columns) { (group) } }
                        @for it in self.origins.iter().filter(|it| permissions.contains(&it.permission)) { (self.row(it)) }
                    }
                }
            }
        }
    }

    fn row(&self, it: &PermissionOrigin) -> Markup {
        let t = self.page.t;
        let from = from(t, it);
        html! {
            tr {
                th scope="row" { (words(t, it.permission)) span.cell-sub { (from) } }
                td {
                    @if it.held { b.text-ok aria-hidden="true" { "✓" } } @else { span.muted aria-hidden="true" { "—" } }
                    span.visually-hidden { (if it.held { t.yes } else { t.no }) }
                }
                td.col-3.muted { (from) }
                @if self.open { (self.cell(it)) }
            }
        }
    }

    /// Whether this user alone has the grant. Grants that the viewer may not change stay.
    fn cell(&self, it: &PermissionOrigin) -> Markup {
        let (t, code, may) = (self.page.t, it.permission.code(), self.page.session.actor().may_give(it.permission));
        let ticked = if may { self.form.data.has(code) } else { it.granted };
        let label = format!("{}: {}", t.grant_word, (t.permission)(it.permission));
        html! {
            td {
                label { (tick(Some(code), may, ticked, Some(&label))) }
                @if self.form.is_conflict() && ticked != it.granted {
                    span.field__saved { (t.saved_now) " " b { (if it.granted { t.yes } else { t.no }) } }
                }
            }
        }
    }
}

/// Every source, because one may end while another remains.
fn from(t: &Text, it: &PermissionOrigin) -> String {
    let superuser = it.superuser.then(|| t.by_superuser.to_owned());
    let roles = it.roles.iter().map(|it| (t.by_role)(it.as_str()));
    let own = it.granted.then(|| t.granted.to_owned());
    superuser.into_iter().chain(roles).chain(own).collect::<Vec<_>>().join(", ")
}
