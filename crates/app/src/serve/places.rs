//! The places for connections: how many there are in all, and how many of them one address has.
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

use ipnet::IpNet;
use tokio::{sync::Notify, time::Instant};

use super::{
    limits::{IDLE, OF_ONE_ADDRESS, OF_ONE_SITE},
    slow_reader::State,
};

/// The places of one server. Clones share them.
#[derive(Clone)]
pub(super) struct Places {
    most: usize,
    /// These stand for many clients each: there is no limit for one of them, and their connections never give way.
    proxies: Arc<[IpNet]>,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    next: u64,
    by_address: HashMap<IpAddr, HashMap<u64, Arc<Seat>>>,
}

/// The state of one connection.
struct Seat {
    /// Since when no request is under way.
    idle_since: Mutex<Option<Instant>>,
    state: Arc<State>,
    gives_way: Notify,
}

/// A connection's place, until it is dropped.
pub(super) struct Place {
    places: Places,
    address: IpAddr,
    number: u64,
    seat: Arc<Seat>,
}

impl Places {
    pub(super) fn new(most: usize, proxies: &[IpNet]) -> Self {
        Self { most, proxies: proxies.into(), taken: Arc::default() }
    }

    /// A place for a connection from this address, if need be that of an idle connection.
    pub(super) fn take(&self, peer: IpAddr) -> Option<Place> {
        let is_proxy = self.is_proxy(peer);
        // A proxy shares its network with others, who have a limit.
        let address = if is_proxy { peer.to_canonical() } else { first_bits(peer, 64) };
        let is_neighbour = |it: &IpAddr| first_bits(*it, 48) == first_bits(address, 48) && !self.is_proxy(*it);
        let mut taken = self.taken();
        let of_address = taken.by_address.get(&address).map_or(0, HashMap::len);
        let gives_way = if !is_proxy && of_address >= OF_ONE_ADDRESS {
            Some(address)
        } else if !is_proxy && taken.count(is_neighbour) >= OF_ONE_SITE {
            Some(taken.largest_with_idle(is_neighbour)?)
        } else if taken.all >= self.most {
            Some(taken.largest_with_idle(|it| !self.is_proxy(*it))?)
        } else {
            None
        };
        if let Some(address) = gives_way {
            taken.remove_idle(address)?;
        }
        let seat = Arc::new(Seat {
            idle_since: Mutex::new(Some(Instant::now())),
            state: Arc::default(),
            gives_way: Notify::new(),
        });
        let number = taken.next;
        taken.next += 1;
        taken.all += 1;
        taken.by_address.entry(address).or_default().insert(number, Arc::clone(&seat));
        drop(taken);
        Some(Place { places: self.clone(), address, number, seat })
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|it| it.contains(&address.to_canonical()))
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn count(&self, counts: impl Fn(&IpAddr) -> bool) -> usize {
        self.by_address.iter().filter(|(address, _)| counts(address)).map(|(_, seats)| seats.len()).sum()
    }

    /// The address that has most places, among the addresses that may lose one and have an idle connection.
    fn largest_with_idle(&self, may_lose: impl Fn(&IpAddr) -> bool) -> Option<IpAddr> {
        let addresses = self.by_address.iter().filter(|(address, _)| may_lose(address));
        let with_idle = addresses.filter(|(_, seats)| seats.values().any(|it| it.may_go_since().is_some()));
        with_idle.max_by_key(|(_, seats)| seats.len()).map(|(address, _)| *address)
    }

    /// Ends the connection of this address that has been idle for the longest time.
    fn remove_idle(&mut self, address: IpAddr) -> Option<()> {
        let seats = self.by_address.get(&address)?.iter();
        let idle = seats.filter_map(|(number, seat)| Some((seat.may_go_since()?, *number)));
        let (_, number) = idle.min()?;
        self.remove(address, number)?.gives_way.notify_one();
        Some(())
    }

    fn remove(&mut self, address: IpAddr, number: u64) -> Option<Arc<Seat>> {
        let seats = self.by_address.get_mut(&address)?;
        let seat = seats.remove(&number)?;
        if seats.is_empty() {
            self.by_address.remove(&address);
        }
        self.all -= 1;
        Some(seat)
    }
}

impl Seat {
    /// Since when the connection is idle, where that is long enough for giving way.
    fn may_go_since(&self) -> Option<Instant> {
        let since = *self.idle_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.filter(|it| it.elapsed() >= IDLE && !self.state.waits.load(Ordering::Relaxed))
    }

    fn set_idle_since(&self, since: Option<Instant>) {
        *self.idle_since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}

impl Place {
    /// The state that the stream of this connection reports.
    pub(super) fn state(&self) -> Arc<State> {
        Arc::clone(&self.seat.state)
    }

    /// Until it has been given to another connection: then this one ends.
    pub(super) async fn lost(&self) {
        self.seat.gives_way.notified().await;
    }

    /// A request begins. It is under way until this is dropped.
    pub(super) fn begin_request(&self) -> UnderWay {
        self.seat.set_idle_since(None);
        UnderWay(Arc::clone(&self.seat))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Another connection may have it already.
        self.places.taken().remove(self.address, self.number);
    }
}

/// A request that is under way: its connection does not give way.
pub(super) struct UnderWay(Arc<Seat>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.set_idle_since(Some(Instant::now()));
    }
}

/// The network of an IPv6 address that has this many bits. An IPv4 address stays whole.
fn first_bits(peer: IpAddr, bits: u32) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let rest = Ipv6Addr::BITS - bits;
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> rest << rest))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn address(n: u8) -> IpAddr {
        [192, 0, 2, n].into()
    }

    fn taken(places: &Places, peer: IpAddr, many: usize) -> Vec<Place> {
        (0..many).map_while(|_| places.take(peer)).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_cannot_take_all_places() {
        let places = Places::new(1024, &[]);
        let first = taken(&places, address(1), 2000);
        assert_eq!(first.len(), OF_ONE_ADDRESS);
        assert!(places.take(address(2)).is_some());
        drop(first);
        assert_eq!(taken(&places, address(1), 2000).len(), OF_ONE_ADDRESS);
    }

    #[tokio::test(start_paused = true)]
    async fn an_ipv6_network_is_one_address_and_a_mapped_one_is_that_of_ipv4() {
        let places = Places::new(1024, &[]);
        let _all = taken(&places, "2001:db8::1".parse().unwrap(), 2000);
        assert!(places.take("2001:db8:0:0:ffff::2".parse().unwrap()).is_none());
        assert!(places.take("2001:db8:0:1::1".parse().unwrap()).is_some());
        let _mapped = taken(&places, "::ffff:192.0.2.1".parse().unwrap(), 2000);
        assert!(places.take(address(1)).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_networks_of_one_ipv6_site_leave_places_for_others() {
        let places = Places::new(1024, &["2001:db8:0:1::1/128".parse().unwrap()]);
        let peer = |site: u16, network: u16| IpAddr::from([0x2001, 0xdb8, site, network, 0, 0, 0, 9]);
        let all: Vec<_> = (0..600).map_while(|n| places.take(peer(0, n))).collect();
        assert_eq!(all.len(), OF_ONE_SITE);
        assert!(places.take(peer(1, 0)).is_some());
        assert!(places.take("2001:db8:0:1::1".parse().unwrap()).is_some(), "a proxy is no client");
        advance(IDLE).await;
        assert!(places.take(peer(0, 700)).is_some(), "an idle one gives way");
        drop(all);
        assert_eq!(taken(&places, peer(0, 1), 600).len(), OF_ONE_ADDRESS);
    }

    #[tokio::test(start_paused = true)]
    async fn a_proxy_may_have_all_places_and_loses_none() {
        let places = Places::new(1024, &["192.0.2.1/32".parse().unwrap()]);
        let all = taken(&places, address(1), 2000);
        assert_eq!(all.len(), 1024);
        advance(IDLE).await;
        assert!(places.take(address(2)).is_none());
        drop(all);
        assert!(places.take(address(2)).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_connection_of_its_address_gives_way() {
        let places = Places::new(1024, &[]);
        let first = places.take(address(1)).unwrap();
        let second = places.take(address(1)).unwrap();
        let busy: Vec<UnderWay> = [&first].map(Place::begin_request).into();
        let _rest = taken(&places, address(1), OF_ONE_ADDRESS - 2);
        assert!(places.take(address(1)).is_none(), "all of them have only just begun");
        advance(IDLE).await;
        let newcomer = places.take(address(1)).unwrap();
        second.lost().await;
        drop((second, busy, newcomer));
        assert_eq!(places.taken().all, OF_ONE_ADDRESS - 1);
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_are_taken_the_address_with_most_gives_way_and_busy_connections_do_not() {
        let places = Places::new(10, &[]);
        let (many, few) = (taken(&places, address(1), 7), taken(&places, address(2), 3));
        let _busy: Vec<UnderWay> = many.iter().skip(2).map(Place::begin_request).collect();
        many[1].state().waits.store(true, Ordering::Relaxed);
        advance(IDLE).await;
        let _first = places.take(address(3)).unwrap();
        many[0].lost().await;
        // The others of that address have requests under way, or an answer that they have not read.
        let _others: Vec<Place> = (4..7).map(|n| places.take(address(n)).unwrap()).collect();
        for idle in &few {
            idle.lost().await;
        }
        assert!(places.take(address(7)).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_of_those_that_are_gone() {
        let places = Places::new(1024, &[]);
        drop((1..=200).map(|n| places.take(address(n)).unwrap()).collect::<Vec<_>>());
        let taken = places.taken();
        assert_eq!((taken.all, taken.by_address.len()), (0, 0));
    }
}
