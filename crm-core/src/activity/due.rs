//! When the day of a deadline begins and ends for who is to do it: kept with the activity, so that its state is a comparison.

use std::collections::{HashMap, HashSet};

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

/// When the days of such groups begin and end; each day of a zone is worked out once.
fn days_of(
    office: &Office,
    groups: impl IntoIterator<Item = Group>,
) -> HashMap<Group, (Timestamp, Timestamp)> {
    let mut days: HashMap<(Zone, Date), (Timestamp, Timestamp)> = HashMap::new();
    let mut of = |(company, date): Group| {
        let zone = office.zone_of_company(company);
        let day = days
            .entry((zone, date))
            .or_insert_with(|| (zone.start_of(date), zone.start_of(date.plus_days(1))));
        ((company, date), *day)
    };
    groups.into_iter().map(&mut of).collect()
}

/// Works out the days of everything that is to be done anew: a company has moved to another zone, or a user to another company.
pub(crate) fn rezone(tx: &mut Tx<'_>) -> Result<()> {
    let office = office(tx)?;
    let groups: HashSet<Group> = kept(tx)?.into_iter().map(|(group, _)| group).collect();
    for ((company, date), (start, end)) in days_of(&office, groups) {
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

/// The days that are kept for each group.
fn kept(tx: &Tx<'_>) -> Result<Vec<(Group, (Timestamp, Timestamp))>> {
    tx.rows(include_str!("open_groups.sql"), &[], |line| {
        let day = (Timestamp::stored(line.int(2)?), Timestamp::stored(line.int(3)?));
        Ok(((line.int_or_null(0)?.map(CompanyId), Date::stored(line.int(1)?)), day))
    })
}

/// Kept days that are not those of their zone, in words.
pub(crate) fn verify(tx: &Tx<'_>) -> Result<Vec<String>> {
    let (office, kept) = (office(tx)?, kept(tx)?);
    let days = days_of(&office, kept.iter().map(|(group, _)| *group));
    let wrong = kept.iter().filter(|(group, day)| days.get(group) != Some(day));
    Ok(wrong
        .map(|((_, date), (start, end))| {
            format!("activity: the day of {date} is kept as {start} to {end}, which it is not for who is to do it")
        })
        .collect())
}
