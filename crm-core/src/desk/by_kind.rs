//! From a kind, known when the program runs, to code that is generic over records.

/// Runs generic code for the kind that a value names.
macro_rules! by_kind {
    ($kind:expr, $R:ident => $body:expr) => {
        match $kind {
            $crate::base::RecordKind::Lead => {
                type $R = $crate::record::Lead;
                $body
            }
            kind => $crate::desk::office_by_kind!(kind, $R => $body),
        }
    };
}

/// The same without leads, whose desk has verbs of its own.
macro_rules! office_by_kind {
    ($kind:expr, $R:ident => $body:expr) => {
        $crate::desk::office_by_kind!(
            $kind, $R => $body;
            Company User Team TeamMember Stage LostReason Tag Campaign Medium Source RecurringPlan Partner
        )
    };
    ($kind:expr, $R:ident => $body:expr; $($name:ident)*) => {
        match $kind {
            $crate::base::RecordKind::Lead => unreachable!("leads are handled by their own desk"),
            $($crate::base::RecordKind::$name => {
                type $R = $crate::record::$name;
                $body
            })*
        }
    };
}

pub(crate) use {by_kind, office_by_kind};
