//! Every path through the processor gives the same ids: the plain one and each of the wide ones, forced one by one.
//!
//! This is the glance at each that every run of the tests takes; `./test.sh paths` runs all tests on each.

use std::process::Command;
use tokenfare_tests::reference::ENCODINGS;
use tokenfare_tests::{atoms, cases, vectors};

/// What `TOKENFARE_SIMD` can be; where the processor has less, that is what is tested.
const PATHS: [&str; 4] = ["scalar", "sse2", "avx2", "avx512"];

#[test]
fn every_path_gives_the_ids_of_the_reference() {
    let this = std::env::current_exe().expect("a test knows itself");
    for path in PATHS {
        let mut again = Command::new(&this);
        again.args(["--exact", "this_path_gives_the_ids_of_the_reference", "--include-ignored"]);
        let done = again.env("TOKENFARE_SIMD", path).output().expect("a test can be run again");
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{path}: {said}");
    }
}

#[test]
#[ignore = "run once for each path by the test above: the path is chosen once a process"]
fn this_path_gives_the_ids_of_the_reference() {
    for vector in vectors::stored() {
        let encoding = tokenfare::encoding(&vector.encoding).expect("a vector's encoding is embedded");
        assert_eq!(encoding.encode(&vector.text()), vector.tokens, "{} {}", vector.encoding, vector.name);
        assert_eq!(encoding.count(&vector.text()), vector.tokens.len(), "{} {}", vector.encoding, vector.name);
    }
    cases::hold(500, &atoms::texts(), |text| {
        for known in &ENCODINGS {
            let ids = known.reference().encode_ordinary(&text);
            assert_eq!(known.ours().encode(&text), ids, "{}", known.name);
            assert_eq!(known.ours().count(&text), ids.len(), "{}", known.name);
        }
        Ok(())
    });
}
