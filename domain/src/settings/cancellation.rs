//! What a host owes who calls off a stay that guests rely on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money, MoneyError};

/// What a host owes who calls off a confirmed stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostCancellation {
    /// So many days before check-in, or more, the early fee is owed; later the late one.
    pub early_days: u16,
    /// Sums, in minor units of their currency.
    pub sums: BTreeMap<Currency, FeePair<i64>>,
    /// Shares of the total in ten-thousandths, for a currency without a sum.
    pub shares: FeePair<u32>,
}

/// What is owed early and late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeePair<T> {
    /// So many days before, or more.
    pub early: T,
    /// Later than that.
    pub late: T,
}

impl<T: Copy> FeePair<T> {
    fn at(self, is_early: bool) -> T {
        if is_early { self.early } else { self.late }
    }
}

impl HostCancellation {
    /// What is owed for a stay of `total`.
    pub fn fee(&self, total: Money, is_early: bool) -> Result<Money, MoneyError> {
        match self.sums.get(&total.currency) {
            Some(sums) => Ok(Money::new(sums.at(is_early), total.currency)),
            None => total.share(self.shares.at(is_early)),
        }
    }
}

impl Default for HostCancellation {
    /// 50.00 early and 100.00 late, in euros and dollars; a tenth and a fifth elsewhere. A week
    /// before check-in is early.
    fn default() -> Self {
        let sums = FeePair {
            early: 5_000,
            late: 10_000,
        };
        Self {
            early_days: 7,
            sums: [(Currency::EUR, sums), (Currency::USD, sums)].into(),
            shares: FeePair {
                early: 1_000,
                late: 2_000,
            },
        }
    }
}
