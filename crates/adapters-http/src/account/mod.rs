//! The user's own account: profile, password, sessions.
mod device;
mod second_factor;
mod view;

use application::{Profile, RequiredAction};
use axum::extract::State;
use domain::{
    field::Field,
    preferences::Preferences,
    session::SessionId,
    user::{PersonName, User},
    values::Email,
};
use uuid::Uuid;

use crate::{
    Web,
    form::Form,
    form_data::FormData,
    page::{Page, PageResult, PathId},
    preferences,
    routes::{Access, Route, action, page},
    setup::{known_of, password},
    sign_in::entered,
    text::Notice,
    visitor::Visitor,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/account", Access::SignedIn, show),
        page("/account/profile", Access::SignedIn, edit_profile),
        action("/account/profile", Access::SignedIn, save_profile),
        page("/account/password", Access::SignedInFor(RequiredAction::ChangePassword), edit_password),
        action("/account/password", Access::SignedInFor(RequiredAction::ChangePassword), set_password),
        page("/account/second-factor", Access::SignedInFor(RequiredAction::TurnOnSecondFactor), second_factor::show),
        action(
            "/account/second-factor",
            Access::SignedInFor(RequiredAction::TurnOnSecondFactor),
            second_factor::turn_on,
        ),
        page("/account/second-factor/codes", Access::SignedIn, second_factor::show_codes),
        action("/account/second-factor/codes", Access::SignedIn, second_factor::renew_codes),
        page("/account/second-factor/off", Access::SignedIn, second_factor::show_off),
        action("/account/second-factor/off", Access::SignedIn, second_factor::turn_off),
        action("/account/sessions/end", Access::SignedIn, end_others),
        action("/account/sessions/{id}/end", Access::SignedIn, end),
    ]
}

async fn show(page: Page) -> PageResult {
    let account = page.session.own_account().await?;
    Ok(page.show(page.t.account, &view::account(&page, &account)))
}

async fn edit_profile(page: Page) -> PageResult {
    show_profile(page, None).await
}

async fn show_profile(page: Page, form: Option<Form>) -> PageResult {
    let user = page.session.own_user().await?;
    let typed = || typed(&user, &page.visitor);
    let mut form = form.unwrap_or_else(|| Form::of(typed()));
    form.show_saved(typed(), user.stamp.version, None);
    Ok(page.show_form(page.t.edit_profile, &form, &view::profile(&page, &form)))
}

async fn save_profile(page: Page, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let full_name = form.parse(Field::FullName, PersonName::parse);
    let email = form.optional(Field::Email, Email::parse);
    let (preferences, appearance) = (preferences::chosen(&mut form), preferences::chosen_looks(&mut form));
    if let (Some(full_name), Some(email), Some(preferences), Some(appearance)) =
        (full_name, email, preferences, appearance)
    {
        let preferences = Preferences { appearance, ..preferences };
        match page.session.edit_own_profile(form.version(), Profile { full_name, email, preferences }).await {
            Ok(()) => {
                let answer = page.redirect("/account", Notice::ProfileSaved);
                return Ok(preferences::in_browser(answer, &page.visitor.web.installation, preferences));
            }
            Err(error) => form.refuse(error)?,
        }
    }
    show_profile(page, Some(form)).await
}

fn typed(user: &User, here: &Visitor) -> FormData {
    let it = &user.details;
    let data = FormData::default()
        .with(Field::FullName, it.full_name.as_str())
        .with(Field::Email, it.email.as_ref().map(Email::as_str).unwrap_or_default());
    let data = preferences::typed(data, it.preferences);
    let mut data = preferences::typed_looks(data, it.preferences.appearance, here);
    data.set("version", user.stamp.version.to_string());
    data
}

async fn edit_password(page: Page) -> PageResult {
    show_password(page, &Form::default()).await
}

async fn show_password(page: Page, form: &Form) -> PageResult {
    let user = page.session.own_user().await?;
    Ok(page.show_form(page.t.change_password, form, &view::password(&page, form, &user)))
}

async fn set_password(page: Page, State(web): State<Web>, data: FormData) -> PageResult {
    let mut form = Form::of(data);
    let user = page.session.own_user().await?.details;
    if let Some(new) = password(&mut form, &known_of(&user)) {
        match page.session.change_own_password(form.value(Field::CurrentPassword), &new).await {
            Ok(entry) => return Ok(entered(&web, page.redirect("/account", Notice::PasswordSet), &entry)),
            Err(error) => form.refuse(error)?,
        }
    }
    show_password(page, &form).await
}

async fn end(page: Page, PathId(id): PathId<Uuid>) -> PageResult {
    page.session.end_own_session(SessionId(id)).await?;
    Ok(page.redirect("/account", Notice::SessionsEnded))
}

async fn end_others(page: Page) -> PageResult {
    page.session.end_other_sessions().await?;
    Ok(page.redirect("/account", Notice::SessionsEnded))
}
