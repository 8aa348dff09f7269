//! Users: who works with the pipeline, and what they may see.

use crate::base::{Error, Id as _, Result, text};
use crate::desk::{Room, remove_own};
use crate::record::{Role, TeamMember, User};
use crate::storage::Tx;

impl Room for User {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { active: true, role: Role::Own, ..Self::default() })
    }

    fn check(tx: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        if let Some(before) = before.filter(|before| administers(before) && !administers(after)) {
            keep_one(tx, before, if after.active { "role" } else { "active" })?;
        }
        crate::require!(
            after.role != Role::External || after.partner_id.is_some(),
            "partner_id",
            "partner_id: who is an external user, outside? Without a partner they would see nothing"
        );
        if after.login.is_empty() {
            // Enough for an office that signs people in elsewhere: the name is what names them.
            after.login =
                text::folded(&after.name).split_whitespace().collect::<Vec<_>>().join(".");
        }
        Ok(())
    }

    fn before_delete(&self, tx: &Tx<'_>) -> Result<()> {
        if administers(self) { keep_one(tx, self, "id") } else { Ok(()) }
    }

    fn before_removal(&self, tx: &mut Tx<'_>) -> Result<()> {
        // Memberships that ended, too: nobody can tell whose they were.
        remove_own::<TeamMember>(tx, "user_id", self.id.0)
    }
}

fn administers(user: &User) -> bool {
    user.active && user.role == Role::Admin
}

/// Refuses a user to leave no administrator among users. A session without a user is one by construction, and may.
fn keep_one(tx: &Tx<'_>, last: &User, field: &str) -> Result<()> {
    if tx.actor.user_id.is_none() {
        return Ok(());
    }
    let sql = "SELECT 1 FROM user_account WHERE active AND role = ?1 AND id <> ?2 LIMIT 1";
    let params = [Role::Admin.code().into(), last.id.0.into()];
    if tx.optional(sql, &params, |_| Ok(()))?.is_some() {
        return Ok(());
    }
    let told = format!(
        "{field}: {} is the last administrator; make somebody else one first, or do this in a session without a user",
        last.id.subject()
    );
    Err(Error::invalid(field, told).with_subject(last.id.subject()))
}

/// The active user of a login. Logins are unique whatever their case, so they are looked up so; as written first, which is an index's.
pub(crate) fn of_login(tx: &Tx<'_>, login: &str) -> Result<Option<i64>> {
    let sql = "SELECT id FROM user_account WHERE login = ?1 AND active";
    if let Some(id) = tx.optional(sql, &[login.into()], |line| line.int(0))? {
        return Ok(Some(id));
    }
    let wanted = text::folded(login);
    let mut found = None;
    tx.each("SELECT id, login FROM user_account WHERE active", &[], |line| {
        if text::folded(line.text(1)?) == wanted {
            found = Some(line.int(0)?);
        }
        Ok(())
    })?;
    Ok(found)
}
