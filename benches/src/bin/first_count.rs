//! Counts two words under the encoding that its argument names, and ends. `benches/start.rs` starts it.
#![forbid(unsafe_code)]

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "o200k_base".to_owned());
    let tokens = tokenfare::encoding(&name)?.count("hello world");
    writeln!(std::io::stdout(), "{tokens}")?;
    Ok(())
}
