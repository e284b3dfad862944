//! The components of pages.
mod account_events;
pub(crate) mod dialogs;
pub(crate) mod field;
pub(crate) mod filter;
pub(crate) mod frame;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod permissions;
pub(crate) mod places;

use maud::{Markup, html};

use crate::assets;

/// The icons in use; their names are those of Lucide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Archive,
    ArchiveRestore,
    ArrowDown,
    ArrowUp,
    Ban,
    Bookmark,
    BriefcaseBusiness,
    CalendarClock,
    ChartColumn,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Columns,
    Copy,
    Download,
    Eye,
    FileText,
    History,
    House,
    Inbox,
    Info,
    KeyRound,
    Keyboard,
    Languages,
    LogOut,
    Megaphone,
    Menu,
    MessageSquare,
    Paperclip,
    Pencil,
    Phone,
    Plus,
    Printer,
    RotateCcw,
    Search,
    ShieldCheck,
    SunMoon,
    TriangleAlert,
    UserCheck,
    UserPlus,
    Users,
    X,
}

impl Icon {
    const fn id(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::ArchiveRestore => "archive-restore",
            Self::ArrowDown => "arrow-down",
            Self::ArrowUp => "arrow-up",
            Self::Ban => "ban",
            Self::Bookmark => "bookmark",
            Self::BriefcaseBusiness => "briefcase-business",
            Self::CalendarClock => "calendar-clock",
            Self::ChartColumn => "chart-column",
            Self::Check => "check",
            Self::ChevronDown => "chevron-down",
            Self::ChevronLeft => "chevron-left",
            Self::ChevronRight => "chevron-right",
            Self::Columns => "columns-3",
            Self::Copy => "copy",
            Self::Download => "download",
            Self::Eye => "eye",
            Self::FileText => "file-text",
            Self::History => "history",
            Self::House => "house",
            Self::Inbox => "inbox",
            Self::Info => "info",
            Self::KeyRound => "key-round",
            Self::Keyboard => "keyboard",
            Self::Languages => "languages",
            Self::LogOut => "log-out",
            Self::Megaphone => "megaphone",
            Self::Menu => "menu",
            Self::MessageSquare => "message-square",
            Self::Paperclip => "paperclip",
            Self::Pencil => "pencil",
            Self::Phone => "phone",
            Self::Plus => "plus",
            Self::Printer => "printer",
            Self::RotateCcw => "rotate-ccw",
            Self::Search => "search",
            Self::ShieldCheck => "shield-check",
            Self::SunMoon => "sun-moon",
            Self::TriangleAlert => "triangle-alert",
            Self::UserCheck => "user-check",
            Self::UserPlus => "user-plus",
            Self::Users => "users",
            Self::X => "x",
        }
    }
}

pub(crate) fn icon(icon: Icon) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ (assets::ICONS.url()) "#" (icon.id()) } {} } }
}

/// The page's main action.
pub(crate) fn primary_link(href: &str, of: Icon, words: &str, key: &str) -> Markup {
    html! { a.btn.btn--primary href=(href) data-key=(key) { (icon(of)) (words) " " kbd.kbd { (key.to_uppercase()) } } }
}

pub(crate) fn link_button(href: &str, of: Icon, words: &str) -> Markup {
    html! { a.btn href=(href) { (icon(of)) (words) } }
}

/// A button that performs an action at once.
pub(crate) fn action_button(action: &str, of: Icon, words: &str, hidden: &[(&str, &str)]) -> Markup {
    html! {
        form method="post" action=(action) data-once {
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            button.btn { (icon(of)) (words) }
        }
    }
}

/// A person, with initials and name.
pub(crate) fn who(name: &str) -> Markup {
    let initials: String = name.split_whitespace().take(2).filter_map(|it| it.chars().next()).collect();
    html! { span.who { span.avatar aria-hidden="true" { (initials.to_uppercase()) } (name) } }
}

/// A full name for narrow places: the surname with initials, as on Russian forms.
pub(crate) fn short_name(name: &str) -> String {
    let mut words = name.split_whitespace();
    let (Some(surname), Some(given), Some(patronymic), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return name.to_owned();
    };
    let initial = |word: &str| word.chars().next().map(String::from).unwrap_or_default();
    format!("{surname} {}.\u{a0}{}.", initial(given), initial(patronymic))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Info,
    Ok,
    Warn,
    Bad,
}

impl Tone {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Info => "info",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

pub(crate) fn badge(tone: Tone, words: &str) -> Markup {
    html! { span class={ "badge badge--" (tone.suffix()) } { (words) } }
}

pub(crate) fn alert(tone: Tone, content: &Markup) -> Markup {
    let of = if tone == Tone::Bad || tone == Tone::Warn { Icon::TriangleAlert } else { Icon::Info };
    html! { div class={ "alert alert--" (tone.suffix()) } { (icon(of)) div { (content) } } }
}

/// The breadcrumbs: the list that a record belongs to.
pub(crate) fn crumbs(label: &str, links: &[(&str, &str)]) -> Markup {
    html! {
        nav.crumbs aria-label=(label) {
            @for (at, (href, words)) in links.iter().enumerate() {
                @if at > 0 { (icon(Icon::ChevronRight)) }
                a href=(href) { (words) }
            }
        }
    }
}

/// A link for users who may follow it, and plain text for others.
pub(crate) fn link_if(may: bool, href: &str, words: &str) -> Markup {
    html! { @if may { a href=(href) { (words) } } @else { (words) } }
}
