//! One bench a question, rivals beside us.
#![forbid(unsafe_code)]
