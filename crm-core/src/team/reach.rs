//! What a member can take: languages, territory and skills, as text of the host; and which of them a lead asks for.
//!
//! Deliberately absent: how far one place is from another, and which codes there are; a host that knows polygons writes a filter or a tag.

use crate::base::{Result, TagId};
use crate::record::{Lead, TeamMember};

/// A country, a state of it, or the beginning of its postal codes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Area {
    country: String,
    part: Part,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Whole,
    State(String),
    Postal(String),
}

/// Bytes that a state or the beginning of a postal code may have.
const PART: usize = 16;

impl Area {
    fn parse(text: &str) -> Option<Self> {
        let (country, part) = match (text.split_once('/'), text.split_once(':')) {
            (Some(_), Some(_)) => return None,
            (Some((country, state)), None) => (country, Part::State(state.trim().to_uppercase())),
            (None, Some((country, start))) => (country, Part::Postal(postal(start).collect())),
            (None, None) => (text, Part::Whole),
        };
        let country = country.trim();
        let fits = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
        let named = match &part {
            Part::Whole => true,
            Part::State(name) | Part::Postal(name) => !name.is_empty() && name.len() <= PART,
        };
        (fits && named).then(|| Self { country: country.to_uppercase(), part })
    }

    fn text(&self) -> String {
        match &self.part {
            Part::Whole => self.country.clone(),
            Part::State(state) => format!("{}/{state}", self.country),
            Part::Postal(start) => format!("{}:{start}", self.country),
        }
    }

    /// How closely it says where a lead is; `None` if that is elsewhere, or not known.
    fn covers(&self, lead: &Lead) -> Option<usize> {
        lead.country_code.as_deref().filter(|code| code.eq_ignore_ascii_case(&self.country))?;
        match &self.part {
            Part::Whole => Some(1),
            Part::State(state) => {
                let own = lead.state_code.as_deref()?.trim();
                (own.to_uppercase() == *state).then_some(2)
            }
            Part::Postal(start) => {
                let mut own = postal(lead.zip.as_deref()?);
                start
                    .chars()
                    .all(|wanted| own.next() == Some(wanted))
                    .then(|| 2 + start.chars().count())
            }
        }
    }
}

/// A postal code as it is compared: letters and digits alone, the letters large.
fn postal(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_uppercase)
}

/// What keeps a member from a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lack {
    Territory,
    Language,
    Skill,
}

/// What a member can take; what is not said restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    areas: Vec<Area>,
    languages: Vec<String>,
    skills: Vec<TagId>,
}

impl Reach {
    /// Reads what a host wrote, and writes it as it is stored.
    ///
    /// # Errors
    /// `Invalid` naming `territory` or `languages`.
    pub(crate) fn check(member: &mut TeamMember) -> Result<()> {
        let reach = Self::parse(member)?;
        let areas: Vec<String> = reach.areas.iter().map(Area::text).collect();
        let joined = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join(", "));
        member.territory = joined(areas);
        member.languages = joined(reach.languages);
        Ok(())
    }

    /// Reads what is stored, which was checked.
    pub(crate) fn stored(member: &TeamMember) -> Self {
        Self::parse(member).unwrap_or_default()
    }

    fn parse(member: &TeamMember) -> Result<Self> {
        let (mut areas, mut languages) = (Vec::new(), Vec::new());
        for part in parts(member.territory.as_deref()) {
            let area = Area::parse(part);
            crate::require!(
                area.is_some(),
                "territory",
                "territory: {part:?} is no area; write a country as SE, a state as US/CA, \
                 or the beginning of postal codes as DE:80, with commas between several"
            );
            areas.extend(area);
        }
        for part in parts(member.languages.as_deref()) {
            let letters = part.split(['_', '-']).all(|word| {
                !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
            crate::require!(
                letters && part.len() <= PART && part.as_bytes()[0].is_ascii_alphabetic(),
                "languages",
                "languages: {part:?} is no language; write its code as de or pt_BR, with commas between several"
            );
            languages.push(part.to_owned());
        }
        areas.sort_unstable();
        areas.dedup();
        languages.sort_unstable();
        languages.dedup();
        Ok(Self { areas, languages, skills: member.skill_ids.clone() })
    }

    /// Whether places decide what the member is given.
    pub(crate) fn has_territory(&self) -> bool {
        !self.areas.is_empty()
    }

    /// How closely the territory says where a lead is; 0 if it does not.
    pub(crate) fn closeness(&self, lead: &Lead) -> usize {
        self.areas.iter().filter_map(|area| area.covers(lead)).max().unwrap_or(0)
    }

    /// What keeps the member from a lead, if anything does; `is_skill` tells which tags are skills.
    pub(crate) fn lacks(&self, lead: &Lead, is_skill: impl Fn(&TagId) -> bool) -> Option<Lack> {
        if self.has_territory() && self.closeness(lead) == 0 {
            return Some(Lack::Territory);
        }
        let speaks = |lang: &str| self.languages.iter().any(|own| is_language(own, lang));
        if !self.languages.is_empty() && lead.lang.as_deref().is_some_and(|lang| !speaks(lang)) {
            return Some(Lack::Language);
        }
        let lacks = |tag: &TagId| !self.skills.contains(tag) && is_skill(tag);
        (!self.skills.is_empty() && lead.tag_ids.iter().any(lacks)).then_some(Lack::Skill)
    }
}

fn parts(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// Whether two codes are of one language: the same, or one of them is the language of the other's country.
fn is_language(one: &str, other: &str) -> bool {
    let words = |code: &str| -> Vec<String> {
        code.trim().split(['_', '-']).map(str::to_ascii_lowercase).collect()
    };
    words(one).iter().zip(&words(other)).all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(territory: &str, languages: &str) -> Result<TeamMember> {
        let (territory, languages) = (Some(territory.to_owned()), Some(languages.to_owned()));
        let mut member = TeamMember { territory, languages, ..TeamMember::default() };
        Reach::check(&mut member).map(|()| member)
    }

    fn lead(country: &str, state: &str, zip: &str) -> Lead {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (country_code, state_code, zip) = (some(country), some(state), some(zip));
        Lead { country_code, state_code, zip, ..Lead::default() }
    }

    #[test]
    fn the_longest_beginning_says_most_closely_where_a_lead_is() {
        let own = member("de, us/ca ,DE:80 3,DE:8, DE", "").unwrap();
        assert_eq!(own.territory.as_deref(), Some("DE, DE:8, DE:803, US/CA"));
        let reach = Reach::stored(&own);
        let close = |country, state, zip| reach.closeness(&lead(country, state, zip));
        assert_eq!((close("DE", "", ""), close("DE", "", "10115")), (1, 1));
        assert_eq!((close("DE", "", "8-1"), close("DE", "", "80 331")), (3, 5));
        assert_eq!((close("US", "Ca", ""), close("US", "NY", ""), close("", "", "8")), (2, 0, 0));
        let lacks = |country| reach.lacks(&lead(country, "", ""), |_| false);
        assert_eq!((lacks("SE"), lacks("DE")), (Some(Lack::Territory), None));
        for wrong in ["Sweden", "S1", "US/", "DE:", "DE: -", "US/CA:9", "DE:12345678901234567"] {
            assert_eq!(member(wrong, "").unwrap_err().field(), Some("territory"), "{wrong}");
        }
    }

    #[test]
    fn a_language_is_spoken_in_every_country_unless_one_is_said() {
        let reach = |languages| Reach::stored(&member("", languages).unwrap());
        let lang = |lang: &str| Lead { lang: Some(lang.to_owned()), ..Lead::default() };
        let lacks = |own, of| reach(own).lacks(&lang(of), |_| false);
        assert_eq!(
            (lacks("de", "de_AT"), lacks("fr, DE_at", "de"), lacks("", "sv")),
            (None, None, None)
        );
        assert_eq!(lacks("pt_BR", "pt-PT"), Some(Lack::Language));
        assert_eq!(lacks("de", "den"), Some(Lack::Language));
        assert_eq!(reach("de").lacks(&Lead::default(), |_| false), None);
        for wrong in ["d e", "_de", "de_", "1", "de;fr", "abcdefghijklmnopq"] {
            assert_eq!(member("", wrong).unwrap_err().field(), Some("languages"), "{wrong}");
        }
    }

    #[test]
    fn a_lead_asks_for_every_skill_it_is_tagged_with() {
        let tags = |ids: &[i64]| ids.iter().copied().map(TagId).collect::<Vec<_>>();
        let reach = |ids| Reach { skills: tags(ids), ..Reach::default() };
        let lead = Lead { tag_ids: tags(&[1, 2, 9]), ..Lead::default() };
        let lacks = |ids| reach(ids).lacks(&lead, |tag| tag.0 < 9);
        assert_eq!((lacks(&[1, 2]), lacks(&[1]), lacks(&[])), (None, Some(Lack::Skill), None));
    }
}
