//! One's own account: profile, password, sessions.
mod device;
mod view;

use axum::extract::State;
use domain::{
    field::Field,
    session::SessionId,
    user::{PersonName, User},
    values::Email,
};
use uuid::Uuid;

use crate::{
    Web, cookies,
    form::Form,
    form_data::FormData,
    page::{Answer, At, Page},
    routes::{Route, Who, action, page},
    setup::password,
    text::Notice,
    visitor::with_cookie,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/account", Who::SignedIn, show),
        page("/account/profile", Who::SignedIn, edit_profile),
        action("/account/profile", Who::SignedIn, save_profile),
        page("/account/password", Who::SignedIn, edit_password),
        action("/account/password", Who::SignedIn, set_password),
        action("/account/sessions/end", Who::SignedIn, end_others),
        action("/account/sessions/{id}/end", Who::SignedIn, end),
    ]
}

async fn show(page: Page) -> Answer {
    let account = page.session.own_account().await?;
    Ok(page.show(page.t.account, &view::account(&page, &account)))
}

async fn edit_profile(page: Page) -> Answer {
    show_profile(page, None).await
}

async fn show_profile(page: Page, form: Option<Form>) -> Answer {
    let user = page.session.own_user().await?;
    let mut form = form.unwrap_or_else(|| Form::of(typed(&user)));
    form.show_saved(typed(&user), user.stamp.version);
    Ok(page.show_form(page.t.edit_profile, &form, &view::profile(&page, &form)))
}

async fn save_profile(page: Page, data: FormData) -> Answer {
    let mut form = Form::of(data);
    let full_name = form.parse(Field::FullName, PersonName::parse);
    let email = form.optional(Field::Email, Email::parse);
    if let (Some(full_name), Some(email)) = (full_name, email) {
        match page.session.edit_own_profile(form.version(), full_name, email).await {
            Ok(()) => return Ok(page.redirect("/account", Notice::ProfileSaved)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_profile(page, Some(form)).await
}

fn typed(user: &User) -> FormData {
    let it = &user.details;
    let mut data = FormData::default()
        .with(Field::FullName, it.full_name.as_str())
        .with(Field::Email, it.email.as_ref().map(Email::as_str).unwrap_or_default());
    data.set("version", user.stamp.version.to_string());
    data
}

async fn edit_password(page: Page) -> Answer {
    show_password(page, &Form::default()).await
}

async fn show_password(page: Page, form: &Form) -> Answer {
    let user = page.session.own_user().await?;
    Ok(page.show_form(page.t.change_password, form, &view::password(&page, form, &user)))
}

async fn set_password(page: Page, State(web): State<Web>, data: FormData) -> Answer {
    let mut form = Form::of(data);
    let username = page.session.own_user().await?.details.username;
    if let Some(new) = password(&mut form, Some(&username)) {
        match page.session.change_own_password(form.value(Field::CurrentPassword), &new).await {
            Ok(token) => {
                let name = cookies::session_name(&web.installation);
                let cookie = cookies::set(&web.installation, name, &token.cookie(), None);
                return Ok(with_cookie(page.redirect("/account", Notice::PasswordSet), cookie));
            }
            Err(error) => form.refuse(error)?,
        }
    }
    show_password(page, &form).await
}

async fn end(page: Page, At(id): At<Uuid>) -> Answer {
    page.session.end_own_session(SessionId(id)).await?;
    Ok(page.redirect("/account", Notice::SessionsEnded))
}

async fn end_others(page: Page) -> Answer {
    page.session.end_other_sessions().await?;
    Ok(page.redirect("/account", Notice::SessionsEnded))
}
