//! Errors, with the codes and texts of Abiquo's own catalogue. The status of each code is our choice where the
//! catalogue's is not known. One error a line: it is a table.

/// An error of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code {
    pub status: u16,
    pub code: &'static str,
    pub message: &'static str,
}

const fn code(status: u16, code: &'static str, message: &'static str) -> Code {
    Code { status, code, message }
}

pub const UNAUTHORIZED: Code = code(401, "401-UNAUTHORIZED", "This request requires user authentication");
pub const INVALID_CREDENTIALS: Code = code(401, "GEN-5", "Invalid credentials");
pub const FORBIDDEN: Code = code(403, "403-FORBIDDEN", "Access denied");
pub const NOT_FOUND: Code = code(404, "404-NOT-FOUND", "The requested resource does not exist");
pub const METHOD_NOT_ALLOWED: Code = code(405, "405-METHOD-NOT-ALLOWED", "The resource does not expose this method");
pub const NOT_ACCEPTABLE: Code = code(406, "406-NOT-ACCEPTABLE", "Invalid version parameter for 'Accept' header");
pub const UNSUPPORTED: Code = code(415, "415-UNSUPPORTED-MEDIA-TYPE", "The Abiquo API currently only supports application/XML Media Type");
pub const UNSUPPORTED_VERSION: Code = code(415, "415-UNSUPPORTED-MEDIA-TYPE-VERSION", "Invalid 'Content-type' version");
pub const CONSTRAINT: Code = code(400, "GEN-2", "Invalid XML document; please ensure all mandatory fields are correct");
pub const UNMARSHAL: Code = code(400, "GEN-3", "Invalid XML document");
pub const INVALID_QUERY: Code = code(400, "GEN-22", "Query parameters are invalid or a required query parameter is missing");
pub const INVALID_BY: Code = code(400, "QUERY-0", "Invalid 'by' parameter");
pub const UNEXPECTED: Code = code(500, "500-INTERNAL-SERVER-ERROR", "Unexpected exception");
pub const NO_ENTERPRISE: Code = code(404, "EN-0", "The requested enterprise does not exist");

pub const BILL_0: Code = code(400, "BILL-0", "Invalid provider");
pub const BILL_1: Code = code(400, "BILL-1", "The end date must be after the start date");
pub const BILL_3: Code = code(409, "BILL-3", "A bill for this period already exists");
pub const BILL_4: Code = code(404, "BILL-4", "The requested bill does not exist");
pub const BILL_5: Code = code(400, "BILL-5", "Invalid date");
pub const BILL_6: Code = code(400, "BILL-6", "Invalid request. At least one category should be specified");
pub const BILL_7: Code = code(400, "BILL-7", "Invalid request. This endpoint does not allow you to insert categorized bills");
pub const BILL_9: Code = code(409, "BILL-9", "The bill for the given date, enterprise, and provider already exists");
pub const BILL_10: Code = code(400, "BILL-10", "Invalid request. At least one usageType should be specified for each category");

pub const REGISTER_0: Code = code(409, "BILL_REGISTER-0", "The bill register for the given date, enterprise, and provider already exists");
pub const REGISTER_1: Code = code(404, "BILL_REGISTER-1", "The requested bill register does not exist");
pub const REGISTER_2: Code = code(400, "BILL_REGISTER-2", "All the bill registers must be from the same billing period");
pub const REGISTER_3: Code = code(400, "BILL_REGISTER-3", "The bill register for a day must be inside the specified period");
pub const REGISTER_4: Code = code(409, "BILL_REGISTER-4", "Cannot insert a bill register for a consolidated bill");
pub const REGISTER_5: Code = code(409, "BILL_REGISTER-5", "Cannot insert bill registers because the previous amount is higher than the current amount.");
pub const REGISTER_6: Code = code(400, "BILL_REGISTER-6", "Invalid request. A bill period is necessary.");
