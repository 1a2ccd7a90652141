//! Reading what people type: price books, customers files, cost records and jobs. JSON or CSV becomes
//! [objects](ObjectReader) whose fields are asked for by name and type, and every mistake is kept with its place.

mod at;
mod context;
mod mark;
mod object;
mod sheet;

pub use at::At;
pub use context::Context;
pub use object::{ObjectReader, signed};
pub use sheet::{Dialect, Document, Sheet, columns, document};
