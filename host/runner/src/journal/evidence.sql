CREATE INDEX entry_evidence ON entry (reference) WHERE step = 'evidence';
