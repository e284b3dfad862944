//! The search over everything: a page, which the command palette loads its results from.
use application::SearchResults;
use axum::extract::RawQuery;
use domain::{
    campaign::Campaign,
    client::Client,
    contract::Contract,
    lead::{Contact, Lead},
    page::{Page as Items, Total},
    record::Record,
    service::Service,
    user::User,
    values::Phone,
};
use maud::{Markup, html};
use uuid::Uuid;

use crate::{
    form_data::FormData,
    leads::view::stage_badge,
    lists::ListContext,
    page::{Page, PageResult},
    record::RecordPage,
    routes::{Access, Route, page},
    ui::{
        Icon, Tone, badge, icon,
        list::{empty, url},
        places::{self, Group, NavItem},
    },
    users::view::access,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![page("/search", Access::SignedIn, show)]
}

/// The length of a search in characters, as in every list. The rest is ignored.
pub(crate) const LONGEST: u16 = 200;

async fn show(page: Page, RawQuery(query): RawQuery) -> PageResult {
    let words = FormData::from_query(query.unwrap_or_default().as_bytes()).get("q").to_owned();
    let found = page.session.search(&words).await?;
    let t = page.t;
    let content = html! {
        div.page-head { h1 { (t.shortcuts.search) } }
        search.search-page {
            form.filterbar method="get" action="/search" {
                div.affix.affix--start.grow {
                    (icon(Icon::Search))
                    input #q .input type="search" name="q" value=(words) maxlength=(LONGEST) placeholder=(t.shortcuts.placeholder)
                        aria-label=(t.shortcuts.placeholder) data-key="/" autocomplete="off" autofocus[words.is_empty()];
                }
                button.btn.btn--primary { (t.find) }
            }
            div #found .found { (results(&page, &words, &found)) }
        }
    };
    Ok(page.show(t.shortcuts.search, &content))
}

/// The results in groups: actions, pages, and the records of each kind.
fn results(page: &Page, words: &str, found: &SearchResults) -> Markup {
    let t = page.t;
    let actions = places::named(page, &[Group::Action], words);
    let sections = places::named(page, &[Group::Sales, Group::Marketing, Group::Management, Group::Own], words);
    let records = counted(found);
    let number = records.0 + u64::try_from(actions.len() + sections.len()).unwrap_or(u64::MAX);
    let blank = words.trim().is_empty();
    html! {
        @if blank { p.found__count { (t.shortcuts.hint) } }
        @else if number > 0 { p.found__count role="status" { ((t.found)(number, records.1)) } }
        @else { (empty(Icon::Search, t.shortcuts.nothing.0, t.shortcuts.nothing.1, &html! {})) }
        (way(page, t.shortcuts.actions, &actions))
        @if !blank { (of_records(page, words, found)) }
        (way(page, t.sections, &sections))
    }
}

fn of_records(page: &Page, words: &str, found: &SearchResults) -> Markup {
    let (t, list_context) = (page.t, ListContext::of_search(words));
    let at = |list: &str, id: Uuid| list_context.to(&format!("{list}/{id}"));
    html! {
        (group(page, t.leads, Lead::LIST, words, found.leads.as_ref(), |it| html! {
            (hit(&at(Lead::LIST, it.id.0), Icon::Inbox, it.title(), &reached(&it.details.contact), &stage_badge(t, it.stage())))
        }))
        (group(page, t.clients, Client::LIST, words, found.clients.as_ref(), |it| html! {
            (hit(&at(Client::LIST, it.id.0), Icon::UserCheck, it.title(), &reached(&it.details.contact), &html! {}))
        }))
        (group(page, t.contracts, Contract::LIST, words, found.contracts.as_ref(), |it| html! {
            (hit(&at(Contract::LIST, it.id.0), Icon::FileText, it.title(), &contract(page, it), &free(page, it)))
        }))
        (group(page, t.campaigns, Campaign::LIST, words, found.campaigns.as_ref(), |it| html! {
            (hit(&at(Campaign::LIST, it.id.0), Icon::Megaphone, it.title(), it.details.channel.as_str(), &html! {}))
        }))
        (group(page, t.services, Service::LIST, words, found.services.as_ref(), |it| html! {
            (hit(&at(Service::LIST, it.id.0), Icon::BriefcaseBusiness, it.title(), &money(page, it.details.price), &html! {}))
        }))
        (group(page, t.users, "/users", words, found.users.as_ref(), |it: &User| html! {
            (hit(&format!("/users/{}", it.id), Icon::ShieldCheck, it.display_name(), it.details.username.as_str(), &access(t, it)))
        }))
    }
}

/// The number of records, and whether there are more.
fn counted(found: &SearchResults) -> (u64, bool) {
    let totals = [
        found.leads.as_ref().map(|it| it.total),
        found.clients.as_ref().map(|it| it.total),
        found.contracts.as_ref().map(|it| it.total),
        found.campaigns.as_ref().map(|it| it.total),
        found.services.as_ref().map(|it| it.total),
        found.users.as_ref().map(|it| it.total),
    ];
    totals.into_iter().flatten().fold((0, false), |(sum, more), it| match it {
        Total::Exactly(number) => (sum + u64::from(number), more),
        Total::OrMore(number) => (sum + u64::from(number), true),
    })
}

/// Pages, each with its shortcut.
fn way(page: &Page, title: &str, places: &[&NavItem]) -> Markup {
    html! {
        @if !places.is_empty() {
            section.found__group {
                h2.found__title { (title) }
                ul.found__list {
                    @for it in places {
                        li { a.menu__item href=(it.href) data-go=[Some(it.key).filter(|it| !it.is_empty())] {
                            (icon(it.icon)) span.grow { ((it.words)(page.t)) }
                            @if !it.key.is_empty() { span.keys aria-hidden="true" { kbd.kbd { "G" } " " kbd.kbd { (it.key.to_uppercase()) } } }
                        } }
                    }
                }
            }
        }
    }
}

/// The records of one kind, with a link to all of them if more were found.
fn group<R: Record>(
    page: &Page,
    title: &str,
    list: &str,
    words: &str,
    found: Option<&Items<R>>,
    hit: impl Fn(&R) -> Markup,
) -> Markup {
    let t = page.t;
    let all = url(list, &[("q", words)]);
    html! {
        @if let Some(found) = found.filter(|it| !it.items.is_empty()) {
            section.found__group {
                h2.found__title { (title) }
                ul.found__list {
                    @for it in &found.items { li { (hit(it)) } }
                    li { a.menu__item.found__all href=(all) {
                        (icon(Icon::ChevronRight)) span.grow { (t.shortcuts.all_in_list) ": " (title) } span.num { ((t.total_number)(found.total)) }
                    } }
                }
            }
        }
    }
}

fn hit(href: &str, of: Icon, name: &str, about: &str, state: &Markup) -> Markup {
    html! {
        a.menu__item href=(href) {
            (icon(of))
            span.grow.found__words { b { (name) } @if !about.is_empty() { " " span.muted { (about) } } }
            (state)
        }
    }
}

fn reached(contact: &Contact) -> String {
    let email = contact.email().map(ToString::to_string);
    contact.phone().map(Phone::formatted).or(email).unwrap_or_default()
}

fn money(page: &Page, it: domain::values::Money) -> String {
    (page.t.money)(i128::from(it.minor()), page.currency())
}

fn contract(page: &Page, it: &Contract) -> String {
    format!("{} · {}", (page.t.day)(it.details.signed_on.day()), money(page, it.details.amount))
}

fn free(page: &Page, it: &Contract) -> Markup {
    html! { @if it.client.is_none() { (badge(Tone::Plain, page.t.no_client)) } }
}
