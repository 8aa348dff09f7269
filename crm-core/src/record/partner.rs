//! People and companies outside.

use crate::base::field::{Nature, Properties, record};
use crate::base::limit;
use crate::base::{CompanyId, PartnerId, TagId, UserId};
use crate::record::choice::{AddressType, ContactState};

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
        /// Buys from us.
        is_customer: bool;
        /// Sells to us.
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
    }
}

impl Nature for Partner {}
