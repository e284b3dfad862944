//! The document around a page's content: with the navigation (shell), or without it (gate).
use domain::access::Permission;
use maud::{DOCTYPE, Markup, html};

use super::{
    Icon,
    dialogs::{dialogs, search_box},
    icon,
    places::{self, Group},
};
use crate::{
    assets,
    page::Page,
    text::{Language, Text, own_name},
    visitor::Visitor,
};

const HTMX_CONFIG: &str = r#"{"includeIndicatorStyles":false,"allowEval":false,"historyCacheSize":0,"selfRequestsOnly":true,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}"#;

fn document(visitor: &Visitor, title: &str, body: &Markup) -> Markup {
    let t = visitor.t;
    html! {
        (DOCTYPE)
        html lang=(t.lang) data-theme=[visitor.theme] data-density=[visitor.density] data-nokeys=[visitor.no_keys.then_some("")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="htmx-config" content=(HTMX_CONFIG);
                @if let Some(seconds) = visitor.again { meta http-equiv="refresh" content=(seconds); }
                title { (title) " · " (t.product) }
                link rel="icon" href=(assets::LOGO.url()) type="image/svg+xml";
                link rel="stylesheet" href=(assets::CSS.url());
                script defer src=(assets::HTMX.url()) {}
                script defer src=(assets::JS.url()) {}
                script defer src=(assets::KEYS.url()) {}
            }
            body { (body) }
        }
    }
}

fn brand(t: &Text) -> Markup {
    html! { img src=(assets::LOGO.url()) alt="" width="24" height="24"; (t.product) }
}

/// A page without the navigation: signing in, first start, errors.
pub(crate) fn gate(visitor: &Visitor, title: &str, content: &Markup) -> Markup {
    let t = visitor.t;
    document(
        visitor,
        title,
        &html! {
            main #main .gate {
                a.brand href="/" { (brand(t)) }
                (content)
                @if !visitor.sent { footer.cluster.small.muted { (language_switch(t)) } }
            }
            (toast(visitor))
        },
    )
}

/// Both languages, each by its own name; the chosen one is not a button.
fn language_switch(t: &Text) -> Markup {
    html! {
        @for language in Language::ALL {
            @if language.code() == t.lang {
                span aria-current="true" { (own_name(language)) }
            } @else {
                form method="post" action="/preferences" {
                    button.linklike lang=(language.code()) name="lang" value=(language.code()) { (own_name(language)) }
                }
            }
        }
    }
}

/// A page for a signed-in user: navigation at the side, content beside it.
pub(crate) fn shell(page: &Page, title: &str, content: &Markup) -> Markup {
    let t = page.t;
    document(
        &page.visitor,
        title,
        &html! {
            a.skip.visually-hidden href="#main" { (t.to_content) }
            div.shell {
                header.site {
                    div.topbar {
                        button.btn.btn--ghost.btn--icon type="button" popovertarget="nav" aria-label=(t.menu) { (icon(Icon::Menu)) }
                        b.grow.cut { (title) }
                        a.btn.btn--ghost.btn--icon href="/search" data-dialog="palette" aria-label=(t.shortcuts.search) { (icon(Icon::Search)) }
                    }
                    div #nav .sidebar popover {
                        a.brand href="/" { (brand(t)) }
                        (search_box(page))
                        (navigation(page))
                        div.sidebar__foot { (user_menu(page)) }
                    }
                }
                main #main .main tabindex="-1" { (content) }
            }
            (dialogs(page))
            (toast(&page.visitor))
        },
    )
}

fn navigation(page: &Page) -> Markup {
    let t = page.t;
    // Users and roles are two tabs of one section.
    let by_tab = |href: &str| href == "/roles" && page.may(Permission::ViewUsers);
    let current = |href: &str| match href {
        "/" => page.path == "/",
        "/users" if page.path.starts_with("/roles") => true,
        _ => page.path.starts_with(href),
    };
    html! {
        // The shortcut to the other tab works on every page, too.
        @for it in places::of(page, Group::Management).filter(|it| by_tab(it.href)) { a href=(it.href) data-go=(it.key) hidden {} }
        nav.nav aria-label=(t.sections) {
            @for (title, group) in [("", Group::Sales), (t.marketing, Group::Marketing), (t.management, Group::Management)] {
                @let places: Vec<_> = places::of(page, group).filter(|it| !by_tab(it.href)).collect();
                @if !places.is_empty() {
                    @if !title.is_empty() { span.nav__group { (title) } }
                    @for it in places {
                        a.nav__link href=(it.href) data-go=(it.key) aria-current=[current(it.href).then_some("page")] {
                            (icon(it.icon)) ((it.words)(t))
                        }
                    }
                }
            }
        }
    }
}

fn user_menu(page: &Page) -> Markup {
    let (t, name) = (page.t, &page.session.actor().name);
    let other = Language::ALL.into_iter().find(|it| it.code() != t.lang);
    let theme = if page.visitor.theme == Some("dark") { "light" } else { "dark" };
    html! {
        details.menu {
            summary.nav__link { (super::who(&super::short_name(name))) span.grow {} (icon(Icon::ChevronDown)) }
            div.menu__panel.menu__panel--up {
                a.menu__item href="/account" { (icon(Icon::UserCheck)) (t.account) }
                form method="post" action="/preferences" {
                    button.menu__item name="theme" value=(theme) data-theme-toggle { (icon(Icon::SunMoon)) (t.shortcuts.theme) }
                }
                @if let Some(other) = other {
                    form method="post" action="/preferences" {
                        button.menu__item lang=(other.code()) name="lang" value=(other.code()) {
                            (icon(Icon::Languages)) (own_name(other))
                        }
                    }
                }
                a.menu__item href="/keys" data-key="?" data-dialog="keys-dialog" {
                    (icon(Icon::Keyboard)) span.grow { (t.shortcuts.keys) } kbd.kbd aria-hidden="true" { "?" }
                }
                form method="post" action="/sign-out" {
                    button.menu__item { (icon(Icon::LogOut)) (t.sign_out) }
                }
            }
        }
    }
}

/// The message after an action, or the error of a script's request. The element always exists, so that it is read out.
fn toast(visitor: &Visitor) -> Markup {
    html! {
        div.toasts role="status" data-failed=(visitor.t.no_answer) {
            @if let Some(notice) = visitor.notice {
                div.toast {
                    ((visitor.t.notice)(notice))
                    button.btn.btn--icon type="button" data-dismiss aria-label=(visitor.t.dismiss) { (icon(Icon::X)) }
                }
            }
        }
    }
}
