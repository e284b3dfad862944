//! The home page: the user's tasks, by permission.
mod tasks;

use application::Home;
use domain::{
    access::Permission,
    calendar::days_after,
    campaign::Campaign,
    contract::Contract,
    lead::{Lead, LeadStage},
    values::Phone,
};
use maud::{Markup, html};

use crate::{
    error::WebError,
    leads::due_badge,
    page::{Page, PageResult},
    routes::{Access, Route, page},
    ui::{Icon, history, icon, link_button},
};
use tasks::{TaskList, name};

/// Lists contracts that end within this many days, because renewing one takes less time.
const DAYS_AHEAD: i64 = 30;

pub(crate) fn routes() -> Vec<Route> {
    vec![page("/", Access::SignedIn, show)]
}

async fn show(page: Page) -> PageResult {
    let (home, waiting) = (page.session.home().await?, waiting(&page).await?);
    Ok(page.show(page.t.home, &view(&page, &home, &waiting)))
}

/// The tasks, the most pressing first.
async fn waiting(page: &Page) -> Result<Vec<Markup>, WebError> {
    let (works, converts) = (page.may(Permission::EditLeads), page.may(Permission::ConvertLeads));
    let mut sections = Vec::new();
    if page.may(Permission::ViewLeads) {
        if works || converts {
            sections.push(due(page).show(page).await?);
        }
        if works {
            sections.push(not_called(page).show(page).await?);
        }
        if converts {
            sections.push(qualified(page).show(page).await?);
        }
    }
    if page.may(Permission::ViewContracts) {
        sections.push(ending(page).show(page).await?);
    }
    if page.may(Permission::ViewCampaigns) {
        sections.push(over_budget(page).show(page).await?);
        sections.push(unspent(page).show(page).await?);
    }
    Ok(sections)
}

fn due(page: &Page) -> TaskList<Lead> {
    let (t, me) = (page.t.home_page, page.session.actor().id);
    let unplanned = format!("/leads?assignee={me}&due=none");
    TaskList {
        of: Icon::CalendarClock,
        title: t.due,
        query: format!("assignee={me}&due=overdue&due=today&sort=due"),
        nothing: html! { (t.due_none) @if page.may(Permission::EditLeads) || page.may(Permission::ConvertLeads) { " " a href=(unplanned) { (t.unplanned) } } },
        below: |_, lead, _| html! { @if let Some(step) = lead.step_to_do() { (step.what) } },
        beside: |page, lead| html! { @if let Some(step) = lead.step_to_do() { (due_badge(page, step.due)) } },
    }
}

fn not_called(page: &Page) -> TaskList<Lead> {
    let (t, me) = (page.t, page.session.actor().id);
    let create = html! { @if page.may(Permission::CreateLeads) { " " a href="/leads/new" { (t.new_lead) } } };
    TaskList {
        of: Icon::Phone,
        title: t.home_page.not_called,
        query: format!("status={}&assignee=none&assignee={me}&sort=created", LeadStage::New.code()),
        nothing: html! { (t.home_page.not_called_none) (create) },
        below: |page, lead, names| {
            html! { (history::moment(page, lead.stamp.created_at)) " · " (campaign_of(page, lead, names)) }
        },
        beside: |_, lead| {
            let phone = lead.details.contact.phone();
            html! { @if let Some(phone) = phone { a.plain.num href={ "tel:" (phone) } { (Phone::formatted(phone)) } } }
        },
    }
}

fn qualified(page: &Page) -> TaskList<Lead> {
    TaskList {
        of: Icon::UserCheck,
        title: page.t.home_page.qualified_leads,
        query: format!("status={}&sort=created", LeadStage::Qualified.code()),
        nothing: html! { (page.t.home_page.qualified_none) },
        below: |page, lead, names| html! { (campaign_of(page, lead, names)) },
        beside: |page, lead| html! { a href={ "/leads/" (lead.id) "/conversion" } aria-label={ (page.t.convert) ": " (lead.details.full_name) } { (page.t.convert) } },
    }
}

fn campaign_of<'a>(page: &'a Page, lead: &Lead, names: &'a domain::store::Names) -> &'a str {
    lead.details.campaign.map_or(page.t.no_campaign, |it| name(names, it.0))
}

fn ending(page: &Page) -> TaskList<Contract> {
    let (t, today) = (page.t.home_page, page.session.own_today());
    TaskList {
        of: Icon::FileText,
        title: t.ending,
        query: format!("ends_from={today}&ends_until={}&sort=valid_until", days_after(today, DAYS_AHEAD)),
        nothing: html! { (t.ending_none) },
        below: |page, contract, names| html! { (contract.client.map_or(page.t.no_client, |it| name(names, it.0))) },
        beside: |page, contract| html! { span.nowrap { ((page.t.day)(contract.details.valid.until())) } },
    }
}

fn over_budget(page: &Page) -> TaskList<Campaign> {
    let t = page.t.home_page;
    campaigns(Icon::TriangleAlert, t.over_budget, "over_budget=1&sort=-budget", t.over_budget_none)
}

fn unspent(page: &Page) -> TaskList<Campaign> {
    let t = page.t.home_page;
    campaigns(Icon::Megaphone, t.unspent, "unspent=1", t.unspent_none)
}

fn campaigns(of: Icon, title: &'static str, query: &str, nothing: &str) -> TaskList<Campaign> {
    TaskList {
        of,
        title,
        query: query.to_owned(),
        nothing: html! { (nothing) },
        below: |_, campaign, _| html! { (campaign.details.channel) },
        beside: |page, campaign| {
            let budget = (page.t.money)(i128::from(campaign.details.budget.minor()), page.currency());
            html! { span.nowrap { ((page.t.home_page.budget_of)(&budget)) } }
        },
    }
}

fn view(page: &Page, home: &Home, waiting: &[Markup]) -> Markup {
    let t = page.t;
    let counters = [
        ("/leads", Icon::Inbox, t.leads, home.leads),
        ("/leads?status=new", Icon::UserPlus, t.home_page.new_leads, home.new_leads),
        ("/clients", Icon::UserCheck, t.clients, home.clients),
        ("/contracts", Icon::FileText, t.contracts, home.contracts),
        ("/services", Icon::BriefcaseBusiness, t.services, home.services),
        ("/campaigns", Icon::Megaphone, t.campaigns, home.campaigns),
    ];
    let shown: Vec<_> =
        counters.iter().filter_map(|(href, of, words, count)| count.map(|it| (href, of, words, it))).collect();
    let nothing = waiting.is_empty() && shown.is_empty();
    html! {
        div.page-head {
            h1 { ((t.home_page.hello)(&page.session.actor().name)) }
            div.page-head__actions { (actions(page)) }
        }
        div.stack.stack--l {
            @if nothing && !page.may(Permission::ViewStatistics) && !page.may(Permission::ViewUsers) {
                p { (t.home_page.no_role_yet) }
            }
            @if !waiting.is_empty() { div.board { @for it in waiting { (it) } } }
            @if !shown.is_empty() { section.stack {
                h2 { (t.home_page.in_all) }
                ul.counters {
                    @for (href, of, words, count) in shown {
                        li { a.counter href=(href) {
                            span.counter__words { (icon(*of)) (words) }
                            b.num { ((t.number)(i128::from(count))) }
                        } }
                    }
                }
            } }
        }
    }
}

fn actions(page: &Page) -> Markup {
    let t = page.t;
    html! {
        @if page.may(Permission::ViewStatistics) { (link_button("/statistics", Icon::ChartColumn, t.statistics)) }
        @if page.may(Permission::CreateUsers) { (link_button("/users/new", Icon::UserPlus, t.new_user)) }
        @if page.may(Permission::CreateServices) { (link_button("/services/new", Icon::Plus, t.new_service)) }
        @if page.may(Permission::CreateCampaigns) { (link_button("/campaigns/new", Icon::Plus, t.new_campaign)) }
        @if page.may(Permission::CreateContracts) { (link_button("/contracts/new", Icon::Plus, t.new_contract)) }
        @if page.may(Permission::CreateLeads) { (link_button("/leads/new", Icon::Plus, t.new_lead)) }
    }
}
