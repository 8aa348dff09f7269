UPDATE activity SET day_start = ?1, day_end = ?2
WHERE date_done IS NULL AND date_deadline = ?3
  AND COALESCE((SELECT user_account.company_id FROM user_account WHERE user_account.id = activity.user_id), 0) = ?4
