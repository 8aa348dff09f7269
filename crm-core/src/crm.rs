//! The library's front door: opening, sessions, backup, verification, closing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::base::progress::Progress;
use crate::base::{Currency, Error, ErrorKind, Frame, Id as _, Result, Timestamp, UserId, limit};
use crate::feed::{self, FeedEntry};
use crate::session::Session;
use crate::storage::door::Door;
use crate::storage::handle::Handle;
use crate::storage::opening::Opening;
use crate::storage::stop::Caller;
pub use crate::storage::stop::GoOn;
use crate::storage::{Link, Tx};
use crate::{
    activity, default_data, history, lead, partner, reaction, require, score, storage, tally, user,
};

/// How a database is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrmOptions {
    /// ISO code for company 1 of a new file.
    pub currency: String,
    /// Whether a new file gets the usual stages, lost reasons, team, plans, tags and UTM words.
    pub default_data: bool,
    /// How many milliseconds to wait for another writer before answering `Storage` 701; at most
    /// [`limit::BUSY_TIMEOUT_MS`](crate::base::limit::BUSY_TIMEOUT_MS).
    pub busy_timeout_ms: u32,
    /// Whether every commit waits for the disk. Without it a power cut may lose the last commits, never the file.
    pub full_sync: bool,
    /// How many threads may read a file at once for one call that goes through all leads, such as a rebuild of the scores: 0 for as many
    /// as the machine runs, 1 for the calling thread alone; at most [`limit::THREADS`](crate::base::limit::THREADS). With more than one,
    /// a call that writes many leads has the next ones made by a second thread while it writes. What comes out is the same.
    pub threads: u32,
}

impl Default for CrmOptions {
    fn default() -> Self {
        Self {
            currency: "EUR".to_owned(),
            default_data: true,
            busy_timeout_ms: 5_000,
            full_sync: false,
            threads: 0,
        }
    }
}

/// Who a session works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRef {
    /// By id.
    Id(UserId),
    /// By login, whatever the case of its letters.
    Login(String),
}

impl From<UserId> for UserRef {
    fn from(id: UserId) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for UserRef {
    fn from(login: &str) -> Self {
        Self::Login(login.to_owned())
    }
}

/// One open database: a file, or memory. Cheap to clone; usable from any thread.
///
/// The same file opened twice in one process is one database, closed when each has closed it. Two copies of this library (or another
/// SQLite) in one process must not open the same file: closing one would drop the other's locks.
///
/// ```
/// use crm_core::{Crm, fields};
/// # fn main() -> crm_core::Result<()> {
/// let crm = Crm::open(":memory:")?;
/// let s = crm.session(None, None)?;
/// let deal = s.leads().create(fields! { name: "Fleet lease", expected_revenue: 12_000 })?;
/// s.leads().mark_won(deal.id)?;
/// assert!(crm.verify()?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Crm {
    door: Arc<Door>,
}

impl Crm {
    /// Opens or creates a database: a file's path, `":memory:"`, or with the feature `postgres` a server's URL:
    /// `postgres://user@host/database?schema=crm`.
    ///
    /// # Errors
    /// `Storage`: 701 held by another writer, 702 of a newer library, 703 not ours, 704 read-only, 705 damaged, 706 disk full, 707 the
    /// server cannot be reached. The file or schema is left as it was. `Invalid` for a URL that makes no sense.
    pub fn open(target: &str) -> Result<Self> {
        Self::open_with(target, &CrmOptions::default())
    }

    /// As [`Self::open`], with options.
    ///
    /// # Errors
    /// As there; `Invalid` for an unknown currency, a time that is too long or too many threads; `Conflict` when the file is open in this process with
    /// another `busy_timeout_ms`, `full_sync` or `threads`.
    pub fn open_with(target: &str, options: &CrmOptions) -> Result<Self> {
        let currency = Currency::new(&options.currency)?;
        require!(
            options.busy_timeout_ms <= limit::BUSY_TIMEOUT_MS,
            "busy_timeout_ms",
            "busy_timeout_ms: {} is too long; at most {} fit",
            options.busy_timeout_ms,
            limit::BUSY_TIMEOUT_MS
        );
        require!(
            options.threads <= limit::THREADS,
            "threads",
            "threads: {} are too many; at most {} read at once",
            options.threads,
            limit::THREADS
        );
        let opening = Opening {
            busy: Duration::from_millis(u64::from(options.busy_timeout_ms)),
            full_sync: options.full_sync,
            threads: options.threads,
            joins: false,
            settle: reaction::settle,
            renew,
        };
        let door = Handle::open(target, &opening, |tx| {
            default_data::write(tx, currency, options.default_data)
        })?;
        Ok(Self { door })
    }

    /// A session for a user, or for the administrator without one. `now` fixes the clock; without it each transaction reads it once.
    ///
    /// # Errors
    /// `NotFound` for an unknown or archived user; `Closed`.
    pub fn session(&self, user: Option<UserRef>, now: Option<Timestamp>) -> Result<Session> {
        self.session_asking(user, now, None)
    }

    /// As [`Self::session`], with someone who is asked whether to go on: on the calling thread, every few milliseconds of a long call
    /// and before what it wrote is kept; a short call is over before. On `false` the call answers `Cancelled` and has changed nothing. So
    /// a door hears its host's Ctrl-C. What is asked may not call the library back.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use crm_core::{Crm, ErrorKind, fields};
    ///
    /// let crm = Crm::open(":memory:")?;
    /// let hurried = crm.session_asking(None, None, Some(Arc::new(|| false)))?;
    /// let many = (0..5_000).map(|n| fields! { name: format!("Deal {n}") }).collect();
    /// assert_eq!(hurried.leads().create_many(many).unwrap_err().kind(), ErrorKind::Cancelled);
    /// assert_eq!(hurried.leads().count(None)?, 0);
    /// # Ok::<(), crm_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn session_asking(
        &self,
        user: Option<UserRef>,
        now: Option<Timestamp>,
        go_on: Option<GoOn>,
    ) -> Result<Session> {
        self.door.open_handle()?;
        let user = match user {
            None => None,
            Some(user) => Some(self.active_user(&user)?),
        };
        Ok(Session::new(Link::new(Arc::clone(&self.door), Caller { user, now, go_on })))
    }

    fn active_user(&self, user: &UserRef) -> Result<UserId> {
        let found = self.read(|tx| match user {
            UserRef::Id(id) => {
                let sql = "SELECT id FROM user_account WHERE id = ?1 AND active";
                tx.optional(sql, &[id.0.into()], |line| line.int(0))
            }
            UserRef::Login(login) => user::of_login(tx, login),
        })?;
        let missing = || match user {
            UserRef::Id(id) => Error::not_found(id.subject()),
            UserRef::Login(_) => {
                Error::new(ErrorKind::NotFound, "no active user has this login").with_field("login")
            }
        };
        found.map(UserId).ok_or_else(missing)
    }

    /// Copies the whole database to a new file while it is in use; `progress` counts pages.
    ///
    /// # Errors
    /// `Conflict` when a file of that name exists, whatever it is; `Invalid` for a path that is none; `Storage`; `Cancelled`. The copy is
    /// written under a name of its own beside the target, which goes when it fails; no other file is touched.
    pub fn backup(&self, path: &Path, progress: &mut Progress<'_>) -> Result<()> {
        self.door.open_handle()?.backup(path, &mut |done, total| progress.tell(done, total))
    }

    /// What is wrong with the file, in words: damage, kept counts or a history that differ from the leads, or messages and activities of records that
    /// are not there. Empty: it is sound.
    ///
    /// # Errors
    /// `Storage` 705 when it cannot be read at all.
    pub fn verify(&self) -> Result<Vec<String>> {
        let mut wrong = self.door.open_handle()?.integrity()?;
        if !wrong.is_empty() {
            // What is kept in damaged pages tells nothing about counts.
            return Ok(wrong);
        }
        wrong.extend(self.read(|tx| lead::policy::verify(tx))?);
        wrong.extend(self.read(|tx| tally::verify(tx))?);
        wrong.extend(self.read(|tx| history::verify(tx))?);
        wrong.extend(self.read(|tx| partner::verify(tx))?);
        wrong.extend(self.read(|tx| lead::customer::verify(tx))?);
        wrong.extend(self.read(score::verify)?);
        wrong.extend(self.read(|tx| activity::verify(tx))?);
        wrong.extend(self.read(|tx| tx.verify_hanging())?);
        Ok(wrong)
    }

    /// Counts anew what is kept beside the leads, for boards, forecasts and scores, lets a history go on that lost touch with its lead, and
    /// answers what was wrong, in the words of [`Self::verify`]. Empty: nothing was, and nothing is written. Leads are never changed; damage
    /// of the file itself is not mended, that takes a backup.
    ///
    /// # Errors
    /// `Storage` when the file cannot be read or written.
    pub fn repair(&self) -> Result<Vec<String>> {
        self.door.open_handle()?.write_alone(&Caller::default(), |tx| {
            let mut wrong = lead::policy::verify(tx)?;
            wrong.extend(tally::verify(tx)?);
            wrong.extend(history::verify(tx)?);
            wrong.extend(partner::verify(tx)?);
            wrong.extend(lead::customer::verify(tx)?);
            wrong.extend(score::verify(tx)?);
            wrong.extend(activity::verify(tx)?);
            if !wrong.is_empty() {
                activity::rezone(tx)?;
                lead::policy::follow(tx)?;
                renew(tx)?;
                score::learn_anew(tx)?;
                history::mend(tx)?;
            }
            Ok(wrong)
        })
    }

    /// Events after a number, in order; start with 0 and go on with the last `seq`.
    ///
    /// # Errors
    /// `Limit` for too many at once.
    pub fn feed(&self, after: i64, limit: usize) -> Result<Vec<FeedEntry>> {
        self.door.open_handle()?.number_feed()?;
        self.read(|tx| feed::read(tx, after, limit))
    }

    fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        self.door.open_handle()?.read(&Caller::default(), work)
    }

    /// How often the server was asked something since this was opened: for tests that a verb on many asks no more than on one.
    #[doc(hidden)]
    #[must_use]
    pub fn round_trips(&self) -> u64 {
        self.door.open_handle().map_or(0, |handle| handle.round_trips())
    }

    /// Stops what runs now, from any thread: those calls answer `Cancelled` and have changed nothing, bulk verbs, imports and backups
    /// too. One that was done a moment before answers as if nothing had been said; what begins later goes its way.
    pub fn interrupt(&self) {
        self.door.interrupt();
    }

    /// Closes the database; later calls answer `Closed`, those of its sessions too. Closing twice is fine. Who opened the same file
    /// besides keeps it open.
    pub fn close(&self) {
        self.door.close();
    }

    /// Whether it was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.door.is_closed()
    }
}

/// Reckons what a schema's step leaves to the program: by what partners and leads are found, and what is counted of them.
fn renew(tx: &mut Tx<'_>) -> Result<()> {
    tally::rebuild(tx)?;
    partner::rebuild(tx)?;
    // Whether an address can be one is evidence.
    if lead::customer::rebuild(tx)? || score::is_due(tx)? {
        score::recount(tx)?;
    }
    Ok(())
}

/// Moves a whole database to another place: from a file to a server, back, or between two of a kind. `from` and `to` are what
/// [`Crm::open`] takes, but for `":memory:"`; `progress` counts rows, each once as it is written and once as it is read back.
///
/// Ids, history, the feed's numbers and the last id given are kept, so that the copy goes on where the source stood. The source is read
/// on one state, may be in use, and is brought up to date as by opening it. Answers one row per table: `table`, `rows`, `digest`, which
/// is the same for the same content on every engine (FNV-1a, 128 bits, over the rows in the order of their keys).
///
/// ```
/// use crm_core::{Crm, Progress, fields};
/// # fn main() -> crm_core::Result<()> {
/// # let folder = std::env::temp_dir().join(format!("crm-copy-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// # let (from, to) = (folder.join("from.crm"), folder.join("to.crm"));
/// # let (from, to) = (from.to_str().unwrap(), to.to_str().unwrap());
/// let crm = Crm::open(from)?;
/// crm.session(None, None)?.leads().create(fields! { name: "Fleet lease" })?;
/// let report = crm_core::copy(from, to, &mut Progress::none())?; // `to` may be a server's URL
/// assert_eq!(report, crm_core::copy(to, &format!("{from}.2"), &mut Progress::none())?);
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// `NotFound` when nothing is at `from`; `Conflict` when something is at `to`; `Invalid` for a place that makes no sense, or text that a
/// server cannot store; `Cancelled`; `Storage` as for [`Crm::open`], and 705 when what was written is not what was read. Whatever the
/// failure, `to` holds nothing.
pub fn copy(from: &str, to: &str, progress: &mut Progress<'_>) -> Result<Frame> {
    let options = CrmOptions::default();
    let opening = Opening {
        busy: Duration::from_millis(u64::from(options.busy_timeout_ms)),
        full_sync: options.full_sync,
        threads: options.threads,
        joins: true,
        settle: reaction::settle,
        renew,
    };
    storage::copy::copy(from, to, &opening, score::catch_up, progress)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LeadId, Merge, Schedule, fields};

    #[test]
    fn kept_counts_that_went_wrong_are_named_and_counted_anew() {
        let crm = Crm::open(":memory:").unwrap();
        let s = crm.session(None, None).unwrap();
        let deals = vec![fields! { name: "Fleet lease", expected_revenue: 1_000 }; 4];
        let deals = s.leads().create_many(deals).unwrap();
        let won: Vec<_> = deals.iter().take(2).map(|deal| deal.id).collect();
        s.leads().mark_won(&won).unwrap();
        assert_eq!(crm.repair().unwrap(), Vec::<String>::new(), "nothing is wrong yet");
        let shop =
            fields! { name: "Bücher", email: "info@Bücher.example", phone: "+33 1 70 18 99 00" };
        let shop = s.partners().create(shop).unwrap();
        s.leads().update(deals[2].id, fields! { email_from: "info@Bücher.example" }).unwrap();
        let contacts = s.partner_contacts().find(&crate::Find::all()).unwrap();
        let board = s.forecast().board(None).unwrap();
        let frequencies = s.score().frequencies().unwrap();
        let call = Schedule { activity_type_id: 3.into(), ..Schedule::default() };
        s.activities().schedule(deals[0].id, &call).unwrap();
        let spoil = [
            "UPDATE lead_tally SET revenue = revenue + 5000 WHERE outcome = 0",
            "DELETE FROM lead_tally WHERE outcome = 1 AND grain = 1",
            "UPDATE score_count SET won = won + 1",
            "UPDATE lead SET probability_policy = 1 WHERE id = 4",
            "UPDATE activity SET day_end = day_end + 1",
            "UPDATE partner SET email_normalized = 'info@bücher.example', name_key = NULL",
            "UPDATE lead_text SET email_normalized = 'info@bücher.example' WHERE lead_id = 3",
            "DELETE FROM partner_contact WHERE channel = 1",
            "UPDATE partner_contact SET normalized = 'info@bücher.example'",
        ];
        let handle = crm.door.open_handle().unwrap();
        handle
            .write(&Caller::default(), |tx| {
                spoil.iter().try_for_each(|sql| tx.execute(sql, &[]).map(drop))
            })
            .unwrap();
        let wrong = crm.verify().unwrap();
        assert!(wrong.len() > 8, "{wrong:?}");
        assert_ne!(s.forecast().board(None).unwrap(), board);

        assert_eq!(crm.repair().unwrap(), wrong, "it says what it mended");
        assert_eq!(crm.verify().unwrap(), Vec::<String>::new());
        assert_eq!(s.forecast().board(None).unwrap(), board);
        assert_eq!(s.score().frequencies().unwrap(), frequencies);
        assert_eq!(s.partners().get(shop.id).unwrap(), shop);
        let normal = s.leads().get(deals[2].id).unwrap().email_normalized;
        assert_eq!(normal.as_deref(), Some("info@xn--bcher-kva.example"));
        let mended = s.partner_contacts().find(&crate::Find::all()).unwrap();
        assert_eq!(mended.len(), 2);
        assert_eq!(mended[0], contacts[0]);
        assert_eq!(mended[1].normalized, contacts[1].normalized);
    }

    #[test]
    fn what_hangs_on_a_record_moves_to_another_and_goes_with_it() {
        let crm = Crm::open(":memory:").unwrap();
        let s = crm.session(None, None).unwrap();
        let handle = crm.door.open_handle().unwrap();
        let write = |work: &dyn Fn(&mut Tx<'_>) -> Result<()>| {
            handle.write(&Caller::default(), |tx| work(tx)).unwrap();
        };
        let leads = s.leads().create_many(vec![fields! { name: "Fleet lease" }; 3]).unwrap();
        let ids: Vec<LeadId> = leads.iter().map(|lead| lead.id).collect();
        let call = Schedule { activity_type_id: 3.into(), ..Schedule::default() };
        s.activities().schedule(&ids, &call).unwrap();
        s.chatter().post(&ids, "hello", false).unwrap();
        let ada = s.partners().create(fields! { name: "Ada" }).unwrap();
        s.chatter().post(ada.id, "hello", false).unwrap();
        let merged = s.leads().merge(&ids, &Merge::default()).unwrap();
        let count = |filter: &str| {
            let filter = crate::Filter::parse(filter).unwrap();
            let activities = s.activities().count(Some(&filter)).unwrap();
            (activities, s.chatter().count(Some(&filter)).unwrap())
        };
        // One message more tells of the merge; the others' ids mean the one that has their place.
        assert_eq!((count("lead_id = 1"), count("lead_id in (2, 3)")), ((3, 4), (3, 4)));
        assert_eq!(count("partner_id.name = \"Ada\""), (0, 1));
        let gone = s.chatter().post(ids[1], "hello", false).unwrap_err();
        assert!(gone.message().contains("merged into lead 1"), "{gone}");
        assert!(crm.verify().unwrap().is_empty());
        s.leads().unmerge(merged.merge_id).unwrap();
        assert_eq!((count("lead_id = 1"), count("lead_id = 2")), ((1, 1), (1, 1)));
        s.leads().delete(ids[0]).unwrap();
        assert_eq!((count("lead_id = 1"), count("lead_id in (2, 3)")), ((0, 0), (2, 2)));
        s.leads().delete(&ids[1..].to_vec()).unwrap();
        assert_eq!((count("subject_kind = \"lead\""), count("partner_id = 1")), ((0, 0), (0, 1)));
        write(&|tx| tx.execute("DELETE FROM partner WHERE id = 1", &[]).map(drop));
        let wrong = crm.verify().unwrap();
        assert!(wrong.iter().any(|what| what.starts_with("message: 1 of a partner")), "{wrong:?}");
    }
}
