//! `skubill replay`: bills a run again from what was kept of it.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use skubill::sandbox::COMPONENT_SHA256;
use skubill_runner::evidence::{self, Difference, Kept, Replayed};
use skubill_runner::journal::EntryId;

use crate::check::Format;
use crate::exit::Exit;
use crate::fail::Fail;
use crate::show::{self, one_line, printable};

/// Every hash is checked first, and the journal of the state directory has to vouch for the manifest. Ends with 1 where
/// something is not what was kept, or comes out in another way.
#[derive(Args)]
pub struct Replay {
    /// The run's folder, in `runs` of the state directory.
    run: PathBuf,
    /// Replay a folder that was handed on without its journal, which could confirm it.
    #[arg(long)]
    without_journal: bool,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// The journal's entry that vouches for evidence, or none where that was not asked for.
pub fn vouched(kept: &Kept, without_journal: bool) -> Result<Option<EntryId>, evidence::Error> {
    if without_journal {
        return Ok(None);
    }
    evidence::vouched(kept).map(Some)
}

impl Replay {
    pub fn wants_json(&self) -> bool {
        self.format == Format::Json
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        // What the component refuses now it did not refuse then: that is no wrong input but a difference.
        let wrong = |error: evidence::Error| Fail::World(error.into());
        let kept = Kept::open(&self.run).map_err(wrong)?;
        let entry = vouched(&kept, self.without_journal).map_err(wrong)?;
        let replayed = evidence::replay(&kept).map_err(wrong)?;
        show::print(&match self.format {
            Format::Json => format!("{}\n", show::json(&as_json(&kept, entry, &replayed).to_string())),
            Format::Text => printable(&as_text(&kept, entry, &replayed)),
        })?;
        Ok(if replayed.difference.is_none() { Exit::Done } else { Exit::World })
    }
}

fn as_text(kept: &Kept, entry: Option<EntryId>, replayed: &Replayed) -> String {
    let manifest = &kept.manifest;
    let whose = if is_embedded(kept) { "this program's own" } else { "another one than this program's" };
    let component = manifest.component.as_ref().map(|component| component.sha256.as_str()).unwrap_or_default();
    let mut text = format!(
        "run        {}, account {}, provider {}, begun {} with skubill {}\nfiles      {}, each as it was kept\n",
        manifest.period,
        one_line(&manifest.account),
        one_line(&manifest.provider),
        manifest.begun,
        manifest.skubill,
        manifest.files.len(),
    );
    text += &match entry {
        Some(entry) => format!("journal    entry {entry} vouches for it\n"),
        None => "journal    NOT ASKED: nothing vouches for this evidence\n".to_string(),
    };
    text += &format!("component  {component}, {whose}\n");
    text += &match &replayed.difference {
        None => format!("outcome    {}, {} bytes, came out again byte for byte\n", replayed.sha256, replayed.bytes),
        Some(Difference { byte, path, kept, now }) => {
            let place = path.as_ref().map(|path| format!(" at {}", one_line(path))).unwrap_or_default();
            format!("outcome    DIFFERENT from byte {byte}{place}: kept {}, now {}\n", one_line(kept), one_line(now))
        }
    };
    text
}

fn as_json(kept: &Kept, entry: Option<EntryId>, replayed: &Replayed) -> serde_json::Value {
    let manifest = &kept.manifest;
    let difference = |Difference { byte, path, kept, now }: &Difference| json!({"byte": byte, "path": path, "kept": kept, "now": now});
    json!({
        "account": manifest.account,
        "provider": manifest.provider,
        "period": manifest.period,
        "begun": manifest.begun,
        "skubill": manifest.skubill,
        "files": manifest.files.len(),
        "journal_entry": entry.map(EntryId::number),
        "component": manifest.component.as_ref().map(|component| json!({"sha256": component.sha256, "embedded": is_embedded(kept)})),
        "outcome": {"bytes": replayed.bytes, "sha256": replayed.sha256},
        "same": replayed.difference.is_none(),
        "difference": replayed.difference.as_ref().map(difference),
    })
}

fn is_embedded(kept: &Kept) -> bool {
    kept.manifest.component.as_ref().is_some_and(|component| component.sha256 == COMPONENT_SHA256)
}
