//! The home page.
use application::Home;
use domain::access::Permission;
use maud::{Markup, html};

use crate::{
    page::{Answer, Page},
    routes::{Route, Who, page},
    ui::{Icon, icon, link_button},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![page("/", Who::SignedIn, show)]
}

async fn show(page: Page) -> Answer {
    let home = page.session.home().await?;
    Ok(page.show(page.t.home, &view(&page, &home)))
}

fn view(page: &Page, home: &Home) -> Markup {
    let t = page.t;
    let counters = [
        ("/leads", Icon::Inbox, t.leads, home.leads),
        ("/leads?status=new", Icon::UserPlus, t.home_page.new_leads, home.new_leads),
        ("/clients", Icon::UserCheck, t.clients, home.clients),
        ("/contracts", Icon::FileText, t.contracts, home.contracts),
        ("/services", Icon::BriefcaseBusiness, t.services, home.services),
        ("/campaigns", Icon::Megaphone, t.campaigns, home.campaigns),
    ];
    let shown = counters.iter().filter_map(|(href, of, words, count)| count.map(|it| (href, of, words, it)));
    html! {
        div.page-head { h1 { ((t.home_page.hello)(&page.session.actor().name)) } }
        div.stack.stack--l {
            ul.counters {
                @for (href, of, words, count) in shown {
                    li { a.counter href=(href) {
                        span.counter__words { (icon(*of)) (words) }
                        b.num { ((t.number)(i128::from(count))) }
                    } }
                }
            }
            @if *home == Home::default() && !page.may(Permission::ViewStatistics) && !page.may(Permission::ViewUsers) {
                p { (t.home_page.no_role_yet) }
            } @else { section.stack {
                h2 { (t.home_page.what_next) }
                div.cluster {
                    @if page.may(Permission::CreateLeads) { (link_button("/leads/new", Icon::Plus, t.new_lead)) }
                    @if page.may(Permission::ConvertLeads) { (link_button("/leads?status=qualified", Icon::UserCheck, t.home_page.qualified_leads)) }
                    @if page.may(Permission::CreateContracts) { (link_button("/contracts/new", Icon::Plus, t.new_contract)) }
                    @if page.may(Permission::CreateCampaigns) { (link_button("/campaigns/new", Icon::Plus, t.new_campaign)) }
                    @if page.may(Permission::CreateServices) { (link_button("/services/new", Icon::Plus, t.new_service)) }
                    @if page.may(Permission::CreateUsers) { (link_button("/users/new", Icon::UserPlus, t.new_user)) }
                    @if page.may(Permission::ViewStatistics) { (link_button("/statistics", Icon::ChartColumn, t.statistics)) }
                }
            } }
        }
    }
}
