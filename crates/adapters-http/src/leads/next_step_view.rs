//! The markup of next steps on the pages of leads.
use domain::{
    field::Field,
    lead::Lead,
    next_step::NextStep,
    values::{Day, StepText},
};
use maud::{Markup, html};

use super::next_step::{ANY_DAY, PLANNING, PRESETS, WHEN};
use crate::{
    form::Form,
    lists::ListContext,
    page::Page,
    text::Text,
    ui::{Icon, Tone, badge, icon},
};

/// The due date as a badge, in words and in a colour that depend on how near it is.
pub(crate) fn due_badge(page: &Page, due: Day) -> Markup {
    let days = (due - page.session.own_today()).num_days();
    let tone = match days {
        ..0 => Tone::Bad,
        0 => Tone::Warn,
        _ => Tone::Plain,
    };
    badge(tone, &(page.t.next_step.due)(days, due))
}

/// The same without the badge, for narrow places.
pub(crate) fn due_words(page: &Page, due: Day) -> Markup {
    let days = (due - page.session.own_today()).num_days();
    let class = match days {
        ..0 => "small text-bad",
        0 => "small text-warn",
        _ => "small muted",
    };
    html! { div class=(class) { ((page.t.next_step.due)(days, due)) } }
}

/// The card on a lead's page.
pub(super) fn next_step(page: &Page, lead: &Lead, form: &Form, list_context: &ListContext) -> Markup {
    let (t, step) = (page.t, lead.step_to_do());
    let edit = PLANNING.iter().any(|it| page.may(*it)) && lead.is_open();
    // A form with errors or conflicts is opened.
    let open =
        form.data.has(Field::NextStep.code()) || form.saved.as_ref().is_some_and(|it| it.has(Field::NextStep.code()));
    html! {
        @if edit || step.is_some() { section.card.stack.step {
            h2 { ((t.field)(Field::NextStep)) }
            @if let Some(step) = step { (planned(page, lead, step, edit, list_context)) }
            @match (edit, step) {
                (false, _) => {},
                (true, None) => (step_form(t, lead, form, list_context)),
                (true, Some(_)) => details.disclosure open[open] {
                    summary { (icon(Icon::ChevronRight)) (t.next_step.change) }
                    (step_form(t, lead, form, list_context))
                },
            }
        } }
    }
}

fn planned(page: &Page, lead: &Lead, step: &NextStep, edit: bool, list_context: &ListContext) -> Markup {
    let t = page.t;
    let days = (step.due - page.session.own_today()).num_days();
    html! {
        div {
            p.step__what { (step.what) }
            p.cluster.small.muted { (due_badge(page, step.due)) @if days < 2 { ((t.day)(step.due)) } }
        }
        @if edit {
            form method="post" action={ "/leads/" (lead.id) "/next-step" } data-once {
                input type="hidden" name="version" value=(lead.stamp.version);
                (list_context.hidden())
                button.btn name="done" value="1" { (icon(Icon::Check)) (t.next_step.done) }
            }
        }
    }
}

/// The typed values if the form came back, otherwise the planned step.
fn step_form(t: &Text, lead: &Lead, form: &Form, list_context: &ListContext) -> Markup {
    let step = lead.step_to_do();
    let sent = form.data.has(Field::NextStep.code());
    let value = |field, stored: Option<String>| {
        if sent { form.value(field).to_owned() } else { stored.unwrap_or_default() }
    };
    let what = value(Field::NextStep, step.map(|it| it.what.to_string()));
    let due = value(Field::DueOn, step.map(|it| it.due.to_string()));
    let chosen = match (form.data.get(WHEN), step) {
        ("", None) if !sent => PRESETS[1].1,
        ("", _) => ANY_DAY,
        (sent, _) => sent,
    };
    let problem = |field| form.problem(field).map(|it| (t.problem)(field, it));
    let (wrong_what, wrong_due) = (problem(Field::NextStep), problem(Field::DueOn));
    let saved = form.saved.as_ref().filter(|it| it.has(Field::NextStep.code()));
    let described = |wrong: bool, id: &'static str| wrong.then_some(id);
    html! {
        form.stack method="post" action={ "/leads/" (lead.id) "/next-step" } data-once data-guard {
            input type="hidden" name="version" value=(lead.stamp.version);
            (list_context.hidden())
            div.field {
                label.field__label for="next_step" { (t.next_step.what) }
                input #next_step .input name="next_step" value=(what) maxlength=(StepText::MAX + 50) autocomplete="off"
                    placeholder=(t.next_step.example) autofocus[form.restored.is_some()]
                    aria-invalid=[described(wrong_what.is_some(), "true")]
                    aria-describedby=[described(wrong_what.is_some(), "next_step-error")];
                @if let Some(problem) = &wrong_what { span #next_step-error .field__error { (icon(Icon::TriangleAlert)) (problem) } }
                @if let Some(saved) = saved {
                    span #next_step-saved .field__saved { (t.saved_now) " " b { (words(t, saved.of(Field::NextStep), saved.of(Field::DueOn))) } }
                }
            }
            fieldset.field {
                legend.field__label { (t.next_step.when) }
                div.options {
                    @for (preset, code, _) in PRESETS { (option(code, (t.next_step.due_in)(preset), chosen)) }
                    (option(ANY_DAY, t.next_step.any_day, chosen))
                }
            }
            div.field.only-any-day {
                label.visually-hidden for="due_on" { ((t.field)(Field::DueOn)) }
                input #due_on .input type="date" name="due_on" value=(due) maxlength="10" autocomplete="off"
                    aria-invalid=[described(wrong_due.is_some(), "true")]
                    aria-describedby=[described(wrong_due.is_some(), "due_on-error")];
                @if let Some(problem) = &wrong_due { span #due_on-error .field__error { (icon(Icon::TriangleAlert)) (problem) } }
            }
            div { button.btn { (t.next_step.plan) } }
        }
    }
}

fn option(code: &str, words: &str, chosen: &str) -> Markup {
    html! { label.option { input type="radio" name=(WHEN) value=(code) checked[code == chosen]; (words) } }
}

/// The values that another user saved meanwhile.
fn words(t: &Text, what: &str, due: &str) -> String {
    match domain::values::parse_day(due) {
        Ok(due) => (t.next_step.planned)(what, due),
        Err(_) => t.next_step.none.to_owned(),
    }
}
