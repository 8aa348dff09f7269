//! From a kind, known when the program runs, to code that is generic over records.

/// Runs generic code for the kind that a value names.
macro_rules! by_kind {
    ($kind:expr, $R:ident => $body:expr) => {
        match $kind {
            $crate::base::RecordKind::Lead => {
                type $R = $crate::record::Lead;
                $body
            }
            $crate::base::RecordKind::Activity => {
                type $R = $crate::record::Activity;
                $body
            }
            $crate::base::RecordKind::Message => {
                type $R = $crate::record::Message;
                $body
            }
            kind => $crate::desk::office_by_kind!(kind, $R => $body),
        }
    };
}

/// The same without leads, activities and messages, whose desks have verbs of their own.
macro_rules! office_by_kind {
    ($kind:expr, $R:ident => $body:expr) => {
        $crate::desk::office_by_kind!(
            $kind, $R => $body;
            Company User Team TeamMember Stage LostReason Tag Campaign Medium Source RecurringPlan Partner PartnerContact PartnerRole ActivityType Rule Target
        )
    };
    ($kind:expr, $R:ident => $body:expr; $($name:ident)*) => {
        match $kind {
            $crate::base::RecordKind::Lead
            | $crate::base::RecordKind::Activity
            | $crate::base::RecordKind::Message => {
                unreachable!("leads, activities and messages are handled by their own desks")
            }
            $($crate::base::RecordKind::$name => {
                type $R = $crate::record::$name;
                $body
            })*
        }
    };
}

pub(crate) use {by_kind, office_by_kind};
