//! The seeded scheduler: network, clock and jitter between a month and its services. Each request and each look at
//! the clock is a moment, at which the process may end; whatever happens is drawn from one seed, in one order.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::to_bytes;
use fastrand::Rng;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use skubill_runner::journal::Hash;
use skubill_runner::reconcile::SETTLE;
use skubill_services::http::{Body, BoxFuture, Clock, Jitter, Method, Repeat, Request, Response, Transport, TransportError};
use skubill_simulators::{Abiquo, Acronis, SimulatedClock, Twin};
use tokio::sync::Notify;

use super::disk::Disk;
use super::fault::{Answer, Fault, Fortune, lost, tampered};
use super::watch::Watch;
use crate::lab::{carried, parts};

/// An enterprise's bills, or its registers: `(account, enterprise, whether registers)`.
pub type Place = (usize, u64, bool);

/// The most by which two looks at our clock may differ from what has passed: it is up to 120 s ahead, or behind.
const CLOCK_SPAN: u64 = 240;

/// The latest that a request takes effect after its sender has given it up: ten minutes.
const LATE_MAX: u64 = 600;

pub struct Net {
    /// By account: the hosts `acronis-0.test` and `abiquo-0.test` are the first one's.
    pub twins: Vec<(Twin<Acronis>, Twin<Abiquo>)>,
    pub clock: SimulatedClock,
    /// Whether Abiquo refuses a second post for one place.
    duplicates_refused: bool,
    told: Mutex<Told>,
}

/// What has happened, and what it was drawn from.
pub struct Told {
    pub disk: Disk,
    pub watch: Watch,
    /// All that happened, one line each.
    pub trace: Vec<String>,
    /// How often each thing went wrong.
    pub counts: BTreeMap<String, u32>,
    /// Moments and requests of this run so far.
    pub moments: u32,
    pub requests: u32,
    pub crashed: bool,
    /// Told once the process has ended.
    pub down: Arc<Notify>,
    /// The journal's head when the last process had ended.
    pub head: Option<Hash>,
    /// How long a lost post may take to take effect, in seconds, as the month is told.
    pub settle: u64,
    /// Places where other amounts are stored than were posted.
    pub tampered: BTreeSet<Place>,
    /// Whether the request that was to fail has come.
    pub fault_reached: bool,
    /// Requests that take effect later.
    late: Vec<(Timestamp, Request)>,
    /// All clocks have leapt since the last request: what was intended before is sent only now.
    leapt: bool,
    fortune: Fortune,
    pub chance: Rng,
    /// How far the clock of the month is ahead of its services', in seconds.
    ahead: i64,
    /// The last answers to what was only asked.
    answers: BTreeMap<String, Answer>,
}

/// What unwinds a process that ends while it looks at the clock.
struct Ended;

impl Net {
    pub fn new(seed: u64, twins: Vec<(Twin<Acronis>, Twin<Abiquo>)>, clock: SimulatedClock, duplicates_refused: bool) -> Net {
        let told = Told {
            settle: SETTLE.as_secs(),
            tampered: BTreeSet::new(),
            fault_reached: false,
            late: Vec::new(),
            leapt: false,
            disk: Disk::new(),
            watch: Watch::default(),
            trace: Vec::new(),
            counts: BTreeMap::new(),
            moments: 0,
            requests: 0,
            crashed: false,
            down: Arc::default(),
            head: None,
            fortune: Fortune::Fair,
            chance: Rng::with_seed(seed),
            ahead: 0,
            answers: BTreeMap::new(),
        };
        Net { twins, clock, duplicates_refused, told: Mutex::new(told) }
    }

    pub fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another process begins.
    pub fn begin(&self, fortune: Fortune) {
        let mut told = self.told();
        (told.fortune, told.moments, told.requests, told.crashed) = (fortune, 0, 0, false);
        told.down = Arc::default();
        told.note(format!("run: {fortune:?}"));
    }

    /// A moment passes, or is the process' last.
    fn moment(&self, what: &str) -> Result<(), Ended> {
        let mut told = self.told();
        if told.crashed {
            return Err(Ended);
        }
        if !told.ends_here() {
            told.disk.pass();
            return Ok(());
        }
        let torn = told.chance.bool().then(|| told.chance.u64(0..1000));
        told.crashed = true;
        told.count(if torn.is_some() { "crash, torn" } else { "crash" });
        told.note(format!("CRASH {what}, torn at {torn:?}"));
        told.disk.crash(torn).expect("a copy of the state");
        told.down.notify_one();
        Err(Ended)
    }

    /// The process goes on, or has ended: then this never returns.
    async fn alive(&self, what: &str) {
        if self.moment(what).is_err() {
            std::future::pending().await
        }
    }

    async fn exchange(&self, request: &Request, body: Vec<u8>) -> Answer {
        let carried = carried(request, body);
        let host = request.url.host_str().unwrap_or_default();
        let number = |rest: &str| rest.trim_end_matches(".test").parse::<usize>().expect("the number of an account");
        let answer = match (host.strip_prefix("acronis-"), host.strip_prefix("abiquo-")) {
            (Some(rest), _) => self.twins[number(rest)].0.call(carried).await,
            (_, Some(rest)) => self.twins[number(rest)].1.call(carried).await,
            _ => panic!("no host is called {host}"),
        };
        let (status, headers, body) = parts(answer);
        Answer { status, headers, body: to_bytes(body, usize::MAX).await.expect("a body in memory").to_vec() }
    }

    /// What was given up takes effect, once its time has come.
    pub async fn deliver_late(&self) {
        let now = self.clock.now();
        let (due, later) = {
            let mut told = self.told();
            std::mem::take(&mut told.late).into_iter().partition::<Vec<_>, _>(|(at, _)| *at <= now)
        };
        self.told().late = later;
        for (_, request) in due {
            let answer = self.exchange(&request, request.body.clone().unwrap_or_default()).await;
            self.told().note(format!("LATE {} {} -> {}", request.method.as_str(), request.url, answer.status));
        }
    }

    async fn carry(&self, request: Request) -> Result<Response, TransportError> {
        // Where two accounts are under way, whose turn it is, is drawn too.
        let pause = self.told().chance.u32(0..3);
        for _ in 0..pause {
            tokio::task::yield_now().await;
        }
        self.alive("before a request").await;
        self.deliver_late().await;
        let (name, fault) = self.sent(&request);
        let stale = fault.filter(|fault| *fault == Fault::Stale).and_then(|_| self.told().answers.get(&name).cloned());
        let mut body = request.body.clone().unwrap_or_default();
        if fault == Some(Fault::Tampered) {
            body = tampered(body);
            self.told().tampered.extend(place(&request));
        }
        let mut answer = None;
        for _ in 0..if stale.is_some() { 0 } else { fault.map_or(1, Fault::deliveries) } {
            answer = Some(self.exchange(&request, body.clone()).await);
        }
        if fault == Some(Fault::Late) && is_write(&request) {
            let at = self.told().late_by();
            let at = self.clock.now() + SignedDuration::from_secs(at);
            self.told().late.push((at, request.clone()));
        }
        if let Some(answer) = answer.as_ref().filter(|_| request.method == Method::Get) {
            self.told().answers.insert(name.clone(), answer.clone());
        }
        if fault == Some(Fault::Slow) {
            let seconds = self.told().chance.i64(30..3000);
            self.clock.advance(seconds);
        }
        self.told().leapt = false;
        self.alive("after a request").await;
        self.received(&request, &name, fault, stale.or(answer))
    }

    fn sent(&self, request: &Request) -> (String, Option<Fault>) {
        let mut told = self.told();
        let of_write = is_write(request) && place(request).is_some();
        let fault = told.fault(of_write).filter(|fault| self.can(*fault, request, told.leapt));
        told.requests += 1;
        told.watch.sent(request);
        let name = format!("{} {}", request.method.as_str(), request.url);
        if let Some(fault) = fault {
            told.count(&format!("{fault:?}"));
        }
        (name, fault)
    }

    /// Whether this can go wrong with this request.
    fn can(&self, fault: Fault, request: &Request, leapt: bool) -> bool {
        let of_abiquo = place(request).is_some();
        match fault {
            // What was intended before all clocks leapt would be later than by what it is late.
            Fault::Late => !(leapt && is_write(request)),
            Fault::Hollow => of_abiquo && is_write(request),
            Fault::Tampered => of_abiquo && request.method == Method::Post,
            Fault::Short => of_abiquo && request.method == Method::Get,
            // A service that stores what comes twice stores it twice, whoever sends it: no client can help that.
            Fault::Twice => self.duplicates_refused || !(of_abiquo && request.method == Method::Post),
            Fault::Stale => !request.headers().any(|(name, value)| name == "cache-control" && value == "no-cache"),
            _ => true,
        }
    }

    /// July's bill of each of these enterprises stands in every Abiquo.
    pub async fn bill_july(&self, enterprises: &[u64]) {
        let body = br#"{"provider": "ACRONIS", "date": "2021/08/01 06:00:00 +0000", "currencyCode": "EUR",
            "billingPeriodStartDate": "2021/07/01 00:00:00 +0000", "billingPeriodEndDate": "2021/07/31 23:59:59 +0000",
            "categories": [{"category": "Workloads", "usageTypes": [{"usageType": "SRV", "usageName": "Server", "price": 20.00}]}]}"#;
        for (account, (_, abiquo)) in self.twins.iter().enumerate() {
            for enterprise in enterprises {
                let target = format!("http://abiquo-{account}.test/api/statistics/enterpriseresources/{enterprise}/bills");
                let request =
                    Request::post(target.parse().expect("an address"), "application/vnd.abiquo.billbycategories+json", body.to_vec());
                let token = format!("Token {}", abiquo.token());
                let answer = self.exchange(&request.authorization(token.into()), body.to_vec()).await;
                assert!((200..300).contains(&answer.status), "{}", String::from_utf8_lossy(&answer.body));
            }
        }
    }

    /// A person deletes what stands in a place though other amounts were posted: the bills, or the registers of a day.
    pub async fn delete_by_hand(&self, place: Place, day: Option<Date>) {
        let (account, enterprise, registers) = place;
        let abiquo = &self.twins[account].1;
        let (rows, what, parameter, attribute) = match registers {
            false => (abiquo.bills(), "bills", "startBillDate", "billingPeriodStartDate"),
            true => (abiquo.registers(), "billregisters", "billDate", "date"),
        };
        let of_day = |text: &str| day.is_none_or(|day| text.starts_with(&day.strftime("%Y/%m/%d").to_string()));
        let ours = rows.iter().filter(|row| row["enterprise"] == enterprise).filter_map(|row| row[attribute].as_str());
        let dates: BTreeSet<&str> = ours.filter(|text| of_day(text) && text.starts_with("2021/08")).collect();
        for date in dates {
            let date = date.replace('/', "%2F").replace(' ', "%20").replace('+', "%2B");
            let target = format!(
                "http://abiquo-{account}.test/api/statistics/enterpriseresources/{enterprise}/{what}?{parameter}={date}&provider=ACRONIS"
            );
            let request = Request::delete(target.parse().expect("an address"));
            let token = format!("Token {}", abiquo.token());
            let answer = self.exchange(&request.authorization(token.into()), Vec::new()).await;
            assert_eq!(answer.status, 204, "a person may delete");
        }
        self.told().tampered.remove(&place);
        self.told().note(format!("a person deletes what stands at {place:?}"));
    }

    /// What its sender gets of it.
    fn received(&self, request: &Request, name: &str, fault: Option<Fault>, answer: Option<Answer>) -> Result<Response, TransportError> {
        let mut told = self.told();
        let seen = match (fault, answer) {
            (None, answer) => answer.map(|answer| (answer, false)).ok_or_else(lost),
            (Some(fault), answer) => fault.seen(answer),
        };
        let what = match &seen {
            Ok((answer, cut)) => format!("{}{}", answer.status, if *cut { ", cut" } else { "" }),
            Err(error) => error.to_string(),
        };
        let fault = fault.map(|fault| format!(" ({fault:?})")).unwrap_or_default();
        told.note(format!("{name} -> {what}{fault}"));
        match seen {
            Ok((answer, cut)) => {
                // A refusal's text may break off: that it is one was said before.
                if !cut || answer.status >= 300 {
                    told.watch.answered(request, answer.status);
                }
                let at = told.chance.usize(0..=answer.body.len());
                Ok(pieces(answer, cut.then_some(at)))
            }
            Err(error) => {
                if matches!(error, TransportError::NotSent(_)) {
                    told.watch.kept_back(request);
                }
                Err(error)
            }
        }
    }
}

impl Told {
    pub fn note(&mut self, what: String) {
        self.trace.push(what);
    }

    fn count(&mut self, what: &str) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    fn ends_here(&mut self) -> bool {
        let number = self.moments;
        self.moments += 1;
        match self.fortune {
            Fortune::Rough { crashes, .. } => self.happens(crashes),
            Fortune::CrashAt(moment) => number == moment,
            Fortune::Fair | Fortune::FaultAt(..) | Fortune::LateAt(..) => false,
        }
    }

    fn fault(&mut self, of_write: bool) -> Option<Fault> {
        match self.fortune {
            Fortune::Rough { faults, .. } => {
                let all: &[Fault] = if of_write && self.chance.bool() { &Fault::OF_WRITES } else { &Fault::ALL };
                self.happens(faults).then(|| all[self.chance.usize(..all.len())])
            }
            Fortune::FaultAt(request, fault) => {
                self.fault_reached |= self.requests == request;
                (self.requests == request).then_some(fault)
            }
            Fortune::LateAt(request, _) => {
                self.fault_reached |= self.requests == request;
                (self.requests == request).then_some(Fault::Late)
            }
            Fortune::Fair | Fortune::CrashAt(_) => None,
        }
    }

    /// By how much a write is late: never by more than `settle`, as our clock measures it.
    fn late_by(&mut self) -> i64 {
        if let Fortune::LateAt(_, seconds) = self.fortune {
            return i64::try_from(seconds).expect("minutes");
        }
        let span = if matches!(self.fortune, Fortune::Rough { jumps: 1.., .. }) { CLOCK_SPAN } else { 0 };
        let most = LATE_MAX.min(self.settle.saturating_sub(span)).max(2);
        self.chance.i64(1..i64::try_from(most).expect("minutes"))
    }

    fn happens(&mut self, in_a_thousand: u32) -> bool {
        self.chance.u32(0..1000) < in_a_thousand
    }

    /// A jump of our clock alone, or of the services' too, in seconds; ours first.
    fn jump(&mut self) -> Option<(i64, i64)> {
        let Fortune::Rough { jumps, .. } = self.fortune else { return None };
        if !self.happens(jumps) {
            return None;
        }
        self.count("jump of the clock");
        Some((self.chance.i64(-120..120), if self.chance.bool() { self.chance.i64(1..7200) } else { 0 }))
    }
}

/// Whether a request changes something, and is sent once.
pub fn is_write(request: &Request) -> bool {
    request.method != Method::Get && request.repeat == Repeat::Never
}

/// The bills or registers that a request is about.
fn place(request: &Request) -> Option<Place> {
    let account = request.url.host_str()?.strip_prefix("abiquo-")?.strip_suffix(".test")?.parse().ok()?;
    let segments: Vec<&str> = request.url.path().trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["api", "statistics", "enterpriseresources", enterprise, what @ ("bills" | "billregisters")] => {
            Some((account, enterprise.parse().ok()?, *what == "billregisters"))
        }
        _ => None,
    }
}

impl Transport for Net {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(self.carry(request))
    }
}

impl Clock for Net {
    fn now(&self) -> Timestamp {
        if let Err(ended) = self.moment("at a look at the clock") {
            resume_unwind(Box::new(ended));
        }
        let mut told = self.told();
        if let Some((ahead, on)) = told.jump() {
            told.ahead = ahead;
            told.note(format!("the clock is {ahead} s off, and {on} s later"));
            self.clock.advance(on);
            told.leapt |= on > 0;
        }
        self.clock.now() + SignedDuration::from_secs(told.ahead)
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'_, ()> {
        self.clock.set(self.clock.now() + pause);
        Box::pin(tokio::task::yield_now())
    }
}

impl Jitter for Net {
    fn below(&self, bound: u64) -> u64 {
        self.told().chance.u64(..bound)
    }
}

/// A body in two pieces, or one that breaks off.
struct Pieces {
    left: Vec<Vec<u8>>,
    breaks_off: bool,
}

fn pieces(answer: Answer, cut: Option<usize>) -> Response {
    let at = cut.unwrap_or(answer.body.len() / 2);
    let (first, second) = answer.body.split_at(at);
    let left = if cut.is_some() { vec![first.to_vec()] } else { vec![second.to_vec(), first.to_vec()] };
    Response { status: answer.status, headers: answer.headers, body: Box::new(Pieces { left, breaks_off: cut.is_some() }) }
}

impl Body for Pieces {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, TransportError>> {
        let next = match self.left.pop() {
            None if self.breaks_off => Err(lost()),
            next => Ok(next),
        };
        Box::pin(std::future::ready(next))
    }
}
