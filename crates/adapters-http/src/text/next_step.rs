//! Words about next steps, in both languages.
use domain::values::Day;

use super::{en, ru};

pub(crate) struct NextStepText {
    pub(crate) any_day: &'static str,
    pub(crate) change: &'static str,
    /// The due date and the number of days until it; a negative number means overdue.
    pub(crate) due: fn(i64, Day) -> String,
    pub(crate) due_in: fn(Preset) -> &'static str,
    pub(crate) done: &'static str,
    /// In a history, with the planned step.
    pub(crate) done_with: fn(&str) -> String,
    pub(crate) dropped: fn(&str) -> String,
    pub(crate) due_choice: fn(Choice) -> &'static str,
    pub(crate) example: &'static str,
    pub(crate) none: &'static str,
    pub(crate) plan: &'static str,
    /// The step and its day, in one line.
    pub(crate) planned: fn(&str, Day) -> String,
    pub(crate) what: &'static str,
    pub(crate) when: &'static str,
}

/// The preset days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    Today,
    Tomorrow,
    InThreeDays,
    InAWeek,
}

/// The choices of the filter by due day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Overdue,
    Today,
    ThisWeek,
    Later,
    Unplanned,
}

/// Without the year, if it is obvious.
fn near(days: i64, day: String) -> String {
    match day.rsplit_once(' ') {
        Some((short, _)) if days < 300 => short.to_owned(),
        _ => day,
    }
}

pub(super) static RU: NextStepText = NextStepText {
    any_day: "Другой день",
    change: "Изменить или перенести",
    due: |days, day| match days {
        ..0 => {
            let late = days.unsigned_abs();
            format!("Просрочено на {} {}", ru::number(i128::from(late)), ru::plural(late, "день", "дня", "дней"))
        }
        0 => "Сегодня".to_owned(),
        1 => "Завтра".to_owned(),
        _ => near(days, ru::day(day)),
    },
    due_in: |it| match it {
        Preset::Today => "Сегодня",
        Preset::Tomorrow => "Завтра",
        Preset::InThreeDays => "Через 3 дня",
        Preset::InAWeek => "Через неделю",
    },
    done: "Сделано",
    done_with: |what| format!("Сделано: {what}"),
    dropped: |what| format!("Больше не нужно: {what}"),
    due_choice: |it| match it {
        Choice::Overdue => "Просрочено",
        Choice::Today => "Сегодня",
        Choice::ThisWeek => "На этой неделе",
        Choice::Later => "Позже",
        Choice::Unplanned => "Ничего не запланировано",
    },
    example: "Например, перезвонить",
    none: "Не запланирован",
    plan: "Запланировать",
    planned: |what, day| format!("{what} — {}", ru::day(day)),
    what: "Что сделать",
    when: "Когда",
};

pub(super) static EN: NextStepText = NextStepText {
    any_day: "Another day",
    change: "Change or move",
    due: |days, day| match days {
        -1 => "1 day overdue".to_owned(),
        ..0 => format!("{} days overdue", en::number(i128::from(days.unsigned_abs()))),
        0 => "Today".to_owned(),
        1 => "Tomorrow".to_owned(),
        _ => near(days, en::day(day)),
    },
    due_in: |it| match it {
        Preset::Today => "Today",
        Preset::Tomorrow => "Tomorrow",
        Preset::InThreeDays => "In 3 days",
        Preset::InAWeek => "In a week",
    },
    done: "Done",
    done_with: |what| format!("Done: {what}"),
    dropped: |what| format!("No longer needed: {what}"),
    due_choice: |it| match it {
        Choice::Overdue => "Overdue",
        Choice::Today => "Today",
        Choice::ThisWeek => "This week",
        Choice::Later => "Later",
        Choice::Unplanned => "Nothing planned",
    },
    example: "For example, call back",
    none: "Not planned",
    plan: "Plan it",
    planned: |what, day| format!("{what} — {}", en::day(day)),
    what: "What to do",
    when: "When",
};
