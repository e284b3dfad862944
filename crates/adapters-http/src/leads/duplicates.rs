//! Pairs of leads that may be duplicates, and dismissed pairs.
use application::{DismissedPairs, DuplicatesPage, PossibleDuplicate};
use axum::extract::RawQuery;
use domain::{
    access::Permission,
    duplicates::{LeadPair, MatchBy},
    lead::{Lead, LeadId, LeadStatus},
    store::Names,
    values::{Email, Phone},
};
use maud::{Markup, html};
use uuid::Uuid;

use super::{similar::by_words, view::stage_badge};
use crate::{
    error::WebError,
    form_data::FormData,
    page::{Page, PageResult},
    text::{Notice, Text},
    ui::{
        Icon, Tone, action_button, alert, crumbs, history, icon, link_button,
        list::{empty, tabs, url},
        short_name,
    },
};

const PATH: &str = "/leads/duplicates";
/// The tab of dismissed pairs.
const APART: &str = "apart";

pub(super) async fn show(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let query = FormData::from_query(query.unwrap_or_default().as_bytes());
    let id = |name: &str| query.get(name).parse::<Uuid>().ok().map(LeadId);
    let t = page.t;
    if query.get("by") == APART {
        let after = id("after").zip(id("newer")).and_then(|(one, other)| LeadPair::of(one, other));
        let told = page.session.dismissed_duplicates(after).await?;
        return Ok(page.show(t.duplicates.title, &around(t, APART, &apart(&page, &told, after.is_some()))));
    }
    let match_by = MatchBy::from_code(query.get("by")).unwrap_or(MatchBy::Phone);
    let found = page.session.duplicates(match_by, id("after")).await?;
    let content = html! {
        (just_told(&page, &query, match_by).await?)
        (pairs(&page, &found, match_by, query.get("after")))
    };
    Ok(page.show(t.duplicates.title, &around(t, match_by.code(), &content)))
}

pub(super) async fn dismiss_duplicate(page: Page, data: FormData) -> PageResult {
    let id = |name: &str| data.get(name).parse::<Uuid>().map(LeadId).map_err(|_| WebError::BadRequest);
    let (one, other) = (id("one")?, id("other")?);
    let apart = data.switch("apart")?;
    page.session.dismiss_duplicate(one, other, apart).await?;
    if !apart {
        return Ok(page.redirect(&url(PATH, &[("by", data.get("by")), ("after", data.get("after"))]), Notice::PairBack));
    }
    let (one, other) = (one.to_string(), other.to_string());
    let to = url(PATH, &[("by", data.get("by")), ("after", data.get("after")), ("one", &one), ("other", &other)]);
    Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&to)))
}

fn around(t: &Text, chosen: &str, content: &Markup) -> Markup {
    let by = MatchBy::ALL.map(|it| (it.code(), (t.duplicates.found_by)(it)));
    let entries = by.into_iter().chain([(APART, t.duplicates.dismissed_duplicates)]);
    let entries: Vec<_> =
        entries.map(|(code, words)| (url(PATH, &[("by", code)]), words, None, code == chosen)).collect();
    html! {
        (crumbs(t.path, &[("/leads", t.leads)]))
        div.page-head { h1 { (t.duplicates.title) } }
        (tabs(t.views, &entries, t))
        div.stack {
            p.muted.small { (t.duplicates.list_hint) }
            (content)
        }
    }
}

/// The pair that was just dismissed, and a button to undo that.
async fn just_told(page: &Page, query: &FormData, match_by: MatchBy) -> Result<Markup, application::Error> {
    let id = |name: &str| query.get(name).parse::<Uuid>().ok().map(LeadId);
    let (Some(one), Some(other)) = (id("one"), id("other")) else { return Ok(html! {}) };
    let t = page.t;
    let names = page.session.lead_names(&[one, other]).await?;
    let (Some(a), Some(b)) = (names.get(&one.0), names.get(&other.0)) else { return Ok(html! {}) };
    Ok(html! {
        div role="status" {
            (alert(Tone::Ok, &html! {
                p { ((t.duplicates.apart_done)(a, b)) }
                (put_back(t, one, other, match_by.code(), query.get("after")))
            }))
        }
    })
}

fn put_back(t: &Text, one: LeadId, other: LeadId, by: &str, after: &str) -> Markup {
    let (one, other) = (one.to_string(), other.to_string());
    let hidden = [("one", one.as_str()), ("other", &other), ("apart", "0"), ("by", by), ("after", after)];
    action_button(PATH, Icon::RotateCcw, t.duplicates.apart_again, &hidden)
}

fn pairs(page: &Page, found: &DuplicatesPage, match_by: MatchBy, after: &str) -> Markup {
    let t = page.t;
    let (title, hint) = t.duplicates.none;
    let next = found.next.map(|it| url(PATH, &[("by", match_by.code()), ("after", &it.to_string())]));
    html! {
        @if found.pairs.is_empty() { (empty(Icon::UserCheck, title, hint, &html! {})) }
        ul.stack { @for it in &found.pairs { li.card { (pair(page, it, &found.names, match_by, after)) } } }
        (pages(t, match_by.code(), !after.is_empty(), next))
    }
}

fn pages(t: &Text, by: &str, later: bool, next: Option<String>) -> Markup {
    html! {
        @if later || next.is_some() {
            nav.pager aria-label=(t.pages) {
                @if later { a href=(url(PATH, &[("by", by)])) { (t.duplicates.all_pairs) } }
                @if let Some(next) = next { a href=(next) rel="next" data-key="j" { (t.older) } }
            }
        }
    }
}

fn pair(page: &Page, it: &PossibleDuplicate, names: &Names, match_by: MatchBy, after: &str) -> Markup {
    let t = page.t;
    let converted = |lead: &Lead| matches!(lead.status, LeadStatus::Converted(_));
    // A client stays, otherwise the older lead.
    let (stays, goes) = if converted(&it.newer) { (&it.newer, &it.older) } else { (&it.older, &it.newer) };
    let (one, other) = (it.older.id.to_string(), it.newer.id.to_string());
    let hidden = [("one", one.as_str()), ("other", &other), ("apart", "1"), ("by", match_by.code()), ("after", after)];
    html! {
        p.small.muted {
            (by_words(t, &it.by))
            @if it.number > 2 { " · " ((t.duplicates.number)(it.number)) }
        }
        div.grid { @for lead in [&it.older, &it.newer] { (person(page, lead, names)) } }
        div.cluster.card__foot {
            @if converted(goes) { span.small.muted { (t.refusals.both_converted.0) ". " (t.refusals.both_converted.1) } }
            @else { (link_button(&format!("/leads/{}/merge/{}", stays.id, goes.id), Icon::UserCheck, t.duplicates.compare)) }
            (action_button(PATH, Icon::X, t.duplicates.apart, &hidden))
        }
    }
}

fn person(page: &Page, lead: &Lead, names: &Names) -> Markup {
    let (t, it) = (page.t, &lead.details);
    let name = |id: Uuid| names.get(&id).map(String::as_str).unwrap_or_default();
    let contact = [it.contact.phone().map(Phone::formatted), it.contact.email().map(Email::to_string)];
    html! {
        div {
            div.cluster { a href={ "/leads/" (lead.id) } { b { (it.full_name) } } (stage_badge(t, lead.stage())) }
            div.anywhere { (contact.into_iter().flatten().collect::<Vec<_>>().join(" · ")) }
            div.small.muted {
                (it.campaign.map_or(t.no_campaign, |it| name(it.0)))
                @if let Some(user) = it.assignee { " · " (short_name(name(user.0))) }
                " · " (history::moment(page, lead.stamp.created_at))
            }
        }
    }
}

fn apart(page: &Page, told: &DismissedPairs, later: bool) -> Markup {
    let t = page.t;
    let (title, hint) = t.duplicates.none_apart;
    let link = |lead: &Lead| {
        html! { a href={ "/leads/" (lead.id) } { (lead.details.full_name) } }
    };
    let next = told
        .next
        .map(|it| url(PATH, &[("by", APART), ("after", &it.older().to_string()), ("newer", &it.newer().to_string())]));
    html! {
        @if told.pairs.is_empty() { (empty(Icon::UserCheck, title, hint, &html! {})) }
        ul.stack { @for (one, other) in &told.pairs {
            li.card.cluster {
                span.grow { (link(one)) " " span.muted { "≠" } " " (link(other)) }
                (put_back(t, one.id, other.id, APART, ""))
            }
        } }
        (pages(t, APART, later, next))
    }
}

/// The link from the list of leads to this page.
pub(super) fn link(page: &Page) -> Markup {
    let words = page.t.duplicates.link;
    html! {
        @if page.may(Permission::EditLeads) && page.may(Permission::ViewLeads) {
            a.btn href=(PATH) { (icon(Icon::Copy)) (words) }
        }
    }
}
