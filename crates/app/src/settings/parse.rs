//! Reads each setting, and says what would be right where it is wrong.
use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

use adapters_files::Reserve;
use adapters_http::Language;
use axum::http::Uri;
use domain::calendar::Calendar;
use ipnet::IpNet;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::{LogFormat, wrong};
use crate::failure::Failure;

/// Those of ISO 4217 that have two decimal places, as all amounts here do.
const CURRENCIES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE \
    CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR \
    KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB \
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY \
    TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW";

const MIB: u64 = 1024 * 1024;

pub(super) fn listen(value: &str) -> Result<SocketAddr, Failure> {
    let expected = "an IP address and a port, such as 127.0.0.1:8000 or [::]:8000";
    value.parse().map_err(|_| wrong("VORONKA_LISTEN", value, expected))
}

pub(super) fn public_url(value: &str) -> Result<Option<String>, Failure> {
    if value.is_empty() {
        return Ok(None);
    }
    let is_origin = |uri: &Uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|it| !it.as_str().contains('@'))
            && uri.path() == "/"
            && uri.query().is_none()
    };
    match value.parse::<Uri>() {
        Ok(uri) if is_origin(&uri) => Ok(Some(value.trim_end_matches('/').to_lowercase())),
        _ => Err(wrong("VORONKA_PUBLIC_URL", value, "an address without a path, such as https://crm.example.com")),
    }
}

/// An address alone is a network of one.
pub(super) fn proxies(value: &str) -> Result<Vec<IpNet>, Failure> {
    let one = |it: &str| it.parse().ok().or_else(|| it.parse::<IpAddr>().ok().map(IpNet::from));
    let all = value.split(',').map(str::trim).filter(|it| !it.is_empty());
    let expected = "addresses or networks parted by commas, such as 127.0.0.1,10.0.0.0/8";
    all.map(one).collect::<Option<_>>().ok_or_else(|| wrong("VORONKA_TRUSTED_PROXIES", value, expected))
}

pub(super) fn language(value: &str) -> Result<Language, Failure> {
    Language::from_code(value).ok_or_else(|| wrong("VORONKA_LANGUAGE", value, "ru or en"))
}

pub(super) fn currency(value: &str) -> Result<String, Failure> {
    let expected = "the ISO 4217 code of a currency with two decimal places, such as RUB";
    let known = CURRENCIES.split_whitespace().find(|it| *it == value);
    known.map(ToOwned::to_owned).ok_or_else(|| wrong("VORONKA_CURRENCY", value, expected))
}

pub(super) fn time_zone(value: &str) -> Result<Calendar, Failure> {
    let expected = "the name of a time zone, such as Europe/Moscow";
    Calendar::named(value).ok_or_else(|| wrong("VORONKA_TIME_ZONE", value, expected))
}

/// From MiB to bytes.
pub(super) fn document_limit(value: &str) -> Result<u64, Failure> {
    whole("VORONKA_DOCUMENT_LIMIT_MIB", value, 1..=1024).map(|it| u64::from(it) * MIB)
}

pub(super) fn waiting_uploads(value: &str) -> Result<u64, Failure> {
    whole("VORONKA_WAITING_UPLOADS", value, 1..=10_000).map(u64::from)
}

/// From MiB to bytes.
pub(super) fn disk_reserve(value: &str) -> Result<Reserve, Failure> {
    if value.is_empty() {
        return Ok(Reserve::Usual);
    }
    whole("VORONKA_DISK_RESERVE_MIB", value, 0..=u16::MAX).map(|it| Reserve::Bytes(u64::from(it) * MIB))
}

pub(super) fn whole(name: &str, value: &str, range: RangeInclusive<u16>) -> Result<u16, Failure> {
    let number = value.parse().ok().filter(|it| range.contains(it));
    number.ok_or_else(|| wrong(name, value, &format!("a whole number from {} to {}", range.start(), range.end())))
}

pub(super) fn truth(name: &str, value: &str) -> Result<bool, Failure> {
    value.parse().map_err(|_| wrong(name, value, "true or false"))
}

/// The filter takes a bare word for a target, which silences everything else: here it must be a level.
pub(super) fn log_filter(value: &str) -> Result<String, Failure> {
    let is_level = |it: &str| it.parse::<LevelFilter>().is_ok() && !it.bytes().any(|it| it.is_ascii_digit());
    let is_directive = |it: &str| is_level(it.rsplit_once('=').map_or(it, |(_, level)| level).trim());
    if value.split(',').all(is_directive) && EnvFilter::try_new(value).is_ok() {
        Ok(value.to_owned())
    } else {
        Err(wrong("VORONKA_LOG", value, "off, error, warn, info, debug or trace, or target=level parted by commas"))
    }
}

pub(super) fn log_format(value: &str) -> Result<LogFormat, Failure> {
    match value {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(wrong("VORONKA_LOG_FORMAT", value, "text or json")),
    }
}
