//! Files laid over a catalog at run time.

use super::check::together;
use super::{Alias, Card, Entry, File, Former, Model, Price, check, lay};
use crate::catalog::Catalog;
use crate::date::Date;
use crate::error::{Error, ErrorKind};
use crate::model;
use crate::table::{FormerRow, NONE};
use crate::word::Modality;

impl Catalog {
    /// Lays files over the bundled catalog.
    ///
    /// A model of the same provider and id is changed by what its file says: what it does not say stays. Prices that it states
    /// take the place of all from the first of their days on. Other models are added. Files are laid in their order: of what two
    /// of them say, the later holds.
    ///
    /// ```
    /// use tokenfare_catalog::{Catalog, Meter, read};
    ///
    /// let ours = r#"
    /// provider = "openai"
    /// kind = "maker"
    /// as_of = 2026-12-01
    ///
    /// [[model]]
    /// id = "gpt-4o-mini-2024-07-18"
    ///
    ///   [[model.price]]
    ///   from = 2026-12-01
    ///   input = "0.12"
    ///   output = "0.50"
    ///   checked = 2026-12-01
    ///   sources = ["our contract"]
    /// "#;
    /// let catalog = Catalog::overlay(&[read::read("ours.toml", ours)?], &["o200k_base"], false)?;
    /// let model = catalog.model("gpt-4o-mini")?;
    /// let input = |on: &str| Ok::<_, tokenfare_catalog::Error>(model.rate_at(Meter::Input, on.parse()?)?.usd_per_mtok().to_string());
    /// assert_eq!((input("2026-11-30")?.as_str(), input("2026-12-01")?.as_str()), ("0.15", "0.12"));
    /// assert_eq!(model.limits().context_window, Some(128_000));
    /// # Ok::<(), tokenfare_catalog::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first fault of the files, if they break a rule ([`Error::is_invalid_data`]); [`Error::is_outdated`] if one is older
    /// than what it is laid over, unless that is forced.
    pub fn overlay(files: &[File], encodings: &[&str], force: bool) -> Result<Self, Error> {
        Self::bundled().with(files, encodings, force)
    }

    /// Lays files over this catalog, as [`Catalog::overlay`] does over the bundled one.
    ///
    /// # Errors
    /// As [`Catalog::overlay`].
    pub fn with(&self, files: &[File], encodings: &[&str], force: bool) -> Result<Self, Error> {
        let mut merged = files_of(self);
        let as_of: Vec<(String, Date)> = merged.iter().map(|file| (file.provider.clone(), file.as_of)).collect();
        for file in files {
            // One by one: two files of a provider are no fault, they are laid over each other.
            if let Some(fault) = check(std::slice::from_ref(file), encodings).into_iter().next() {
                return Err(fault);
            }
            let known = as_of.iter().find(|(provider, _)| *provider == file.provider);
            let as_of = known.map_or_else(|| self.as_of(), |(_, as_of)| *as_of);
            if file.as_of < as_of && !force {
                return Err(ErrorKind::Outdated { file: file.name.clone(), as_of: file.as_of, bundled: as_of }.into());
            }
            match merged.iter_mut().find(|base| base.provider == file.provider) {
                None => merged.push(file.clone()),
                Some(base) => lay_over(base, file),
            }
        }
        // Each file keeps the rules, and so does what is under them: what is left is what names mean among all of them.
        if let Some(fault) = together(&merged).into_iter().next() {
            return Err(fault);
        }
        Ok(Self { table: lay::lay_out(&merged)? })
    }
}

/// The files of a catalog, as far as it holds them.
fn files_of(catalog: &Catalog) -> Vec<File> {
    let table = &catalog.table;
    let mut files: Vec<File> = table
        .providers
        .iter()
        .map(|row| File {
            name: "the catalog underneath".to_owned(),
            provider: table.text(row.id).to_owned(),
            kind: row.kind,
            also: Vec::new(),
            as_of: row.as_of,
            models: Vec::new(),
        })
        .collect();
    for &(name, at) in table.provider_names.iter() {
        let (name, file) = (table.text(name), &mut files[at as usize]);
        if name != file.provider {
            file.also.push(name.to_owned());
        }
    }
    for model in catalog.models() {
        files[model.row.provider as usize].models.push(of(model));
    }
    files
}

fn lay_over(base: &mut File, file: &File) {
    for ours in &file.models {
        match base.models.binary_search_by(|known| known.id.cmp(&ours.id)) {
            Ok(at) => base.models[at] = merge(&base.models[at], ours),
            Err(at) => base.models.insert(at, ours.clone()),
        }
    }
    base.also.extend(file.also.iter().filter(|name| !base.also.contains(name)).cloned().collect::<Vec<_>>());
    base.name.clone_from(&file.name);
}

/// What is known of a model, changed by what a file says of it.
fn merge(base: &Model, ours: &Model) -> Model {
    let (base, ours) = (base.clone(), ours.clone());
    let mut aliases = base.aliases;
    aliases.retain(|alias| ours.aliases.iter().all(|other| other.name != alias.name));
    aliases.extend(ours.aliases);
    let mut prices = base.prices;
    if let Some(first) = ours.prices.first() {
        prices.retain(|price| price.from < first.from);
        if let Some(last) = prices.last_mut() {
            last.until = last.until.filter(|until| *until < first.from);
        }
        prices.extend(ours.prices);
    }
    Model {
        file: ours.file,
        line: ours.line,
        id: ours.id,
        encoding: ours.encoding.or(base.encoding),
        tokenizer: ours.tokenizer.or(base.tokenizer),
        inferred: ours.inferred || base.inferred,
        resold: ours.resold || base.resold,
        context_window: ours.context_window.or(base.context_window),
        max_input: ours.max_input.or(base.max_input),
        max_output: ours.max_output.or(base.max_output),
        dimensions: ours.dimensions.or(base.dimensions),
        takes: or(ours.takes, base.takes),
        gives: or(ours.gives, base.gives),
        endpoints: or(ours.endpoints, base.endpoints),
        reasoning: ours.reasoning.or(base.reasoning),
        efforts: or(ours.efforts, base.efforts),
        default_effort: ours.default_effort.or(base.default_effort),
        knowledge_cutoff: ours.knowledge_cutoff.or(base.knowledge_cutoff),
        released: ours.released.or(base.released),
        deprecated: ours.deprecated.or(base.deprecated),
        retired: ours.retired.or(base.retired),
        replaced_by: ours.replaced_by.or(base.replaced_by),
        note: ours.note,
        aliases,
        former: or(ours.former, base.former),
        prices,
    }
}

/// What is said, or else what was known.
fn or<T>(ours: Vec<T>, base: Vec<T>) -> Vec<T> {
    if ours.is_empty() { base } else { ours }
}

/// A model as a file would say it.
pub(super) fn of(model: model::Model<'_>) -> Model {
    let table = &model.catalog.table;
    let text = |text: Option<&str>| text.map(str::to_owned);
    let small = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
    let limits = model.limits();
    let former = model.row.former.of(&table.former).iter().map(|&FormerRow { until, limits }| {
        let known = |number: u32| (number != NONE).then_some(number);
        Former {
            until,
            context_window: known(limits.context_window),
            max_input: known(limits.max_input),
            max_output: known(limits.max_output),
        }
    });
    let entries = |rates: &mut dyn Iterator<Item = (crate::Meter, &str, crate::Rate)>| -> Vec<Entry> {
        rates.map(|(meter, detail, rate)| Entry { meter, detail: detail.to_owned(), rate }).collect()
    };
    let prices = model.prices().map(|price| Price {
        line: 0,
        from: price.from(),
        after: price.after(),
        until: price.until(),
        rates: entries(&mut price.rates()),
        checked: price.checked(),
        sources: price.sources().map(str::to_owned).collect(),
        // What is unusual in it was explained where it was written.
        note: Some("as bundled".to_owned()),
        cards: price
            .cards()
            .map(|card| Card {
                line: 0,
                tier: card.tier(),
                over: small(card.over()),
                inclusive: card.is_inclusive(),
                hours: card.hours(),
                region: text(card.region()),
                multiplier: card.multiplier(),
                rates: entries(&mut card.rates()),
            })
            .collect(),
    });
    let aliases = model.aliases().map(|alias| Alias {
        line: 0,
        name: alias.name().to_owned(),
        from: alias.from(),
        until: alias.until(),
        effort: alias.effort(),
    });
    Model {
        file: String::new(),
        line: 0,
        id: model.id().to_owned(),
        encoding: text(model.encoding()),
        tokenizer: text(model.tokenizer()),
        inferred: model.is_encoding_inferred(),
        resold: model.row.resold,
        context_window: small(limits.context_window),
        max_input: small(limits.max_input),
        max_output: small(limits.max_output),
        dimensions: small(model.dimensions()),
        takes: Modality::ALL.iter().copied().filter(|what| model.takes(*what)).collect(),
        gives: Modality::ALL.iter().copied().filter(|what| model.gives(*what)).collect(),
        endpoints: model.endpoints().collect(),
        reasoning: model.reasoning(),
        efforts: model.efforts().collect(),
        default_effort: model.default_effort(),
        knowledge_cutoff: text(model.knowledge_cutoff()),
        released: model.released(),
        deprecated: model.deprecated(),
        retired: model.retired(),
        replaced_by: text(model.replaced_by()),
        note: None,
        aliases: aliases.collect(),
        former: former.collect(),
        prices: prices.collect(),
    }
}
