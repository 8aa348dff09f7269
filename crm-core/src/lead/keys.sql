SELECT lead.id, lead_text.email_from, lead_text.email_normalized, lead_text.phone, lead_text.mobile, lead_text.phone_normalized,
  lead.country_code, partner.country_code, home.country_code
FROM lead JOIN lead_text ON lead_text.lead_id = lead.id
LEFT JOIN partner ON partner.id = lead.partner_id
LEFT JOIN company home ON home.id = COALESCE(lead.company_id, 1)
WHERE lead_text.email_from IS NOT NULL OR lead_text.phone IS NOT NULL OR lead_text.mobile IS NOT NULL
ORDER BY lead.id
