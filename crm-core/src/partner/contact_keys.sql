SELECT known.id, known.channel, known.value, known.normalized, partner.country_code, parent.country_code, home.country_code
FROM partner_contact known JOIN partner ON partner.id = known.partner_id
LEFT JOIN partner parent ON parent.id = partner.parent_id
LEFT JOIN company home ON home.id = COALESCE(partner.company_id, 1)
ORDER BY known.id
