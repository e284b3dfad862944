//! Users: list, record, form, authentication, permissions.
mod list;
mod permissions;
pub(crate) mod view;

use std::collections::BTreeMap;

use axum::{
    extract::RawQuery,
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect},
};
use domain::{
    access::Permission,
    field::Field,
    record::Record,
    role::RoleId,
    user::{PersonName, User, UserDetails, UserId},
    values::{Email, Invalid, Username},
};
use uuid::Uuid;

use self::list::Filters;
pub(crate) use self::view::second_factor;
use crate::{
    form::Form,
    form_data::FormData,
    one_time_secret::{LINKS, secret, with_secret},
    page::{Page, PageResult, PathId},
    password_link, preferences,
    record::before,
    routes::{Access::May, Route, action, page},
    setup::{known_of, password},
    text::Notice,
    ui::list::page_request,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/users", May(Permission::ViewUsers), show_list),
        page("/users/new", May(Permission::CreateUsers), new),
        action("/users", May(Permission::CreateUsers), create),
        page("/users/{id}", May(Permission::ViewUsers), show),
        page("/users/{id}/edit", May(Permission::EditUsers), edit),
        action("/users/{id}/edit", May(Permission::EditUsers), update),
        action("/users/{id}/access", May(Permission::EditUsers), set_access),
        action("/users/{id}/sessions/end", May(Permission::EditUsers), end_sessions),
        page("/users/{id}/link", May(Permission::EditUsers), show_link),
        action("/users/{id}/link", May(Permission::EditUsers), make_link),
        page("/users/{id}/second-factor/reset", May(Permission::EditUsers), ask_to_reset),
        action("/users/{id}/second-factor/reset", May(Permission::EditUsers), reset_second_factor),
        page("/users/{id}/password", May(Permission::EditUsers), edit_password),
        action("/users/{id}/password", May(Permission::EditUsers), set_password),
        page("/users/{id}/permissions", May(Permission::ViewUsers), permissions::show),
        action("/users/{id}/grants", May(Permission::EditRoles), permissions::grant),
    ]
}

async fn show_list(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let filters = Filters::read(&query);
    let listed = page.session.users(&filters.filter(page.session.now()), page_request(&query)).await?;
    Ok(page.show(page.t.users, &list::view(&page, &filters, &listed)))
}

async fn show(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    show_with(page, UserId(id), &Form::default()).await
}

/// The record, with the error if its access could not be changed.
async fn show_with(page: Page, id: UserId, form: &Form) -> PageResult {
    let user = page.session.user(id).await?;
    Ok(page.show_form(user.user.display_name(), form, &view::record(&page, &user, form)))
}

async fn new(page: Page) -> PageResult {
    show_new(page, Form::default()).await
}

async fn show_new(page: Page, mut form: Form) -> PageResult {
    let (_, offers) = page.session.user_form(None).await?;
    form.key(page.session.now());
    Ok(page.show_form(page.t.new_user, &form, &view::form(&page, &form, None, &offers)))
}

async fn create(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let id = UserId(form.key(page.session.now()));
    if let Some(details) = details(&mut form) {
        match page.session.create_user(id, details).await {
            Ok(id) => return Ok(page.redirect(&format!("/users/{id}"), Notice::UserSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_new(page, form).await
}

async fn edit(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    show_edit(page, UserId(id), None).await
}

async fn update(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (UserId(id), Form::of(data));
    if let Some(details) = details(&mut form) {
        match page.session.edit_user(id, form.version(), details).await {
            Ok(()) => return Ok(page.redirect(&format!("/users/{id}"), Notice::UserSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_edit(page, id, Some(form)).await
}

async fn show_edit(page: Page, id: UserId, form: Option<Form>) -> PageResult {
    let (user, offers) = page.session.user_form(Some(id)).await?;
    let user = user.ok_or(application::Error::NotFound)?;
    let mut form = form.unwrap_or_else(|| Form::of(typed(&user)));
    let before = before::<User>(&page, id, &form, typed_of).await?;
    form.show_saved(typed(&user), user.stamp.version, before);
    let content = view::form(&page, &form, Some(&user), &offers);
    Ok(page.show_form(user.display_name(), &form, &content))
}

async fn set_access(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, active) = (UserId(id), data.switch(Field::Active.code())?);
    let set = page.session.set_user_active(id, active).await;
    done(page, id, set, if active { Notice::AccessOpened } else { Notice::AccessClosed }).await
}

async fn end_sessions(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    let id = UserId(id);
    let ended = page.session.end_sessions_of(id).await;
    done(page, id, ended, Notice::SessionsEnded).await
}

/// Asks for confirmation, because this action cannot be undone.
async fn ask_to_reset(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    let (user, _) = page.session.user_form(Some(UserId(id))).await?;
    let user = user.ok_or(application::Error::NotFound)?;
    if user.second_factor.is_none() || page.session.not_oneself(&user).is_err() {
        return Ok(Redirect::to(&format!("/users/{id}")).into_response());
    }
    Ok(page.show(page.t.security.reset_factor, &view::reset(&page, &user)))
}

async fn reset_second_factor(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    let id = UserId(id);
    let reset = page.session.reset_second_factor(id).await;
    done(page, id, reset, Notice::SecondFactorOff).await
}

/// Redirects to the record with a message.
async fn done(page: Page, id: UserId, outcome: Result<(), application::Error>, notice: Notice) -> PageResult {
    let mut form = Form::default();
    match outcome {
        Ok(()) => Ok(page.redirect(&format!("/users/{id}"), notice)),
        Err(error) => {
            form.refuse(error)?;
            show_with(page, id, &form).await
        }
    }
}

async fn make_link(page: Page, PathId(id): PathId<Uuid>, headers: HeaderMap) -> PageResult {
    let (id, mut form) = (UserId(id), Form::default());
    match page.session.make_password_link(id).await {
        Ok(token) => {
            // The origin that the browser sent: the server may know itself under another name.
            let origin = headers.get(header::ORIGIN).and_then(|it| it.to_str().ok()).filter(|it| it.contains("://"));
            let link = format!("{}{}", origin.unwrap_or_default(), password_link::path(&token));
            let shown_at = format!("/users/{id}/link");
            Ok(with_secret(&page, Redirect::to(&shown_at).into_response(), LINKS, &shown_at, &link))
        }
        Err(error) => {
            form.refuse(error)?;
            show_with(page, id, &form).await
        }
    }
}

/// Shows the link until it is used or a newer one is made.
async fn show_link(page: Page, PathId(id): PathId<Uuid>, headers: HeaderMap) -> PageResult {
    let link = secret(&page, &headers, &format!("/users/{id}/link")).unwrap_or_default();
    let user = page.session.user_invited_by(UserId(id), password_link::token(link).as_ref()).await?;
    let Some(user) = user else { return Ok(Redirect::to(&format!("/users/{id}")).into_response()) };
    let title = (page.t.security.link_for)(user.display_name());
    Ok(page.show(&title, &view::link(&page, &user, link)))
}

async fn edit_password(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    if page.session.actor().id == UserId(id) {
        return Ok(Redirect::to("/account/password").into_response());
    }
    let form = Form::of(FormData::default().with(Field::TemporaryPassword, "1"));
    show_password(page, UserId(id), &form).await
}

async fn show_password(page: Page, id: UserId, form: &Form) -> PageResult {
    let (user, _) = page.session.user_form(Some(id)).await?;
    let user = user.ok_or(application::Error::NotFound)?;
    Ok(page.show_form(page.t.new_password, form, &view::password(&page, form, &user)))
}

async fn set_password(page: Page, PathId(id): PathId<Uuid>, data: FormData) -> PageResult {
    let (id, mut form) = (UserId(id), Form::of(data));
    let (user, _) = page.session.user_form(Some(id)).await?;
    let user = user.ok_or(application::Error::NotFound)?;
    if let Some(password) = password(&mut form, &known_of(&user.details)) {
        let temporary = form.value(Field::TemporaryPassword) == "1";
        match page.session.set_user_password(id, &password, temporary).await {
            Ok(()) => return Ok(page.redirect(&format!("/users/{id}"), Notice::PasswordSet)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_password(page, id, &form).await
}

fn typed(user: &User) -> FormData {
    let mut data = typed_of(&user.fields().into_iter().collect());
    data.set("version", user.stamp.version.to_string());
    data
}

/// The form values that would make a user of these fields.
fn typed_of(fields: &BTreeMap<Field, String>) -> FormData {
    const LINES: [Field; 5] = [Field::Username, Field::FullName, Field::Email, Field::Language, Field::TimeZone];
    let value = |field: Field| fields.get(&field).map_or("", String::as_str);
    let mut data = LINES.into_iter().fold(FormData::default(), |data, field| data.with(field, value(field)));
    for role in value(Field::Roles).split_whitespace() {
        data.add(Field::Roles.code(), role);
    }
    if value(Field::Superuser) == "true" {
        data.add(Field::Superuser.code(), "1");
    }
    data
}

fn details(form: &mut Form) -> Option<UserDetails> {
    let username = form.parse(Field::Username, Username::parse);
    let full_name = form.parse(Field::FullName, PersonName::parse);
    let email = form.optional(Field::Email, Email::parse);
    let roles: Result<_, _> = form
        .data
        .values(Field::Roles.code())
        .map(|it| it.parse().map(RoleId).map_err(|_| Invalid::UnknownChoice))
        .collect();
    let roles = form.check(Field::Roles, roles);
    let preferences = preferences::chosen(form);
    let superuser = form.value(Field::Superuser) == "1";
    Some(UserDetails {
        username: username?,
        full_name: full_name?,
        email: email?,
        roles: roles?,
        superuser,
        preferences: preferences?,
    })
}
