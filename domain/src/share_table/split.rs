//! An amount among lots, to the last unit.

use std::collections::BTreeMap;

use crate::id::LotId;

/// Splits `amount` by `parts`, so that what the lots bear adds up to it exactly: each gets its
/// share rounded towards zero, and the units that are left go one by one to the largest remainders,
/// among equals to the first lots. Nothing is split among no parts.
pub fn split(amount: i64, parts: &BTreeMap<LotId, u32>) -> BTreeMap<LotId, i64> {
    let total: i128 = parts.values().map(|part| i128::from(*part)).sum();
    if total == 0 {
        return BTreeMap::new();
    }
    let whole = i128::from(amount).abs();
    let mut shares: Vec<(LotId, i128, i128)> = parts
        .iter()
        .map(|(lot, part)| {
            let exact = whole * i128::from(*part);
            (*lot, exact / total, exact % total)
        })
        .collect();
    let given: i128 = shares.iter().map(|(_, share, _)| share).sum();
    let left = usize::try_from(whole - given).unwrap_or_default();
    // The sort is stable: among equal remainders the first lot comes first.
    shares.sort_by_key(|(_, _, remainder)| std::cmp::Reverse(*remainder));
    for (_, share, _) in shares.iter_mut().take(left) {
        *share += 1;
    }
    let sign = if amount < 0 { -1 } else { 1 };
    let signed = |share: i128| i64::try_from(share * sign).unwrap_or_default();
    shares
        .into_iter()
        .map(|(lot, share, _)| (lot, signed(share)))
        .collect()
}
