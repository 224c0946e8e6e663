//! How Cadastre is reached.
