//! Money: whole minor units of one ISO 4217 currency. No fraction is ever lost or invented.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Currencies without a minor unit.
const ZERO_DECIMALS: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XOF", "XPF",
];
/// Currencies with a thousandth as minor unit.
const THREE_DECIMALS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
/// Currencies with a hundredth as minor unit.
const TWO_DECIMALS: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF",
    "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR",
    "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF",
    "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP",
    "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD",
    "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP",
    "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST", "XCD", "YER",
    "ZAR", "ZMW",
];

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");
    /// The dollar of the United States.
    pub const USD: Self = Self(*b"USD");

    /// The three letters.
    pub fn code(&self) -> &str {
        // Three upper-case ASCII letters by construction, so this is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimals its minor unit stands for.
    pub fn decimals(&self) -> u32 {
        if ZERO_DECIMALS.contains(&self.code()) {
            0
        } else if THREE_DECIMALS.contains(&self.code()) {
            3
        } else {
            2
        }
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = [TWO_DECIMALS, ZERO_DECIMALS, THREE_DECIMALS]
            .iter()
            .any(|l| l.contains(&text));
        match (known, text.as_bytes()) {
            (true, &[a, b, c]) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::UnknownCurrency(text.chars().take(16).collect())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (12550 is 125.50 in a currency of two decimals).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// In minor units; below zero where money flows back.
    pub amount: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

/// Why two amounts could not be worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit into the widest amount.
    #[error("the sum is larger than the largest amount that can be kept")]
    Overflow,
    /// Two currencies cannot be added.
    #[error("{0} and {1} cannot be added up")]
    CurrencyMismatch(Currency, Currency),
    /// Not a currency of ISO 4217 in use.
    #[error("`{0}` is not a currency of ISO 4217")]
    UnknownCurrency(String),
}

impl Money {
    /// `amount` minor units of `currency`.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing of `currency`.
    pub fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// The sum, if the currencies agree and it fits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, i64::checked_add)
    }

    /// The difference, if the currencies agree and it fits.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, i64::checked_sub)
    }

    /// `count` times the amount, if it fits.
    pub fn times(self, count: i64) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(count).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// `basis_points` ten-thousandths of the amount, rounded half away from zero, once.
    pub fn share(self, basis_points: u32) -> Result<Self, MoneyError> {
        let wide = i128::from(self.amount) * i128::from(basis_points);
        let half = if wide < 0 { -5_000 } else { 5_000 };
        let amount = i64::try_from((wide + half) / 10_000).map_err(|_| MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// Parts in proportion to `weights`, whose sum is the amount to the last unit.
    ///
    /// Each part is rounded down; the units left over go one by one to the parts that lost most,
    /// of equals to the first. All parts are nothing where no weight is above zero.
    pub fn split(self, weights: &[u64]) -> Vec<Self> {
        let amount = u128::from(self.amount.unsigned_abs());
        let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        if sum == 0 {
            return vec![Self::zero(self.currency); weights.len()];
        }
        let wide: Vec<u128> = weights
            .iter()
            .map(|weight| amount * u128::from(*weight))
            .collect();
        let mut parts: Vec<u128> = wide.iter().map(|wide| wide / sum).collect();
        let left = amount - parts.iter().sum::<u128>();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(wide[*at] % sum));
        for at in order
            .into_iter()
            .take(usize::try_from(left).unwrap_or(usize::MAX))
        {
            parts[at] += 1;
        }
        let sign = i128::from(self.amount.signum());
        // A part is never larger than the whole, which fitted.
        let fit = |part| i64::try_from(sign * i128::try_from(part).unwrap_or(0)).unwrap_or(0);
        parts
            .into_iter()
            .map(|part| Self::new(fit(part), self.currency))
            .collect()
    }

    fn with(self, other: Self, op: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, other.currency));
        }
        let amount = op(self.amount, other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals();
        let unit = 10_u64.pow(decimals);
        let sign = if self.amount < 0 { "-" } else { "" };
        let whole = self.amount.unsigned_abs() / unit;
        let rest = self.amount.unsigned_abs() % unit;
        match decimals {
            0 => write!(f, "{sign}{whole} {}", self.currency),
            _ => write!(
                f,
                "{sign}{whole}.{rest:0width$} {}",
                self.currency,
                width = decimals as usize
            ),
        }
    }
}

#[cfg(test)]
mod tests;
