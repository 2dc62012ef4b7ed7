//! The command line.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ColorChoice, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use tokenfare::{At, By, Date, Media, Tier};

const EXAMPLES: &str = "\
Examples:
  tokenfare README.md                 how many tokens a file has
  git diff | tokenfare                how many come through a pipe
  tokenfare src docs -m gpt-4o-mini   tokens, share of the window, cost as input
  tokenfare . --by ext                what a tree is made of
  tokenfare . --json                  for programs
  tokenfare models 'gpt-4o*'          windows and prices
  tokenfare prices show gpt-4o        all rates, tiers and conditions
  tokenfare explain request.json      where the tokens of a request go
  git ls-files -z | tokenfare --files-from - --null";

const NOTES: &str = "\
What is counted:
  The bytes of a file as they are, but for one leading byte-order mark, so
  `echo hi | tokenfare` counts the newline. What is not UTF-8 is an error, or is
  replaced with --invalid-utf8 replace. Of the files found in directories those
  that are binary (a NUL in the first 8 KiB) are skipped, and said to be; a file
  that is named is never skipped. `./models` is a file with a command's name.

What is written:
  A table on a terminal. Elsewhere the bare number of tokens if there is one file
  or standard input to count, else a line for each file, its tokens before a tab
  and its name, and a line for the total. For programs: json, jsonl, csv.

Exit codes:
  0  done
  1  what was checked is not right
  2  the command line makes no sense, or the model or encoding is unknown
  3  some inputs could not be read; the rest was counted
  4  the output could not be written

Environment:
  TOKENFARE_ENCODING, TOKENFARE_MODEL, TOKENFARE_INVALID_UTF8, TOKENFARE_THREADS,
  TOKENFARE_COLOR and TOKENFARE_CATALOG stand for the options of these names.
  NO_COLOR and CLICOLOR_FORCE are heeded.";

const COST_NOTES: &str = "\
Examples:
  tokenfare cost response.json                  what it cost, line by line
  tokenfare cost log.jsonl --by model,day       what a log cost
  curl … | tokenfare cost -m my-deployment      from a pipe
  tokenfare cost log.jsonl --format jsonl       a line for each response

What is written:
  Of one response, the lines of its cost on a terminal, elsewhere the amount
  alone. Of several, their sums. Money is US dollars, exact to the last digit.

Exit codes are those of `tokenfare --help`: 3 if some responses have no cost.";

const EXPLAIN_NOTES: &str = "\
Examples:
  tokenfare explain request.json                  part by part, and what is left of the window
  tokenfare explain request.json -m o3-mini       as another model would count it
  tokenfare explain request.json --max-output 4k --check   exit 1 if that does not fit
  tokenfare explain request.json --media /messages/0/content/1=1024x768
  tokenfare count requests.jsonl --requests       a count for each of many

A request is what is sent: the body of OpenAI's chat completions, Responses,
completions or embeddings, Anthropic's messages or Gemini's generateContent, or a
line of a batch file.

How sure a number is:
  exact     counted with the model's own vocabulary, and nothing else is billed
  framed    what the server writes around the text is known from what it billed
  estimate  the truth lies between low and high
  unknown   a part that cannot be seen from outside; the whole is an estimate

Exit codes are those of `tokenfare --help`: 1 if --check is given and it may not
fit, 3 if the file is no request.";

const TEMPLATE: &str = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// Counts the tokens of files and text, offline and exactly, and says what they cost.
#[derive(Parser)]
#[command(
    name = "tokenfare",
    version,
    before_help = EXAMPLES,
    after_long_help = NOTES,
    help_template = TEMPLATE,
    args_conflicts_with_subcommands = true,
    max_term_width = 110
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) count: CountArgs,

    /// When to use colours: auto, always, never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        env = "TOKENFARE_COLOR",
        hide_env = true,
        hide_possible_values = true
    )]
    pub(crate) color: Option<ColorChoice>,

    /// Lay this file of models and prices over the bundled ones; may be given again, of two the later holds
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        env = "TOKENFARE_CATALOG",
        value_delimiter = PATHS,
        hide_env = true
    )]
    pub(crate) catalog: Vec<PathBuf>,

    /// Use files of prices that are older than the bundled ones
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) force_catalog: bool,
}

/// Puts the name of a command before the options of every command that were written before it: clap takes what follows an
/// option for a path, so that `tokenfare -m gpt-4o models` counts a file.
pub(crate) fn in_order(mut args: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(arg) = args.get(at).and_then(|arg| arg.to_str()) {
        at += match arg {
            "--catalog" | "--color" => 2,
            "--force-catalog" => 1,
            _ if arg.starts_with("--catalog=") || arg.starts_with("--color=") => 1,
            _ => break,
        };
    }
    let is_command = |arg: &OsString| Cli::command().get_subcommands().any(|command| arg == command.get_name());
    if at > 1 && args.get(at).is_some_and(is_command) {
        args[1..=at].rotate_right(1);
    }
    args
}

/// What stands between paths in a variable.
const PATHS: char = if cfg!(windows) { ';' } else { ':' };

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Counts files, directories and standard input (what happens without a command, too)
    #[command(before_help = EXAMPLES, after_long_help = NOTES, help_template = TEMPLATE)]
    Count(CountArgs),

    /// Says what requests cost, from their responses: one, or logs of many
    #[command(after_long_help = COST_NOTES)]
    Cost(CostArgs),

    /// Shows where the tokens of a request go, and what is left of the window
    #[command(after_long_help = EXPLAIN_NOTES)]
    Explain(ExplainArgs),

    /// Lists models with their windows and today's prices
    Models(ModelsArgs),

    /// Shows prices of a day, or what changed between two
    #[command(subcommand)]
    Prices(Prices),

    /// Checks files of models and prices
    #[command(subcommand)]
    Catalog(Catalog),

    /// Lists the encodings
    Encodings(FormatArgs),

    /// Writes the completions of a shell
    Completions {
        /// Which shell
        shell: Shell,
    },

    /// Writes the manual page
    Man,
}

#[derive(Args)]
pub(crate) struct CountArgs {
    /// Files, directories, or - for standard input
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Count with this encoding [default: o200k_base]
    #[arg(short, long, value_name = "NAME", env = "TOKENFARE_ENCODING", hide_env = true)]
    #[arg(help_heading = "Counting")]
    pub(crate) encoding: Option<String>,

    /// Count as this model does; adds its window and the cost as input
    #[arg(short, long, value_name = "ID", env = "TOKENFARE_MODEL", hide_env = true)]
    #[arg(help_heading = "Counting")]
    pub(crate) model: Option<String>,

    /// What to do with files that are not UTF-8: refuse, replace [default: refuse]
    #[arg(long, value_name = "HOW", env = "TOKENFARE_INVALID_UTF8", hide_env = true, hide_possible_values = true)]
    #[arg(help_heading = "Counting")]
    pub(crate) invalid_utf8: Option<Invalid>,

    /// Where the model's vocabulary is not public, estimate, with bounds
    #[arg(long, help_heading = "Counting", conflicts_with = "encoding")]
    pub(crate) estimate: bool,

    /// Each line is a request, counted as it is billed; a model that is named goes before the one in the request
    #[arg(long, help_heading = "Counting")]
    #[arg(conflicts_with_all = ["encoding", "estimate", "files_from", "by", "hidden", "no_ignore", "invalid_utf8"])]
    pub(crate) requests: bool,

    /// Stop at the first input that cannot be read, without a total
    #[arg(long, help_heading = "Counting")]
    pub(crate) fail_fast: bool,

    /// Use so many threads [default: as many as there are processors]
    #[arg(short = 'j', long, value_name = "N", env = "TOKENFARE_THREADS", hide_env = true, help_heading = "Counting")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Also count the files that this file names, one on a line; - is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Finding files")]
    pub(crate) files_from: Option<PathBuf>,

    /// Names in the list have a NUL after them, not a newline
    #[arg(short = '0', long, requires = "files_from", help_heading = "Finding files")]
    pub(crate) null: bool,

    /// Also count hidden files, but for .git
    #[arg(long, help_heading = "Finding files")]
    pub(crate) hidden: bool,

    /// Also count what .gitignore, .ignore and .tokenfareignore leave out
    #[arg(long, help_heading = "Finding files")]
    pub(crate) no_ignore: bool,

    /// Add up by extension or directory: ext, dir
    #[arg(long, value_name = "WHAT", hide_possible_values = true, help_heading = "Output")]
    pub(crate) by: Option<Grouping>,

    #[command(flatten)]
    pub(crate) output: FormatArgs,
}

#[derive(Args)]
pub(crate) struct CostArgs {
    /// Files of responses, or of their usage: JSON, a list of it, or a line of it for each; - for standard input
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) paths: Vec<PathBuf>,

    /// The model of responses that name none that is known
    #[arg(short, long, value_name = "ID", help_heading = "Pricing")]
    pub(crate) model: Option<String>,

    /// The provider, where the names of models do not decide it
    #[arg(long, value_name = "NAME", help_heading = "Pricing")]
    pub(crate) provider: Option<String>,

    /// By the prices of this day or moment [default: of when each was made, where it says so, else now]
    #[arg(long, value_name = "TIME", help_heading = "Pricing")]
    pub(crate) at: Option<At>,

    /// The tier that was asked for, which a batch does not say itself: batch, flex, priority
    #[arg(long, value_name = "TIER", help_heading = "Pricing")]
    pub(crate) tier: Option<Tier>,

    /// The region that was asked for, where the response does not say it
    #[arg(long, value_name = "REGION", help_heading = "Pricing")]
    pub(crate) region: Option<String>,

    /// The form of the responses, as openai.chat [default: told by what they hold]
    #[arg(long, value_name = "FORM", help_heading = "Pricing")]
    pub(crate) usage_format: Option<tokenfare::Format>,

    /// Stop at the first response that has no cost
    #[arg(long, help_heading = "Pricing")]
    pub(crate) fail_fast: bool,

    /// Use so many threads [default: as many as there are processors]
    #[arg(short = 'j', long, value_name = "N", env = "TOKENFARE_THREADS", hide_env = true, help_heading = "Pricing")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Add up by model, provider, tier, day, month, or several of them with commas between
    #[arg(long, value_name = "WHAT", value_delimiter = ',', help_heading = "Output")]
    pub(crate) by: Vec<By>,

    #[command(flatten)]
    pub(crate) output: FormatArgs,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// A file with a request, JSON; - for standard input
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) path: Option<PathBuf>,

    /// Count as this model does [default: the one the request names]
    #[arg(short, long, value_name = "ID", help_heading = "Counting")]
    pub(crate) model: Option<String>,

    /// Leave room for so many tokens of output, thinking included, as 4000 or 4k [default: what the request says]
    #[arg(long, value_name = "N", value_parser = tokens, help_heading = "Counting")]
    pub(crate) max_output: Option<u64>,

    /// How large a picture, sound or document is that the request only points to, by its place, as
    /// /messages/0/content/1=1024x768, =12.5s or =3p; may be given again
    #[arg(long, value_name = "PLACE=SIZE", value_parser = media, help_heading = "Counting")]
    pub(crate) media: Vec<(String, Media)>,

    /// As of this day [default: today]
    #[arg(long, value_name = "DATE", help_heading = "Counting")]
    pub(crate) at: Option<Date>,

    /// The form of the request, as openai.chat [default: told by what it holds]
    #[arg(long, value_name = "FORM", help_heading = "Counting")]
    pub(crate) request_format: Option<tokenfare::Format>,

    /// Exit with 1 if it does not fit into the window, or may not
    #[arg(long, help_heading = "Counting")]
    pub(crate) check: bool,

    #[command(flatten)]
    pub(crate) output: FormatArgs,
}

/// Reads the place of media in a request, a JSON pointer, and how large they are.
fn media(text: &str) -> Result<(String, Media), String> {
    let bad = || "not a place and a size, write /messages/0/content/1=1024x768, =12.5s or =3p".to_owned();
    let (at, size) = text.rsplit_once('=').filter(|(at, _)| at.starts_with('/')).ok_or_else(bad)?;
    let media = if let Some((width, height)) = size.split_once('x') {
        width.parse().ok().zip(height.parse().ok()).map(|(width, height)| Media::image(width, height))
    } else if let Some(pages) = size.strip_suffix('p') {
        pages.parse().ok().map(Media::pages)
    } else {
        let seconds = size.strip_suffix('s').and_then(|seconds| seconds.parse::<f64>().ok());
        seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0).map(Media::seconds)
    };
    Ok((at.to_owned(), media.ok_or_else(bad)?))
}

/// Reads a number of tokens: 50k is 50,000, 1.5M a million and a half, and 1_000_000 what it seems.
fn tokens(text: &str) -> Result<u64, String> {
    let bad = || "not a number of tokens, write it as 50000, 50_000, 50k or 1.5M".to_owned();
    let (digits, zeros) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 3),
        None => text.strip_suffix('M').map_or((text, 0), |digits| (digits, 6)),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let is_whole = whole.starts_with(|c: char| c.is_ascii_digit())
        && whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if !is_whole || !places.bytes().all(|byte| byte.is_ascii_digit()) || places.len() > zeros {
        return Err(bad());
    }
    let padded = format!("{whole}{places:0<zeros$}").replace('_', "");
    padded.parse().map_err(|_| bad())
}

#[derive(Args)]
pub(crate) struct ModelsArgs {
    /// An id or alias, a part of one, or a pattern of * and ?
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) pattern: Option<String>,

    #[command(flatten)]
    pub(crate) output: FormatArgs,
}

#[derive(Subcommand)]
pub(crate) enum Prices {
    /// Shows all rates of models
    Show {
        /// An id or alias, a part of one, or a pattern of * and ?
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        pattern: String,

        /// On which day [default: today]
        #[arg(long, value_name = "DATE")]
        at: Option<Date>,

        #[command(flatten)]
        output: FormatArgs,
    },

    /// Shows the rates that differ between two days, and the names that stood for another model
    Diff {
        /// The first day, as 2026-01-31
        from: Date,

        /// The other day
        to: Date,

        /// Of which models: an id or alias, a part of one, or a pattern of * and ? [default: all]
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        pattern: Option<String>,

        #[command(flatten)]
        output: FormatArgs,
    },
}

#[derive(Subcommand)]
pub(crate) enum Catalog {
    /// Checks that files keep the rules, alone and over the bundled catalog
    Check {
        /// Files in the form of the catalog's own
        #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct FormatArgs {
    /// Write table, plain, json, jsonl, csv or md [default: table on a terminal, else plain]
    #[arg(long, value_name = "FORMAT", hide_possible_values = true, help_heading = "Output")]
    pub(crate) format: Option<Format>,

    /// Short for --format json
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Plain,
    Json,
    Jsonl,
    Csv,
    Md,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Grouping {
    Ext,
    Dir,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Invalid {
    Refuse,
    Replace,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_have_a_place_and_a_size() {
        for (text, known) in
            [("/a=1024x768", Media::image(1024, 768)), ("/a=12.5s", Media::seconds(12.5)), ("/a=3p", Media::pages(3))]
        {
            assert_eq!(media(text), Ok(("/a".to_owned(), known)), "{text}");
        }
        for text in ["", "/a", "/a=", "a=1x1", "/a=1x", "/a=-1x1", "/a=12", "/a=infs", "/a=NaNs", "/a=-1s", "/a=1.5p"] {
            assert!(media(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_of_tokens_are_written_in_several_ways() {
        for (text, number) in
            [("0", 0), ("50000", 50_000), ("50_000", 50_000), ("50k", 50_000), ("1.5M", 1_500_000), ("0.25k", 250)]
        {
            assert_eq!(tokens(text), Ok(number), "{text}");
        }
        for text in
            ["", "k", "-1", "1.5", "1.2345k", "50 k", "1e3", "_1", ".5k", "99999999999999999999", "5kk", "1.5_0k"]
        {
            assert!(tokens(text).is_err(), "{text}");
        }
    }
}
