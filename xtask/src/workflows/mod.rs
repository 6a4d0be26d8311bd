//! What commands are made of: options in, values out. A workflow prints nothing and knows no command line; what it says
//! on the way, it says to `domain::events::Events`.

pub(crate) mod bootstrap;
pub(crate) mod image_build;
pub(crate) mod load;
pub(crate) mod scan;
pub(crate) mod suites;
pub(crate) mod tag;
