//! First start: makes the first superuser with the code from the server's console.
use application::{Browser, SignIn};
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use domain::{
    field::Field,
    passwords::Password,
    preferences::Preferences,
    user::{PersonName, UserDetails},
    values::{Email, Invalid, Username},
};
use maud::{Markup, html};

use crate::{
    Web,
    caller::Caller,
    form::Form,
    form_data::FormData,
    page::PageResult,
    routes::{Access, Route, action, page},
    sign_in::entered,
    ui::field::{ControlKind, Spec, field, summary},
    visitor::Visitor,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![page("/setup", Access::Anyone, show), action("/setup", Access::Anyone, create)]
}

async fn show(visitor: Visitor, State(web): State<Web>, RawQuery(query): RawQuery) -> PageResult {
    if !web.crm.needs_setup().await? {
        return Err(application::Error::NotFound.into());
    }
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let form = Form::of(FormData::default().with(Field::SetupCode, query.get("code")));
    Ok(visitor.gate(visitor.t.setup, &view(&visitor, &form)))
}

/// The password as it was typed twice, within the rules. `known` are the name and the email of its user.
pub(crate) fn password(form: &mut Form, known: &[&str]) -> Option<Password> {
    let typed = form.value(Field::Password).to_owned();
    let parsed = Password::of_user(&typed, known);
    let password = form.check(Field::Password, parsed)?;
    let same = form.data.get("password_again") == typed;
    form.check(Field::Password, if same { Ok(password) } else { Err(Invalid::PasswordsDiffer) })
}

/// The name and the email of a user, which their password must not repeat.
pub(crate) fn known_of(details: &UserDetails) -> Vec<&str> {
    let email = details.email.as_ref().map(Email::as_str);
    [details.username.as_str(), details.full_name.as_str()].into_iter().chain(email).collect()
}

async fn create(visitor: Visitor, State(web): State<Web>, Caller(crm): Caller, data: FormData) -> PageResult {
    if !crm.needs_setup().await? {
        return Err(application::Error::NotFound.into());
    }
    let mut form = Form::of(data);
    let username = form.parse(Field::Username, Username::parse);
    let full_name = form.parse(Field::FullName, PersonName::parse);
    // With a wrong username the other rules still hold: everything that is wrong is told at once.
    let known = [username.as_ref().map(Username::as_str), full_name.as_ref().map(PersonName::as_str)];
    let password = password(&mut form, &known.into_iter().flatten().collect::<Vec<_>>());
    if let (Some(username), Some(full_name), Some(password)) = (username, full_name, password) {
        let name = username.to_string();
        let details = UserDetails {
            username,
            full_name,
            email: None,
            roles: [].into(),
            superuser: true,
            preferences: Preferences::default(),
        };
        match crm.create_first_superuser(form.value(Field::SetupCode), details, &password).await {
            Ok(_) => {
                let home = Redirect::to("/").into_response();
                return Ok(match crm.sign_in(&name, password.expose(), Browser::default()).await? {
                    SignIn::In(entry) => entered(&web, home, &entry),
                    SignIn::Refused | SignIn::CodeWanted(_) => home,
                });
            }
            Err(error) => form.refuse(error)?,
        }
    }
    let page = visitor.gate(visitor.t.setup, &view(&visitor, &form));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn view(visitor: &Visitor, form: &Form) -> Markup {
    let t = visitor.t;
    html! {
        form.gate__card.stack method="post" action="/setup" data-once {
            h1 { (t.setup) }
            (summary(t, form, ""))
            p.muted { (t.setup_hint) }
            (field(t, form, &Spec::new(Field::SetupCode, ControlKind::Line { max: 64 }).hint(t.setup_code_hint)))
            (field(t, form, &Spec::new(Field::Username, ControlKind::Username).focused()))
            (field(t, form, &Spec::new(Field::FullName, ControlKind::Line { max: 200 }).optional()))
            (passwords(t, form, t.password))
            button.btn.btn--primary.btn--wide { (t.setup_button) }
        }
    }
}

pub(crate) fn passwords(t: &crate::text::Text, form: &Form, label: &str) -> Markup {
    html! {
        (field(t, form, &Spec::new(Field::Password, ControlKind::NewPassword).labelled(label).hint(t.password_hint)))
        div.field {
            label.field__label for="password_again" { (t.password_again) }
            input #password_again .input name="password_again" type="password" maxlength="200" autocomplete="new-password" required;
        }
    }
}
