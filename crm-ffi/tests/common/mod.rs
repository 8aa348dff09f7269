//! Where the built library is.

use std::path::PathBuf;

/// The folder of the running test, into which cargo also put the `libcrm.so` and `libcrm.a` that belong to it.
pub(crate) fn library_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a file");
    let folder = test.parent().expect("it is in a folder");
    let library = folder.join("libcrm.so");
    assert!(library.exists(), "cargo builds {} before it runs tests", library.display());
    folder.into()
}
