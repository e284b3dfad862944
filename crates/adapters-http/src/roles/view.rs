//! The markup of the pages of roles.
use application::{RoleInUse, RolesPage, RuleViolation};
use domain::{access::Permission, field::Field, role::Role, values::RoleName};
use maud::{Markup, html};

use super::cell;
use crate::{
    form::{Form, SHOWN},
    page::Page,
    ui::{
        Icon, crumbs,
        field::{ControlKind, Spec, bar, field, hidden, summary},
        icon, list, permissions,
        permissions::{groups, tick},
        primary_link,
    },
};

/// From the users to the roles and back, for users who may view both.
pub(crate) fn tabs(page: &Page) -> Markup {
    let t = page.t;
    let of = |path: &str, words| (path.to_owned(), words, None, page.path.starts_with(path));
    html! {
        @if page.may(Permission::ViewUsers) && page.may(Permission::ViewRoles) {
            (list::tabs(t.management, &[of("/users", t.users), of("/roles", t.roles_and_permissions)], t))
        }
    }
}

/// The matrix, and the viewer's rights in it.
struct Matrix<'a> {
    page: &'a Page,
    shown: &'a RolesPage,
    form: &'a Form,
}

impl Matrix<'_> {
    /// Whether the current user may change anything in the role's column.
    fn is_open(&self, role: &Role) -> bool {
        let superuser = self.page.session.actor().superuser;
        self.page.may(Permission::EditRoles) && (superuser || !self.shown.own.contains(&role.id))
    }

    fn may_rename(&self, role: &Role) -> bool {
        self.page.may(Permission::EditRoles) && self.page.session.may_rename(role, &self.shown.own).is_ok()
    }

    fn may(&self, role: &Role, permission: Permission) -> bool {
        self.is_open(role) && self.page.session.actor().may_give(permission)
    }

    fn permission(&self, role: &Role, it: Permission) -> Markup {
        let label = (self.page.t.permission)(it);
        self.cell(role, it.code(), label, self.may(role, it), role.permissions.contains(it))
    }

    fn second_factor(&self, role: &Role) -> Markup {
        let (label, open) = (self.page.t.security.factor_row, self.is_open(role) && self.may_rename(role));
        self.cell(role, Field::SecondFactor.code(), label, open, role.second_factor)
    }

    /// Ticked boxes stay ticked. Boxes that the user may not change show the stored value.
    fn cell(&self, role: &Role, code: &str, label: &str, open: bool, stored: bool) -> Markup {
        let (t, name) = (self.page.t, cell(role.id, code));
        let ticked = if open { self.form.data.has(&name) } else { stored };
        let label = format!("{}: {label}", role.name);
        html! {
            td {
                label { (tick(self.is_open(role).then_some(name.as_str()), open, ticked, Some(&label))) }
                @if self.form.is_conflict() && ticked != stored {
                    span.field__saved { (t.saved_now) " " b { (if stored { t.yes } else { t.no }) } }
                }
            }
        }
    }

    fn head(&self, it: &RoleInUse) -> Markup {
        let (t, role) = (self.page.t, &it.role);
        html! {
            th scope="col" id=(role.id) {
                @if self.may_rename(role) {
                    a href={ "/roles/" (role.id) "/edit" } aria-label=((t.rename_role)(role.name.as_str())) {
                        (role.name) span.pen { "\u{a0}" (icon(Icon::Pencil)) }
                    }
                } @else { span { (role.name) } }
                span.small.muted { ((t.people)(it.people)) }
            }
        }
    }

    fn table(&self) -> Markup {
        let (t, roles) = (self.page.t, &self.shown.roles);
        html! {
            div #permissions .scroller.matrix-box tabindex="0" role="region" aria-label=(t.roles_and_permissions) {
                table.table.matrix {
                    caption.visually-hidden { (t.matrix_caption) }
                    thead { tr {
                        th scope="col" { (t.permission_word) }
                        @for it in roles { (self.head(it)) }
                    } }
                    tbody {
                        tr.matrix__group { th scope="rowgroup" colspan=(roles.len() + 1) { span { (t.security.sign_in) } } }
                        tr {
                            th scope="row" { (t.security.factor_row) }
                            @for it in roles { (self.second_factor(&it.role)) }
                        }
                    }
                    @for (words, group) in groups(t) {
                        tbody {
                            tr.matrix__group { th scope="rowgroup" colspan=(roles.len() + 1) { span { (words) } } }
                            @for permission in group {
                                tr {
                                    th scope="row" { (permissions::words(t, permission)) }
                                    @for it in roles { (self.permission(&it.role, permission)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn matrix(page: &Page, shown: &RolesPage, form: &Form) -> Markup {
    let (t, it) = (page.t, Matrix { page, shown, form });
    let open: Vec<&Role> = shown.roles.iter().map(|it| &it.role).filter(|role| it.is_open(role)).collect();
    html! {
        div.page-head.page-head--list {
            h1 { (t.roles_and_permissions) }
            @if page.may(Permission::CreateRoles) {
                div.page-head__actions { (primary_link("/roles/new", Icon::Plus, t.new_role, "n")) }
            }
        }
        (tabs(page))
        (summary(t, form, "/roles"))
        @if open.is_empty() {
            (it.table())
        } @else {
            form method="post" action="/roles/permissions" data-once data-guard {
                @for role in open {
                    @for name in ["version", SHOWN].map(|of| cell(role.id, of)) {
                        input type="hidden" name=(name) value=(form.data.get(&name));
                    }
                }
                (it.table())
                @if !page.session.actor().may_give_any() {
                    p.small.muted.matrix-note { (t.locked_cells) }
                } @else if !page.session.actor().superuser {
                    p.small.muted.matrix-note { (t.refusal(RuleViolation::OwnRole).1) }
                }
                div.formbar {
                    button.btn.btn--primary { (t.save_permissions) }
                    a.btn.btn--ghost href="/roles" { (t.cancel) }
                    span.small role="status" data-changes=(t.changed_boxes) {}
                    span.small.muted { (t.permissions_at_once) }
                    span.small.muted.push.not-phone { (t.ctrl_enter) }
                }
            }
        }
    }
}

pub(super) fn new(page: &Page, form: &Form) -> Markup {
    let t = page.t;
    html! {
        (crumbs(t.path, &[("/roles", t.roles_and_permissions)]))
        div.page-head { h1 { (t.new_role) } }
        form.stack.form method="post" action="/roles" data-once data-guard {
            (summary(t, form, "/roles"))
            (hidden(form))
            (field(t, form, &Spec::new(Field::Name, ControlKind::Line { max: RoleName::MAX }).hint(t.role_name_hint).focused()))
            fieldset #permissions .section {
                legend { ((t.field)(Field::Permissions)) }
                div.grid {
                    @for (words, group) in groups(t) {
                        fieldset.ticks {
                            legend { (words) }
                            @for it in group { (permission(page, form, it)) }
                        }
                    }
                }
                @if !page.session.actor().may_give_any() { p.small.muted { (t.locked_boxes) } }
            }
            (bar(t, t.save, "/roles"))
        }
    }
}

fn permission(page: &Page, form: &Form, it: Permission) -> Markup {
    let open = page.session.actor().may_give(it);
    html! {
        label.check {
            (tick(open.then_some(it.code()), open, open && form.data.has(it.code()), None))
            span.muted[!open] { (permissions::words(page.t, it)) }
        }
    }
}

/// If the current user may not rename the role, the form says so and offers no field.
pub(super) fn rename(page: &Page, form: &Form, role: &Role) -> Markup {
    let t = page.t;
    html! {
        (crumbs(t.path, &[("/roles", t.roles_and_permissions)]))
        div.page-head { h1 { (role.name) } }
        @if form.refusal.is_some() {
            (summary(t, form, "/roles"))
        } @else {
            form.stack.form method="post" action={ "/roles/" (role.id) "/edit" } data-once data-guard {
                (summary(t, form, "/roles"))
                (hidden(form))
                (field(t, form, &Spec::new(Field::Name, ControlKind::Line { max: RoleName::MAX }).hint(t.role_name_hint).focused()))
                (bar(t, t.save, "/roles"))
            }
        }
    }
}
