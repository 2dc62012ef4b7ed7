//! Finding models: by id, by alias, by pattern.

use crate::date::Date;
use crate::error::{Error, ErrorKind, NearestName};
use crate::glob;
use crate::model::{Alias, Effort, Model};
use std::ops::Deref;

/// A name this much longer than any model's is not a misspelling of one, and not worth comparing.
const LONGEST_MISSPELLING: usize = 100;

const MOST_SUGGESTIONS: usize = 3;

/// The models known, and every name they go by.
///
/// A name is found exactly as it is written: as a canonical id, as an alias, or as either behind its provider and a
/// slash. What is not found is an error with suggestions, never a guess.
///
/// ```
/// use tokenfare_catalog::{Catalog, Effort};
///
/// let catalog = Catalog::bundled();
/// let found = catalog.model("openai/o3-mini-high")?;
/// assert_eq!(found.id, "o3-mini-2025-01-31");
/// assert_eq!(found.effort(), Some(Effort::High));
/// assert_eq!(catalog.model("o3-mini")?.effort(), Some(Effort::Medium));
/// # Ok::<(), tokenfare_catalog::Error>(())
/// ```
#[derive(Debug)]
pub struct Catalog {
    /// In order of id.
    models: &'static [Model],
    /// In order of name, and of date where a name stood for one model after another.
    names: &'static [Name],
}

/// One name of one model; positions, so that the table needs no pointers.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) name: &'static str,
    /// Which of the catalog's models.
    pub(crate) model: usize,
    /// Which of the model's aliases; none for its id.
    pub(crate) alias: Option<usize>,
}

static BUNDLED: Catalog = Catalog { models: crate::generated::MODELS, names: crate::generated::NAMES };

impl Catalog {
    /// Returns the catalog built into the library: a static table, nothing is read or parsed.
    #[must_use]
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Finds the model a name stands for; where it stood for one model after another, the last of them.
    ///
    /// # Errors
    /// [`Error::is_unknown_model`] for any other name, with [`Error::suggestions`].
    pub fn model(&self, name: &str) -> Result<Resolved, Error> {
        self.standing_for(name).last().ok_or_else(|| self.unknown(name))
    }

    /// Finds the model a name stood for on a day. A canonical id stands for its model on every day.
    ///
    /// ```
    /// use tokenfare_catalog::Catalog;
    ///
    /// let error = Catalog::bundled().model_at("gpt-4o", "2024-06-01".parse()?).unwrap_err();
    /// assert!(error.is_unknown_model());
    /// assert_eq!(
    ///     error.to_string(),
    ///     "no model known as `gpt-4o` on 2024-06-01, from 2024-10-02 it is `gpt-4o-2024-08-06`"
    /// );
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::is_unknown_model`] for an unknown name and for one that stood for nothing that day.
    pub fn model_at(&self, name: &str, on: Date) -> Result<Resolved, Error> {
        let holds = |found: &Resolved| found.alias.is_none_or(|alias| alias.holds_on(on));
        match self.standing_for(name).find(holds) {
            Some(found) => Ok(found),
            None => Err(self.named_nothing(name, on)),
        }
    }

    /// Lists all models in order of id.
    pub fn models(&self) -> impl Iterator<Item = &'static Model> + use<> {
        self.models.iter()
    }

    /// Lists, in order of id, the models with a name that fits a pattern: `*` stands for any run of characters and `?`
    /// for any one. Names count with and without their provider in front.
    ///
    /// ```
    /// use tokenfare_catalog::Catalog;
    ///
    /// let minis: Vec<_> = Catalog::bundled().matching("*-mini").map(|model| model.id).collect();
    /// assert_eq!(minis, ["gpt-4o-mini-2024-07-18", "o3-mini-2025-01-31"]);
    /// assert_eq!(Catalog::bundled().matching("openai/gpt-4o").count(), 1);
    /// ```
    pub fn matching<'p>(&self, pattern: &'p str) -> impl Iterator<Item = &'static Model> + use<'p> {
        let fits = move |model: &&Model| {
            let mut names = std::iter::once(model.id).chain(model.aliases.iter().map(|alias| alias.name));
            names.any(|name| {
                glob::matches(pattern, name) || glob::matches(pattern, &format!("{}/{name}", model.provider))
            })
        };
        self.models.iter().filter(fits)
    }

    /// Everything the name stands or stood for, in order of date.
    fn standing_for<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = Resolved> + 'a {
        let (provider, rows) = match (self.rows(name), name.split_once('/')) {
            ([], Some((provider, rest))) => (Some(provider), self.rows(rest)),
            (rows, _) => (None, rows),
        };
        rows.iter()
            .map(|row| {
                let model = &self.models[row.model];
                Resolved { model, alias: row.alias.map(|at| &model.aliases[at]) }
            })
            .filter(move |found| provider.is_none_or(|provider| provider == found.model.provider))
    }

    fn rows(&self, name: &str) -> &'static [Name] {
        let start = self.names.partition_point(|row| row.name < name);
        let rows = &self.names[start..];
        &rows[..rows.partition_point(|row| row.name == name)]
    }

    fn named_nothing(&self, name: &str, on: Date) -> Error {
        let from = |found: Resolved| {
            let date = found.alias?.from?;
            (date > on).then_some(NearestName::From { date, model: found.model.id })
        };
        let until = |found: Resolved| {
            let date = found.alias?.until?;
            (date <= on).then_some(NearestName::Until { date, model: found.model.id })
        };
        let nearest = self.standing_for(name).find_map(from).or_else(|| self.standing_for(name).rev().find_map(until));
        match nearest {
            Some(nearest) => ErrorKind::NamedNothing { name: name.to_owned(), on, nearest }.into(),
            None => self.unknown(name),
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let suggestions = if name.len() <= LONGEST_MISSPELLING { self.nearest(name) } else { Vec::new() };
        ErrorKind::UnknownModel { name: name.to_owned(), suggestions }.into()
    }

    /// The names within a third of their length in edits; what stands before the last slash may be missing or extra.
    fn nearest(&self, wanted: &str) -> Vec<&'static str> {
        let wanted = wanted.to_lowercase();
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
        let mut near: Vec<(usize, &'static str)> = self
            .names
            .iter()
            .filter_map(|Name { name, .. }| {
                let whole = strsim::osa_distance(&wanted, &name.to_lowercase());
                let edits = whole.min(strsim::osa_distance(&last(&wanted), &last(name)));
                (edits * 3 <= last(name).chars().count()).then_some((edits, *name))
            })
            .collect();
        near.sort_by_key(|&(edits, name)| (edits, name.len(), name));
        // A name that stood for several models stands here as often.
        near.dedup();
        // Once a name is one slip away, those two slips away only distract.
        let closest = near.first().map_or(0, |&(edits, _)| edits);
        near.into_iter().filter(|&(edits, _)| edits == closest).map(|(_, name)| name).take(MOST_SUGGESTIONS).collect()
    }
}

/// A model and the alias it was found by; reads as the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved {
    /// The model.
    pub model: &'static Model,
    /// The alias the name given was, if it was not the model's id.
    pub alias: Option<&'static Alias>,
}

impl Resolved {
    /// Returns how hard the model thinks unless told otherwise, when it is called by this name.
    #[must_use]
    pub fn effort(self) -> Option<Effort> {
        self.alias.and_then(|alias| alias.effort).or(self.model.default_effort)
    }
}

impl Deref for Resolved {
    type Target = Model;

    fn deref(&self) -> &Model {
        self.model
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn model(id: &'static str, provider: &'static str, aliases: &'static [Alias]) -> Model {
        Model {
            id,
            provider,
            aliases,
            encoding: None,
            context_window: None,
            max_input: None,
            max_output: None,
            reasoning: false,
            default_effort: None,
            prices: &[],
        }
    }

    const fn alias(name: &'static str, from: Option<Date>, until: Option<Date>) -> Alias {
        Alias { name, from, until, effort: None }
    }

    const SPRING: Date = Date::known(2025, 3, 1);
    const SUMMER: Date = Date::known(2025, 6, 1);
    const AUTUMN: Date = Date::known(2025, 9, 1);

    /// `a` stood for `a-1` until spring, for nothing until summer, for `a-2` until autumn.
    static EXAMPLE: Catalog = Catalog {
        models: &[
            model("a-1", "first", &[alias("a", None, Some(SPRING))]),
            model("a-2", "first", &[alias("a", Some(SUMMER), Some(AUTUMN))]),
        ],
        names: &[
            Name { name: "a", model: 0, alias: Some(0) },
            Name { name: "a", model: 1, alias: Some(0) },
            Name { name: "a-1", model: 0, alias: None },
            Name { name: "a-2", model: 1, alias: None },
        ],
    };

    #[test]
    fn a_name_stands_for_the_model_of_the_day() {
        let at = |day: &str| EXAMPLE.model_at("a", day.parse().unwrap()).map(|found| found.id);
        assert_eq!(at("2025-02-28").unwrap(), "a-1");
        assert_eq!(at("2025-06-01").unwrap(), "a-2");
        assert_eq!(at("2025-08-31").unwrap(), "a-2");
        assert_eq!(
            at("2025-03-01").unwrap_err().to_string(),
            "no model known as `a` on 2025-03-01, from 2025-06-01 it is `a-2`"
        );
        let over = at("2025-09-01").unwrap_err();
        assert_eq!(over.to_string(), "no model known as `a` on 2025-09-01, until 2025-09-01 it was `a-2`");
        assert_eq!(over.suggestions(), ["a-2"]);
        assert!(over.is_unknown_model());
        assert_eq!(EXAMPLE.model("a").unwrap().id, "a-2");
        assert_eq!(EXAMPLE.model_at("first/a", SUMMER).unwrap().id, "a-2");
        assert_eq!(EXAMPLE.model_at("a-1", AUTUMN).unwrap().id, "a-1");
    }

    #[test]
    fn every_name_leads_to_its_model_with_or_without_the_provider() {
        let catalog = Catalog::bundled();
        for model in catalog.models() {
            let names = std::iter::once(model.id).chain(model.aliases.iter().map(|alias| alias.name));
            for name in names {
                let found = catalog.model(name).unwrap();
                assert_eq!(found.model, model, "{name}");
                assert_eq!(found.alias.map_or(model.id, |alias| alias.name), name);
                if !name.contains('/') {
                    assert_eq!(catalog.model(&format!("{}/{name}", model.provider)).unwrap(), found, "{name}");
                }
            }
        }
    }

    #[test]
    fn another_providers_prefix_or_a_suffix_is_not_the_same_model() {
        let catalog = Catalog::bundled();
        for name in [
            "anthropic/gpt-4o",
            "openai/openai/gpt-4o",
            "gpt-4o:free",
            "GPT-4o",
            " gpt-4o",
            "gpt-4o/",
            "/gpt-4o",
            "",
            "/",
        ] {
            assert!(catalog.model(name).unwrap_err().is_unknown_model(), "{name}");
        }
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_ones() {
        let catalog = Catalog::bundled();
        for (name, nearest) in [
            ("gpt-4p", "gpt-4o"),
            ("gpt4o", "gpt-4o"),
            ("GPT-4o-Mini", "gpt-4o-mini"),
            ("openai/gtp-4o", "gpt-4o"),
            ("o3-mini-high", "openai/o3-mini-high"),
            ("azure/gpt-4o", "gpt-4o"),
            ("gpt-4o-2024-08-07", "gpt-4o-2024-08-06"),
        ] {
            assert_eq!(catalog.model(name).unwrap_err().suggestions().first(), Some(&nearest), "{name}");
        }
        for name in ["", "claude-sonnet", "何", &"gpt-4o".repeat(100_000)] {
            let error = catalog.model(name).unwrap_err();
            assert!(error.suggestions().is_empty(), "{name}");
        }
        let far = catalog.model("claude-sonnet").unwrap_err();
        assert_eq!(far.to_string(), "unknown model `claude-sonnet`, and no known name is near it");
    }

    #[test]
    fn a_pattern_finds_each_model_once_in_order_of_id() {
        let ids = |pattern| Catalog::bundled().matching(pattern).map(|model| model.id).collect::<Vec<_>>();
        let all: Vec<_> = Catalog::bundled().models().map(|model| model.id).collect();
        assert!(all.is_sorted());
        assert_eq!(ids("*"), all);
        assert_eq!(ids("openai/*-high"), ["o3-mini-2025-01-31"]);
        assert_eq!(ids("gpt-4o"), ["gpt-4o-2024-08-06"]);
        assert_eq!(ids("anthropic/gpt-4o"), [""; 0]);
    }

    #[test]
    fn the_bundled_names_are_sorted_and_complete() {
        let Catalog { models, names } = Catalog::bundled();
        assert!(
            names.is_sorted_by_key(|row| { (row.name, row.alias.and_then(|at| models[row.model].aliases[at].from)) })
        );
        assert_eq!(names.len(), models.iter().map(|model| 1 + model.aliases.len()).sum::<usize>());
    }
}
