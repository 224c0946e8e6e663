//! `replay rebuild`: read models built anew, beside the live ones.

use std::sync::Arc;

use clap::Args;
use projections::{Comparison, Maintenance, MaintenanceError, Projector};
use serde::Serialize;

use crate::choice;
use crate::difference;
use crate::fault::{Exit, Fault};
use crate::house::House;
use crate::out::Out;
use crate::progress::Progress;

/// Builds read models anew from the first event on, compares each in full with the live one, and
/// puts it in its place. Nobody who reads them notices. A difference leaves the live one as it is,
/// unless the projector has a new version. Ctrl-C leaves it as it is, too.
#[derive(Args, Clone, Debug)]
pub struct Rebuild {
    /// The projection, or `all`.
    projection: String,
    /// Takes the new one even if it differs.
    #[arg(long)]
    accept: bool,
    /// How many connections take events in side by side, each those of its own keys; 0 for one that
    /// takes them in order. Unset, as many as there are cores, and at least 2.
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
}

/// What became of one.
#[derive(Debug, Serialize)]
struct Rebuilt {
    projection: &'static str,
    replaced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

/// Builds them, one after the other.
pub async fn run(args: &Rebuild, house: &House, out: &mut Out) -> Result<Exit, Fault> {
    let chosen = choice::built(&args.projection, house).await?;
    let workplace = house.workplace().await?;
    let mut all = Vec::new();
    for projector in chosen {
        let maintenance = Maintenance::new(workplace.clone(), Arc::clone(&projector));
        let maintenance = match args.workers {
            Some(workers) => maintenance.with_workers(workers),
            None => maintenance,
        };
        let rebuilt = one(&maintenance, &projector, args.accept).await;
        if !out.json {
            write(&rebuilt, out);
            out.flush();
        }
        all.push(rebuilt);
    }
    if out.json {
        out.document(&all);
    }
    Ok(Exit::well_if(all.iter().all(|one| one.replaced)))
}

async fn one(maintenance: &Maintenance, projector: &Arc<dyn Projector>, accept: bool) -> Rebuilt {
    let projection = projector.name();
    let progress = Progress::of(projection);
    let tell = |done, all| progress.reached(done, all);
    let (replaced, comparison, fault) = match maintenance.rebuild(accept, &tell).await {
        Ok(comparison) => (true, Some(comparison), None),
        Err(error) => {
            let sentence = error.to_string();
            match error {
                MaintenanceError::Differs { comparison, .. } => {
                    (false, Some(comparison), Some(sentence))
                }
                other => (false, None, Some(Fault::from(other).text())),
            }
        }
    };
    Rebuilt {
        projection,
        replaced,
        comparison,
        fault,
    }
}

fn write(rebuilt: &Rebuilt, out: &mut Out) {
    let name = rebuilt.projection;
    for line in rebuilt
        .comparison
        .iter()
        .flat_map(|found| difference::lines(name, found))
    {
        out.line(&line);
    }
    match &rebuilt.fault {
        Some(fault) => out.line(&format!("{name}: not replaced: {fault}")),
        None => out.line(&format!(
            "{name}: rebuilt and put in the place of the live one"
        )),
    }
}
