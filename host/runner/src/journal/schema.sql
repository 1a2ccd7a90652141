CREATE TABLE payload (
  sha256 TEXT PRIMARY KEY NOT NULL,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
  sequence INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  step TEXT NOT NULL,
  service TEXT NOT NULL,
  url TEXT NOT NULL,
  action TEXT NOT NULL,
  account TEXT NOT NULL,
  enterprise TEXT,
  provider TEXT,
  period TEXT NOT NULL,
  payload_sha256 TEXT REFERENCES payload (sha256),
  answers INTEGER REFERENCES entry (sequence),
  outcome TEXT,
  status INTEGER,
  reference TEXT,
  detail TEXT,
  hash TEXT NOT NULL
) STRICT;

CREATE INDEX entry_answers ON entry (answers);

CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE (ABORT, 'entries are only appended'); END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN SELECT RAISE (ABORT, 'entries are only appended'); END;
CREATE TRIGGER payload_stays BEFORE UPDATE ON payload BEGIN SELECT RAISE (ABORT, 'payloads are only appended'); END;
CREATE TRIGGER payload_is_kept BEFORE DELETE ON payload BEGIN SELECT RAISE (ABORT, 'payloads are only appended'); END;
