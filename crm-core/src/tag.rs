//! Labels, in a tree. Removing one takes it off its leads.

use crate::desk::Room;
use crate::record::Tag;

impl Room for Tag {}
