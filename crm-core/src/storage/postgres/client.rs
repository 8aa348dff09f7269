//! A connection of one thread, which waits for each answer. Who connects waits as long as was allowed, and no longer.
//!
//! The protocol's crate is asynchronous; a connection brings the small runtime in which it is waited for. Nothing runs between calls.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::{BorrowToSql, ToSql};
use tokio_postgres::{
    CancelToken, Config, CopyInSink, Error, Row, RowStream, SimpleQueryMessage, Socket, Statement,
    ToStatement,
};

/// How long a server may take to hear that we part.
const PARTING: Duration = Duration::from_secs(1);

/// Bytes of a `COPY` that are sent together.
const TOGETHER: usize = 1 << 16;

/// What did not come about in the time that was allowed, or failed.
#[derive(Debug)]
pub(super) enum Failure {
    Late,
    Runtime(io::Error),
    Server(Error),
}

/// A connection.
pub(super) struct Client {
    // Before the line: parting begins with it.
    client: tokio_postgres::Client,
    line: Line,
}

/// What carries questions and answers while somebody waits.
struct Line {
    runtime: Runtime,
    end: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        // Without an answer the server finds out by itself.
        let end = &mut self.end;
        drop(self.runtime.block_on(async { timeout(PARTING, end).await }));
    }
}

impl Client {
    /// Connects and asks `first`, all of it in the time that is allowed.
    pub(super) fn connect<T>(
        config: &Config,
        tls: T,
        first: &str,
        allowed: Duration,
    ) -> Result<(Self, Vec<SimpleQueryMessage>), Failure>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
        let reached = runtime.block_on(async {
            timeout(allowed, async {
                let (client, connection) = config.connect(tls).await?;
                let end = tokio::spawn(async { drop(connection.await) });
                let answers = client.simple_query(first).await?;
                Ok((client, end, answers))
            })
            .await
        });
        let (client, end, answers) =
            reached.map_err(|_| Failure::Late)?.map_err(Failure::Server)?;
        Ok((Self { client, line: Line { runtime, end } }, answers))
    }

    fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.line.runtime.block_on(answer)
    }

    /// Whether the connection is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) fn cancel_token(&self) -> CancelToken {
        self.client.cancel_token()
    }

    pub(super) fn batch_execute(&mut self, sql: &str) -> Result<(), Error> {
        self.wait(self.client.batch_execute(sql))
    }

    pub(super) fn simple_query(&mut self, sql: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        self.wait(self.client.simple_query(sql))
    }

    pub(super) fn prepare(&mut self, sql: &str) -> Result<Statement, Error> {
        self.wait(self.client.prepare(sql))
    }

    pub(super) fn execute(
        &mut self,
        statement: &(impl ToStatement + ?Sized),
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        self.wait(self.client.execute(statement, params))
    }

    /// The same; nothing when the answer does not come in the time that is allowed.
    pub(super) fn execute_within(
        &mut self,
        allowed: Duration,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Option<Result<u64, Error>> {
        self.wait(async { timeout(allowed, self.client.execute(sql, params)).await.ok() })
    }

    pub(super) fn query(
        &mut self,
        statement: &(impl ToStatement + ?Sized),
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        self.wait(self.client.query(statement, params))
    }

    pub(super) fn query_one(
        &mut self,
        statement: &(impl ToStatement + ?Sized),
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error> {
        self.wait(self.client.query_one(statement, params))
    }

    pub(super) fn query_opt(
        &mut self,
        statement: &(impl ToStatement + ?Sized),
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Error> {
        self.wait(self.client.query_opt(statement, params))
    }

    /// The rows as they come.
    pub(super) fn query_raw<P, I>(
        &mut self,
        statement: &Statement,
        params: I,
    ) -> Result<Rows<'_>, Error>
    where
        P: BorrowToSql,
        I: IntoIterator<Item = P>,
        I::IntoIter: ExactSizeIterator,
    {
        let rows = Box::pin(self.wait(self.client.query_raw(statement, params))?);
        Ok(Rows { client: self, rows })
    }

    /// Begins a `COPY … FROM STDIN`.
    pub(super) fn copy_in(&mut self, sql: &str) -> Result<Copy<'_>, Error> {
        let sink = Box::pin(self.wait(self.client.copy_in(sql))?);
        Ok(Copy { client: self, sink, waiting: Vec::new() })
    }
}

/// Asks the server to stop what a connection does. It does not answer; what fails here shows in the call that goes on.
pub(super) fn cancel<T: MakeTlsConnect<Socket>>(token: &CancelToken, tls: T, allowed: Duration) {
    if let Ok(runtime) = Builder::new_current_thread().enable_all().build() {
        drop(runtime.block_on(async { timeout(allowed, token.cancel_query(tls)).await }));
    }
}

/// Rows on their way.
pub(super) struct Rows<'c> {
    client: &'c Client,
    rows: Pin<Box<RowStream>>,
}

impl Rows<'_> {
    pub(super) fn next(&mut self) -> Result<Option<Row>, Error> {
        self.client.wait(self.rows.next()).transpose()
    }
}

/// Rows that are sent.
pub(super) struct Copy<'c> {
    client: &'c Client,
    sink: Pin<Box<CopyInSink<io::Cursor<Vec<u8>>>>>,
    waiting: Vec<u8>,
}

impl Copy<'_> {
    pub(super) fn write(&mut self, text: &str) -> Result<(), Error> {
        self.waiting.extend_from_slice(text.as_bytes());
        if self.waiting.len() < TOGETHER { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), Error> {
        let some = io::Cursor::new(std::mem::take(&mut self.waiting));
        self.client.wait(self.sink.feed(some))
    }

    /// Ends it; without that nothing of it is kept.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.send()?;
        self.client.wait(self.sink.as_mut().finish()).map(drop)
    }
}
