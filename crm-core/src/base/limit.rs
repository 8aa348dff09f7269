//! Every limit of the library, with its reason. A limit that is not here does not exist.

/// Bytes of a short text (names, codes, addresses). Wide enough for any name, small enough for an index.
pub const SHORT_TEXT: usize = 1_000;
/// Bytes of a long text (`description`, `comment`, `requirements`): 1 MiB, a book; larger things are documents of the host.
pub const LONG_TEXT: usize = 1 << 20;
/// Bytes of an error's message; what is longer repeats something that a host gave, and logs are no place for megabytes.
pub const MESSAGE: usize = 1_000;
/// Bytes of a `state_code`.
pub const STATE_CODE: usize = 16;
/// Bytes of a property's name.
pub const PROPERTY_NAME: usize = 200;
/// Declared properties per record kind: each is a possible column of every list.
pub const PROPERTIES: usize = 500;
/// Options of one selection property.
pub const SELECTION_OPTIONS: usize = 1_000;
/// Minor units of one amount, either sign: a quadrillion. Sums of a million such amounts stay far inside `i128`.
pub const AMOUNT: i64 = 1_000_000_000_000_000;
/// First year of a date. Anything earlier is a typing mistake.
pub const YEAR_MIN: i32 = 1900;
/// Last year of a date.
pub const YEAR_MAX: i32 = 2999;
/// Records that one call may name.
pub const IDS: usize = 1_000_000;
/// Records in one chunk of a bulk verb: bounds memory, long enough to amortise every statement.
pub const CHUNK: usize = 10_000;
/// Rounds of consequences after one verb; more means that two reactions feed each other.
pub const REACTION_ROUNDS: usize = 32;
/// Nesting of a filter: deeper ones would overflow the stack of a small thread.
pub const FILTER_DEPTH: usize = 64;
/// Leaves of a filter: keeps the statement below the engine's limits.
pub const FILTER_LEAVES: usize = 1_000;
/// Bytes of a filter's text.
pub const FILTER_TEXT: usize = 1 << 16;
/// Days before the closing at which a backtest asks: a hundred years, beyond which no deal was there.
pub const BACKTEST_DAYS: u32 = 36_500;
/// Hours after which a plan of assignment is too old to be run: a day's quotas and leads are others by then.
pub const PLAN_HOURS: i64 = 24;
/// Minutes by which the clock of who made a plan may be ahead of the clock of who runs it.
pub const PLAN_AHEAD_MINUTES: i64 = 10;
/// Rules in use that narrow who may read and change records: each is part of every statement of those of whom it speaks.
pub const RULES: usize = 200;
/// Links in a dotted reference such as `team_id.user_id.name`.
pub const FILTER_HOPS: usize = 4;
/// Values of one `in` or `any` list.
pub const FILTER_LIST: usize = 10_000;
/// Links of parent records, such as tags and partners; a longer chain is a mistake.
pub const PARENTS: usize = 100;
/// Leads or partners that one merge makes one, unless an administrator asks: more are hardly ever one, and a mistake is hard to read.
pub const MERGE: usize = 5;
/// Ids in one link list, such as `tag_ids`.
pub const LINKS: usize = 1_000;
/// Feed entries returned by one read.
pub const FEED_PAGE: usize = 100_000;
/// Bytes of one CSV cell.
pub const CSV_CELL: usize = 1 << 20;
/// Bytes of one CSV record: a quote that is never closed must not read the rest of the file into memory.
pub const CSV_RECORD: usize = 1 << 24;
/// Bytes of text that an import holds before it writes them, if [`CHUNK`] rows are longer.
pub const CSV_CHUNK: usize = 1 << 25;
/// Columns of a CSV file.
pub const CSV_COLUMNS: usize = 1_000;
/// Errors that an import keeps; the rest are only counted.
pub const CSV_ERRORS: usize = 10_000;
/// Newest closed deals among which the score looks for those like a lead.
pub const NEAREST_POOL: usize = 10_000;
/// Names that are compared letter by letter with one that is looked for, of those that share a half of it, for each half, in the order of
/// the alphabet: a half that more share is a word of the trade. The very same name is found whatever shares its halves.
pub const NAMES: usize = 1_000;
/// Addresses that are looked for in one text: more are a mailing list.
pub const ADDRESSES: usize = 20;
/// Addresses and numbers of one partner: an office's whole list fits, a directory of strangers does not.
pub const CONTACTS: usize = 200;
/// Records that share a domain or a phone number and are still taken for duplicates of each other; shared by more, it is an office's.
pub const SHARED: usize = 20;
/// Records that one look for duplicates answers for each reason, the newest: a list that somebody reads.
pub const DUPLICATES: usize = 1_000;
/// Leads of a verb on a server for which the score reads of its model what they need, and not the whole.
pub const FEW_LEADS: usize = 20;
/// Evidence fields of the score.
pub const EVIDENCE_FIELDS: usize = 64;
/// Characters by which the score tells texts apart: choices are shorter, and each value that was met takes a row.
pub const EVIDENCE_TEXT: usize = 100;
/// Milliseconds that a write waits for another writer: what the engine can count, over three weeks.
pub const BUSY_TIMEOUT_MS: u32 = i32::MAX.unsigned_abs();
/// Steps of one call after which its host is asked whether to go on, a row being one and a statement sixteen: some milliseconds of work.
pub const STEPS_UNASKED: u32 = 1 << 14;
/// Threads that read at once for one call of a file, at most.
pub const THREADS: u32 = 8;
/// Reader connections kept open.
pub const READERS: usize = 8;
/// Seconds that connecting to a server may take, for each host of its URL, unless that says otherwise (`connect_timeout`): long enough for
/// a slow network, and nobody waits for a server that never answers.
pub const CONNECT_SECONDS: u64 = 30;
/// Connections of one handle to a server: each costs the server a process; more threads than that wait for one.
pub const CONNECTIONS: usize = 32;
/// Connections to a server kept open while nobody uses them.
pub const IDLE_CONNECTIONS: usize = 8;
/// Statements kept prepared on one connection to a server.
pub const STATEMENTS: usize = 512;
/// Rows gathered before they are sent to a server in one statement.
pub const BATCH_ROWS: usize = 20_000;
/// Times that a verb is done again after it met another's change of the same records; more means that they never come to rest.
pub const RETRIES: usize = 20;
/// Rows that one connection adds to kept counts on a server before it folds them into their totals: a board reads them all.
pub const FOLD: usize = 5_000;
/// Bytes of text in one Arrow column with 32-bit offsets: what the format holds; longer columns get 64-bit ones.
#[cfg(feature = "arrow")]
pub const ARROW_TEXT: usize = i32::MAX as usize;
