//! Fetching: the report is asked for once a period, on the record, waited for, and downloaded.

use std::path::PathBuf;

use jiff::Timestamp;

use super::account::AccountRun;
use super::error::Error;
use super::result::ProviderResult;
use crate::journal::{Answer, Entry, EntryId, EntryKind, Hash, Outcome, Subject};
use crate::progress::Step;
use skubill::bill::{self, Input, Refusal};
use skubill_services::acronis::{self, Client, DOWNLOAD_BYTES_MAX, DateRange, Format, ReportRequest, StoredReport};
use skubill_services::private;

/// A report that was downloaded.
pub(super) struct Report {
    pub path: PathBuf,
    /// The tenant that it starts from.
    pub root: String,
    /// The date of the bills made of it.
    pub created_at: Timestamp,
}

impl AccountRun<'_> {
    /// Have the report of some days made, wait for it, and download it. `period` is the month or the day that
    /// it is for. One that an earlier run had made for it serves again, unless it has failed or is gone.
    pub(super) async fn report(&self, range: DateRange, period: &str) -> Result<Report, Error> {
        (self.tell)(Step::Creating);
        let account = self.account;
        let client = Client::with_base(self.acronis.clone(), account.base_url()?, &account.client_id, account.client_secret.clone());
        let root = match &account.tenant_id {
            Some(tenant) => tenant.clone(),
            None => client.root_tenant().await?,
        };
        let subject = Subject::report(&account.base_url()?, &account.name, period);
        let asked = Asked { client: &client, request: ReportRequest::billing(&root, range), subject };
        let (id, stored) = match self.made_before(&asked).await? {
            Some(id) => match self.stored(&client, &id).await {
                Err(Error::Acronis(error)) if error.is_gone() => self.make(&asked).await?,
                stored => (id, stored?),
            },
            None => self.make(&asked).await?,
        };
        let path = self.download(&client, &id, &stored, range).await?;
        Ok(Report { path, root, created_at: stored.created_at.unwrap_or_else(|| self.run.http.now()) })
    }

    async fn make(&self, asked: &Asked<'_>) -> Result<(String, StoredReport), Error> {
        let id = self.create(asked).await?;
        let stored = self.stored(asked.client, &id).await?;
        Ok((id, stored))
    }

    /// The report that an earlier run had made, or began to, with the same parameters.
    async fn made_before(&self, asked: &Asked<'_>) -> Result<Option<String>, Error> {
        let payload = Hash::of(&asked.payload());
        let history = self.journal.history(&asked.subject)?;
        let ours = |entry: &&Entry| matches!(entry.step, EntryKind::Intent { payload: Some(of) } if of == payload);
        let mut made = None;
        for intent in history.iter().filter(ours) {
            match history.iter().find(|entry| entry.settles(intent.id)) {
                Some(Entry { step: EntryKind::Answer { answer, .. }, .. }) => made = answer.reference.clone().or(made),
                // A run was cut off here: was the report made?
                _ => made = self.look_up(asked, intent.id, intent.time).await?.or(made),
            }
        }
        Ok(made.filter(|_| !self.run.new_report))
    }

    /// Ask for a report. An answer that was lost is looked up; nothing is asked for twice.
    async fn create(&self, asked: &Asked<'_>) -> Result<String, Error> {
        let begun = self.run.http.now();
        let intent = self.journal.intend(begun, &asked.subject, Some(&asked.payload()))?;
        let error = match asked.client.create_report(&asked.request).await {
            Ok(report) => {
                self.answer(intent, Answer::new(Outcome::Posted).reference(&report.id))?;
                return Ok(report.id);
            }
            Err(error) => error,
        };
        if !error.is_unknown() {
            self.answer(intent, Answer::new(Outcome::Refused).detail(&error.to_string()))?;
            return Err(error.into());
        }
        match self.look_up(asked, intent, begun).await {
            Ok(Some(id)) => Ok(id),
            Ok(None) => Err(error.into()),
            Err(Error::Acronis(lost)) => {
                self.answer(intent, Answer::new(Outcome::Unknown).detail(&lost.to_string()))?;
                Err(Error::ReportUnknown { created: error.into(), lost: lost.into() })
            }
            Err(other) => Err(other),
        }
    }

    /// A download that cannot be read may have been a portal's page or another answer in its place: the next run downloads
    /// the report again. What was read is kept with the run's evidence.
    pub(super) fn forget_unreadable<T>(&self, report: &Report, runs: &[ProviderResult<T>]) {
        let faulty = |error: &Error| match error {
            Error::Bill(bill::Error::Refused(Refusal::Faults { faults, .. })) => faults.iter().any(|fault| fault.input == Input::Report),
            _ => false,
        };
        if runs.iter().filter_map(|run| run.error.as_ref()).any(faulty) {
            // Where it cannot be removed it is read once more, and refused as it was.
            let _ = std::fs::remove_file(&report.path);
        }
    }

    /// A report with the parameters of an intent, made since: adopted. Yesterday's is not today's.
    async fn look_up(&self, asked: &Asked<'_>, intent: EntryId, since: Timestamp) -> Result<Option<String>, Error> {
        let found = asked.client.find_report(&asked.request, since).await?;
        let answer = match &found {
            Some(id) => Answer::new(Outcome::Adopted).reference(id),
            None => Answer::new(Outcome::NotThere),
        };
        self.answer(intent, answer)?;
        Ok(found)
    }

    pub(super) fn answer(&self, intent: EntryId, answer: Answer) -> Result<EntryId, Error> {
        Ok(self.journal.answer(self.run.http.now(), intent, &answer)?)
    }

    /// Wait until it is stored; a wish to stop ends the waiting.
    async fn stored(&self, client: &Client, id: &str) -> Result<StoredReport, Error> {
        let waiting = |seen: &acronis::Progress| (self.tell)(Step::Waiting { asked: seen.asked, waited: seen.waited });
        let stored = self.run.stop.interrupts(client.wait_for(id, &Format::CsvV2, &self.run.wait, waiting)).await;
        Ok(stored.ok_or(Error::Stopped)??)
    }

    async fn download(&self, client: &Client, id: &str, stored: &StoredReport, range: DateRange) -> Result<PathBuf, Error> {
        (self.tell)(Step::Downloading);
        let folder = self.run.config.state.join("reports");
        private::own_directory(&folder).map_err(|source| Error::File { path: folder.clone(), source })?;
        let path = folder.join(format!("{}-{}-{}.csv.gz", file_name(&self.account.name), range.end, file_name(id)));
        client.download_to(id, stored, &path, DOWNLOAD_BYTES_MAX).await?;
        Ok(path)
    }
}

/// What is asked of Acronis.
struct Asked<'a> {
    client: &'a Client,
    request: ReportRequest,
    subject: Subject,
}

impl Asked<'_> {
    fn payload(&self) -> Vec<u8> {
        self.request.to_json().to_string().into_bytes()
    }
}

/// A name as part of a file's name.
fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect()
}
