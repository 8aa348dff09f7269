//! People and companies outside, how they are reached, and what they are to us.

use crate::base::field::{Nature, Properties, record};
use crate::base::limit;
use crate::base::time::{Date, Timestamp};
use crate::base::{CompanyId, PartnerContactId, PartnerId, PartnerRoleId, TagId, UserId};
use crate::record::choice::{AddressType, ContactChannel, ContactKind, ContactState, RoleKind};

/// SQL of whether a contact is what the partner's card says, the first of those that say the same.
const IS_PRIMARY: &str = "(EXISTS (SELECT 1 FROM partner card WHERE card.id = partner_contact.partner_id AND partner_contact.value = \
    CASE partner_contact.channel WHEN 0 THEN card.email ELSE COALESCE(card.phone, card.mobile) END) \
    AND NOT EXISTS (SELECT 1 FROM partner_contact same WHERE same.partner_id = partner_contact.partner_id \
    AND same.channel = partner_contact.channel AND same.value = partner_contact.value AND same.id < partner_contact.id))";

record! {
    /// A person or a company outside, with an address and how to reach them.
    Partner in "partner" as PartnerId {
        /// Their name.
        name: String => required, personal;
        /// A company rather than a person.
        is_company: bool;
        /// The company or person they belong to.
        parent_id: Option<PartnerId>;
        /// What this card's address is for.
        address_type: AddressType;
        /// Offered as one who buys from us; since when they do, their roles say.
        is_customer: bool;
        /// Offered as one who sells to us.
        is_supplier: bool;
        /// Their position.
        function: Option<String> => personal;
        /// As they wrote it.
        email: Option<String> => personal;
        /// The address alone, in its comparable form; kept by the library.
        email_normalized: Option<String> => system, personal;
        /// As they wrote it.
        phone: Option<String> => personal;
        /// As they wrote it.
        mobile: Option<String> => personal;
        /// The first readable number in E.164; kept by the library.
        phone_normalized: Option<String> => system, personal;
        /// Their page.
        website: Option<String> => personal;
        /// Street and number.
        street: Option<String> => personal;
        /// More of the street.
        street2: Option<String> => personal;
        /// The town.
        city: Option<String> => personal;
        /// Postal code.
        zip: Option<String> => personal;
        /// State or region, free.
        state_code: Option<String> => max(limit::STATE_CODE);
        /// Two letters, ISO 3166.
        country_code: Option<String>;
        /// Their language, such as `fr_FR`.
        lang: Option<String> => max(16);
        /// Who looks after them.
        user_id: Option<UserId>;
        /// Whose partner they are; empty: everybody's.
        company_id: Option<CompanyId>;
        /// Notes.
        comment: Option<String> => max(limit::LONG_TEXT), personal;
        /// Declared custom values by name.
        properties: Properties => personal;
        /// An archived partner is hidden.
        active: bool;
        /// Tax number, as written.
        tax_id: Option<String> => personal;
        /// The tax number alone, in its comparable form; kept by the library.
        tax_id_normalized: Option<String> => system, personal;
        /// Whether the e-mail can be one; kept by the library.
        email_state: Option<ContactState> => system;
        /// Whether the phone number can be one; kept by the library.
        phone_state: Option<ContactState> => system;
        /// The name as it is compared.
        name_key: Option<String> => hidden, personal;
        /// Its labels.
        tag_ids: Vec<TagId> => link("partner_tag", "partner_id", "tag_id");
        /// Who recommended them: a customer, or a colleague's card.
        referrer_id: Option<PartnerId>;
        /// When who they were was erased; empty: it was not.
        date_erased: Option<Timestamp> => system;
    }
}

record! {
    /// One of the addresses or numbers by which a partner is reached.
    ///
    /// The partner's own `email`, `phone` and `mobile` are among them: what is written on either side is written on the other.
    PartnerContact in "partner_contact" as PartnerContactId {
        /// Who is reached.
        partner_id: PartnerId => required;
        /// E-mail or phone.
        channel: ContactChannel;
        /// What it is for.
        kind: ContactKind;
        /// As they wrote it.
        value: String => required, personal;
        /// The address alone in its comparable form, or the number in E.164; kept by the library.
        normalized: Option<String> => system, personal;
        /// Whether it can be one; kept by the library.
        state: Option<ContactState> => system;
        /// The one that the partner's card names; of numbers its `phone`, else its `mobile`. Each channel has one, if it has any. Setting
        /// it true makes it the card's; to set it false, make another one primary.
        is_primary: bool => sql(IS_PRIMARY);
    }
}

record! {
    /// What a partner is to us, from a day to a day. The same role twice at a time is refused.
    PartnerRole in "partner_role" as PartnerRoleId {
        /// Who.
        partner_id: PartnerId => required;
        /// What.
        role: RoleKind;
        /// The first day; empty: since nobody knows when.
        date_start: Option<Date>;
        /// The first day on which it is no more; empty: it goes on.
        date_end: Option<Date>;
    }
}

impl Nature for Partner {}
impl Nature for PartnerContact {}
impl Nature for PartnerRole {}
