//! Puts the application together: the adapters that the settings choose.
use std::{
    fmt,
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use adapters_files::DocumentFiles;
use adapters_passwords::Bcrypt;
use adapters_postgres::{Limits, PostgresStore};
use adapters_sqlite::SqliteStore;
use application::{Crm, Organisation, Ports};
use domain::{files::Files, passwords::PasswordHasher, store::Store};

use crate::{
    clock::SystemClock,
    failure::Failure,
    runtime,
    settings::{Database, Documents, Settings},
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
    let store = open(&settings.database, settings.limits).await?;
    let files: Arc<dyn Files> = Arc::new(document_files(settings)?);
    // Hashing leaves threads to the store and to the files, however many cores there are.
    let passwords: Arc<dyn PasswordHasher> = Arc::new(Bcrypt::new(Bcrypt::COST, runtime::workers()));
    let ports =
        Ports { store, files: Arc::clone(&files), passwords: Arc::clone(&passwords), clock: Arc::new(SystemClock) };
    let organisation = Organisation {
        calendar: settings.calendar,
        document_limit: settings.document_limit,
        waiting_uploads: settings.waiting_uploads,
    };
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

/// Where the documents are, if they are in a folder.
pub(crate) fn folder_of_documents(data_dir: &Path) -> PathBuf {
    data_dir.join("documents")
}

pub(crate) fn document_files(settings: &Settings) -> Result<DocumentFiles, Failure> {
    let opened = match &settings.documents {
        Documents::Folder => DocumentFiles::in_folder(&folder_of_documents(&settings.data_dir))
            .map(|it| it.with_reserve(settings.disk_reserve)),
        Documents::S3(bucket) => DocumentFiles::in_bucket(bucket),
    };
    opened.map_err(|error| Failure::because("Documents cannot be reached", &error))
}

/// Opens the database, and brings its schema up to date.
pub(crate) async fn open(database: &Database, limits: Limits) -> Result<Arc<dyn Store>, Failure> {
    match database {
        Database::Sqlite(path) => match SqliteStore::open(path).await {
            Ok(store) => Ok(Arc::new(store)),
            Err(adapters_sqlite::OpenError::NewerSchema { version }) => Err(newer(&path.display(), &version)),
            Err(error) => Err(Failure::because(&format!("The database {} cannot be opened", path.display()), &error)),
        },
        Database::Postgres(address) => match PostgresStore::open(address, limits).await {
            Ok(store) => Ok(Arc::new(store)),
            Err(adapters_postgres::OpenError::NewerSchema { version }) => Err(newer(address, &version)),
            // Which says itself what hosts there are.
            Err(adapters_postgres::OpenError::NoConnection(error)) => {
                Err(Failure::because(&format!("There is no connection to the database {}", address.database()), &error))
            }
            Err(error) => Err(Failure::because(&format!("The database {address} cannot be opened"), &error)),
        },
    }
}

fn newer(database: &impl fmt::Display, version: &str) -> Failure {
    Failure::new(format!(
        "The database {database} belongs to a newer version of Voronka (its schema has the step {version}); start that version instead."
    ))
}
