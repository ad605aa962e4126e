//! Decimal arithmetic, so that `addf 0.1 0.2` is 0.3.

/// A number as `digits / 10^places`.
#[derive(Clone, Copy)]
struct Decimal {
    digits: i128,
    places: u32,
}

/// The decimal places of a quotient.
const QUOTIENT_PLACES: u32 = 16;

/// The result of `left op right`: decimal where the digits fit, else binary.
pub(super) fn calculate(op: char, left: f64, right: f64) -> f64 {
    let exact = Decimal::of(left).zip(Decimal::of(right)).and_then(|(l, r)| l.calculate(op, r));
    exact.and_then(Decimal::float).unwrap_or(match op {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        _ => left / right,
    })
}

impl Decimal {
    fn of(number: f64) -> Option<Self> {
        let text = number.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        Some(Self {
            digits: format!("{whole}{fraction}").parse().ok()?,
            places: u32::try_from(fraction.len()).ok()?,
        })
    }

    fn float(self) -> Option<f64> {
        format!("{}e-{}", self.digits, self.places).parse().ok()
    }

    fn calculate(self, op: char, other: Self) -> Option<Self> {
        match op {
            '+' | '-' => {
                let places = self.places.max(other.places);
                let (left, right) = (self.scaled(places)?, other.scaled(places)?);
                let digits =
                    if op == '+' { left.checked_add(right) } else { left.checked_sub(right) };
                Some(Self { digits: digits?, places })
            }
            '*' => Some(Self {
                digits: self.digits.checked_mul(other.digits)?,
                places: self.places.checked_add(other.places)?,
            }),
            _ => self.divided(other),
        }
    }

    /// The quotient, rounded half away from zero.
    fn divided(self, other: Self) -> Option<Self> {
        let places = self.places.max(other.places);
        let dividend = self.scaled(places)?.checked_mul(10_i128.checked_pow(QUOTIENT_PLACES)?)?;
        let divisor = other.scaled(places)?;
        let (quotient, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
        let up = rest.checked_abs()?.checked_mul(2)? >= divisor.checked_abs()?;
        let step = if up { dividend.signum() * divisor.signum() } else { 0 };
        Some(Self { digits: quotient.checked_add(step)?, places: QUOTIENT_PLACES })
    }

    fn scaled(self, places: u32) -> Option<i128> {
        self.digits.checked_mul(10_i128.checked_pow(places.checked_sub(self.places)?)?)
    }
}
