//! Bulk actions on leads: the assignee, and the status.
use application::LeadChange;
use domain::{
    field::Field,
    lead::{Lead, LeadStage},
    values::LostReason,
};
use maud::{Markup, html};

use super::{list::ASSIGN, work_status};
use crate::{
    error::WebError,
    form::Form,
    lists::{BulkPage, NONE},
    page::Page,
    ui::field::{ControlKind, Spec, field},
};

impl BulkPage for Lead {
    fn change(form: &mut Form, act: &str) -> Option<LeadChange> {
        if act == ASSIGN {
            // “Nobody” has a value of its own, so that an empty field cannot unassign all leads by accident.
            match form.value(Field::Assignee) {
                NONE => Some(LeadChange::Assign(None)),
                _ => form.choice(Field::Assignee).map(|it| LeadChange::Assign(Some(it))),
            }
        } else {
            work_status(form).map(LeadChange::Status)
        }
    }

    async fn controls(page: &Page, form: &Form, act: &str) -> Result<Markup, WebError> {
        let t = page.t;
        if act == ASSIGN {
            let offers = page.session.lead_choices(&[], &[]).await?;
            let users: Vec<_> = offers.users.iter().map(|it| (it.id.to_string(), it.name.as_str())).collect();
            let users = users.iter().map(|(id, name)| (id.as_str(), *name));
            let choices: Vec<_> = [(NONE, t.not_assigned)].into_iter().chain(users).collect();
            let users = ControlKind::Choices { none: t.bulk.pick, choices: &choices };
            return Ok(field(t, form, &Spec::new(Field::Assignee, users)));
        }
        let stages = LeadStage::ALL.into_iter().filter(|it| *it != LeadStage::Converted);
        let stages: Vec<_> = stages.map(|it| (it.code(), (t.stage)(it))).collect();
        let reason = Spec::new(Field::Reason, ControlKind::Line { max: LostReason::MAX }).either().hint(t.if_lost);
        Ok(html! {
            (field(t, form, &Spec::new(Field::Status, ControlKind::Choices { none: t.bulk.pick, choices: &stages })))
            (field(t, form, &reason))
        })
    }
}
