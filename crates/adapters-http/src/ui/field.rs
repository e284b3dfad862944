//! A form field with label, hint, control and error, in this order; and the parts around the fields of a form.
use domain::{field::Field, store::Choice};
use maud::{Markup, html};

use super::{Icon, Tone, alert, icon};
use crate::{
    error::seconds,
    form::{Form, SHOWN},
    text::Text,
};

/// The kind of a form control.
pub(crate) enum ControlKind<'a> {
    Line {
        max: usize,
    },
    Username,
    Area {
        max: usize,
        rows: u8,
    },
    Email,
    Phone,
    Money {
        sign: &'a str,
    },
    Day,
    NewPassword,
    CurrentPassword,
    /// A code of an authenticator app, or a recovery code.
    OneTimeCode,
    /// Codes with their names. `none` is the label of the empty choice, if the field has one.
    Choices {
        none: &'a str,
        choices: &'a [(&'a str, &'a str)],
    },
    /// The first entry, with an empty value, and the choices.
    Picker {
        none: Option<&'a str>,
        choices: &'a [Choice],
    },
    /// Free text with suggestions of earlier values.
    Suggested {
        max: usize,
        before: &'a [String],
    },
}

pub(crate) struct Spec<'a> {
    pub(crate) field: Field,
    pub(crate) kind: ControlKind<'a>,
    pub(crate) optional: bool,
    /// One of two fields may be left empty: neither is required, and the hint says so.
    either: bool,
    pub(crate) hint: &'a str,
    pub(crate) autofocus: bool,
    /// A label that replaces the field's usual one.
    pub(crate) label: Option<&'a str>,
}

impl<'a> Spec<'a> {
    pub(crate) fn new(field: Field, kind: ControlKind<'a>) -> Self {
        Self { field, kind, optional: false, either: false, hint: "", autofocus: false, label: None }
    }

    pub(crate) fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(crate) fn either(mut self) -> Self {
        self.either = true;
        self
    }

    pub(crate) fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn focused(mut self) -> Self {
        self.autofocus = true;
        self
    }

    pub(crate) fn labelled(mut self, label: &'a str) -> Self {
        self.label = Some(label);
        self
    }
}

pub(crate) fn field(t: &Text, form: &Form, spec: &Spec<'_>) -> Markup {
    let name = spec.field.code();
    let problem = form.problem(spec.field).map(|it| (t.problem)(spec.field, it));
    let saved = form
        .saved
        .as_ref()
        .filter(|it| it.has(name))
        .map(|it| it.of(spec.field))
        .filter(|it| *it != form.value(spec.field));
    // Somebody else changed the field, too.
    let was = form.before.as_ref().map(|it| it.of(spec.field)).filter(|it| saved.is_some_and(|saved| saved != *it));
    let gone = problem.is_none() && is_gone(form, spec);
    html! {
        div.field {
            label.field__label for=(name) {
                (spec.label.unwrap_or((t.field)(spec.field)))
                @if spec.optional { " " span.field__opt { (t.optional) } }
            }
            @if !spec.hint.is_empty() { span.field__hint id={ (name) "-hint" } { (spec.hint) } }
            (control(t, form, spec, &Notes { wrong: problem.is_some(), gone, saved: saved.is_some() }))
            @if let Some(problem) = problem {
                span.field__error id={ (name) "-error" } { (icon(Icon::TriangleAlert)) (problem) }
            }
            @if gone { span.field__error id={ (name) "-gone" } { (icon(Icon::TriangleAlert)) (t.versions.gone) } }
            @if let Some(saved) = saved {
                span.field__saved id={ (name) "-saved" } {
                    (t.saved_now) " " b { (saved_words(t, spec, saved)) }
                    @if let Some(was) = was { ", " (t.was_before) " " del { (saved_words(t, spec, was)) } }
                }
            }
        }
    }
}

/// A stored value in words: the name of a choice, not its id.
fn saved_words<'a>(t: &'a Text, spec: &'a Spec<'_>, saved: &'a str) -> &'a str {
    match &spec.kind {
        _ if saved.is_empty() => t.nothing,
        ControlKind::Picker { choices, .. } => {
            choices.iter().find(|it| it.id.to_string() == saved).map_or(saved, |it| it.name.as_str())
        }
        ControlKind::Choices { choices, .. } => choices.iter().find(|it| it.0 == saved).map_or(saved, |it| it.1),
        _ => saved,
    }
}

/// Whether a picker has a value that is no longer offered.
fn is_gone(form: &Form, spec: &Spec<'_>) -> bool {
    let value = form.value(spec.field);
    matches!(&spec.kind, ControlKind::Picker { choices, .. }
        if !value.is_empty() && choices.iter().all(|it| it.id.to_string() != value))
}

/// The hint or the error below a field.
struct Notes {
    wrong: bool,
    gone: bool,
    saved: bool,
}

fn described_by(spec: &Spec<'_>, notes: &Notes) -> Option<String> {
    let name = spec.field.code();
    let parts = [(!spec.hint.is_empty(), "hint"), (notes.wrong, "error"), (notes.gone, "gone"), (notes.saved, "saved")];
    let ids: Vec<_> = parts.iter().filter(|it| it.0).map(|it| format!("{name}-{}", it.1)).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn control(t: &Text, form: &Form, spec: &Spec<'_>, notes: &Notes) -> Markup {
    let (name, value) = (spec.field.code(), form.value(spec.field));
    let described = described_by(spec, notes);
    let invalid = notes.wrong.then_some("true");
    // A user who restores a value comes for this field.
    let focused = form.restored.as_ref().map_or(spec.autofocus, |it| it.field == spec.field);
    let required = !spec.optional && !spec.either;
    let input = |kind: &str, class: &str, mode: Option<&str>, max: usize, format: Option<&str>, complete: &str| {
        html! {
            input #(name) class=(class) name=(name) type=(kind) value=(value) inputmode=[mode] maxlength=(max)
                data-format=[format] autocomplete=(complete) required[required] autofocus[focused]
                aria-invalid=[invalid] aria-describedby=[described.as_deref()];
        }
    };
    // Slightly above the limit, because white space is collapsed before counting. The server reports a text that is too
    // long.
    let room = |max: usize| max + max / 4 + 8;
    match &spec.kind {
        ControlKind::Line { max } => input("text", "input", None, room(*max), None, "off"),
        ControlKind::Username => html! {
            input #(name) .input name=(name) value=(value) maxlength="80" autocomplete="username" autocapitalize="none"
                spellcheck="false" required autofocus[focused] aria-invalid=[invalid] aria-describedby=[described.as_deref()];
        },
        ControlKind::Email => input("text", "input", Some("email"), 300, None, "off"),
        ControlKind::Phone => input("tel", "input num", Some("tel"), 50, Some("phone"), "off"),
        ControlKind::Day => input("date", "input", None, 10, None, "off"),
        ControlKind::Money { sign } => html! {
            div.affix {
                (input("text", "input num", Some("decimal"), 40, Some("money"), "off"))
                span.affix__end aria-hidden="true" { (sign) }
            }
        },
        ControlKind::NewPassword => html! {
            input #(name) .input name=(name) type="password" maxlength="200"
                autocomplete="new-password" required
                aria-invalid=[invalid] aria-describedby=[described.as_deref()];
        },
        ControlKind::CurrentPassword => html! {
            input #(name) .input name=(name) type="password" maxlength="1000" autocomplete="current-password" required
                autofocus[focused] aria-invalid=[invalid] aria-describedby=[described.as_deref()];
        },
        ControlKind::OneTimeCode => html! {
            input #(name) .input.num name=(name) maxlength="40" autocomplete="one-time-code" autocapitalize="none"
                spellcheck="false" required autofocus[spec.autofocus]
                aria-invalid=[invalid] aria-describedby=[described.as_deref()];
        },
        ControlKind::Choices { none, choices } => html! {
            select #(name) .input name=(name) aria-invalid=[invalid] aria-describedby=[described.as_deref()] {
                @if !none.is_empty() { option value="" { (none) } }
                @for (code, words) in *choices { option value=(code) selected[*code == value] { (words) } }
            }
        },
        ControlKind::Area { max, rows } => html! {
            textarea #(name) .input name=(name) rows=(rows) maxlength=(room(*max)) required[required]
                autofocus[focused] aria-invalid=[invalid] aria-describedby=[described.as_deref()] { "\n" (value) }
        },
        ControlKind::Suggested { max, before } => html! {
            input #(name) .input name=(name) value=(value) list={ (name) "-list" } maxlength=(room(*max)) autocomplete="off"
                required[required] autofocus[focused] aria-invalid=[invalid] aria-describedby=[described.as_deref()];
            datalist id={ (name) "-list" } { @for it in *before { option value=(it) {} } }
        },
        ControlKind::Picker { none, choices } => html! {
            select #(name) .input name=(name) required[required && none.is_none()] autofocus[focused]
                aria-invalid=[invalid] aria-describedby=[described.as_deref()] {
                @if let Some(none) = none { option value="" { (none) } }
                @else if value.is_empty() { option value="" {} }
                // A chosen value that is no longer offered is shown, rather than silently replaced by the first choice.
                @if is_gone(form, spec) {
                    option value=(value) selected {
                        (form.restored.as_ref().filter(|it| it.field == spec.field).map_or(t.unknown, |it| &it.words))
                    }
                }
                @for it in *choices {
                    option value=(it.id) selected[it.id.to_string() == value] { (it.name) }
                }
            }
        },
    }
}

/// The summary of errors above the form: takes the focus, and links to each field.
///
/// `made_before_at` is the URL of the record that this form created before, with `{id}` for its id.
pub(crate) fn summary(t: &Text, form: &Form, made_before_at: &str) -> Markup {
    let problems: Vec<_> = form.problems().collect();
    html! {
        @if form.is_conflict() {
            (alert_box(Tone::Warn, &html! { h2 { (t.conflict_title) } p { (if form.merged { t.merged_hint } else { t.conflict_hint }) } }))
        }
        @if let Some(it) = &form.restored {
            (alert(Tone::Info, &html! { p { ((t.versions.put_in)((t.field)(it.field), &it.moment)) } }))
        }
        @if let Some(id) = form.made_before {
            (alert_box(Tone::Warn, &html! {
                h2 { (t.made_before_title) }
                p { a href=(made_before_at.replace("{id}", &id.to_string())) { (t.made_before_link) } " " (t.made_before_hint) }
            }))
        }
        @if let Some(wait) = form.wait {
            (alert_box(Tone::Bad, &html! { p { ((t.security.wait)(seconds(wait))) } }))
        }
        @if let Some(refusal) = form.refusal {
            @let (title, sentence) = t.refusal(refusal);
            (alert_box(Tone::Bad, &html! { h2 { (title) } p { (sentence) } }))
        }
        @if !problems.is_empty() {
            (alert_box(Tone::Bad, &html! {
                h2 { ((t.fix_fields)(problems.len())) }
                ul { @for (field, invalid) in &problems {
                    li { a href={ "#" (field.code()) } { ((t.problem)(*field, *invalid)) } }
                } }
            }))
        }
    }
}

pub(crate) fn alert_box(tone: Tone, content: &Markup) -> Markup {
    html! { div tabindex="-1" role="alert" data-error-summary { (alert(tone, content)) } }
}

/// The hidden fields of every form: the id of the new record, or the version of the existing one, and the boxes shown.
pub(crate) fn hidden(form: &Form) -> Markup {
    html! {
        @for name in ["key", "version", SHOWN] {
            @if form.data.has(name) { input type="hidden" name=(name) value=(form.data.get(name)); }
        }
    }
}

/// The bar with the buttons, which is always visible.
pub(crate) fn bar(t: &Text, save: &str, back: &str) -> Markup {
    html! {
        div.formbar {
            button.btn.btn--primary { (save) }
            @if !back.is_empty() { a.btn.btn--ghost href=(back) { (t.cancel) } }
            span.small.muted.push.not-phone { (t.ctrl_enter) }
        }
    }
}
