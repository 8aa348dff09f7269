SELECT partner.id, partner.name, partner.name_key, partner.email, partner.email_normalized, partner.phone, partner.mobile,
  partner.phone_normalized, partner.country_code, parent.country_code, home.country_code,
  partner.tax_id, partner.tax_id_normalized
FROM partner LEFT JOIN partner parent ON parent.id = partner.parent_id
LEFT JOIN company home ON home.id = COALESCE(partner.company_id, 1)
WHERE partner.date_erased IS NULL
ORDER BY partner.id
