//! One's own account: profile, password, sessions.
mod device;
mod second_factor;
mod view;

use application::{Duty, Profile};
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
    page::{Answer, At, Page},
    preferences,
    routes::{Route, Who, action, page},
    setup::password,
    sign_in::entered,
    text::Notice,
    visitor::Visitor,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        page("/account", Who::SignedIn, show),
        page("/account/profile", Who::SignedIn, edit_profile),
        action("/account/profile", Who::SignedIn, save_profile),
        page("/account/password", Who::SignedInFor(Duty::ChangePassword), edit_password),
        action("/account/password", Who::SignedInFor(Duty::ChangePassword), set_password),
        page("/account/second-factor", Who::SignedInFor(Duty::TurnOnSecondFactor), second_factor::show),
        action("/account/second-factor", Who::SignedInFor(Duty::TurnOnSecondFactor), second_factor::turn_on),
        page("/account/second-factor/codes", Who::SignedIn, second_factor::show_codes),
        action("/account/second-factor/codes", Who::SignedIn, second_factor::renew_codes),
        page("/account/second-factor/off", Who::SignedIn, second_factor::show_off),
        action("/account/second-factor/off", Who::SignedIn, second_factor::turn_off),
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
    let typed = || typed(&user, &page.visitor);
    let mut form = form.unwrap_or_else(|| Form::of(typed()));
    form.show_saved(typed(), user.stamp.version, None);
    Ok(page.show_form(page.t.edit_profile, &form, &view::profile(&page, &form)))
}

async fn save_profile(page: Page, data: FormData) -> Answer {
    let mut form = Form::of(data);
    let full_name = form.parse(Field::FullName, PersonName::parse);
    let email = form.optional(Field::Email, Email::parse);
    let (preferences, looks) = (preferences::chosen(&mut form), preferences::chosen_looks(&mut form));
    if let (Some(full_name), Some(email), Some(preferences), Some(looks)) = (full_name, email, preferences, looks) {
        let preferences = Preferences { looks, ..preferences };
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
    let mut data = preferences::typed_looks(data, it.preferences.looks, here);
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
            Ok(entry) => return Ok(entered(&web, page.redirect("/account", Notice::PasswordSet), &entry)),
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
