//! Who is asking, as limits tell clients apart.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::Request;
use uuid::Uuid;

use super::Presented;
use crate::extract::Trail;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// The user of a genuine token.
    User(Uuid),
    /// An address; of IPv6 its /64.
    Address(IpAddr),
    /// Neither is known, which happens in tests of routers without a socket.
    Unknown,
}

impl Client {
    /// The user of a genuine token, else the address.
    pub fn by_user(request: &Request) -> Self {
        match request.extensions().get::<Presented>() {
            Some(Presented(Ok(claims))) => Self::User(claims.sub),
            _ => Self::by_address(request),
        }
    }

    /// The address, whatever token comes with it.
    pub fn by_address(request: &Request) -> Self {
        let trail = request.extensions().get::<Trail>();
        let ip = trail.and_then(|trail| trail.ip);
        ip.map_or(Self::Unknown, |ip| Self::Address(network(ip)))
    }
}

/// An IPv6 client owns a whole /64 and could ask from another address each time.
pub fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}
