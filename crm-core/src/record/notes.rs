//! What hangs on leads and partners: what is to be done about them, and what was said.

use crate::base::field::{Nature, record};
use crate::base::limit;
use crate::base::time::{Date, Timestamp};
use crate::base::{ActivityId, ActivityTypeId, LeadId, MessageId, PartnerId, UserId};
use crate::record::choice::{
    ActivityCategory, ActivityDecoration, ActivityState, ChainingType, DelayFrom, DelayUnit,
    MessageType, SubjectKind,
};

/// SQL of how urgent an activity is, as [`Activity::derive`] says it.
const STATE: &str = "CASE WHEN activity.date_done IS NOT NULL THEN 3 WHEN activity.day_end <= :now THEN 0 \
    WHEN activity.day_start <= :now THEN 1 ELSE 2 END";

/// SQL of what the type of an activity that is done proposes.
const SUGGESTED: &str = "(SELECT string_agg(CAST(suggested.suggested_type_id AS TEXT), ',') FROM activity_type_suggestion suggested \
    JOIN activity_type ON activity_type.id = suggested.activity_type_id \
    WHERE activity.date_done IS NOT NULL AND activity_type.chaining_type = 0 AND suggested.activity_type_id = activity.activity_type_id)";

record! {
    /// A kind of thing to do, such as a call: how long it takes to be due, and what follows.
    ActivityType in "activity_type" as ActivityTypeId {
        /// Its name.
        name: String => required, unique;
        /// What a new activity's summary is, unless another is given.
        summary: Option<String>;
        /// Lower comes first. A new type has 10.
        sequence: i64 => range(-1_000_000, 1_000_000);
        /// What sort of thing it is, for calendars and lists of hosts.
        category: ActivityCategory;
        /// The name of a picture that the host shows.
        icon: Option<String>;
        /// That it marks something out of the ordinary.
        decoration: Option<ActivityDecoration>;
        /// The only kind of record that it is for; empty: each.
        subject_kind: Option<SubjectKind>;
        /// After how many units an activity is due.
        delay_count: i64 => range(0, 10_000);
        /// Days, weeks or months.
        delay_unit: DelayUnit;
        /// From when that is counted for an activity that follows another; any other's is counted from today.
        delay_from: DelayFrom;
        /// Whether what follows is proposed or scheduled.
        chaining_type: ChainingType;
        /// What is scheduled when one is done, if `chaining_type` is `trigger`.
        triggered_next_type_id: Option<ActivityTypeId>;
        /// What is proposed when one is done, if `chaining_type` is `suggest`.
        suggested_next_type_ids: Vec<ActivityTypeId> =>
            link("activity_type_suggestion", "activity_type_id", "suggested_type_id");
        /// Who gets it unless someone else is named; empty: who schedules it.
        default_user_id: Option<UserId>;
        /// What a new activity's note is, unless another is given.
        default_note: Option<String> => max(limit::LONG_TEXT);
        /// An archived type is kept where it stands, and not offered.
        active: bool;
    }
}

record! {
    /// Something to do about a lead or a partner by a day, or done.
    Activity in "activity" as ActivityId {
        /// The kind of record that it is about.
        subject_kind: SubjectKind => system;
        /// The record that it is about.
        subject_id: i64 => system;
        /// The lead that it is about, if it is one.
        lead_id: Option<LeadId> => system,
            sql("CASE WHEN activity.subject_kind = 0 THEN activity.subject_id END");
        /// The partner that it is about, if it is one.
        partner_id: Option<PartnerId> => system,
            sql("CASE WHEN activity.subject_kind = 1 THEN activity.subject_id END");
        /// What sort of thing it is.
        activity_type_id: ActivityTypeId;
        /// What is to be done, in a line.
        summary: Option<String> => personal;
        /// The same at length.
        note: Option<String> => max(limit::LONG_TEXT), personal;
        /// The day by which it is to be done.
        date_deadline: Date;
        /// Who is to do it.
        user_id: Option<UserId>;
        /// When it was done.
        date_done: Option<Timestamp> => system;
        /// What came of it.
        feedback: Option<String> => system, max(limit::LONG_TEXT), personal;
        /// What was scheduled when it was done, by its type.
        next_activity_id: Option<ActivityId> => system;
        /// When the deadline's day begins for the assignee.
        day_start: Timestamp => hidden;
        /// When it ends.
        day_end: Timestamp => hidden;
        /// How urgent it is, by the day in the zone of the assignee's company; without one, company 1's, else UTC.
        state: ActivityState => computed(STATE);
        /// Types that its type proposes, once it is done.
        suggested_next_type_ids: Vec<ActivityTypeId> => system, sql(SUGGESTED);
    }
}

record! {
    /// Something said about a lead or a partner. It stays as it was posted.
    Message in "message" as MessageId {
        /// The kind of record that it is about.
        subject_kind: SubjectKind => system;
        /// The record that it is about.
        subject_id: i64 => system;
        /// The lead that it is about, if it is one.
        lead_id: Option<LeadId> => system,
            sql("CASE WHEN message.subject_kind = 0 THEN message.subject_id END");
        /// The partner that it is about, if it is one.
        partner_id: Option<PartnerId> => system,
            sql("CASE WHEN message.subject_kind = 1 THEN message.subject_id END");
        /// Where it comes from.
        message_type: MessageType => system;
        /// Meant for colleagues only.
        internal: bool => system;
        /// Who said it; nobody for the administrator session.
        author_id: Option<UserId> => system;
        /// When.
        date: Timestamp => system;
        /// What was said; an activity may be done without a word.
        body: Option<String> => system, max(limit::LONG_TEXT), personal;
        /// The activity that was done.
        activity_id: Option<ActivityId> => system;
        /// The lead or partner that it was said about, if that was merged into the one that it is about now.
        origin_id: Option<i64> => system;
        /// What that one was called.
        origin: Option<String> => system, personal;
    }
}

impl Nature for ActivityType {}
impl Nature for Message {}

impl Nature for Activity {
    fn derive(&mut self, now: Timestamp) {
        self.state = if self.date_done.is_some() {
            ActivityState::Done
        } else if self.day_end <= now {
            ActivityState::Overdue
        } else if self.day_start <= now {
            ActivityState::Today
        } else {
            ActivityState::Planned
        };
    }
}
