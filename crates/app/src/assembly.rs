//! Puts the application together: the adapters that the settings choose.
use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt, path::Path, sync::Arc};

use adapters_files::DocumentFiles;
use adapters_passwords::Bcrypt;
use adapters_sqlite::{OpenError, SqliteStore};
use application::{Crm, Organisation, Ports};
use domain::{files::Files, passwords::PasswordHasher};

use crate::{
    clock::SystemClock,
    failure::Failure,
    runtime,
    settings::{Documents, Settings},
    words,
};

/// The application, and those of its ports that a command uses by itself.
pub(crate) struct Assembly {
    pub(crate) crm: Crm,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) passwords: Arc<dyn PasswordHasher>,
}

/// Makes whatever an empty folder lacks: the folder itself, the database, the default roles.
pub(crate) async fn assemble(settings: &Settings) -> Result<Assembly, Failure> {
    make_folder(&settings.data_dir)?;
    let store = SqliteStore::open(&settings.database).await.map_err(|error| unopened(settings, &error))?;
    let files: Arc<dyn Files> = Arc::new(document_files(settings)?);
    // Hashing leaves threads to the store and to the files, however many cores there are.
    let passwords: Arc<dyn PasswordHasher> = Arc::new(Bcrypt::new(Bcrypt::COST, runtime::workers()));
    let ports = Ports {
        store: Arc::new(store),
        files: Arc::clone(&files),
        passwords: Arc::clone(&passwords),
        clock: Arc::new(SystemClock),
    };
    let organisation = Organisation { calendar: settings.calendar, document_limit: settings.document_limit };
    let crm = Crm::new(ports, organisation);
    crm.make_default_roles(words::role_names(settings.language)?).await?;
    Ok(Assembly { crm, files, passwords })
}

/// For its owner alone: everything in it is personal data. A folder that is there already keeps its mode.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
        Failure::because(&format!("The folder {} (VORONKA_DATA_DIR) could not be made", folder.display()), &error)
    })
}

fn document_files(settings: &Settings) -> Result<DocumentFiles, Failure> {
    let opened = match &settings.documents {
        Documents::Folder => DocumentFiles::in_folder(&settings.data_dir.join("documents")),
        Documents::S3(bucket) => DocumentFiles::in_bucket(bucket),
    };
    opened.map_err(|error| Failure::because("Documents cannot be stored", &error))
}

fn unopened(settings: &Settings, error: &OpenError) -> Failure {
    let path = settings.database.display();
    match error {
        OpenError::NewerSchema { version } => Failure::new(format!(
            "The database {path} belongs to a newer version of Voronka (its schema has the step {version}); start that version instead."
        )),
        error => Failure::because(&format!("The database {path} cannot be opened"), error),
    }
}
