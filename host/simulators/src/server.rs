//! The server of a twin: HTTP/1.1 on a socket. How long a client may take over its request is bounded, so that
//! connections that are opened and left do not pile up.

use super::exchange::Reply;
use super::twin::{REQUEST_BYTES_MAX, Service, Twin, write};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::ops::Deref;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch::{Receiver, Sender, channel};
use tokio::task::{JoinHandle, JoinSet};

/// For a request's head, and for the next request of a connection that is kept: a client on this machine sends a head
/// in milliseconds.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);

/// For a request's body: the longest one that is read, 64 MiB, at 1.1 MB a second.
const BODY_TIME_MAX: Duration = Duration::from_secs(60);

/// After a connection that could not be accepted, for want of file descriptors: some are closed by then.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long `stop` waits for answers that are still being written.
const STOP_GRACE: Duration = Duration::from_secs(2);

impl<S: Service> Twin<S> {
    /// The service as a tower service, and to be mounted elsewhere.
    pub fn router(&self) -> Router {
        Router::new().fallback(handle::<S>).with_state(self.clone())
    }

    /// Serves on an address; port 0 takes a free one.
    pub async fn serve(self, address: SocketAddr) -> std::io::Result<Served<S>> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = channel(());
        let task = tokio::spawn(accept(listener, self.router(), stopped));
        Ok(Served { twin: self, address, stop, task })
    }
}

async fn handle<S: Service>(State(twin): State<Twin<S>>, request: Request) -> Response {
    answer(&twin, request, BODY_TIME_MAX).await
}

/// The answer to a request whose body comes in time.
async fn answer<S: Service>(twin: &Twin<S>, request: Request, body_time: Duration) -> Response {
    let (head, body) = request.into_parts();
    let refused = match tokio::time::timeout(body_time, to_bytes(body, REQUEST_BYTES_MAX)).await {
        Ok(Ok(bytes)) => return twin.call(Request::from_parts(head, Body::from(bytes))).await,
        Ok(Err(_)) => 413,
        Err(_) => 408,
    };
    write(Reply::empty(refused), None, twin.clock().now())
}

/// Accepts until it is stopped, and then waits for the connections that there are.
async fn accept(listener: TcpListener, router: Router, mut stopped: Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // Also where the sender is gone.
            _ = stopped.changed() => break,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, router.clone(), stopped.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// One connection, until its client or its twin ends it.
async fn connection(stream: TcpStream, router: Router, mut stopped: Receiver<()>) {
    // An answer is written at once; where the socket refuses that, it comes a little later.
    let _ = stream.set_nodelay(true);
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME_MAX)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
    );
    // What breaks off a connection is its client's to tell.
    tokio::select! {
        _ = served.as_mut() => return,
        _ = stopped.changed() => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}

/// A twin that serves HTTP; it stops when this is dropped.
#[derive(Debug)]
pub struct Served<S> {
    twin: Twin<S>,
    address: SocketAddr,
    stop: Sender<()>,
    task: JoinHandle<()>,
}

impl<S> Deref for Served<S> {
    type Target = Twin<S>;
    fn deref(&self) -> &Twin<S> {
        &self.twin
    }
}

impl<S> Served<S> {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, without a path.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops, and waits until the port is free.
    pub async fn stop(mut self) {
        let _ = self.stop.send(());
        if tokio::time::timeout(STOP_GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }

    /// Waits until the server ends by itself, which it does when the runtime does.
    pub async fn join(mut self) {
        let _ = (&mut self.task).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage_data::UsageData;
    use crate::{Acronis, AcronisConfig};
    use anyhow::Result;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// What a connection is answered that sends this and then waits, and after how long.
    async fn answered(address: SocketAddr, sent: &str) -> Result<(String, Duration)> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(sent.as_bytes()).await?;
        let began = tokio::time::Instant::now();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok((answer, began.elapsed()))
    }

    #[tokio::test]
    async fn a_connection_that_is_opened_and_left_is_closed() -> Result<()> {
        let month = UsageData::bare(jiff::civil::date(2021, 8, 1), 9, "Root");
        let twin = Acronis::start(AcronisConfig::new(month)).await?;
        let address = twin.address();
        // Nothing, half a line, a head without its end; and a connection that was used once and kept.
        let kept = format!("GET /control/clock HTTP/1.1\r\nHost: {address}\r\n\r\n");
        let (a, b, c, d) = tokio::join!(
            answered(address, ""),
            answered(address, "GET /control/clo"),
            answered(address, "GET /control/clock HTTP/1.1\r\nHost: x\r\nX-Y: "),
            answered(address, &kept),
        );
        for (answer, time) in [a?, b?, c?, d?] {
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert!(time >= HEAD_TIME_MAX && time < HEAD_TIME_MAX * 2, "{time:?}");
        }
        twin.stop().await;
        Ok(())
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() -> Result<()> {
        let twin = Acronis::twin(AcronisConfig::new(UsageData::bare(jiff::civil::date(2021, 8, 1), 9, "Root")));
        let never = Body::from_stream(futures_util::stream::pending::<std::io::Result<Vec<u8>>>());
        let request = Request::post("/api/2/reports").body(never)?;
        assert_eq!(answer(&twin, request, Duration::from_millis(20)).await.status(), 408);
        assert!(twin.requests().is_empty());
        Ok(())
    }
}
