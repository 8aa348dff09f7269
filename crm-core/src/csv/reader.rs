//! The file, record by record: bounded, in UTF-8, without its byte order mark.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder};

use crate::base::{Error, ErrorKind, Result, limit};
use crate::csv::ImportOptions;

/// Lines in which records begin that were not handed out yet.
type Starts = Rc<RefCell<VecDeque<u64>>>;

/// Follows quotes and lines as the reader does. That one takes the end of the file for the end of a cell, so that a quote that is never
/// closed would swallow the rest of the file without a word; and it counts neither empty lines before a record nor a line's two bytes rightly.
#[derive(Debug)]
struct Quotes {
    delimiter: u8,
    state: Quoting,
    line: u64,
    /// The last byte was a carriage return: a line feed belongs to it.
    returned: bool,
    /// No record is open.
    between: bool,
    starts: Starts,
    /// The line of the quote that is open, or was last.
    opened: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// Where a cell begins.
    Start,
    Plain,
    Quoted,
    /// After a quote within quotes: the end, or one of two that mean one.
    Ended,
}

impl Quotes {
    fn follow(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let ends = matches!(byte, b'\n' | b'\r');
            if self.between && !ends {
                self.starts.borrow_mut().push_back(self.line);
                self.between = false;
            }
            self.state = match (self.state, byte) {
                (Quoting::Start, b'"') => {
                    self.opened = self.line;
                    Quoting::Quoted
                }
                (Quoting::Quoted, b'"') => Quoting::Ended,
                (Quoting::Quoted, _) | (Quoting::Ended, b'"') => Quoting::Quoted,
                (_, b'\n' | b'\r') => {
                    self.between = true;
                    Quoting::Start
                }
                (_, byte) if *byte == self.delimiter => Quoting::Start,
                _ => Quoting::Plain,
            };
            self.line += u64::from(ends && !(self.returned && *byte == b'\n'));
            self.returned = *byte == b'\r';
        }
    }
}

/// A source that gives at most so many bytes before someone resets the allowance, and no byte order mark.
struct Bounded<'r> {
    inner: &'r mut dyn Read,
    left: Rc<Cell<usize>>,
    head: io::Cursor<Vec<u8>>,
    begun: bool,
    quotes: Quotes,
}

impl Bounded<'_> {
    fn begin(&mut self) -> io::Result<()> {
        let mut head = Vec::with_capacity(3);
        (&mut *self.inner).take(3).read_to_end(&mut head)?;
        if head == b"\xef\xbb\xbf" {
            head.clear();
        }
        self.head = io::Cursor::new(head);
        self.begun = true;
        Ok(())
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            self.begin()?;
        }
        let left = self.left.get();
        if left == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the record is too long"));
        }
        let room = into.len().min(left);
        let mut read = self.head.read(&mut into[..room])?;
        if read == 0 {
            read = self.inner.read(&mut into[..room])?;
        }
        self.quotes.follow(&into[..read]);
        if read == 0 && room > 0 && self.quotes.state == Quoting::Quoted {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, Unclosed(self.quotes.opened)));
        }
        self.left.set(left - read);
        Ok(read)
    }
}

/// The file ended within quotes that began in that line.
#[derive(Debug, thiserror::Error)]
#[error("the quote that opens in line {0} is never closed")]
struct Unclosed(u64);

/// One record as it stands in the file.
#[derive(Debug)]
pub(super) struct Raw {
    /// Its number, from 1, the header not counted.
    pub(super) record: u64,
    /// The line of the file that it begins in, from 1.
    pub(super) line: u64,
    pub(super) cells: ByteRecord,
}

/// A CSV file that is being read.
pub(super) struct Source<'r> {
    reader: csv::Reader<Bounded<'r>>,
    left: Rc<Cell<usize>>,
    starts: Starts,
    record: u64,
}

impl<'r> Source<'r> {
    pub(super) fn new(inner: &'r mut dyn Read, options: &ImportOptions) -> Result<Self> {
        let delimiter = u8::try_from(options.delimiter).ok();
        let delimiter = delimiter.filter(|byte| byte.is_ascii() && !b"\"\r\n\0".contains(byte));
        let delimiter = delimiter.ok_or_else(|| {
            Error::invalid(
                "delimiter",
                format!("delimiter: {:?} cannot stand between cells", options.delimiter),
            )
        })?;
        let left = Rc::new(Cell::new(0));
        let starts = Starts::default();
        let quotes = Quotes {
            delimiter,
            state: Quoting::Start,
            line: 1,
            returned: false,
            between: true,
            starts: Rc::clone(&starts),
            opened: 1,
        };
        let head = io::Cursor::default();
        let source = Bounded { inner, left: Rc::clone(&left), head, begun: false, quotes };
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(source);
        Ok(Self { reader, left, starts, record: 0 })
    }

    /// The names of the columns.
    pub(super) fn header(&mut self) -> Result<Vec<String>> {
        let empty =
            || Error::format("the file is empty; its first line names the columns").with_line(1, 1);
        let raw = self.next()?.ok_or_else(empty)?;
        self.record = 0;
        if raw.cells.len() > limit::CSV_COLUMNS {
            let message =
                format!("{} columns; at most {} fit", raw.cells.len(), limit::CSV_COLUMNS);
            return Err(Error::limit("CSV_COLUMNS", message).with_line(raw.line, 1));
        }
        Ok(raw.cells.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect())
    }

    /// The next record, in UTF-8.
    pub(super) fn next(&mut self) -> Result<Option<Raw>> {
        self.left.set(limit::CSV_RECORD);
        let mut cells = ByteRecord::new();
        let read = self.reader.read_byte_record(&mut cells);
        let line = self.starts.borrow_mut().pop_front().unwrap_or(1);
        if !read.map_err(|error| failed(error, line))? {
            return Ok(None);
        }
        self.record += 1;
        for (at, cell) in cells.iter().enumerate() {
            if std::str::from_utf8(cell).is_err() {
                let column = u64::try_from(at).unwrap_or(0) + 1;
                let message =
                    format!("line {line}, cell {column} is not UTF-8; save the file as UTF-8");
                return Err(Error::format(message).with_line(line, column));
            }
        }
        Ok(Some(Raw { record: self.record, line, cells }))
    }
}

fn failed(error: csv::Error, line: u64) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            let message = format!(
                "the record that begins in line {line} has more than {} bytes; is a quote never closed?",
                limit::CSV_RECORD
            );
            Error::limit("CSV_RECORD", message).with_line(line, 1)
        }
        csv::ErrorKind::Io(error) => {
            match error.get_ref().and_then(|why| why.downcast_ref::<Unclosed>()) {
                Some(unclosed) => Error::format(unclosed.to_string()).with_line(unclosed.0, 1),
                None => Error::new(ErrorKind::Host, format!("the file cannot be read: {error}")),
            }
        }
        other => Error::format(format!("line {line}: {other:?}")).with_line(line, 1),
    }
}
