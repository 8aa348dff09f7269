//! Handles: numbers dressed as pointers, looked up in one register of living objects.
//!
//! No handle is ever followed as an address. A handle that was released, is of another kind or was never given out is therefore
//! recognised for certain, in any order and from any thread: serial numbers are never used twice. The price is one look-up in a
//! sharded table per call, some tens of nanoseconds. Trees rather than hash tables: an empty one holds no memory, so that a leak
//! checker finds nothing once a host has ended its handles.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crm_core::{Error, ErrorKind, Result};

use crate::edge::progress::not_called_back;

const _: () = assert!(usize::BITS == 64, "handles carry serial numbers that need 64 bits");

/// What a kind of handle stands for.
pub(crate) trait Handle {
    /// The object behind it.
    type Object: Any + Send + Sync;
    /// Its number within the handle, 1 to 15.
    const KIND: usize;
    /// Its name in C.
    const NAME: &'static str;
    /// Whether what it stands for works, and may be the one that is calling the host back.
    const WORKS: bool = false;
}

/// Marks the lowest four bits of each handle: an odd number, as no aligned pointer has.
const MARK: usize = 0b1011;
/// The names of the kinds, for messages.
const NAMES: [&str; 8] =
    ["", "crm_db", "crm_session", "crm_fields", "crm_record", "crm_list", "crm_frame", "crm_error"];
const SHARDS: usize = 32;

struct Entry {
    object: Arc<dyn Any + Send + Sync>,
    /// Belongs to another object and goes with it.
    lent: bool,
}

type Shard = RwLock<BTreeMap<usize, Entry>>;

static NEXT: AtomicUsize = AtomicUsize::new(1);
static REGISTER: [Shard; SHARDS] = [const { RwLock::new(BTreeMap::new()) }; SHARDS];

fn shard(handle: usize) -> &'static Shard {
    &REGISTER[(handle >> 8) % SHARDS]
}

fn register<H: Handle>(object: Arc<H::Object>, lent: bool) -> *mut H {
    let serial = NEXT.fetch_add(1, Ordering::Relaxed);
    let handle = (serial << 8) | (H::KIND << 4) | MARK;
    let entry = Entry { object, lent };
    shard(handle).write().unwrap_or_else(PoisonError::into_inner).insert(handle, entry);
    std::ptr::without_provenance_mut(handle)
}

/// A new handle, to be released by the host.
pub(crate) fn hand_out<H: Handle>(object: Arc<H::Object>) -> *mut H {
    register::<H>(object, false)
}

/// A new handle that goes when its owner goes, by [`call_back`].
pub(crate) fn lend<H: Handle>(object: Arc<H::Object>) -> *mut H {
    register::<H>(object, true)
}

/// Ends a lent handle.
pub(crate) fn call_back(handle: usize) {
    let gone = shard(handle).write().unwrap_or_else(PoisonError::into_inner).remove(&handle);
    // Dropped here, outside the lock: an object may hold further handles.
    drop(gone);
}

/// The living object behind a handle.
pub(crate) fn take<H: Handle>(handle: *const H) -> Result<Arc<H::Object>> {
    if H::WORKS {
        not_called_back()?;
    }
    take_aside(handle)
}

/// As [`take`], for what may be done while the object works.
pub(crate) fn take_aside<H: Handle>(handle: *const H) -> Result<Arc<H::Object>> {
    let number = handle.addr();
    let found = {
        let shard = shard(number).read().unwrap_or_else(PoisonError::into_inner);
        shard.get(&number).map(|entry| Arc::clone(&entry.object))
    };
    found.and_then(|object| object.downcast().ok()).ok_or_else(|| explain::<H>(number))
}

/// Ends a handle; null is none. The object lives on as long as a call or another object needs it.
pub(crate) fn release<H: Handle>(handle: *const H) -> Result<()> {
    if handle.is_null() {
        return Ok(());
    }
    take(handle)?;
    let number = handle.addr();
    let gone = {
        let mut shard = shard(number).write().unwrap_or_else(PoisonError::into_inner);
        if shard.get(&number).is_some_and(|entry| entry.lent) {
            let message = format!("this {} belongs to its list and goes with it", H::NAME);
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        shard.remove(&number)
    };
    // Two threads may release at once: one of them is too late.
    if gone.is_none() { Err(explain::<H>(number)) } else { Ok(()) }
}

/// Why a handle leads nowhere.
fn explain<H: Handle>(number: usize) -> Error {
    let kind = NAMES.get((number >> 4) & 0xf).copied().unwrap_or_default();
    let issued = (1..NEXT.load(Ordering::Relaxed)).contains(&(number >> 8));
    let ours = number & 0xf == MARK && issued && !kind.is_empty();
    let name = H::NAME;
    if number == 0 {
        Error::new(ErrorKind::Invalid, format!("null where a {name} belongs"))
    } else if !ours {
        Error::new(ErrorKind::Invalid, format!("{number:#x} is no {name}"))
    } else if kind != name {
        Error::new(ErrorKind::Invalid, format!("a {kind} where a {name} belongs"))
    } else {
        Error::new(ErrorKind::Closed, format!("this {name} was released"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Word;
    impl Handle for Word {
        type Object = String;
        const KIND: usize = 3;
        const NAME: &'static str = NAMES[3];
    }
    struct Number;
    impl Handle for Number {
        type Object = u64;
        const KIND: usize = 4;
        const NAME: &'static str = NAMES[4];
    }

    #[test]
    fn a_handle_lives_from_hand_out_to_release() {
        let word: *mut Word = hand_out(Arc::new("harbour".to_owned()));
        assert_eq!(*take(word.cast_const()).unwrap(), "harbour");
        release(word.cast_const()).unwrap();
        assert_eq!(take(word.cast_const()).unwrap_err().code(), 600);
        assert_eq!(release(word.cast_const()).unwrap_err().code(), 600);
    }

    #[test]
    fn what_is_no_handle_of_the_kind_is_told_apart() {
        let word: *mut Word = hand_out(Arc::new("harbour".to_owned()));
        let message = |handle: usize| {
            take::<Number>(std::ptr::without_provenance(handle)).unwrap_err().to_string()
        };
        assert_eq!(message(word.addr()), "a crm_fields where a crm_record belongs");
        assert_eq!(message(0), "null where a crm_record belongs");
        assert_eq!(message(0x7ffd_1230), "0x7ffd1230 is no crm_record");
        assert_eq!(message((usize::MAX << 8) | 0x4b), "0xffffffffffffff4b is no crm_record");
        release(word.cast_const()).unwrap();
    }

    #[test]
    fn a_lent_handle_cannot_be_released_and_goes_with_its_owner() {
        let word: *mut Word = lend(Arc::new("harbour".to_owned()));
        assert_eq!(release(word.cast_const()).unwrap_err().code(), 100);
        assert_eq!(take(word.cast_const()).unwrap().len(), 7);
        call_back(word.addr());
        assert_eq!(take(word.cast_const()).unwrap_err().code(), 600);
    }

    #[test]
    fn of_many_threads_that_release_one_handle_one_wins() {
        let word = hand_out::<Word>(Arc::new("harbour".to_owned())).addr();
        let tries = std::thread::scope(|scope| {
            let release = || release::<Word>(std::ptr::without_provenance(word)).is_ok();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(release)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
        });
        assert_eq!(tries, 1);
    }
}
