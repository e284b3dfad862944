//! Many leads at once: whose they are, and how far they are.
use application::LeadChange;
use domain::{
    field::Field,
    lead::{Lead, LeadStage},
    values::LostReason,
};
use maud::{Markup, html};

use super::{list::ASSIGN, work_status};
use crate::{
    error::Fault,
    form::{Form, choice},
    lists::BulkPage,
    page::Page,
    ui::field::{Kind, Spec, field},
};

impl BulkPage for Lead {
    fn change(form: &mut Form, act: &str) -> Option<LeadChange> {
        if act == ASSIGN {
            form.optional(Field::Assignee, choice).map(LeadChange::Assign)
        } else {
            work_status(form).map(LeadChange::Status)
        }
    }

    async fn controls(page: &Page, form: &Form, act: &str) -> Result<Markup, Fault> {
        let t = page.t;
        if act == ASSIGN {
            let offers = page.session.lead_choices(&[], &[]).await?;
            let users = Kind::Picker { none: Some(t.not_assigned), choices: &offers.users };
            return Ok(field(t, form, &Spec::new(Field::Assignee, users).focused()));
        }
        let stages = LeadStage::ALL.into_iter().filter(|it| *it != LeadStage::Converted);
        let stages: Vec<_> = stages.map(|it| (it.code(), (t.stage)(it))).collect();
        let reason = Spec::new(Field::Reason, Kind::Line { max: LostReason::MAX }).either().hint(t.if_lost);
        Ok(html! {
            (field(t, form, &Spec::new(Field::Status, Kind::Choices { none: "", choices: &stages })))
            (field(t, form, &reason))
        })
    }
}
