//! The measurements. Each is a program of `benches/`, run by `make bench`; it puts a peer beside us
//! in the same run, on the same database, and prints a ratio. No test asserts a time.
