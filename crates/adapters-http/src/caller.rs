//! Where a request comes from: the browser's address, read through the known proxies.
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use application::Crm;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use domain::session::Device;
use ipnet::IpNet;

use crate::Web;

/// The other end of the connection that a request came over. The server adds it to each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The application, as used by one browser from the address of the request.
pub(crate) struct Caller(pub(crate) Crm);

impl FromRequestParts<Web> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let crm = web.crm.asked_by(Device::named(agent));
        let Some(Peer(peer)) = parts.extensions.get::<Peer>() else { return Ok(Self(crm)) };
        let proxies = &web.installation.proxies;
        if !is_proxy(peer.to_canonical(), proxies) {
            web.unknown_proxies.look_at(*peer, &parts.headers);
        }
        Ok(Self(crm.asked_from(address(*peer, &parts.headers, proxies))))
    }
}

/// Anyone can send this header, but the entries that a known proxy appended are true. So it is read from the end, up to
/// the first address that is not a known proxy.
fn address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    // Split as bytes: the part that the browser sent may not be text, and true entries follow it.
    let lines: Vec<&[u8]> = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes).collect();
    let mut hops = lines.iter().flat_map(|it| it.split(|byte| *byte == b',')).rev();
    let mut address = peer.to_canonical();
    while is_proxy(address, proxies) {
        match hops.next().and_then(hop) {
            Some(before) => address = before.to_canonical(),
            None => break,
        }
    }
    address
}

fn is_proxy(address: IpAddr, proxies: &[IpNet]) -> bool {
    proxies.iter().any(|it| it.contains(&address))
}

/// Some proxies add the port.
fn hop(written: &[u8]) -> Option<IpAddr> {
    let written = str::from_utf8(written).ok()?.trim();
    written.parse().ok().or_else(|| written.parse().ok().map(|it: SocketAddr| it.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let proxies = ["10.0.0.0/8", "127.0.0.1/32", "fd00::/8"].map(|it| it.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        address(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_known_proxies_are_trusted() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(seen("10.0.0.5", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("::ffff:127.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("fd00::1", &["2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn addresses_claimed_by_browsers_are_ignored() {
        assert_eq!(seen("10.0.0.5", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.5", &["203.0.113.9", "198.51.100.7, 10.0.0.9"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.5", &["203.0.113.9, nonsense"]), "10.0.0.5");
        assert_eq!(seen("10.0.0.5", &["203.0.113.9", "ÿ, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.5", &["198.51.100.7:51234"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.5", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(seen("10.0.0.5", &["198.51.100.7, 10.0.0.9, nonsense, 10.0.0.8"]), "10.0.0.8");
    }

    #[test]
    fn without_the_header_the_address_is_that_of_the_proxy() {
        assert_eq!(seen("10.0.0.5", &[]), "10.0.0.5");
        assert_eq!(seen("10.0.0.5", &[""]), "10.0.0.5");
        assert_eq!(seen("10.0.0.5", &["10.0.0.7"]), "10.0.0.7");
    }
}
