//! Money: whole minor units with an ISO 4217 currency. Never a float, never a sum over two currencies.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::base::error::{Error, Result};
use crate::base::limit;

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
}

/// Active codes of ISO 4217 by number of decimals; the rest of the table has two.
const TWO: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD \
CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL \
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK \
MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS \
SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
const NONE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";
const FOUR: &str = "CLF UYW";

impl Currency {
    /// The euro.
    pub const EUR: Self = Self { code: *b"EUR" };
    /// The US dollar.
    pub const USD: Self = Self { code: *b"USD" };

    /// The currency of that code, in either case.
    ///
    /// # Errors
    /// `Invalid` when ISO 4217 has no such code.
    pub fn new(code: &str) -> Result<Self> {
        let upper = code.trim().to_ascii_uppercase();
        let known = upper.len() == 3
            && [TWO, NONE, THREE, FOUR]
                .iter()
                .any(|list| list.split_ascii_whitespace().any(|known| known == upper));
        match upper.as_bytes().try_into() {
            Ok(code) if known => Ok(Self { code }),
            _ => Err(Error::invalid(
                "currency",
                format!("{code:?} is not an ISO 4217 currency code such as EUR"),
            )),
        }
    }

    /// From a stored code, which was looked up when it was written.
    #[must_use]
    pub fn stored(code: &str) -> Option<Self> {
        let code: [u8; 3] = code.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_uppercase).then_some(Self { code })
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("EUR")
    }

    /// The codes of all currencies with so many decimals.
    pub fn codes(decimals: u32) -> impl Iterator<Item = &'static str> {
        let list = match decimals {
            0 => NONE,
            2 => TWO,
            3 => THREE,
            4 => FOUR,
            _ => "",
        };
        list.split_ascii_whitespace()
    }

    /// Decimals of a major unit: 2 for EUR, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        let within = |list: &str| list.as_bytes().chunks(4).any(|known| known[..3] == self.code);
        if self.code == *b"EUR" || self.code == *b"USD" {
            2
        } else if within(NONE) {
            0
        } else if within(THREE) {
            3
        } else if within(FOUR) {
            4
        } else {
            2
        }
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::EUR
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// A number of minor units; which currency they are of, its record knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Amount(pub i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From major units, exactly.
    ///
    /// # Errors
    /// `Invalid` with more decimals than the currency has; `Limit` beyond [`limit::AMOUNT`].
    pub fn from_major(major: Decimal, currency: Currency) -> Result<Self> {
        let decimals = currency.decimals();
        crate::require!(
            major.normalize().scale() <= decimals,
            "",
            "{major} has more decimals than {currency} has ({decimals})"
        );
        let minor = major
            .checked_mul(Decimal::from(10_i64.pow(decimals)))
            .and_then(|minor| i64::try_from(minor).ok());
        match minor {
            Some(minor) if minor.abs() <= limit::AMOUNT => Ok(Self(minor)),
            _ => Err(Error::limit(
                "",
                format!("{major} {currency} is beyond {} minor units", limit::AMOUNT),
            )),
        }
    }

    /// In major units, exactly.
    #[must_use]
    pub fn to_major(self, currency: Currency) -> Decimal {
        Decimal::new(self.0, currency.decimals())
    }

    /// With its currency.
    #[must_use]
    pub const fn of(self, currency: Currency) -> Money {
        Money { minor: self.0, currency }
    }
}

/// An amount with its currency.
///
/// ```
/// use crm_core::{Currency, Money};
/// let price = Money::from_major("12.50".parse().unwrap(), Currency::EUR).unwrap();
/// assert_eq!((price.minor, price.to_string().as_str()), (1250, "12.50 EUR"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units, such as cents.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
}

impl Money {
    /// From major units, exactly.
    ///
    /// # Errors
    /// As [`Amount::from_major`].
    pub fn from_major(major: Decimal, currency: Currency) -> Result<Self> {
        Ok(Amount::from_major(major, currency)?.of(currency))
    }

    /// In major units.
    #[must_use]
    pub fn major(self) -> Decimal {
        Amount(self.minor).to_major(self.currency)
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.major(), self.currency)
    }
}

/// Sums by currency; adding never overflows and never mixes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MoneyBag(BTreeMap<Currency, i128>);

impl MoneyBag {
    /// Adds an amount.
    pub fn add(&mut self, money: Money) {
        *self.0.entry(money.currency).or_default() += i128::from(money.minor);
    }

    /// The sums in minor units, by currency code.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, i128)> + '_ {
        self.0.iter().map(|(currency, sum)| (*currency, *sum))
    }
}

/// `numerator / denominator` rounded half to even: the one rounding of money.
#[must_use]
pub fn divide_half_even(numerator: i128, denominator: i128) -> i128 {
    debug_assert!(denominator > 0, "a unit is positive");
    let (quotient, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_follow_iso_4217() {
        for (code, decimals) in
            [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("XPF", 0), ("TND", 3), ("CHF", 2)]
        {
            assert_eq!(Currency::new(code).unwrap().decimals(), decimals, "{code}");
        }
        assert!(
            Currency::new("EURO").is_err()
                && Currency::new("XYZ").is_err()
                && Currency::new("EU ").is_err()
        );
    }

    #[test]
    fn too_many_decimals_are_refused_not_rounded() {
        let yen = Currency::new("jpy").unwrap();
        assert!(Amount::from_major("1.5".parse().unwrap(), yen).is_err());
        assert_eq!(
            Amount::from_major("1.500".parse().unwrap(), Currency::EUR).unwrap(),
            Amount(150)
        );
        assert!(Amount::from_major("10000000000000.01".parse().unwrap(), Currency::EUR).is_err());
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let rounded: Vec<i128> =
            [-25, -15, -5, 5, 15, 25, 26].map(|n| divide_half_even(n, 10)).into();
        assert_eq!(rounded, [-2, -2, 0, 0, 2, 2, 3]);
    }
}
