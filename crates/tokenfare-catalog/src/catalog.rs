//! Finding models: by id, by alias, by pattern.

use crate::date::Date;
use crate::error::{Error, ErrorKind, NearestName};
use crate::glob;
use crate::model::{Alias, Model};
use crate::table::{ModelRow, NameRow, Table};
use crate::word::{Effort, Kind};
use std::fmt;
use std::ops::Deref;

/// A name this much longer than any model's is not a misspelling of one, and not worth comparing.
const LONGEST_MISSPELLING: usize = 100;

const MOST_SUGGESTIONS: usize = 3;

/// What OpenRouter puts after a name to have the web searched first.
const ONLINE: &str = ":online";

/// The provider that does so.
const ONLINE_AT: &str = "openrouter";

/// What Google's interface puts before a name.
const RESOURCE: &str = "models/";

/// What the name of a fine-tuned model begins with: the model it was made of follows, then whose it is.
const FINE_TUNED: &str = "ft:";

/// The models known, and every name they go by.
///
/// A name is found exactly as it is written: as a canonical id, as an alias, or as either behind its provider and a
/// slash. Where several providers have a name, it is that of the one who makes the model, or else of a router, of a host, of a
/// reseller; if that does not decide it, the provider has to be named. What is not found is an error with suggestions, never a
/// guess.
///
/// ```
/// use tokenfare_catalog::{Catalog, Effort};
///
/// let catalog = Catalog::bundled();
/// let found = catalog.model("openai/o3-mini-high")?;
/// assert_eq!(found.id(), "o3-mini-2025-01-31");
/// assert_eq!(found.effort(), Some(Effort::High));
/// assert_eq!(catalog.model("o3-mini")?.effort(), Some(Effort::Medium));
/// # Ok::<(), tokenfare_catalog::Error>(())
/// ```
pub struct Catalog {
    pub(crate) table: Table,
}

static BUNDLED: Catalog = Catalog { table: crate::generated::TABLE };

impl Catalog {
    /// Returns the catalog built into the library: a static table, nothing is read or parsed.
    #[must_use]
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Returns the day up to which all of it was compared with its sources.
    ///
    /// ```
    /// use tokenfare_catalog::Catalog;
    ///
    /// assert!(Catalog::bundled().as_of() >= "2026-11-20".parse()?);
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.table.providers.iter().map(|provider| provider.as_of).min().unwrap_or(Date::known(1970, 1, 1))
    }

    /// Finds the model a name stands for; where it stood for one model after another, the last of them.
    ///
    /// # Errors
    /// [`Error::is_unknown_model`] for any other name, with [`Error::suggestions`].
    pub fn model(&self, name: &str) -> Result<Resolved<'_>, Error> {
        self.resolve(None, name, None)
    }

    /// Finds the model a name stood for on a day. A canonical id stands for its model on every day.
    ///
    /// ```
    /// use tokenfare_catalog::Catalog;
    ///
    /// let catalog = Catalog::bundled();
    /// assert_eq!(catalog.model_at("gpt-4o", "2024-06-01".parse()?)?.id(), "gpt-4o-2024-05-13");
    /// assert_eq!(catalog.model_at("gpt-4o", "2024-12-01".parse()?)?.id(), "gpt-4o-2024-08-06");
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::is_unknown_model`] for an unknown name and for one that stood for nothing that day.
    pub fn model_at(&self, name: &str, on: Date) -> Result<Resolved<'_>, Error> {
        self.resolve(None, name, Some(on))
    }

    /// Finds the model a name stands for at one provider, or stood for on a day.
    ///
    /// # Errors
    /// As [`Catalog::model_at`]; [`Error::is_unknown_model`] too for an unknown provider.
    pub fn model_of(&self, provider: &str, name: &str, on: Option<Date>) -> Result<Resolved<'_>, Error> {
        if self.table.provider(provider).is_none() {
            return Err(self.unknown_provider(provider));
        }
        self.resolve(Some(provider), name, on)
    }

    /// Finds the model a name stood for on a day, at one provider or whoever is meant, or none: where it is only asked whether there
    /// is one. To say which names are near an unknown one takes a thousand times as long.
    ///
    /// ```
    /// use tokenfare_catalog::Catalog;
    ///
    /// let on = "2026-11-20".parse()?;
    /// assert!(Catalog::bundled().known(Some("openai"), "gpt-4o-mini", on).is_some());
    /// assert!(Catalog::bundled().known(None, "my-deployment", on).is_none());
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    #[must_use]
    pub fn known(&self, provider: Option<&str>, name: &str, on: Date) -> Option<Resolved<'_>> {
        self.standing_for(provider, name).ok()?.on(Some(on))
    }

    /// Lists all models in order of id, and of provider.
    pub fn models(&self) -> impl Iterator<Item = Model<'_>> {
        self.table.models.iter().map(|row| Model { catalog: self, row })
    }

    /// Lists, in order of id, the models with a name that fits a pattern: `*` stands for any run of characters and `?`
    /// for any one. Names count with and without their provider in front.
    ///
    /// ```
    /// use tokenfare_catalog::Catalog;
    ///
    /// let fitting = Catalog::bundled().matching("openai/gpt-4o-mini");
    /// let fitting: Vec<_> = fitting.map(|model| (model.provider(), model.id())).collect();
    /// assert!(fitting.contains(&("openai", "gpt-4o-mini-2024-07-18")));
    /// assert!(fitting.contains(&("openrouter", "openai/gpt-4o-mini-2024-07-18")));
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    pub fn matching<'c>(&'c self, pattern: &str) -> impl Iterator<Item = Model<'c>> + use<'c> {
        let pattern = pattern.to_owned();
        let has_slash = pattern.contains(['/', '*']);
        let fits = move |model: &Model<'c>| {
            let mut names = std::iter::once(model.id()).chain(model.aliases().map(|alias| alias.name()));
            names.any(|name| {
                glob::matches(&pattern, name)
                    || has_slash && glob::matches(&pattern, &format!("{}/{name}", model.provider()))
            })
        };
        self.models().filter(fits)
    }

    pub(crate) fn provider_of(&self, row: &ModelRow) -> &str {
        self.table.text(self.table.providers[row.provider as usize].id)
    }

    fn model_row(&self, name: &NameRow) -> &ModelRow {
        &self.table.models[name.model as usize]
    }

    fn kind_of(&self, name: &NameRow) -> Kind {
        let model = self.model_row(name);
        if model.resold { Kind::Host } else { self.table.providers[model.provider as usize].kind }
    }

    fn resolved(&self, row: &NameRow) -> Resolved<'_> {
        let model = Model { catalog: self, row: self.model_row(row) };
        let alias = self.table.aliases.get(row.alias as usize).map(|row| Alias { catalog: self, row });
        Resolved { model, alias, is_online: false }
    }

    fn resolve(&self, provider: Option<&str>, name: &str, on: Option<Date>) -> Result<Resolved<'_>, Error> {
        let found = self.standing_for(provider, name)?;
        found.on(on).ok_or_else(|| self.named_nothing(name, on, found))
    }

    /// Everything the name stands or stood for, in order of date: models of one provider.
    fn standing_for(&self, provider: Option<&str>, name: &str) -> Result<Standing<'_>, Error> {
        let found = self.written(provider, name)?;
        if !found.is_empty() {
            return Ok(found);
        }
        let base = fine_tuned_of(name).or_else(|| name.strip_prefix(RESOURCE)).or_else(|| snapshot_of(name));
        if let Some(base) = base {
            let found = self.written(provider, base)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        if let Some(base) = name.strip_suffix(ONLINE) {
            let (provider, base) = match base.strip_prefix(ONLINE_AT).and_then(|rest| rest.strip_prefix('/')) {
                Some(rest) => (Some(ONLINE_AT), rest),
                None => (provider.or(Some(ONLINE_AT)), base),
            };
            if provider == Some(ONLINE_AT) {
                return Ok(Standing { is_online: true, ..self.written(provider, base)? });
            }
        }
        Ok(self.standing(&[], None))
    }

    /// What the name stands for as it is written, with its provider before it or without.
    fn written(&self, provider: Option<&str>, name: &str) -> Result<Standing<'_>, Error> {
        if let Some(provider) = provider {
            let found = self.at_provider(provider, name);
            if !found.is_empty() {
                return Ok(found);
            }
            // It may be named twice.
            let rest = name.split_once('/').filter(|(before, _)| self.is_same(before, provider));
            return Ok(rest.map_or(found, |(_, rest)| self.at_provider(provider, rest)));
        }
        if let Some((provider, rest)) = name.split_once('/') {
            let found = self.at_provider(provider, rest);
            if !found.is_empty() {
                return Ok(found);
            }
        }
        let rows = self.table.rows(name);
        // They are in order of kind.
        let Some(kind) = rows.first().map(|row| self.kind_of(row)) else { return Ok(self.standing(&[], None)) };
        let rows = &rows[..rows.partition_point(|row| self.kind_of(row) == kind)];
        let provider = |row: &NameRow| self.model_row(row).provider;
        if rows.iter().any(|row| provider(row) != provider(&rows[0])) {
            let mut qualified: Vec<String> =
                rows.iter().map(|row| format!("{}/{name}", self.provider_of(self.model_row(row)))).collect();
            qualified.dedup();
            return Err(ErrorKind::Ambiguous { name: name.to_owned(), qualified }.into());
        }
        Ok(self.standing(rows, None))
    }

    fn at_provider(&self, provider: &str, name: &str) -> Standing<'_> {
        match self.table.provider(provider) {
            Some(provider) => self.standing(self.table.rows(name), Some(provider)),
            None => self.standing(&[], None),
        }
    }

    fn standing<'c>(&'c self, rows: &'c [NameRow], provider: Option<u32>) -> Standing<'c> {
        Standing { catalog: self, rows, provider, is_online: false }
    }

    /// Whether two names are those of one provider.
    fn is_same(&self, one: &str, other: &str) -> bool {
        self.table.provider(one).is_some_and(|found| self.table.provider(other) == Some(found))
    }

    fn named_nothing(&self, name: &str, on: Option<Date>, found: Standing<'_>) -> Error {
        let Some(on) = on.filter(|_| !found.is_empty()) else { return self.unknown(name) };
        let from = |found: Resolved<'_>| {
            let date = found.alias?.from()?;
            (date > on).then(|| NearestName::From { date, model: found.id().to_owned() })
        };
        let until = |found: Resolved<'_>| {
            let date = found.alias?.until()?;
            (date <= on).then(|| NearestName::Until { date, model: found.id().to_owned() })
        };
        match found.all().find_map(from).or_else(|| found.all().rev().find_map(until)) {
            Some(nearest) => ErrorKind::NamedNothing { name: name.to_owned(), on, nearest }.into(),
            None => self.unknown(name),
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let suggestions = if name.len() <= LONGEST_MISSPELLING { self.nearest(name) } else { Vec::new() };
        ErrorKind::UnknownModel { name: name.to_owned(), suggestions }.into()
    }

    fn unknown_provider(&self, name: &str) -> Error {
        let mut near: Vec<(usize, &str)> = Vec::new();
        if name.len() <= LONGEST_MISSPELLING {
            let known = self.table.providers.iter().map(|provider| self.table.text(provider.id));
            let edits = known.map(|known| (strsim::osa_distance(&name.to_lowercase(), known), known));
            near = edits.filter(|(edits, known)| *edits <= known.len() / 3).collect();
            near.sort_unstable();
        }
        let suggestions = near.into_iter().take(MOST_SUGGESTIONS).map(|(_, known)| known.to_owned()).collect();
        ErrorKind::UnknownProvider { name: name.to_owned(), suggestions }.into()
    }

    /// The names within a third of their length in edits; what stands before the last slash may be missing or extra.
    fn nearest(&self, wanted: &str) -> Vec<String> {
        let wanted = fine_tuned_of(wanted).unwrap_or(wanted).to_lowercase();
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        let wanted_last = last(&wanted);
        let bags = [Bag::of(&wanted), Bag::of(&wanted_last)];
        let mut near: Vec<(usize, Kind, &str)> = Vec::new();
        for row in self.table.names.iter() {
            let name = self.table.text(row.name);
            let lower = name.to_lowercase();
            let lower_last = last(&lower);
            let most = lower_last.chars().count() / 3;
            let edits = |bag: &Option<Bag>, one: &str, other: &str| match (bag, Bag::of(other)) {
                (Some(one), Some(other)) if one.least_edits(&other) > most => usize::MAX,
                _ => strsim::osa_distance(one, other),
            };
            let edits = edits(&bags[0], &wanted, &lower).min(edits(&bags[1], &wanted_last, &lower_last));
            if edits <= most {
                near.push((edits, self.kind_of(row), name));
            }
        }
        let slashes = |name: &str| name.matches('/').count();
        near.sort_by_key(|&(edits, kind, name)| {
            let unlike = (slashes(name).abs_diff(slashes(&wanted)), name.len().abs_diff(wanted.len()));
            (edits, kind, unlike, name)
        });
        let mut names: Vec<String> = Vec::new();
        for (_, _, name) in near {
            // A name that several providers have, with this or that before it, is one suggestion.
            if names.len() < MOST_SUGGESTIONS && !names.iter().any(|known| last(known) == last(name)) {
                names.push(name.to_owned());
            }
        }
        names
    }
}

/// What a name stands and stood for, in order of date: nothing is collected, since most who ask want one of them.
#[derive(Clone, Copy)]
struct Standing<'c> {
    catalog: &'c Catalog,
    rows: &'c [NameRow],
    /// Which of the rows count: those of one provider, or all.
    provider: Option<u32>,
    is_online: bool,
}

impl<'c> Standing<'c> {
    fn all(self) -> impl DoubleEndedIterator<Item = Resolved<'c>> {
        let Self { catalog, rows, provider, is_online } = self;
        let rows = rows.iter().filter(move |row| provider.is_none_or(|at| catalog.model_row(row).provider == at));
        rows.map(move |row| Resolved { is_online, ..catalog.resolved(row) })
    }

    fn is_empty(self) -> bool {
        self.all().next().is_none()
    }

    /// The last of those that hold on a day, or of all.
    fn on(self, on: Option<Date>) -> Option<Resolved<'c>> {
        self.all().rfind(|found| on.is_none_or(|on| found.alias.is_none_or(|alias| alias.holds_on(on))))
    }
}

/// How often a text of ASCII has each character, so far as five bits tell them apart: what shows at once of most names that they
/// are not near.
struct Bag([u8; 32]);

impl Bag {
    fn of(text: &str) -> Option<Self> {
        let mut bag = [0_u8; 32];
        for byte in text.bytes() {
            let held = &mut bag[usize::from(byte % 32)];
            *held = held.saturating_add(1);
        }
        text.is_ascii().then_some(Self(bag))
    }

    /// So many edits it takes at least from one text to another: each puts in one character, takes one out, or both.
    fn least_edits(&self, other: &Self) -> usize {
        let (mut more, mut fewer) = (0_usize, 0_usize);
        for (one, other) in self.0.iter().zip(&other.0) {
            more += usize::from(one.saturating_sub(*other));
            fewer += usize::from(other.saturating_sub(*one));
        }
        more.max(fewer)
    }
}

/// The name that a fine-tuned model's base goes by: without whose it is.
fn fine_tuned_of(name: &str) -> Option<&str> {
    let start = name.find(FINE_TUNED).filter(|&at| at == 0 || name[..at].ends_with('/'))? + FINE_TUNED.len();
    let end = name[start..].find(':').map(|at| start + at)?;
    Some(&name[..end])
}

/// What a legacy model goes by whose answers name the snapshot too: `gpt-3.5-turbo-instruct` of
/// `gpt-3.5-turbo-instruct:20230824-v2`.
fn snapshot_of(name: &str) -> Option<&str> {
    let (base, snapshot) = name.split_once(':')?;
    let (date, version) = snapshot.rsplit_once("-v")?;
    let is_date = date.len() >= 8 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (is_date && !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())).then_some(base)
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Table { providers, models, prices, .. } = &self.table;
        write!(
            f,
            "Catalog of {}: {} providers, {} models, {} prices",
            self.as_of(),
            providers.len(),
            models.len(),
            prices.len()
        )
    }
}

/// A model and the alias it was found by; reads as the model.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Resolved<'c> {
    /// The model.
    pub model: Model<'c>,
    /// The alias the name given was, if it was not the model's id.
    pub alias: Option<Alias<'c>>,
    /// Whether the web is searched first, and billed.
    pub is_online: bool,
}

impl Resolved<'_> {
    /// Returns how hard the model thinks unless told otherwise, when it is called by this name.
    #[must_use]
    pub fn effort(self) -> Option<Effort> {
        self.alias.and_then(Alias::effort).or_else(|| self.model.default_effort())
    }
}

/// A model found by its id.
impl<'c> From<Model<'c>> for Resolved<'c> {
    fn from(model: Model<'c>) -> Self {
        Self { model, alias: None, is_online: false }
    }
}

/// The same model, found as the same.
impl PartialEq for Resolved<'_> {
    fn eq(&self, other: &Self) -> bool {
        let key = |found: &Self| (found.alias.map(|alias| alias.name().to_owned()), found.is_online);
        self.model == other.model && key(self) == key(other)
    }
}

impl Eq for Resolved<'_> {}

impl<'c> Deref for Resolved<'c> {
    type Target = Model<'c>;

    fn deref(&self) -> &Model<'c> {
        &self.model
    }
}
