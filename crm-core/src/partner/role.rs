//! What partners are to us, from a day to a day: a plain record whose intervals of the same role do not overlap.

use std::collections::{BTreeMap, HashMap};

use crate::base::{Date, Error, Id as _, PartnerId, Record, RecordKind, Result, Value, limit};
use crate::desk::{Desk, Room, query};
use crate::event::{Event, OfficeChange};
use crate::partner::seen;
use crate::partner::unite::by_partner;
use crate::record::{Partner, PartnerRole, RoleKind};
use crate::setting::{self, Key};
use crate::storage::Tx;
use crate::storage::records::{Inserter, id_list};

impl PartnerRole {
    /// Whether it is so on a day.
    fn holds(&self, date: Date) -> bool {
        self.date_start.is_none_or(|start| start <= date)
            && self.date_end.is_none_or(|end| date < end)
    }

    /// Whether both are so on some day.
    fn meets(&self, other: &Self) -> bool {
        let before = |end: Option<Date>, start: Option<Date>| {
            end.zip(start).is_some_and(|(end, start)| end <= start)
        };
        !before(self.date_end, other.date_start) && !before(other.date_end, self.date_start)
    }
}

/// Whether two roles of one partner are the same on some day, which is refused.
pub(crate) fn clash(one: &PartnerRole, other: &PartnerRole) -> bool {
    one.role == other.role && one.meets(other)
}

/// A partner's roles, the earliest first.
fn of_partner(tx: &Tx<'_>, id: PartnerId) -> Result<Vec<PartnerRole>> {
    let rest = "WHERE partner_role.partner_id = ?1 \
                ORDER BY partner_role.date_start IS NOT NULL, partner_role.date_start, partner_role.id";
    tx.select(rest, &[id.0.into()])
}

/// The roles of several partners, by partner, the oldest row first.
pub(super) fn of_partners(tx: &Tx<'_>, ids: &[i64]) -> Result<HashMap<i64, Vec<PartnerRole>>> {
    let rest = "WHERE partner_role.partner_id IN (SELECT value FROM json_each(?1)) ORDER BY partner_role.id";
    let rows = tx.select(rest, &[id_list(ids)])?;
    Ok(by_partner(rows, |row: &PartnerRole| row.partner_id))
}

impl Room for PartnerRole {
    fn check(tx: &Tx<'_>, before: Option<&Self>, after: &mut Self) -> Result<()> {
        if let Some(before) = before {
            let stays = before.partner_id == after.partner_id;
            crate::require!(stays, "partner_id", "partner_id: a role stays its partner's");
        }
        if let (Some(start), Some(end)) = (after.date_start, after.date_end) {
            crate::require!(
                start < end,
                "date_end",
                "date_end: {end} is not after {start}; it is the first day on which the role is no more"
            );
        }
        // Without a partner the reference is refused by who checks them.
        let Some(partner) = seen(tx, after.partner_id)? else { return Ok(()) };
        let known = of_partner(tx, partner.id)?;
        let other = known
            .iter()
            .find(|known| known.id != after.id && known.role == after.role && known.meets(after));
        if let Some(other) = other {
            let told = format!(
                "date_start: {} is {} already on some of these days; end that first",
                other.id.subject(),
                other.role.word()
            );
            return Err(Error::conflict(told)
                .with_field("date_start")
                .with_subject(other.id.subject()));
        }
        Ok(())
    }
}

/// Whether the setting says that winning makes a customer.
struct ByWinning(bool);

/// Partners whose deals were won are customers from that day on, by partner the first such day, if the setting says so. Who is one on that
/// day stays as it is; who becomes one later becomes it then; a prospect is one no more.
pub(crate) fn won(tx: &mut Tx<'_>, won: &BTreeMap<i64, Date>) -> Result<()> {
    let is_set = tx.memo(|tx| {
        let said = setting::read(tx, Key::WonMakesCustomer)?;
        Ok(ByWinning(said == Value::Bool(true)))
    })?;
    if !is_set.0 {
        return Ok(());
    }
    let ids: Vec<i64> = won.keys().copied().collect();
    let mut known = HashMap::new();
    for chunk in ids.chunks(limit::CHUNK) {
        known.extend(of_partners(tx, chunk)?);
    }
    let mut new = Vec::new();
    let mut changed = Vec::new();
    for (partner, day) in won {
        let roles = known.remove(partner).unwrap_or_default();
        let of = |kind: RoleKind| roles.iter().filter(move |role| role.role == kind);
        if of(RoleKind::Customer).any(|role| role.holds(*day)) {
            continue;
        }
        let later = of(RoleKind::Customer).filter(|role| role.date_start > Some(*day));
        match later.min_by_key(|role| role.date_start) {
            Some(later) => {
                changed
                    .push((later.clone(), PartnerRole { date_start: Some(*day), ..later.clone() }));
            }
            None => new.push(PartnerRole {
                partner_id: PartnerId(*partner),
                role: RoleKind::Customer,
                date_start: Some(*day),
                ..PartnerRole::default()
            }),
        }
        let prospect = |role: &&PartnerRole| role.holds(*day) && role.date_start != Some(*day);
        for role in of(RoleKind::Prospect).filter(prospect) {
            changed.push((role.clone(), PartnerRole { date_end: Some(*day), ..role.clone() }));
        }
    }
    let mut inserter = Inserter::new(tx, new.len());
    for role in &mut new {
        inserter.insert(role)?;
    }
    inserter.end()?;
    for role in &new {
        announce(tx, None, role);
    }
    for (before, mut after) in changed {
        if tx.save(&before, &mut after)? {
            announce(tx, Some(&before), &after);
        }
    }
    Ok(())
}

fn announce(tx: &mut Tx<'_>, before: Option<&PartnerRole>, after: &PartnerRole) {
    let (kind, id) = (RecordKind::PartnerRole, after.id.0);
    let (before, after) = (before.map(Record::row), Some(after.row()));
    tx.announce(Event::Office(OfficeChange { kind, id, before, after, apart: false }));
}

impl Desk<'_, Partner> {
    /// What a partner is and was to us, the earliest first.
    ///
    /// ```
    /// use crm_core::{Crm, Date, fields};
    /// # fn main() -> crm_core::Result<()> {
    /// let s = Crm::open(":memory:")?.session(None, None)?;
    /// let harbour = s.partners().create(fields! { name: "Harbour" })?;
    /// let day = |text: &str| Date::parse(text);
    /// let prospect = s.partner_roles().create(
    ///     fields! { partner_id: harbour.id, role: "prospect", date_start: day("2026-01-10")? },
    /// )?;
    /// s.partner_roles().update(prospect.id, fields! { date_end: day("2026-03-02")? })?;
    /// s.partner_roles().create(
    ///     fields! { partner_id: harbour.id, role: "customer", date_start: day("2026-03-02")? },
    /// )?;
    /// assert_eq!(s.partners().roles(harbour.id)?.len(), 2);
    /// assert_eq!(s.partners().role_as_of(harbour.id, day("2026-03-01")?)?[0].role.word(), "prospect");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NotFound` when there is no such partner that this user may see.
    pub fn roles(&self, id: PartnerId) -> Result<Vec<PartnerRole>> {
        self.link.read(|tx| {
            let partner: Partner = query::get_or_survivor(tx, id)?;
            of_partner(tx, partner.id)
        })
    }

    /// What a partner is to us on a day, past or to come; several roles may hold, or none, each once.
    ///
    /// # Errors
    /// As [`Self::roles`].
    pub fn role_as_of(&self, id: PartnerId, date: Date) -> Result<Vec<PartnerRole>> {
        let mut roles = self.roles(id)?;
        roles.retain(|role| role.holds(date));
        Ok(roles)
    }
}
