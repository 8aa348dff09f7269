SELECT partner.id FROM partner
WHERE (partner.email IS NOT NULL AND NOT EXISTS (SELECT 1 FROM partner_contact known
    WHERE known.partner_id = partner.id AND known.channel = 0 AND known.value = partner.email))
  OR (partner.phone IS NOT NULL AND NOT EXISTS (SELECT 1 FROM partner_contact known
    WHERE known.partner_id = partner.id AND known.channel = 1 AND known.value = partner.phone))
  OR (partner.mobile IS NOT NULL AND NOT EXISTS (SELECT 1 FROM partner_contact known
    WHERE known.partner_id = partner.id AND known.channel = 1 AND known.value = partner.mobile))
  OR (partner.email IS NULL AND EXISTS (SELECT 1 FROM partner_contact known
    WHERE known.partner_id = partner.id AND known.channel = 0))
  OR (partner.phone IS NULL AND partner.mobile IS NULL AND EXISTS (SELECT 1 FROM partner_contact known
    WHERE known.partner_id = partner.id AND known.channel = 1))
ORDER BY partner.id
