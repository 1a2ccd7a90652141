//! Reports: create, look up, list, delete, and wait until one is stored.

use std::time::Duration;

use jiff::Timestamp;

use super::client::Client;
use super::error::{self, Error};
use super::wire::{self, Report, ReportRequest, StoredReport};
use super::words::{Format, StoredState};
use crate::http::{self, Call, Request, UnknownReason};

/// How patiently [`Client::wait_for`] waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitPolicy {
    /// Before the second question; the first is asked at once.
    pub first_pause: Duration,
    /// Each pause is half as long again as the one before, up to this.
    pub longest_pause: Duration,
    /// From the first question on.
    pub deadline: Duration,
}

impl Default for WaitPolicy {
    /// 2 s growing to 30 s, for half an hour: most reports take 60 to 90 s, the first days of a month longer.
    fn default() -> Self {
        Self { first_pause: Duration::from_secs(2), longest_pause: Duration::from_secs(30), deadline: Duration::from_secs(30 * 60) }
    }
}

/// What [`Client::wait_for`] has seen so far, told after each question that did not end the wait.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Questions asked, from 1.
    pub asked: u32,
    pub waited: Duration,
    /// The pause that begins now.
    pub pause: Duration,
    /// Of the wanted format; `None` while it is not listed.
    pub state: Option<StoredState>,
    /// What this question failed with, where it did and may be asked again.
    pub trouble: Option<String>,
}

impl Client {
    /// Asks for a report. Sent once: if the answer is lost, the error is
    /// [`http::Error::Unknown`], and [`reports_like`](Self::reports_like) tells whether it was created.
    pub async fn create_report(&self, report: &ReportRequest) -> Result<Report, Error> {
        if let Some(mistake) = report.mistake() {
            return Err(Error::Invalid(mistake));
        }
        let url = self.base.at(["api", "2", "reports"])?;
        let request = Request::post(url, "application/json", report.to_json().to_string().into()).header("accept", "application/json");
        let answer = self.fetch(&request).await?;
        wire::report(&answer.body).map_err(|why| {
            let call = Call::of(&request);
            let why = answer.hidden(&why).into_owned();
            let reason = UnknownReason::Unreadable { status: answer.status, why, body: answer.excerpt() };
            http::Error::Unknown { call, reason }.into()
        })
    }

    pub async fn report(&self, id: &str) -> Result<Report, Error> {
        self.get(&["api", "2", "reports", id], wire::report).await
    }

    /// The ids of a tenant's reports; Acronis tells no more of them here.
    pub async fn reports_of(&self, tenant: &str) -> Result<Vec<String>, Error> {
        let path = ["api", "2", "tenants", tenant, "reports"];
        self.get(&path, wire::report_ids).await
    }

    /// The first report that was made for this request at this time or later: to be looked for where the answer
    /// to its creation was lost. One of the same parameters that was made before is not it, and one that does
    /// not tell when it was made is not either.
    pub async fn find_report(&self, request: &ReportRequest, since: Timestamp) -> Result<Option<String>, Error> {
        // Acronis tells whole seconds.
        let since = Timestamp::from_second(since.as_second()).unwrap_or(since);
        for id in self.reports_of(&request.tenant_id).await? {
            let report = match self.report(&id).await {
                Err(error) if error.is_gone() => continue,
                report => report?,
            };
            if request.is_of(&report) && self.stored(&id).await?.iter().filter_map(|item| item.created_at).any(|made| made >= since) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The reports of the request's tenant that ask for the same, without those that were known before: after a
    /// lost answer to [`create_report`](Self::create_report), what was created. `known` is what
    /// [`reports_of`](Self::reports_of) told before it.
    pub async fn reports_like(&self, request: &ReportRequest, known: &[String]) -> Result<Vec<Report>, Error> {
        let mut found = Vec::new();
        for id in self.reports_of(&request.tenant_id).await?.iter().filter(|id| !known.contains(id)) {
            let report = self.report(id).await?;
            if request.is_like(&report) {
                found.push(report);
            }
        }
        Ok(found)
    }

    /// Deletes a report of exactly this version. [`Code::VersionMismatch`](super::Code) if somebody has
    /// changed it since it was read.
    pub async fn delete_report(&self, id: &str, version: u64) -> Result<(), Error> {
        let mut url = self.base.at(["api", "2", "reports", id])?;
        http::set_query(&mut url, [("version", version.to_string().as_str())]);
        self.fetch(&Request::delete(url)).await.map(drop)
    }

    /// What is stored of a report: one item a format, several where a schedule has run several times.
    pub async fn stored(&self, id: &str) -> Result<Vec<StoredReport>, Error> {
        self.get(&["api", "2", "reports", id, "stored"], wire::stored).await
    }

    /// Waits until a report is saved in the wanted format, and gives the last item that is.
    ///
    /// Ends with [`Error::ReportFailed`] when all items of this format have failed, and with
    /// [`Error::NotFinished`] at the deadline. Unknown states, a format that is not listed yet and trouble
    /// that passes (50x, lost connections, 429) are waited out. `on_progress` is called before each pause.
    pub async fn wait_for(
        &self,
        report: &str,
        format: &Format,
        policy: &WaitPolicy,
        mut on_progress: impl FnMut(&Progress),
    ) -> Result<StoredReport, Error> {
        let begun = self.http.now();
        let (mut asked, mut pause) = (0, policy.first_pause);
        let (mut state, mut at_least);
        loop {
            asked += 1;
            let trouble = match self.stored(report).await {
                Ok(items) => match judge(items, format) {
                    Standing::Saved(item) => return Ok(item),
                    Standing::Failed => {
                        let (report, format) = (report.to_owned(), format.clone());
                        return Err(Error::ReportFailed { report, format });
                    }
                    Standing::Waiting(seen) => {
                        (state, at_least) = (seen, Duration::ZERO);
                        None
                    }
                },
                Err(error) if error.is_transient() => {
                    (state, at_least) = (None, asked_pause(&error));
                    Some(error.to_string())
                }
                Err(error) => return Err(error),
            };
            let waited = since(begun, self.http.now());
            let left = policy.deadline.saturating_sub(waited);
            if left.is_zero() {
                return Err(Error::NotFinished { report: report.to_owned(), format: format.clone(), waited, state, trouble });
            }
            let spread = u64::try_from(pause.as_millis() / 5).unwrap_or(0);
            let spread = Duration::from_millis(self.http.jitter_below(spread));
            // The last question is asked at the deadline itself, not a pause before it.
            let next = (pause + spread).max(at_least).min(left);
            on_progress(&Progress { asked, waited, pause: next, state, trouble });
            self.http.sleep(next).await;
            pause = (pause + pause / 2).min(policy.longest_pause);
        }
    }

    async fn get<T>(&self, path: &[&str], decode: fn(&[u8]) -> Result<T, String>) -> Result<T, Error> {
        let url = self.base.at(path.iter().copied())?;
        let request = Request::get(url).header("accept", "application/json");
        let answer = self.fetch(&request).await?;
        decode(&answer.body).map_err(|why| error::unreadable(&request, &answer, &why))
    }
}

enum Standing {
    Saved(StoredReport),
    Failed,
    Waiting(Option<StoredState>),
}

fn judge(items: Vec<StoredReport>, format: &Format) -> Standing {
    let ours: Vec<_> = items.into_iter().filter(|item| item.format == *format).collect();
    let states: Vec<_> = ours.iter().map(|item| item.state.clone()).collect();
    let saved = |item: &StoredReport| item.state == StoredState::Saved && item.id.is_some();
    // A scheduled report stores one item each time: the last is the newest.
    if let Some(item) = ours.into_iter().rev().find(saved) {
        return Standing::Saved(item);
    }
    if !states.is_empty() && states.iter().all(|state| *state == StoredState::Failed) {
        return Standing::Failed;
    }
    Standing::Waiting(states.into_iter().rev().find(|s| *s != StoredState::Failed))
}

fn asked_pause(error: &Error) -> Duration {
    match error {
        Error::TooManyRequests { retry_after, .. } => retry_after.unwrap_or_default(),
        _ => Duration::ZERO,
    }
}

fn since(begun: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(begun)).unwrap_or_default()
}
