//! Accepts connections and serves them. Not with `axum::serve`: it sets no timer, so that a client who never finishes
//! its headers would be waited for without end, it has no limit to how many connections there are, and it closes
//! connections that were accepted a moment ago before it reads what they ask.
use std::{
    future::ready,
    io::{self, ErrorKind},
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
    time::Duration,
};

use adapters_http::{Peer, Stopping};
use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Request, header},
    middleware::map_response,
    response::Response,
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    limits::{BUFFER, HEADERS, PAUSE, UNSENT},
    newcomers::Refusals,
    places::{Place, Places, UnderWay},
    slow_reader::{SlowReader, State},
};

/// How long each step of the end takes at most. The later ones are over early when no connection is open any more.
pub(super) struct Ending {
    /// All of it: connections are still accepted, so that a load balancer learns of the end before it meets a closed door, and
    /// each busy connection is closed by its own next answer.
    pub(super) lame_duck: Duration,
    /// None begins any more. One that has begun is accepted: some round trips between a client and this machine.
    pub(super) handshakes: Duration,
    /// None is accepted any more. A client that connected at the last moment can still send a request.
    pub(super) last_requests: Duration,
    /// Idle connections are closed. Requests in flight are finished.
    pub(super) drain: Duration,
}

impl Ending {
    pub(super) const USUAL: Self = Self {
        lame_duck: Duration::from_secs(2),
        handshakes: Duration::from_millis(300),
        last_requests: Duration::from_millis(500),
        drain: Duration::from_secs(25),
    };
}

/// Serves until `stop`, then ends step by step, so that no request is lost.
pub(super) async fn serve(
    listener: TcpListener,
    pages: Router,
    places: Places,
    stopping: Stopping,
    stop: impl Future<Output = ()>,
    ending: Ending,
) {
    let told = stopping.clone();
    let pages = pages.layer(map_response(move |answer| ready(marked(answer, told.has_begun()))));
    let connections = Connections::new(pages, places);
    connections.accept(&listener, stop).await;
    stopping.begin();
    tracing::info!("stopping: requests in flight are finished first");
    connections.accept(&listener, sleep(ending.lame_duck)).await;
    if let Err(error) = refuse_newcomers(&listener) {
        // Some systems let only an administrator do that.
        tracing::debug!(%error, "connections that begin at the last moment may be reset");
    }
    connections.accept(&listener, sleep(ending.handshakes)).await;
    connections.accept_waiting(listener);
    let _ = timeout(ending.last_requests, connections.none()).await;
    connections.close.send_replace(true);
    if timeout(ending.drain, connections.none()).await.is_err() {
        tracing::warn!("some requests did not finish in time and are cut off");
    }
}

/// From now on the system drops what would begin a connection, as if the network had lost it: the client tries again a
/// second later, and is refused then. Without this it would make connections up to the moment that the listener is
/// closed, and reset connections that were never accepted.
#[cfg(target_os = "linux")]
fn refuse_newcomers(listener: &TcpListener) -> io::Result<()> {
    use socket2::SockFilter;
    // The filter sees a packet from its TCP header on; byte 13 holds the flags. A handshake that has begun goes on: its
    // client may believe already that it is connected, and have sent its request.
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    const ACK: u32 = 0x10;
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const KEEP_BYTES: u16 = 0x06;
    socket2::SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(AND, 0, 0, SYN | ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(KEEP_BYTES, 0, 0, 0),
        SockFilter::new(KEEP_BYTES, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
fn refuse_newcomers(_: &TcpListener) -> io::Result<()> {
    Ok(())
}

/// The last answer of its connection says so.
fn marked(mut answer: Response, last: bool) -> Response {
    if last {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// Those that are open.
pub(super) struct Connections {
    http: http1::Builder,
    pages: TowerToHyperService<Router>,
    places: Places,
    refusals: Refusals,
    /// Each connection has a receiver of it: none is left when no connection is.
    close: watch::Sender<bool>,
}

impl Connections {
    pub(super) fn new(pages: Router, places: Places) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_header_size(BUFFER).max_buf_size(BUFFER);
        let pages = TowerToHyperService::new(pages);
        Self { http, pages, places, refusals: Refusals::new(), close: watch::Sender::new(false) }
    }

    /// Accepts and serves connections `until` then. Those without a place are refused: nobody waits in the system's queue.
    async fn accept(&self, listener: &TcpListener, until: impl Future<Output = ()>) {
        let mut until = pin!(until);
        loop {
            let accepted = tokio::select! {
                () = &mut until => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => match self.places.take(peer.ip()) {
                    Some(place) => self.serve(stream, peer, place),
                    None => self.refusals.refuse(stream),
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Accepts what is in the system's queue, because closing the listener resets whatever is in there.
    /// Asks the system itself: the runtime learns of a connection later than there is one.
    pub(super) fn accept_waiting(&self, listener: TcpListener) {
        let waiting = listener.into_std().and_then(|listener| {
            loop {
                match listener.accept() {
                    Ok((stream, peer)) => {
                        stream.set_nonblocking(true)?;
                        let stream = TcpStream::from_std(stream)?;
                        match self.places.take(peer.ip()) {
                            Some(place) => self.serve(stream, peer, place),
                            None => self.refusals.refuse(stream),
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                    Err(error) => return Err(error),
                }
            }
        });
        if let Err(error) = waiting {
            tracing::warn!(%error, "the last connections could not be accepted");
        }
    }

    fn serve(&self, stream: TcpStream, peer: SocketAddr, place: Place) {
        // Where it fails, the connection is lost already, which serving it finds out.
        let _ = prepare(&stream);
        let mut close = self.close.subscribe();
        let pages = self.pages.clone();
        let stream = TokioIo::new(SlowReader::new(stream, place.state()));
        let http = self.http.clone();
        tokio::spawn(async move {
            let pages = service_fn(|request: Request<Incoming>| {
                let mut request = request.map(|body| Question::new(body, place.state()));
                request.extensions_mut().insert(Peer(peer.ip()));
                let (under_way, answer) = (place.begin_request(), pages.call(request));
                async move { answer.await.map(|it| it.map(|body| Answer { body, _under_way: under_way })) }
            });
            let mut connection = pin!(http.serve_connection(stream, pages));
            let ended = tokio::select! {
                // A place that was given away counts for another connection, so this one ends first. Then what was sent, then
                // whether to close: a request that is here already is answered.
                biased;
                () = place.lost() => Ok(()),
                ended = &mut connection => ended,
                _ = close.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }

    /// Until no connection is open.
    async fn none(&self) {
        self.close.closed().await;
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    // Answers are written whole; waiting for more to send would only delay them.
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    SockRef::from(stream).set_tcp_notsent_lowat(UNSENT)?;
    Ok(())
}

/// The body of a request. Until its end was read, the client still sends.
struct Question {
    body: Incoming,
    state: Arc<State>,
}

impl Question {
    fn new(body: Incoming, state: Arc<State>) -> Self {
        state.sends.store(!body.is_end_stream(), Ordering::Relaxed);
        Self { body, state }
    }
}

impl HttpBody for Question {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.state.sends.store(false, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer. Until all of it was handed on, its request is under way.
struct Answer {
    body: Body,
    _under_way: UnderWay,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
