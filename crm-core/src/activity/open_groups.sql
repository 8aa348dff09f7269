SELECT DISTINCT user_account.company_id, activity.date_deadline
FROM activity LEFT JOIN user_account ON user_account.id = activity.user_id
WHERE activity.date_done IS NULL
