//! Vector searches: the only room in which `unsafe` may live. Every search here has a scalar twin; today all are scalar.
