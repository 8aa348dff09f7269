//! Digests over the feed: each over the one before and its entry, so that no entry changes unnoticed.
//!
//! What may identify a person has a digest of its own, salted, and the chain runs over that: when a person is erased, text and salt go,
//! the digest stays and tells nothing, and the chain holds.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

use serde_json::json;

use crate::audit::{AuditSeal, AuditState};
use crate::base::Result;
use crate::base::digest::sha256;
use crate::feed;
use crate::storage::records::id_list;
use crate::storage::{Line, Tx};

/// Entries that are sealed in one transaction.
pub(super) const ROUND: i64 = 10_000;

/// An entry as it is stored.
struct Entry {
    seq: i64,
    kind: String,
    record_id: i64,
    /// All of it but what may identify a person, as JSON.
    text: String,
    personal: Option<String>,
}

/// Entries after a number, in order, up to another one.
fn entries(tx: &Tx<'_>, after: i64, upto: i64, most: i64) -> Result<Vec<Entry>> {
    let sql = format!("{} WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3", feed::ENTRIES);
    tx.rows(&sql, &[after.into(), upto.into(), most.into()], |line| {
        let (seq, kind, record_id) = (line.int(0)?, line.text(4)?.to_owned(), line.int(5)?);
        let (date, user) = (line.int(1)?, line.int_or_null(2)?);
        let (event, data) = (line.text(3)?, line.text_or_null(6)?);
        let text = json!([seq, date, user, event, kind, record_id, data]).to_string();
        Ok(Entry { seq, kind, record_id, text, personal: text_of(line, 7)? })
    })
}

fn text_of(line: &Line<'_>, at: usize) -> Result<Option<String>> {
    Ok(line.text_or_null(at)?.map(str::to_owned))
}

/// 128 bits that nobody can guess: the keys of the standard library's hashers come from the system.
fn salt() -> String {
    let part = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", part(), part())
}

/// The last digest.
fn head(tx: &Tx<'_>) -> Result<AuditSeal> {
    let sql = "SELECT seq, digest FROM audit_chain ORDER BY seq DESC LIMIT 1";
    let last = tx.optional(sql, &[], |line| {
        Ok(AuditSeal { seq: line.int(0)?, digest: line.text(1)?.to_owned(), sealed: 0 })
    })?;
    Ok(last.unwrap_or_default())
}

/// Seals the next entries.
pub(super) fn round(tx: &Tx<'_>) -> Result<AuditSeal> {
    let mut head = head(tx)?;
    let entries = entries(tx, head.seq, i64::MAX, ROUND)?;
    let sql = "INSERT INTO audit_chain (seq, kind, record_id, digest, personal, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut put = tx.prepare_rows(sql, entries.len())?;
    for entry in entries {
        let salt = entry.personal.as_ref().map(|_| salt());
        let personal = entry.personal.as_ref().zip(salt.as_ref());
        let personal = personal.map(|(text, salt)| sha256(&[salt, text]));
        head.digest = sha256(&[&head.digest, personal.as_deref().unwrap_or_default(), &entry.text]);
        head.seq = entry.seq;
        head.sealed += 1;
        put.execute(&[
            entry.seq.into(),
            entry.kind.into(),
            entry.record_id.into(),
            head.digest.as_str().into(),
            personal.into(),
            salt.into(),
        ])?;
    }
    put.end()?;
    Ok(head)
}

/// Forgets the salt of what entries about these records said of a person and say no more: nobody can try texts against the digest.
pub(super) fn forget(tx: &Tx<'_>, kind: &str, ids: &[i64]) -> Result<()> {
    let sql = "UPDATE audit_chain SET salt = NULL WHERE salt IS NOT NULL AND kind = ?1 \
               AND record_id IN (SELECT value FROM json_each(?2)) AND NOT EXISTS \
               (SELECT 1 FROM feed_whole WHERE feed_whole.seq = audit_chain.seq AND feed_whole.personal IS NOT NULL)";
    tx.execute(sql, &[kind.into(), id_list(ids)]).map(drop)
}

/// A link of the chain.
struct Sealed {
    seq: i64,
    kind: String,
    record_id: i64,
    digest: String,
    personal: Option<String>,
    salt: Option<String>,
}

impl Sealed {
    /// What is wrong with the entry, if anything is; `before` is the digest before.
    fn problem(&self, entry: &Entry, before: &str) -> Option<&'static str> {
        let personal = self.personal.as_deref().unwrap_or_default();
        if sha256(&[before, personal, &entry.text]) != self.digest
            || (&entry.kind, entry.record_id) != (&self.kind, self.record_id)
        {
            return Some("it is not what was sealed, or the one before it is gone");
        }
        match (&self.personal, &self.salt, &entry.personal) {
            (None, _, None) | (Some(_), None, None) => None,
            (Some(sealed), Some(salt), Some(text)) if sha256(&[salt, text]) == *sealed => None,
            (Some(_), Some(_), None) => {
                Some("what it said of a person is gone, and was not erased")
            }
            _ => Some("what it says of a person is not what was sealed"),
        }
    }
}

fn links(tx: &Tx<'_>, after: i64) -> Result<Vec<Sealed>> {
    let sql = "SELECT seq, kind, record_id, digest, personal, salt FROM audit_chain \
               WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    tx.rows(sql, &[after.into(), ROUND.into()], |line| {
        Ok(Sealed {
            seq: line.int(0)?,
            kind: line.text(1)?.to_owned(),
            record_id: line.int(2)?,
            digest: line.text(3)?.to_owned(),
            personal: text_of(line, 4)?,
            salt: text_of(line, 5)?,
        })
    })
}

/// Looks at all that is sealed, to the end or the first entry that is broken.
pub(super) fn verify(tx: &Tx<'_>, known: Option<(i64, &str)>) -> Result<AuditState> {
    let head = head(tx)?;
    let mut state = AuditState { seq: head.seq, digest: head.digest, ..AuditState::default() };
    let sql = "SELECT count(*) FROM feed_whole WHERE seq > ?1";
    state.unsealed = tx.one(sql, &[head.seq.into()], |line| line.int(0))?;
    // From below 1, where numbers begin: an entry there was written by somebody else.
    let (mut after, mut before) = (i64::MIN, String::new());
    let mut met = known.is_none_or(|(seq, _)| seq == 0);
    while state.broken.is_none() {
        let links = links(tx, after)?;
        let Some(last) = links.last().map(|link| link.seq) else { break };
        let mut entries = entries(tx, after, last, ROUND + 1)?.into_iter().peekable();
        for link in links {
            let broken = match entries.next_if(|entry| entry.seq <= link.seq) {
                Some(entry) if entry.seq < link.seq => Some((entry.seq, "it was added later")),
                Some(entry) => link.problem(&entry, &before).map(|why| (link.seq, why)),
                None => Some((link.seq, "it is gone")),
            };
            if let Some((seq, why)) = broken {
                state.broken = Some(seq);
                state.problem = Some(why.to_owned());
                break;
            }
            let kept = known.filter(|(seq, _)| *seq == link.seq).map(|(_, digest)| digest);
            if kept.is_some_and(|kept| kept != link.digest) {
                state.broken = Some(link.seq);
                state.problem =
                    Some("its digest is not the one that was kept elsewhere".to_owned());
                break;
            }
            met |= kept.is_some();
            state.sealed += 1;
            state.erased += i64::from(link.personal.is_some() && link.salt.is_none());
            (after, before) = (link.seq, link.digest);
        }
    }
    if let Some((seq, _)) = known.filter(|_| state.broken.is_none() && !met) {
        state.broken = Some(seq);
        state.problem = Some("it was sealed, and is gone".to_owned());
    }
    Ok(state)
}
