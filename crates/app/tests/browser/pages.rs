//! Where the pages of the invented company are.
use crate::browser::Browser;

/// The path of every page that has one, by name, for somebody who may see everything.
pub(crate) async fn all(browser: &Browser) -> Vec<(&'static str, String)> {
    let lead = first(browser, "/leads?status=new", "#list a.row-link").await;
    let lost = first(browser, "/leads?status=lost", "#list a.row-link").await;
    let converted = first(browser, "/leads?status=converted", "#list a.row-link").await;
    let older = first(browser, "/leads", ".pager a[rel=next]").await;
    let client = first(browser, "/clients", "#list a.row-link").await;
    let contract = first(browser, "/contracts", "#list a.row-link").await;
    let document = first(browser, &contract, ".files a[href*='view=']").await;
    let service = first(browser, "/services", "#list a.row-link").await;
    // The one that has cost most, so there is an expense.
    let campaign = first(browser, "/statistics?sort=-spend", "tbody th a").await;
    let spend = first(browser, &campaign, "a[href^='/spend/']").await;
    // Not the user who looks: for them there is less to do.
    let user = first(browser, "/users?q=anna", "#list a.row-link").await;
    let role = first(browser, "/roles", ".matrix thead a").await;
    let explained = first(browser, "/statistics", "tbody td a").await;
    let total = first(browser, "/statistics", "#total td a").await;
    let period = first(browser, "/statistics", ".segmented a:nth-child(3)").await;
    let of = |path: &str, rest: &str| format!("{path}{rest}");
    let of_records = vec![
        ("home", of("/", "")),
        ("search", of("/search", "")),
        ("search-found", of("/search?q=", "ан")),
        ("search-not-found", of("/search?q=", "nobody")),
        ("keys", of("/keys", "")),
        ("leads", of("/leads", "")),
        ("leads-older", older),
        ("leads-new", of("/leads?status=new", "")),
        ("leads-not-found", of("/leads?q=", "nobody")),
        ("leads-duplicates", of("/leads", "/duplicates?by=name")),
        ("leads-told-apart", of("/leads", "/duplicates?by=apart")),
        ("lead-form", of("/leads", "/new")),
        ("lead", lead.clone()),
        ("lead-lost", lost),
        ("lead-converted", converted),
        ("lead-edit", of(&lead, "/edit")),
        ("lead-past", of(&lead, "/history?version=1")),
        ("lead-past-not-yet", of(&lead, "/history?at=2020-01-01T10:00")),
        ("lead-past-wrong", of(&lead, "/history?at=x")),
        ("lead-restore", of(&lead, "/edit?restore=phone&version=1")),
        ("conversion", of(&lead, "/conversion")),
        ("clients", of("/clients", "")),
        ("clients-not-found", of("/clients?q=", "nobody")),
        ("client", client.clone()),
        ("client-edit", of(&client, "/edit")),
        ("client-past", of(&client, "/history")),
        ("contracts", of("/contracts", "")),
        ("contracts-free", of("/contracts", "?free=1")),
        ("contracts-not-found", of("/contracts?q=", "nothing")),
        ("contract-form", of("/contracts", "/new")),
        ("contract-form-client", of("/contracts/new", &client.replace("/clients/", "?client="))),
        ("contract", contract.clone()),
        ("contract-document", document),
        ("contract-edit", of(&contract, "/edit")),
        ("contract-past", of(&contract, "/history?version=1")),
        ("services", of("/services", "")),
        ("services-archived", of("/services", "?archived=1")),
        ("services-not-found", of("/services?q=", "nothing")),
        ("service-form", of("/services", "/new")),
        ("service", service.clone()),
        ("service-edit", of(&service, "/edit")),
        ("service-past", of(&service, "/history")),
        ("campaigns", of("/campaigns", "")),
        ("campaigns-archived", of("/campaigns", "?archived=1")),
        ("campaigns-not-found", of("/campaigns?q=", "nothing")),
        ("campaign-form", of("/campaigns", "/new")),
        ("campaign", campaign.clone()),
        ("campaign-edit", of(&campaign, "/edit")),
        ("campaign-past", of(&campaign, "/history")),
        ("spend-edit", spend),
        ("users", of("/users", "")),
        ("users-narrowed", of("/users", "?access=open&seen=never")),
        ("users-not-found", of("/users?q=", "nobody")),
        ("user-form", of("/users", "/new")),
        ("user", user.clone()),
        ("user-edit", of(&user, "/edit")),
        ("user-password", of(&user, "/password")),
        ("audit", of("/audit", "")),
        ("audit-narrowed", of("/audit", "?act=created&kind=lead&starts_on=2020-01-01&ends_on=2100-01-01")),
        ("audit-nothing", of("/audit", "?act=refused&kind=lead")),
        ("account", of("/account", "")),
        ("account-profile", of("/account", "/profile")),
        ("account-password", of("/account", "/password")),
        ("account-second-factor", of("/account", "/second-factor")),
        ("user-permissions", of(&user, "/permissions")),
        ("roles", of("/roles", "")),
        ("role-form", of("/roles", "/new")),
        ("role-edit", role),
        ("statistics", of("/statistics", "")),
        ("statistics-event", of("/statistics", "?lens=event&sort=name")),
        ("statistics-explained", explained),
        ("statistics-total", total),
        ("statistics-quarter", period),
        ("statistics-months", of("/statistics", "?lens=event&group=month")),
        ("statistics-channels", of("/statistics", "?group=channel&explain=total")),
        ("cohorts", of("/statistics", "/cohorts")),
        ("cohorts-longest", of("/statistics", "/cohorts?months=36")),
    ];
    [of_records, around_lists()].concat()
}

/// What lists lead to besides their records.
fn around_lists() -> Vec<(&'static str, String)> {
    let of = |path: &str, rest: &str| format!("{path}{rest}");
    vec![
        ("leads-bulk", of("/leads/bulk", "?all=1")),
        ("leads-bulk-status", of("/leads/bulk", "?all=1&do=status")),
        ("leads-bulk-nobody", of("/leads/bulk", "?do=assign")),
        ("leads-bulk-done", of("/leads/bulk/done", "?at=0&same=2")),
        ("leads-views", of("/leads", "/views")),
        ("leads-view-form", of("/leads/views/new", "?from=status%3Dnew")),
    ]
}

async fn first(browser: &Browser, page: &str, css: &str) -> String {
    browser.open(page).await;
    let found = browser.links(css).await.into_iter().next();
    // Without the list that it is opened from.
    let link = found.unwrap_or_else(|| panic!("{page} has no {css}"));
    link.split("?from=").next().unwrap().to_owned()
}
