//! Whether requests can be served at all.
use crate::{Crm, Result};

impl Crm {
    /// Asks the store something small. Fails as any request would now; waits as long as the store makes it wait, so
    /// the caller has to set a limit.
    pub async fn ready(&self) -> Result<()> {
        self.as_system().await?.accounts().active_superusers().await?;
        Ok(())
    }
}
