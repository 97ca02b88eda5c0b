-- Instants are microseconds since 1970-01-01T00:00:00Z. Bodies are JSON of the schema beside them; columns next to
-- a body are taken from it at each write, for queries and for people. A person is a traveler's number everywhere
-- but in the sealed rows of `travelers`.

CREATE TABLE quotes (
    id         TEXT PRIMARY KEY,
    tenant     TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    taken_by   TEXT UNIQUE,                  -- the one booking that it made; NULL until then
    schema     INTEGER NOT NULL,
    body       TEXT NOT NULL                 -- shown price, the supplier's solution, the auditor's verdict
) STRICT;

CREATE TABLE bookings (
    id             TEXT PRIMARY KEY,
    tenant         TEXT NOT NULL,
    user_id        TEXT,                     -- the tenant's own name for its user
    status         TEXT NOT NULL,
    snapshot_price TEXT NOT NULL,            -- JSON: exactly what was shown and is charged
    currency       TEXT NOT NULL,
    pnr_ref        TEXT,                     -- the first record locator, for people
    created_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL,         -- grows by one with each commit
    due_at         INTEGER,                  -- when work is due; NULL is no work. The row is its own outbox
    lease_owner    TEXT,
    lease_until    INTEGER,
    fence          INTEGER NOT NULL DEFAULT 0, -- grows by one with each claim
    schema         INTEGER NOT NULL,
    body           TEXT NOT NULL
) STRICT;
CREATE INDEX bookings_due ON bookings (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE items (
    booking_id       TEXT NOT NULL REFERENCES bookings (id),
    item             INTEGER NOT NULL,
    supplier         TEXT NOT NULL,
    account          TEXT NOT NULL,
    state            TEXT NOT NULL,
    locators         TEXT NOT NULL,          -- JSON
    client_reference TEXT NOT NULL UNIQUE,   -- without its attempt
    PRIMARY KEY (booking_id, item)
) STRICT;

-- The segments of each item, again whenever they change: the greatest version is what is booked.
CREATE TABLE booking_segments (
    booking_id  TEXT NOT NULL REFERENCES bookings (id),
    item        INTEGER NOT NULL,
    segment     INTEGER NOT NULL,            -- over all slices
    version     INTEGER NOT NULL,            -- of the booking
    flight      TEXT,
    origin      TEXT NOT NULL,
    destination TEXT NOT NULL,
    departs     TEXT,                        -- on the clock of the origin
    schema      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (booking_id, item, segment, version)
) STRICT;

CREATE TABLE journal (
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    seq        INTEGER NOT NULL,             -- 1 is the first
    at         INTEGER NOT NULL,
    schema     INTEGER NOT NULL,
    entry      TEXT NOT NULL,
    PRIMARY KEY (booking_id, seq)
) STRICT;

CREATE TABLE payments (
    id         INTEGER PRIMARY KEY,
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    minor      INTEGER NOT NULL,             -- minor units of the currency
    currency   TEXT NOT NULL,
    gateway_id TEXT
) STRICT;
CREATE INDEX payments_booking ON payments (booking_id);

CREATE TABLE tickets (
    document   TEXT NOT NULL,                -- 13 digits
    coupon     INTEGER NOT NULL,             -- 1 is the first
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    item       INTEGER NOT NULL,
    traveler   INTEGER NOT NULL,             -- counted from 0
    voided     INTEGER NOT NULL,
    PRIMARY KEY (document, coupon)
) STRICT;

CREATE TABLE travelers (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id),
    schema     INTEGER NOT NULL,
    sealed     BLOB NOT NULL                 -- bytes 2 and 3 are the key's id
) STRICT;

CREATE TABLE client_keys (
    tenant      TEXT NOT NULL,
    route       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,               -- of the request
    status      INTEGER NOT NULL,            -- of the reply
    reply       TEXT NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (tenant, route, key)
) STRICT;

CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER payments_stay BEFORE UPDATE ON payments BEGIN SELECT RAISE(ABORT, 'payments are append-only'); END;
CREATE TRIGGER payments_kept BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments are append-only'); END;
CREATE TRIGGER segments_stay BEFORE UPDATE ON booking_segments BEGIN SELECT RAISE(ABORT, 'segments are append-only'); END;
CREATE TRIGGER segments_kept BEFORE DELETE ON booking_segments BEGIN SELECT RAISE(ABORT, 'segments are append-only'); END;
