//! Sales teams and their members. Removing a team leaves its leads without team; their counts and scores follow.

use crate::base::{Error, Id as _, Result};
use crate::desk::Room;
use crate::record::{Team, TeamMember};
use crate::storage::Tx;

impl Room for Team {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { sequence: 10, use_opportunities: true, active: true, ..Self::default() })
    }

    fn check(_: &Tx<'_>, _: Option<&Self>, after: &mut Self) -> Result<()> {
        check_filter("assignment_filter", after.assignment_filter.as_deref())
    }

    fn before_delete(&self, tx: &Tx<'_>) -> Result<()> {
        let sql = "SELECT stage_id FROM stage_team GROUP BY stage_id HAVING count(*) = 1 AND min(team_id) = ?1 LIMIT 1";
        let own = tx.optional(sql, &[self.id.0.into()], |line| line.int(0))?;
        match own {
            // Without its only team the stage would silently become everybody's.
            Some(stage) => Err(Error::conflict(format!(
                "stage {stage} is reserved to this team alone; change its team_ids first"
            ))
            .with_field("team_ids")
            .with_subject(self.id.subject())),
            None => Ok(()),
        }
    }
}

impl Room for TeamMember {
    fn blank(_: &Tx<'_>) -> Result<Self> {
        Ok(Self { assignment_max: 30, ..Self::default() })
    }

    fn check(tx: &Tx<'_>, _: Option<&Self>, after: &mut Self) -> Result<()> {
        check_filter("assignment_filter", after.assignment_filter.as_deref())?;
        let sql = "SELECT 1 FROM team_member WHERE team_id = ?1 AND user_id = ?2 AND id <> ?3";
        let twice = tx.optional(
            sql,
            &[after.team_id.0.into(), after.user_id.0.into(), after.id.0.into()],
            |_| Ok(()),
        )?;
        if twice.is_some() {
            return Err(Error::conflict("user_id: this user is a member of this team already")
                .with_field("user_id"));
        }
        Ok(())
    }
}

/// Refuses a filter over leads that cannot be read.
fn check_filter(field: &str, text: Option<&str>) -> Result<()> {
    let Some(text) = text else { return Ok(()) };
    crate::filter::Filter::parse(text).map(drop).map_err(|error| error.with_field(field))
}
