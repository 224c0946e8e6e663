//! Projections by name.

use std::sync::Arc;

use projections::Projector;
use projections::processes::{self, Processes};

use crate::fault::Fault;
use crate::house::House;
use crate::nearest::nearest;

/// The word for every projection.
const ALL: &str = "all";

/// Every projection, that of the processes included, whoever runs it.
pub fn all() -> Vec<Arc<dyn Projector>> {
    let mut all = projections::all();
    if all.iter().all(|one| one.name() != processes::NAME) {
        all.push(Arc::new(Processes));
    }
    all
}

/// The projection `name`.
pub fn one(name: &str) -> Result<Arc<dyn Projector>, Fault> {
    let all = all();
    let names: Vec<&str> = all.iter().map(|one| one.name()).collect();
    let fault = || {
        let name = crate::table::plain(name);
        Fault::unknown(format!(
            "there is no projection `{name}`; there are {}",
            names.join(", ")
        ))
        .suggest(nearest(&name, names.iter().copied()))
    };
    let found = all.iter().find(|one| one.name() == name);
    found.map(Arc::clone).ok_or_else(fault)
}

/// The projection `name`, or every one.
pub fn one_or_all(name: &str) -> Result<Vec<Arc<dyn Projector>>, Fault> {
    if name == ALL {
        Ok(all())
    } else {
        Ok(vec![one(name)?])
    }
}

/// The projection `name`, or every one, all of which must have been built: comparing nothing with
/// nothing would look like success.
pub async fn built(name: &str, house: &House) -> Result<Vec<Arc<dyn Projector>>, Fault> {
    let chosen = one_or_all(name)?;
    for projector in &chosen {
        must_be_built(&**projector, house).await?;
    }
    Ok(chosen)
}

/// Refuses a projection without tables.
pub async fn must_be_built(projector: &dyn Projector, house: &House) -> Result<(), Fault> {
    match projections::status::stored(&house.pool, projector).await? {
        Some(_) => Ok(()),
        None => Err(Fault::failed(format!(
            "the projection `{}` was never built; start `cadastre serve` once",
            projector.name()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projections_are_chosen_by_name() {
        assert_eq!(one("users").unwrap().name(), "users");
        assert_eq!(one_or_all("all").unwrap().len(), all().len());
        assert_eq!(one_or_all("processes").unwrap().len(), 1);
        let names: std::collections::BTreeSet<_> = all().iter().map(|one| one.name()).collect();
        assert_eq!(names.len(), all().len());
    }

    #[test]
    fn an_unknown_one_is_refused_with_the_nearest() {
        let fault = one("user").err().unwrap();
        assert_eq!(fault.exit.code(), 2);
        assert!(
            fault.text().ends_with("did you mean `users`?"),
            "{}",
            fault.text()
        );
        assert!(one("all").is_err());
    }
}
