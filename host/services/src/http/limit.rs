//! What an answer may have at most.

/// The longest JSON or text answer that is read: 8 MiB. A bill of Abiquo's takes about 0.8 kB, so this is some
/// 10,000 bills in one page (`limit=0`), and 100 of them, which is what a look-up asks for, are a hundredth of it.
/// Four accounts at once hold four of them, beside what is read out of them: less than 100 MB of the 512 MB that no
/// answer may make this process larger than.
pub const ANSWER_BYTES_MAX: u64 = 8 << 20;

/// How much of an error's body is read: 64 KiB. Either service's errors are below 1 kB and Tomcat's HTML
/// page below 3 kB; more would only be kept to be cut off.
pub const ERROR_BYTES_MAX: u64 = 64 << 10;

/// How many headers an answer may have: what the HTTP library allows unless told otherwise. Either service
/// sends fewer than 30.
pub const HEADERS_MAX: usize = 100;

/// The longest head of an answer, names and values together: 64 KiB. Cookies and security headers make
/// about 2 kB; servers themselves stop at 8 to 48 KiB.
pub const HEADER_BYTES_MAX: usize = 64 << 10;
