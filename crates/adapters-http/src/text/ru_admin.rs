//! Words of administration in Russian: kinds of records, permissions, audit actions.
use application::RuleViolation;
use domain::{access::Permission, audit::AuditAction, record::RecordKind};

use super::ru::plural;

pub(super) fn kind(it: RecordKind) -> &'static str {
    match it {
        RecordKind::Campaign => "Кампания",
        RecordKind::Client => "Клиент",
        RecordKind::Contract => "Договор",
        RecordKind::Document => "Файл",
        RecordKind::Lead => "Лид",
        RecordKind::Note => "Заметка",
        RecordKind::Role => "Роль",
        RecordKind::Service => "Услуга",
        RecordKind::SpendEntry => "Расход",
        RecordKind::User => "Пользователь",
        RecordKind::View => "Отбор",
    }
}

pub(super) fn act(it: AuditAction) -> &'static str {
    match it {
        AuditAction::Created => "Создание",
        AuditAction::Changed => "Изменение",
        AuditAction::SignedIn => "Вход",
        AuditAction::CodeAsked => "Запрос кода",
        AuditAction::SignInFailed => "Неудачный вход",
        AuditAction::SignedOut => "Выход",
        AuditAction::SessionsEnded => "Завершение сеансов",
        AuditAction::Exported => "Выгрузка",
        AuditAction::DismissedPairs => "Разные люди",
        AuditAction::Refused => "Отказ",
    }
}

pub(super) fn permission(it: Permission) -> &'static str {
    match it {
        Permission::ViewUsers => "смотреть пользователей",
        Permission::CreateUsers => "добавлять пользователей",
        Permission::EditUsers => "изменять пользователей",
        Permission::ViewRoles => "смотреть роли",
        Permission::CreateRoles => "добавлять роли",
        Permission::EditRoles => "изменять роли и выдавать права",
        Permission::ViewAudit => "смотреть журнал действий",
        Permission::ViewServices => "смотреть услуги",
        Permission::CreateServices => "добавлять услуги",
        Permission::EditServices => "изменять услуги",
        Permission::ViewCampaigns => "смотреть кампании и расходы",
        Permission::CreateCampaigns => "добавлять кампании",
        Permission::EditCampaigns => "изменять кампании и расходы",
        Permission::ViewLeads => "смотреть лидов",
        Permission::CreateLeads => "добавлять лидов",
        Permission::EditLeads => "изменять лидов",
        Permission::ConvertLeads => "переводить лидов в клиенты",
        Permission::ViewClients => "смотреть клиентов",
        Permission::EditClients => "изменять клиентов",
        Permission::ViewContracts => "смотреть договоры и файлы",
        Permission::CreateContracts => "добавлять договоры",
        Permission::EditContracts => "изменять договоры",
        Permission::ViewStatistics => "смотреть статистику",
        Permission::ExportStatistics => "выгружать статистику в файл",
        Permission::ExportLeads => "выгружать лидов в файл",
        Permission::ExportClients => "выгружать клиентов в файл",
        Permission::ExportContracts => "выгружать договоры в файл",
        Permission::ExportCampaigns => "выгружать кампании в файл",
        Permission::ExportServices => "выгружать услуги в файл",
    }
}

pub(super) fn refused(it: RuleViolation) -> &'static str {
    match it {
        RuleViolation::SuperuserOnly => "главного администратора меняет только главный администратор",
        RuleViolation::BeyondOwnPermissions => "нельзя дать права, которых нет у себя",
        RuleViolation::LastSuperuser => "последний главный администратор должен остаться",
        RuleViolation::OwnRole => "нельзя менять свои права и права своей роли",
        RuleViolation::OwnAccount => "свой пароль и второй фактор меняют в своём профиле",
        RuleViolation::FactorRequired => "второй фактор обязателен для роли",
    }
}

pub(super) fn by_role(name: &str) -> String {
    format!("роль «{name}»")
}

pub(super) fn people(number: u64) -> String {
    format!("{number} {}", plural(number, "человек", "человека", "человек"))
}

pub(super) fn rename_role(name: &str) -> String {
    format!("Переименовать роль «{name}»")
}

pub(super) fn field_number(number: usize) -> String {
    format!("{number} {}", plural(number as u64, "поле", "поля", "полей"))
}
