//! `voronka serve`: the pages, until the process is told to stop.
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::pin,
};

use adapters_http::{Installation, Stopping};
use tokio::net::{TcpListener, TcpSocket};

use self::{connections::Ending, limits::QUEUE, places::Places};
use crate::{
    assembly::{Assembly, assemble},
    console::say,
    failure::Failure,
    settings::Settings,
};

mod connections;
mod limits;
mod maintenance;
mod newcomers;
mod open_files;
mod places;
mod signals;
mod slow_reader;
#[cfg(test)]
mod tests;

pub(crate) async fn run(settings: Settings) -> Result<(), Failure> {
    // Before the database is touched: a second server by mistake changes nothing.
    let listener = listen(settings.listen)?;
    let told = |times| signals::told(times).map_err(|error| Failure::because("Signals cannot be received", &error));
    let (stop, stop_now) = (told(1)?, told(2)?);
    let mut stop = pin!(stop);
    // A database that hangs shall not keep the process from being stopped.
    let Assembly { crm, .. } = tokio::select! {
        assembled = assemble(&settings) => assembled?,
        () = &mut stop => return Ok(()),
    };
    let maintenance = tokio::spawn(maintenance::regularly(crm.clone()));

    let address = listener.local_addr().map_err(|error| Failure::because("The server has no address", &error))?;
    let here = local_url(address);
    let setup = crm.open_setup().await?;
    let secure = settings.public_url.as_ref().is_some_and(|it| it.starts_with("https://"));
    let places = Places::new(open_files::connections(), &settings.proxies);
    let installation =
        Installation { language: settings.language, currency: settings.currency, secure, proxies: settings.proxies };
    let stopping = Stopping::default();
    let pages = adapters_http::router(crm, installation, stopping.clone());

    if let Some(code) = setup {
        say(&first_steps(settings.public_url.as_deref().unwrap_or(&here), &code));
    }
    tracing::info!(database = %settings.database, "the database is open");
    say(&format!("Voronka is running: {here}"));
    tokio::select! {
        () = connections::serve(listener, pages, places, stopping, stop, Ending::USUAL) => {}
        () = stop_now => tracing::warn!("told twice to stop: requests in flight are cut off"),
    }
    maintenance.abort();
    Ok(())
}

fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // Else the port would stay closed for a minute after the last server.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(QUEUE)
    };
    bound().map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::new(format!(
            "Another program listens on {address} already; stop it, or choose another port with VORONKA_LISTEN."
        )),
        _ => Failure::because(&format!("Cannot listen on {address} (VORONKA_LISTEN)"), &error),
    })
}

/// The URL for a browser on this machine: 0.0.0.0 is no address to open.
fn local_url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    format!("http://{address}")
}

fn first_steps(url: &str, code: &str) -> String {
    let line = "=".repeat(80);
    format!(
        "\n{line}\n\
         Nobody can sign in yet. Make the first user at this address, within one hour:\n\n    \
         {url}/setup?code={code}\n\n\
         Or make one here: voronka createsuperuser\n\
         {line}\n"
    )
}
