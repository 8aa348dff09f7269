SELECT one.partner_id FROM partner_role one JOIN partner_role other
  ON other.partner_id = one.partner_id AND other.role = one.role AND other.id > one.id
WHERE (one.date_end IS NULL OR other.date_start IS NULL OR other.date_start < one.date_end)
  AND (other.date_end IS NULL OR one.date_start IS NULL OR one.date_start < other.date_end)
UNION
SELECT one.partner_id FROM partner_contact one JOIN partner_contact other
  ON other.partner_id = one.partner_id AND other.channel = one.channel AND other.id <> one.id
  AND (other.value = one.value OR other.normalized = one.normalized)
JOIN partner card ON card.id = one.partner_id
WHERE (other.value = one.value AND other.id < one.id)
  OR (other.value <> one.value AND NOT COALESCE(one.value IN (card.email, card.phone, card.mobile), FALSE)
    AND (other.id < one.id OR COALESCE(other.value IN (card.email, card.phone, card.mobile), FALSE)))
ORDER BY 1
