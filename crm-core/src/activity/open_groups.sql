SELECT DISTINCT user_account.company_id, activity.date_deadline, activity.day_start, activity.day_end
FROM activity LEFT JOIN user_account ON user_account.id = activity.user_id
WHERE activity.date_done IS NULL
