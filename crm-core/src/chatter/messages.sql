SELECT message.date, message.message_type, message.author_id, message.id, message.internal, message.body,
  message.activity_id, activity.activity_type_id, activity.summary,
  message.origin_id, message.origin
FROM message LEFT JOIN activity ON activity.id = message.activity_id
WHERE message.subject_kind = ?1 AND message.subject_id = ?2
ORDER BY message.date, message.id
