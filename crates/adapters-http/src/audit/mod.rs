//! The audit log: who did what, when, and from where.
mod view;

use axum::extract::RawQuery;
use domain::{
    access::Permission,
    audit::{AuditAction, AuditFilter},
    field::Field,
    record::RecordKind,
    user::UserId,
    values::{Period, parse_day},
};
use uuid::Uuid;

use crate::{
    form::Form,
    form_data::FormData,
    page::{Page, PageResult},
    routes::{Access::May, Route, page},
    ui::list::page_request,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![page("/audit", May(Permission::ViewAudit), list)]
}

/// The URL query of the log.
struct AuditQuery {
    filter: AuditFilter,
    /// The days as the user typed them, with their error.
    form: Form,
    period: Option<Period>,
}

impl AuditQuery {
    fn read(query: FormData, page: &Page) -> Self {
        let id = |name: &str| query.get(name).parse::<Uuid>().ok();
        let kind = RecordKind::from_code(query.get("kind"));
        let mut filter = AuditFilter {
            by: id("by").map(UserId),
            record: id("record").filter(|_| kind.is_some()),
            act: AuditAction::from_code(query.get("act")),
            kind,
            period: None,
        };
        let mut form = Form::of(query);
        let from = form.optional(Field::StartsOn, parse_day).flatten();
        let until = form.optional(Field::EndsOn, parse_day).flatten();
        let period = match (from, until) {
            (Some(from), Some(until)) => form.check(Field::EndsOn, Period::new(from, until)),
            // One date alone selects a single day.
            (Some(day), None) | (None, Some(day)) if !form.is_refused() => Period::new(day, day).ok(),
            _ => None,
        };
        let calendar = page.session.calendar();
        filter.period = period.map(|it| calendar.moments(it));
        Self { filter, form, period }
    }
}

async fn list(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let request = page_request(&query);
    let asked = AuditQuery::read(query, &page);
    let log = page.session.audit_log(&asked.filter, request).await?;
    Ok(page.show(page.t.audit_log, &view::list(&page, &asked, &log)))
}
