//! Reverse proxies that forward client addresses but are not configured. Without that, all their visitors share one
//! address.
use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{HeaderMap, header};
use ipnet::IpNet;
use maud::{Markup, html};

use crate::{
    page::Page,
    ui::{Tone, alert},
};

/// How many addresses are remembered, of near peers and of others each.
const MOST: usize = 8;

/// Kept in memory: after a restart the first request adds the proxy again.
#[derive(Clone, Default)]
pub(crate) struct UnknownProxies(Arc<Mutex<BTreeSet<IpAddr>>>);

impl UnknownProxies {
    /// Checks a request from a peer that is not a known proxy, and warns once for each peer.
    pub(crate) fn look_at(&self, peer: IpAddr, headers: &HeaderMap) {
        if !headers.contains_key("x-forwarded-for") && !headers.contains_key(header::FORWARDED) {
            return;
        }
        let peer = peer.to_canonical();
        let is_new = {
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let room = seen.iter().filter(|it| is_near(**it) == is_near(peer)).count() < MOST;
            room && seen.insert(peer)
        };
        if is_new {
            tracing::warn!(
                %peer,
                "requests say that they come from elsewhere, but VORONKA_TRUSTED_PROXIES does not name their proxy: \
                 if this is your reverse proxy, add its address"
            );
        }
    }

    /// The proxies that an administrator sees. Anybody on the internet can send the header, so an address from there is
    /// never suggested.
    fn near(&self) -> Vec<IpAddr> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().copied().filter(|it| is_near(*it)).collect()
    }
}

/// On the same machine or in the same network, where reverse proxies usually are.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => it.is_private() || it.is_loopback() || it.is_link_local(),
        IpAddr::V6(it) => it.is_unique_local() || it.is_loopback() || it.is_unicast_link_local(),
    }
}

/// The missing setting, for users who may edit users.
pub(crate) fn advice(page: &Page) -> Markup {
    let web = &page.visitor.web;
    let unknown = web.unknown_proxies.near();
    html! {
        @if !unknown.is_empty() {
            (alert(Tone::Warn, &html! {
                ((page.t.security.unknown_proxy)(&listed(unknown.iter())))
                " " code { "VORONKA_TRUSTED_PROXIES=" (setting(&web.installation.proxies, &unknown)) }
            }))
        }
    }
}

/// The value of the setting that names these proxies and the known ones.
fn setting(known: &[IpNet], unknown: &[IpAddr]) -> String {
    let known = known
        .iter()
        .map(|it| if it.prefix_len() == it.max_prefix_len() { it.addr().to_string() } else { it.to_string() });
    known.chain(unknown.iter().map(ToString::to_string)).collect::<Vec<_>>().join(",")
}

fn listed<'a>(addresses: impl Iterator<Item = &'a IpAddr>) -> String {
    addresses.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(name: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(axum::http::HeaderName::from_static(name), HeaderValue::from_static("198.51.100.7"))])
    }

    #[test]
    fn unknown_proxies_are_suggested_and_public_addresses_are_not() {
        let all = UnknownProxies::default();
        all.look_at([10, 0, 0, 1].into(), &headers("user-agent"));
        assert!(all.near().is_empty());
        all.look_at([172, 18, 0, 1].into(), &headers("x-forwarded-for"));
        all.look_at("::ffff:172.18.0.1".parse().unwrap(), &headers("x-forwarded-for"));
        all.look_at("fd00::1".parse().unwrap(), &headers("forwarded"));
        all.look_at([203, 0, 113, 9].into(), &headers("x-forwarded-for"));
        assert_eq!(listed(all.near().iter()), "172.18.0.1, fd00::1");
        let known = ["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        assert_eq!(setting(&known, &all.near()), "127.0.0.1,10.0.0.0/8,172.18.0.1,fd00::1");
    }

    #[test]
    fn many_senders_of_the_header_do_not_displace_the_proxy() {
        let all = UnknownProxies::default();
        for n in 0..200 {
            all.look_at([203, 0, 113, n].into(), &headers("x-forwarded-for"));
        }
        all.look_at([127, 0, 0, 1].into(), &headers("x-forwarded-for"));
        for n in 0..200 {
            all.look_at([10, 0, 0, n].into(), &headers("x-forwarded-for"));
        }
        assert_eq!(all.0.lock().unwrap().len(), 2 * MOST);
        assert!(all.near().contains(&[127, 0, 0, 1].into()));
    }
}
