//! When the day of a deadline begins and ends for who is to do it: kept with the activity, so that its state is a comparison.

use std::collections::HashMap;

use crate::base::zone::Zone;
use crate::base::{CompanyId, Date, Result, Timestamp};
use crate::lead::office::{Office, office};
use crate::record::Activity;
use crate::storage::Tx;

/// Fills in when the deadline's day begins and ends.
pub(super) fn set_day(office: &Office, activity: &mut Activity) {
    let zone = office.zone(activity.user_id);
    activity.day_start = zone.start_of(activity.date_deadline);
    activity.day_end = zone.start_of(activity.date_deadline.plus_days(1));
}

/// What users of one company have to do by one day.
type Group = (Option<CompanyId>, Date);

/// Computes the days of everything that is to be done anew: a company has moved to another zone, or a user to another company.
pub(crate) fn rezone(tx: &mut Tx<'_>) -> Result<()> {
    let office = office(tx)?;
    let groups: Vec<Group> = tx.rows(include_str!("open_groups.sql"), &[], |line| {
        Ok((line.int_or_null(0)?.map(CompanyId), Date::stored(line.int(1)?)))
    })?;
    let mut days: HashMap<(Zone, Date), (Timestamp, Timestamp)> = HashMap::new();
    for (company, date) in groups {
        let zone = office.zone_of_company(company);
        let (start, end) = *days
            .entry((zone, date))
            .or_insert_with(|| (zone.start_of(date), zone.start_of(date.plus_days(1))));
        let params = [
            start.micros().into(),
            end.micros().into(),
            date.days().into(),
            company.map_or(0, |company| company.0).into(),
        ];
        tx.execute(include_str!("rezone_group.sql"), &params)?;
    }
    Ok(())
}
