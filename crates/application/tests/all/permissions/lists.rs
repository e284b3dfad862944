//! The use cases about lists: looking at them, taking them away, changing many, and saving what they were narrowed to.
use application::{Archive, LeadChange, Selection};
use domain::{
    access::Permission,
    campaign::Campaign,
    client::{Client, ClientFilter},
    contract::Contract,
    lead::{Lead, LeadFilter},
    record::{Record, RecordKind},
    service::Service,
    values::ViewQuery,
};

use super::{UseCase, id};
use crate::support::{details::view, first_page};

/// All that the usual list of a kind has.
pub(super) fn all<R: Record>() -> Selection<R> {
    Selection::All(vec![R::Filter::default()])
}

/// What changes many at once tells of what is there.
pub(super) fn in_bulk(permission: Permission) -> Vec<UseCase> {
    use Permission::{ViewCampaigns, ViewLeads, ViewServices};
    match permission {
        Permission::EditServices => vec![
            case!(s, it; selection(&all::<Service>(), 1), also [ViewServices]),
            case!(s, it; bulk_edit(&all::<Service>(), &Archive(true)), also [ViewServices]),
            case!(s, it; undo::<Service>(s.now()), also [ViewServices]),
            case!(s, it; done::<Service>(s.now(), &[]), also [ViewServices]),
        ],
        Permission::EditCampaigns => vec![
            case!(s, it; selection(&all::<Campaign>(), 1), also [ViewCampaigns]),
            case!(s, it; bulk_edit(&all::<Campaign>(), &Archive(true)), also [ViewCampaigns]),
            case!(s, it; undo::<Campaign>(s.now()), also [ViewCampaigns]),
            case!(s, it; done::<Campaign>(s.now(), &[]), also [ViewCampaigns]),
        ],
        Permission::EditLeads => vec![
            case!(s, it; selection(&all::<Lead>(), 1), also [ViewLeads]),
            case!(s, it; bulk_edit(&all::<Lead>(), &LeadChange::Assign(None)), also [ViewLeads]),
            case!(s, it; undo::<Lead>(s.now()), also [ViewLeads]),
            case!(s, it; done::<Lead>(s.now(), &[]), also [ViewLeads]),
        ],
        _ => Vec::new(),
    }
}

/// Users who may view a list may open and save its views.
pub(super) fn saved_views(permission: Permission) -> Vec<UseCase> {
    match permission {
        Permission::ViewLeads => vec![
            case!(s, it; views(RecordKind::Lead)),
            case!(s, it; totals::<Lead>(&[vec![LeadFilter::default()]])),
            case!(s, it; save_view(id(&s), RecordKind::Lead, ViewQuery::default(), view())),
            case!(s, it; own_view(RecordKind::Lead, it.view)),
            case!(s, it; edit_view(RecordKind::Lead, it.view, 1, view())),
            case!(s, it; remove_view(RecordKind::Lead, it.view)),
        ],
        Permission::ViewServices => vec![case!(s, it; views(RecordKind::Service))],
        Permission::ViewCampaigns => vec![case!(s, it; views(RecordKind::Campaign))],
        Permission::ViewClients => vec![case!(s, it; views(RecordKind::Client))],
        Permission::ViewContracts => vec![case!(s, it; views(RecordKind::Contract))],
        _ => Vec::new(),
    }
}

pub(super) fn viewing_clients() -> Vec<UseCase> {
    vec![
        case!(s, it; list::<Client>(&[ClientFilter::default()], first_page())),
        case!(s, it; client_choices(&[it.campaign.0])),
        case!(s, it; client(it.client)),
    ]
}

pub(super) fn viewing_leads() -> Vec<UseCase> {
    vec![
        case!(s, it; following::<Lead>(&[LeadFilter::default()], it.lead)),
        case!(s, it; lead_names(&[it.lead])),
        case!(s, it; lead_merged_into(it.merged)),
        case!(s, it; list::<Lead>(&[LeadFilter::default()], first_page())),
        case!(s, it; neighbours::<Lead>(&[LeadFilter::default()], it.lead)),
        case!(s, it; lead_counts()),
        case!(s, it; lead_choices(&[it.campaign.0], &[])),
        case!(s, it; lead(it.lead)),
    ]
}

pub(super) fn exporting(permission: Permission) -> Option<UseCase> {
    use Permission::{ViewCampaigns, ViewClients, ViewContracts, ViewLeads, ViewServices};
    match permission {
        Permission::ExportServices => Some(case!(s, it; export(all::<Service>()), also [ViewServices])),
        Permission::ExportCampaigns => Some(case!(s, it; export(all::<Campaign>()), also [ViewCampaigns])),
        Permission::ExportLeads => Some(case!(s, it; export(all::<Lead>()), also [ViewLeads])),
        Permission::ExportClients => Some(case!(s, it; export(all::<Client>()), also [ViewClients])),
        Permission::ExportContracts => Some(case!(s, it; export(all::<Contract>()), also [ViewContracts])),
        _ => None,
    }
}
