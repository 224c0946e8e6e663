//! Ranges of addresses as networks are written: `10.0.0.0/8`.

use std::net::IpAddr;
use std::str::FromStr;

/// All addresses that begin with the same bits; a single address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    first: IpAddr,
    /// How many bits at the front are the same.
    prefix: u32,
}

impl AddressRange {
    /// Whether `address` is one of them. An IPv4 address is the same when IPv6 carries it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let rest = 32 - self.prefix;
                first.to_bits().checked_shr(rest) == address.to_bits().checked_shr(rest)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let rest = 128 - self.prefix;
                first.to_bits().checked_shr(rest) == address.to_bits().checked_shr(rest)
            }
            _ => false,
        }
    }
}

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || {
            format!(
                "`{text}` is no address and no range of addresses: write one such as `10.0.0.1`, \
                 `10.0.0.0/8` or `2001:db8::/32`"
            )
        };
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| unreadable())?;
        let bits = if first.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| unreadable())?
            }
            Some(_) => return Err(unreadable()),
        };
        if prefix > bits {
            return Err(unreadable());
        }
        Ok(Self { first, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(range: &str, address: &str) -> bool {
        let range: AddressRange = range.parse().unwrap();
        range.contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_has_the_addresses_that_begin_alike() {
        assert!(has("10.0.0.1", "10.0.0.1"));
        assert!(!has("10.0.0.1", "10.0.0.2"));
        assert!(has("10.0.0.0/8", "10.255.1.2"));
        assert!(has("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("0.0.0.0/0", "203.0.113.9"));
        assert!(!has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!has("2001:db8::/32", "2001:db9::1"));
        assert!(has("::/0", "2001:db8::1"));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0/8",
            "::1/129",
            "10.0.0.0/+8",
            "proxy",
        ] {
            assert!(text.parse::<AddressRange>().is_err(), "{text}");
        }
    }
}
