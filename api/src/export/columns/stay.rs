//! Listings, bookings, and what is paid.

use super::{Column, columns};

pub(super) const LISTINGS: &[Column] = columns![
    "id" "/id" Text, "host" "/host" Text, "title" "/title" Text,
    "description" "/description" Text, "kind" "/kind" Text,
    "status" "/status" Text, "building" "/building" Text, "lot" "/lot" Text,
    "units" "/units" Whole, "max_guests" "/max_guests" Whole,
    "nightly_price" "/pricing/nightly_price" Money,
    "cleaning_fee" "/pricing/cleaning_fee" Money,
    "currency" "/pricing/nightly_price/currency" Text,
    "weekly_discount_basis_points" "/pricing/weekly_discount_basis_points" Whole,
    "monthly_discount_basis_points" "/pricing/monthly_discount_basis_points" Whole,
    "policy" "/policy" Text,
    "time_zone" "/time_zone" Text, "check_in" "/check_in" Text, "check_out" "/check_out" Text,
    "instant" "/instant" Flag, "min_nights" "/min_nights" Whole,
    "max_nights" "/max_nights" Whole, "photos" "/photos" Several,
    "created_at" "/created_at" Instant, "changed_at" "/changed_at" Instant,
];

pub(super) const BLOCKS: &[Column] = columns![
    "block" "/block" Text, "listing" "/listing" Text, "first_night" "/first_night" Day,
    "until" "/until" Day, "units" "/units" Whole, "reason" "/reason" Text,
];

pub(super) const BOOKINGS: &[Column] = columns![
    "id" "/id" Text, "listing" "/listing" Text, "building" "/building" Text, "lot" "/lot" Text,
    "host" "/host" Text, "guest" "/guest" Text,
    "contact" "/contact" Text, "contact_name" "/contact_name" Text,
    "contact_email" "/contact_email" Text,
    "arrival" "/arrival" Day, "departure" "/departure" Day, "nights" "/nights" Whole,
    "units" "/units" Whole, "adults" "/adults" Whole, "children" "/children" Whole,
    "babies" "/babies" Whole, "total" "/total" Money,
    "cleaning_fee" "/quote/cleaning_fee" Money, "service_fee" "/quote/service_fee" Money,
    "discount" "/quote/discount/amount" Money, "discount_kind" "/quote/discount/kind" Text,
    "discount_basis_points" "/quote/discount/basis_points" Whole, "currency" "/currency" Text,
    "status" "/status" Text, "country" "/country" Text, "channel" "/channel" Text,
    "segment" "/segment" Text, "reference" "/reference" Text, "payment" "/payment" Text,
    "price" "/price" Text,
    "terms" "/terms" Text, "policy" "/policy" Text,
    "policy_version" "/policy_version" Whole, "instant" "/instant" Flag,
    "accepted" "/accepted" Flag, "deadline" "/deadline" Instant, "time_zone" "/time_zone" Text,
    "check_in_at" "/check_in_at" Instant, "check_out_at" "/check_out_at" Instant,
    "cancelled_by" "/cancellation/by" Text, "cancelled_at" "/cancellation/cancelled_at" Instant,
    "cancelled_when_confirmed" "/cancellation/was_confirmed" Flag,
    "cancellation_policy" "/cancellation/policy/id" Text,
    "cancellation_policy_version" "/cancellation/policy/version" Whole,
    "cancellation_tier" "/cancellation/tier" Text, "cancellation_paid" "/cancellation/paid" Money,
    "cancellation_kept" "/cancellation/kept" Money,
    "cancellation_refunded" "/cancellation/refunded" Money,
    "cancellation_host_fee" "/cancellation/host_fee" Money,
    "reason" "/reason" Text, "origin" "/origin" Text, "adopted" "/adopted" Flag,
    "requested_at" "/requested_at" Instant, "confirmed_at" "/confirmed_at" Instant,
    "ended_at" "/ended_at" Instant, "changed_at" "/changed_at" Instant,
];

pub(super) const PAYMENTS: &[Column] = columns![
    "id" "/id" Text, "booking" "/booking" Text, "payer" "/payer" Text,
    "payer_kind" "/payer_kind" Text, "amount" "/amount" Money, "captured" "/captured" Money,
    "refunded" "/refunded" Money, "refund_pending" "/refund_pending" Money,
    "currency" "/currency" Text, "status" "/status" Text, "failure" "/failure" Text,
    "provider_reference" "/provider_reference" Text, "created_at" "/created_at" Instant,
    "captured_at" "/captured_at" Instant, "changed_at" "/changed_at" Instant,
    "origin" "/origin" Text,
];

pub(super) const PAYMENT_STATS: &[Column] = columns![
    "currency" "/currency" Text, "payments" "/payments" Whole, "succeeded" "/succeeded" Whole,
    "failed" "/failed" Whole, "captured" "/captured" Money, "refunded" "/refunded" Money,
    "refund_pending" "/refund_pending" Money, "net" "/net" Money,
];
