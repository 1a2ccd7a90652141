//! `skubill abiquo`: each call of the bills and of the bill registers by itself.

mod content;
mod delete;
mod estimate;
mod list;
mod place;
mod post;
mod table;

use clap::{Args, Subcommand};
use skubill_runner::month::Stop;

use crate::exit::Exit;
use crate::fail::Fail;
use crate::run::stoppable;
use crate::single::Shown;
use place::Place;
use skubill_runner::reconcile::Kind;

#[derive(Args)]
pub struct Abiquo {
    #[command(subcommand)]
    resource: Resource,
}

#[derive(Subcommand)]
enum Resource {
    /// Bills: list, get, post, delete, providers.
    #[command(subcommand)]
    Bills(Bills),
    /// Bill registers, the cost records and estimates of a period without a bill: list, get, post, delete, estimate.
    #[command(subcommand)]
    Registers(Registers),
}

#[derive(Subcommand)]
enum Bills {
    /// List the bills of an enterprise: one line per category and usage type.
    List(Box<list::Bills>),
    /// Show one line of a bill by its id.
    Get(list::Get),
    /// Post a bill, plain or by categories, unless one exists. The request is sent once.
    Post(Box<post::Bill>),
    /// Show the bill to delete; with `--yes`, delete it.
    Delete(delete::Bill),
    /// List the providers that Abiquo knows.
    Providers(list::Providers),
}

#[derive(Subcommand)]
enum Registers {
    /// List the registers of a provider's current period.
    List(list::Registers),
    /// Show one register by its id.
    Get(list::Get),
    /// Post a cost record, a fixed estimate, or both, unless the date has one. The request is sent once.
    Post(Box<post::Register>),
    /// Show the registers to delete; with `--yes`, delete them.
    Delete(delete::Register),
    /// Show Abiquo's estimate, and ours from the same registers.
    Estimate(estimate::Estimate),
}

impl Abiquo {
    fn place(&self) -> &Place {
        match &self.resource {
            Resource::Bills(bills) => match bills {
                Bills::List(list) => &list.place,
                Bills::Get(get) => &get.place,
                Bills::Post(post) => &post.place,
                Bills::Delete(delete) => &delete.place,
                Bills::Providers(providers) => &providers.place,
            },
            Resource::Registers(registers) => match registers {
                Registers::List(list) => &list.place,
                Registers::Get(get) => &get.place,
                Registers::Post(post) => &post.place,
                Registers::Delete(delete) => &delete.place,
                Registers::Estimate(estimate) => &estimate.place,
            },
        }
    }

    pub fn wants_json(&self) -> bool {
        self.place().at.wants_json()
    }

    pub fn run(&self) -> Result<Exit, Fail> {
        let stop = Stop::default();
        let shown = stoppable(&stop, self.call(&stop))?;
        self.place().at.show(&shown)
    }

    async fn call(&self, stop: &Stop) -> Result<Shown, Fail> {
        let place = self.place().resolve(stop)?;
        match &self.resource {
            Resource::Bills(bills) => match bills {
                Bills::List(list) => list.run(&place).await,
                Bills::Get(get) => get.run(&place, Kind::Bill).await,
                Bills::Post(post) => post.run(&place).await,
                Bills::Delete(delete) => delete.run(&place).await,
                Bills::Providers(_) => list::providers(&place).await,
            },
            Resource::Registers(registers) => match registers {
                Registers::List(_) => list::registers(&place).await,
                Registers::Get(get) => get.run(&place, Kind::Registers).await,
                Registers::Post(post) => post.run(&place).await,
                Registers::Delete(delete) => delete.run(&place).await,
                Registers::Estimate(estimate) => estimate.run(&place).await,
            },
        }
    }
}
