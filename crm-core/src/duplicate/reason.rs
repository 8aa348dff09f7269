//! Why two records may be one, and how likely that makes it: pure.

/// A record that may be the same as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// Which.
    pub record_id: i64,
    /// How sure the reasons make it together, 1 to 99 of 100; nothing makes it certain.
    pub score: i64,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
}

/// Something that two records share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The field that says so: `tax_id_normalized`, `email_normalized`, `phone_normalized`, `partner_id`, `name` (the same but for its
    /// spelling or one slip of the fingers), `commercial_partner_id` (another person or office of the customer's company), `email_domain`.
    pub field: &'static str,
    /// What they share.
    pub value: String,
    /// How sure this alone makes it, 1 to 99 of 100.
    pub strength: i64,
}

/// What can be shared, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shared {
    TaxId,
    Email,
    Phone,
    Partner,
    Name,
    Family,
    Domain,
}

impl Shared {
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::TaxId => "tax_id_normalized",
            Self::Email => "email_normalized",
            Self::Name => "name",
            Self::Partner => "partner_id",
            Self::Phone => "phone_normalized",
            Self::Family => "commercial_partner_id",
            Self::Domain => "email_domain",
        }
    }

    /// How sure it alone makes it. A mailbox is one person's, or one desk's; a phone may be a whole floor's; a customer may have two deals;
    /// colleagues are not one.
    pub(super) const fn strength(self) -> i64 {
        match self {
            Self::TaxId => 95,
            Self::Email => 90,
            Self::Name => 60,
            Self::Phone => 80,
            Self::Partner => 70,
            Self::Family => 40,
            Self::Domain => 30,
        }
    }

    /// Whether it says nothing once many share it.
    pub(super) const fn fades(self) -> bool {
        matches!(self, Self::Phone | Self::Name | Self::Domain)
    }

    /// Whether colleagues share it: a switchboard, the domain of their addresses.
    pub(super) const fn is_of_a_floor(self) -> bool {
        matches!(self, Self::Phone | Self::Domain)
    }

    /// What says the same and more: an address has its domain, and a customer its company.
    pub(super) const fn within(self) -> Option<Self> {
        match self {
            Self::Domain => Some(Self::Email),
            Self::Family => Some(Self::Partner),
            _ => None,
        }
    }

    pub(super) fn reason(self, value: String) -> Reason {
        Reason { field: self.field(), value, strength: self.strength() }
    }
}

/// What independent witnesses come to: each leaves its share of the doubt.
pub(super) fn score(strengths: impl Iterator<Item = i64>) -> i64 {
    const WHOLE: i64 = 1_000_000;
    let doubt = strengths.fold(WHOLE, |doubt, strength| doubt * (100 - strength) / 100);
    (100 - doubt * 100 / WHOLE).clamp(1, 99)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn witnesses_add_up_and_never_to_certainty() {
        assert_eq!(score([90].into_iter()), 90);
        assert_eq!(score([30, 80].into_iter()), 86);
        assert_eq!(score([90, 80, 70, 40].into_iter()), 99);
        assert_eq!(
            score([80, 30].into_iter()),
            score([30, 80].into_iter()),
            "whatever their order"
        );
    }
}
