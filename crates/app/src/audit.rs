//! `voronka audit verify`: whether the audit log is as it was written.
use application::{AuditFault, ChainCheck};
use indicatif::ProgressBar;

use crate::{
    assembly::{Assembly, assemble},
    console::say,
    failure::Failure,
    settings::Settings,
};

pub(crate) async fn verify(settings: &Settings) -> Result<(), Failure> {
    let Assembly { crm, .. } = assemble(settings).await?;
    let progress = ProgressBar::no_length();
    let verdict = crm.verify_audit_log(|seen| progress.set_position(seen)).await?;
    progress.finish_and_clear();
    let ChainCheck { entries, unsealed, heads, faults } = &verdict;
    for head in heads {
        let hash = head.hash.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        say(&format!("  chain {:>2}: {:>9} entries, the last seal is {hash}", head.chain, head.position));
    }
    if *unsealed > 0 {
        say(&format!("  {unsealed} entries are older than seals are: of these, only the number is known."));
    }
    if faults.is_empty() {
        say(&format!("The audit log is whole: {entries} entries."));
        return Ok(());
    }
    let told: Vec<String> = faults.iter().map(sentence).collect();
    Err(Failure::new(format!("The audit log is not as it was written:\n  {}", told.join("\n  "))))
}

fn sentence(fault: &AuditFault) -> String {
    match fault {
        AuditFault::Changed { chain, position, entry } => {
            format!("entry {entry} (chain {chain}, place {position}) was changed")
        }
        AuditFault::Unreadable { chain, position, entry } => {
            format!("entry {entry} (chain {chain}, place {position}) cannot be read")
        }
        AuditFault::Headless { chain } => format!("the last seal of chain {chain} is gone"),
        AuditFault::Missing { chain, positions } if positions.start() == positions.end() => {
            format!("an entry is missing (chain {chain}, place {})", positions.start())
        }
        AuditFault::Missing { chain, positions } => {
            format!("entries are missing (chain {chain}, places {} to {})", positions.start(), positions.end())
        }
        AuditFault::Added { chain, position, entry } => {
            format!("entry {entry} (chain {chain}, place {position}) was added behind the last seal")
        }
        AuditFault::Unaccounted { expected, found } => {
            format!("there are {found} entries, but seals for {expected}")
        }
    }
}
