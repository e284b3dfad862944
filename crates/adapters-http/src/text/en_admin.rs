//! Words of administration in English: kinds of records, permissions, audit actions.
use application::RuleViolation;
use domain::{access::Permission, audit::AuditAction, record::RecordKind};

pub(super) fn kind(it: RecordKind) -> &'static str {
    match it {
        RecordKind::Campaign => "Campaign",
        RecordKind::Client => "Client",
        RecordKind::Contract => "Contract",
        RecordKind::Document => "File",
        RecordKind::Lead => "Lead",
        RecordKind::Note => "Note",
        RecordKind::Role => "Role",
        RecordKind::Service => "Service",
        RecordKind::SpendEntry => "Expense",
        RecordKind::User => "User",
        RecordKind::View => "Saved view",
    }
}

pub(super) fn act(it: AuditAction) -> &'static str {
    match it {
        AuditAction::Created => "Creation",
        AuditAction::Changed => "Change",
        AuditAction::SignedIn => "Sign-in",
        AuditAction::CodeAsked => "Code asked for",
        AuditAction::SignInFailed => "Failed sign-in",
        AuditAction::SignedOut => "Sign-out",
        AuditAction::SessionsEnded => "Sessions ended",
        AuditAction::Exported => "Export",
        AuditAction::DismissedPairs => "Told apart",
        AuditAction::Refused => "Refusal",
    }
}

pub(super) fn permission(it: Permission) -> &'static str {
    match it {
        Permission::ViewUsers => "view users",
        Permission::CreateUsers => "add users",
        Permission::EditUsers => "edit users",
        Permission::ViewRoles => "view roles",
        Permission::CreateRoles => "add roles",
        Permission::EditRoles => "edit roles and grant permissions",
        Permission::ViewAudit => "view the audit log",
        Permission::ViewServices => "view services",
        Permission::CreateServices => "add services",
        Permission::EditServices => "edit services",
        Permission::ViewCampaigns => "view campaigns and expenses",
        Permission::CreateCampaigns => "add campaigns",
        Permission::EditCampaigns => "edit campaigns and expenses",
        Permission::ViewLeads => "view leads",
        Permission::CreateLeads => "add leads",
        Permission::EditLeads => "edit leads",
        Permission::ConvertLeads => "convert leads into clients",
        Permission::ViewClients => "view clients",
        Permission::EditClients => "edit clients",
        Permission::ViewContracts => "view contracts and files",
        Permission::CreateContracts => "add contracts",
        Permission::EditContracts => "edit contracts",
        Permission::ViewStatistics => "view statistics",
        Permission::ExportStatistics => "export statistics to a file",
        Permission::ExportLeads => "export leads to a file",
        Permission::ExportClients => "export clients to a file",
        Permission::ExportContracts => "export contracts to a file",
        Permission::ExportCampaigns => "export campaigns to a file",
        Permission::ExportServices => "export services to a file",
    }
}

pub(super) fn refused(it: RuleViolation) -> &'static str {
    match it {
        RuleViolation::SuperuserOnly => "only a superuser may change a superuser",
        RuleViolation::BeyondOwnPermissions => "nobody gives permissions that they do not hold",
        RuleViolation::LastSuperuser => "the last superuser has to stay",
        RuleViolation::OwnRole => "nobody changes their own permissions, nor those of their own roles",
        RuleViolation::OwnAccount => "one’s own password and second factor are changed in one’s own account",
        RuleViolation::FactorRequired => "a role requires the second factor",
    }
}

pub(super) fn by_role(name: &str) -> String {
    format!("role “{name}”")
}

pub(super) fn people(number: u64) -> String {
    format!("{number} {}", if number == 1 { "person" } else { "people" })
}

pub(super) fn rename_role(name: &str) -> String {
    format!("Rename the role “{name}”")
}

pub(super) fn field_number(number: usize) -> String {
    format!("{number} {}", if number == 1 { "field" } else { "fields" })
}
