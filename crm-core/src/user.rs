//! Users: who works with the pipeline, and what they may see.

use crate::base::{Result, text};
use crate::desk::Room;
use crate::record::{Role, User};
use crate::storage::Tx;

impl Room for User {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { active: true, role: Role::Own, ..Self::default() })
    }

    fn check(_: &Tx<'_>, _: Option<&Self>, after: &mut Self) -> Result<()> {
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

    fn before_removal(&self, tx: &Tx<'_>) -> Result<()> {
        // Memberships that ended, too: nobody can tell whose they were.
        tx.execute("DELETE FROM team_member WHERE user_id = ?1", &[self.id.0.into()]).map(drop)
    }
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
