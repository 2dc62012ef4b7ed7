//! The `tokenfare` command: arguments, terminal, formats; it decides nothing about tokens or money.
#![forbid(unsafe_code)]

mod args;
mod bodies;
mod catalog;
mod cost;
mod count;
mod explain;
mod json;
mod list;
mod message;
mod output;
mod prices;
mod requests;
mod shell;
mod table;

use args::{Catalog, Cli, Command};
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use message::Messages;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a run ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Everything was done.
    Done = 0,
    /// What was checked is not right.
    Check = 1,
    /// The command line makes no sense, or names a model or an encoding that there is not.
    Usage = 2,
    /// Some input could not be read; the rest was counted.
    Inputs = 3,
    /// Output could not be written.
    Output = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a run ends early.
enum Failure {
    /// What was asked for makes no sense.
    Usage(String),
    /// There is nothing to do, so the help is shown.
    Help,
    /// Output could not be written.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<tokenfare::Error> for Failure {
    fn from(error: tokenfare::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

fn main() -> ExitCode {
    let mut command = Cli::command();
    let parsed = command.try_get_matches_from_mut(args::in_order(std::env::args_os().collect()));
    let (cli, matches) = match parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches))) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and versions come this way too, and go to stdout.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            return written(exit, error.print().and_then(|()| io::stdout().flush()), &Messages::new(None)).into();
        }
    };
    let messages = Messages::new(cli.color);
    let ran = run(&cli, &matches, &messages);
    match ran {
        Ok(exit) => exit,
        Err(Failure::Output(error)) => written(Exit::Done, Err(error), &messages),
        Err(Failure::Usage(why)) => {
            messages.error(&why);
            Exit::Usage
        }
        Err(Failure::Help) => {
            let help = command.render_help();
            messages.help(&help);
            Exit::Usage
        }
    }
    .into()
}

fn run(cli: &Cli, matches: &ArgMatches, messages: &Messages) -> Result<Exit, Failure> {
    // Opened only where it is asked: what checks a file must run while another is broken.
    let catalog = || catalog::open(&cli.catalog, cli.force_catalog);
    match &cli.command {
        None => count::run(&cli.count, matches, catalog()?, cli.color, messages),
        Some(Command::Count(args)) => {
            let matches = matches.subcommand_matches("count").expect("the command is `count`");
            count::run(args, matches, catalog()?, cli.color, messages)
        }
        Some(Command::Cost(args)) => cost::run(args, catalog()?, cli.color, messages),
        Some(Command::Explain(args)) => explain::run(args, catalog()?, cli.color, messages),
        Some(Command::Models(args)) => list::models(args, catalog()?, cli.color, messages),
        Some(Command::Prices(args)) => prices::run(args, catalog()?, cli.color, messages),
        Some(Command::Catalog(Catalog::Check { files })) => catalog::check(files, messages),
        Some(Command::Encodings(args)) => list::encodings(args, cli.color),
        Some(Command::Completions { shell }) => shell::completions(*shell),
        Some(Command::Man) => shell::man(),
    }
}

/// Returns how a run ends that would have ended so, and has written its output with this result.
fn written(exit: Exit, result: io::Result<()>, messages: &Messages) -> Exit {
    match result {
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            messages.error(&format!("cannot write the output: {error}"));
            Exit::Output
        }
        Ok(()) => exit,
    }
}
