//! What an order costs, what was taken for it, and what is still owed.
//!
//! The price is agreed when a person accepts the first photo, by the recipient's profile; a retake changes nothing. Whatever is taken, waived
//! or given back is an entry of a ledger to which entries are only ever added.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::order::UnixMillis;

/// Money in fen, a hundredth of a yuan. Prints as `15.00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fen(pub u32);

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Most that one entry may hold: 10,000 yuan. A slip of the finger ends here.
    pub const MOST: Self = Self(1_000_000);

    fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl std::iter::Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
    }
}

/// How a price is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// Coins and notes.
    Cash,
    /// `WeChat` Pay (微信支付).
    Wechat,
    /// Alipay (支付宝).
    Alipay,
    /// The school pays.
    SchoolAccount,
    /// Nobody pays; needs a reason.
    Waived,
}

impl PaymentKind {
    /// Every kind, as settlements list them.
    pub const ALL: [Self; 5] = [Self::Cash, Self::Wechat, Self::Alipay, Self::SchoolAccount, Self::Waived];

    /// The name in the order log and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Wechat => "wechat",
            Self::Alipay => "alipay",
            Self::SchoolAccount => "school_account",
            Self::Waived => "waived",
        }
    }
}

impl FromStr for PaymentKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownKind)
    }
}

/// A kind of payment that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of payment")]
pub struct UnknownKind;

/// Why a price was waived. A ledger outlives the people in it, so that it takes no free words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WaiverReason {
    /// The studio made a mistake.
    StudioError,
    /// Somebody of the school's or the studio's staff.
    Staff,
    /// A student in need.
    Hardship,
    /// Agreed with the school for this group.
    Agreement,
    /// Another reason, which stands in the order's notes.
    Other,
}

impl WaiverReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::StudioError, Self::Staff, Self::Hardship, Self::Agreement, Self::Other];

    /// The name in the order log and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StudioError => "studio_error",
            Self::Staff => "staff",
            Self::Hardship => "hardship",
            Self::Agreement => "agreement",
            Self::Other => "other",
        }
    }
}

impl FromStr for WaiverReason {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name).ok_or(UnknownKind)
    }
}

/// When a studio takes its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentTime {
    /// Never: orders have no price.
    Never,
    /// Before the shot: the shutter waits for the counter.
    Before,
    /// After the photo was accepted.
    #[default]
    After,
}

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// UUID (version 7).
    pub id: String,
    /// How.
    pub kind: PaymentKind,
    /// How much; never nothing.
    pub amount: Fen,
    /// Set when this gives back an earlier entry, or a part of it.
    pub gives_back: Option<String>,
    /// Why it was waived.
    pub reason: Option<WaiverReason>,
    /// Who.
    pub actor: String,
    /// When.
    pub at: UnixMillis,
}

/// What one order costs and what became of it, oldest entry first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// The agreed price.
    pub price: Fen,
    /// What was taken, waived and given back.
    pub entries: Vec<LedgerEntry>,
}

impl Account {
    /// What is still owed.
    #[must_use]
    pub fn owing(&self) -> Fen {
        let (taken, given_back): (Vec<_>, Vec<_>) =
            self.entries.iter().partition(|entry| entry.gives_back.is_none());
        let sum = |entries: Vec<&LedgerEntry>| entries.iter().map(|entry| entry.amount).sum::<Fen>();
        self.price.less(sum(taken).less(sum(given_back)))
    }

    /// What of an entry has not been given back yet; `None` when it is not here, or gives back itself.
    #[must_use]
    pub fn left_of(&self, id: &str) -> Option<Fen> {
        let entry = self.entries.iter().find(|entry| entry.id == id && entry.gives_back.is_none())?;
        let given_back: Fen = self
            .entries
            .iter()
            .filter(|other| other.gives_back.as_deref() == Some(id))
            .map(|other| other.amount)
            .sum();
        Some(entry.amount.less(given_back))
    }

    /// Whether `amount` may be taken this way now.
    ///
    /// # Errors
    /// Nothing, more than is owed, a waiver without a reason or a reason without a waiver.
    pub fn may_take(
        &self,
        kind: PaymentKind,
        amount: Fen,
        reason: Option<WaiverReason>,
    ) -> Result<(), MoneyError> {
        if (kind == PaymentKind::Waived) != reason.is_some() {
            return Err(MoneyError::Reason);
        }
        match amount {
            Fen::ZERO => Err(MoneyError::Nothing),
            amount if amount > self.owing() => Err(MoneyError::MoreThanOwed { owed: self.owing() }),
            _ => Ok(()),
        }
    }

    /// How the entry `id` was settled, when `amount` of it may be given back now.
    ///
    /// # Errors
    /// Nothing, no such entry, or more than is left of it.
    pub fn may_give_back(&self, id: &str, amount: Fen) -> Result<PaymentKind, MoneyError> {
        let left = self.left_of(id).ok_or(MoneyError::NoSuchEntry)?;
        let entry = self.entries.iter().find(|entry| entry.id == id).ok_or(MoneyError::NoSuchEntry)?;
        match amount {
            Fen::ZERO => Err(MoneyError::Nothing),
            amount if amount > left => Err(MoneyError::MoreThanTaken { left }),
            _ => Ok(entry.kind),
        }
    }
}

/// What one operator took and gave back in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SettlementLine {
    /// How.
    pub kind: PaymentKind,
    /// Who.
    pub actor: String,
    /// Entries that took, or waived.
    pub payments: u32,
    /// Their sum.
    pub taken: Fen,
    /// Entries that gave back.
    pub refunds: u32,
    /// Their sum.
    pub given_back: Fen,
}

/// Sums by kind and operator, in the order of [`PaymentKind::ALL`].
#[must_use]
pub fn settle<'a>(entries: impl IntoIterator<Item = &'a LedgerEntry>) -> Vec<SettlementLine> {
    let mut lines: BTreeMap<(PaymentKind, &str), SettlementLine> = BTreeMap::new();
    for entry in entries {
        let line = lines.entry((entry.kind, &entry.actor)).or_insert_with(|| SettlementLine {
            kind: entry.kind,
            actor: entry.actor.clone(),
            payments: 0,
            taken: Fen::ZERO,
            refunds: 0,
            given_back: Fen::ZERO,
        });
        let (count, sum) = match entry.gives_back {
            None => (&mut line.payments, &mut line.taken),
            Some(_) => (&mut line.refunds, &mut line.given_back),
        };
        *count += 1;
        *sum = Fen(sum.0.saturating_add(entry.amount.0));
    }
    lines.into_values().collect()
}

/// Why money cannot be taken or given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// An amount of nothing.
    #[error("an amount of nothing")]
    Nothing,
    /// More than is owed.
    #[error("more than is owed: {owed}")]
    MoreThanOwed {
        /// What is owed.
        owed: Fen,
    },
    /// More than was taken and not given back.
    #[error("more than is left of this payment: {left}")]
    MoreThanTaken {
        /// What is left.
        left: Fen,
    },
    /// The payment to give back is not in this order's ledger.
    #[error("no such payment")]
    NoSuchEntry,
    /// A waiver needs a reason, and nothing else has one.
    #[error("a waiver needs a reason, and nothing else has one")]
    Reason,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, kind: PaymentKind, fen: u32, gives_back: Option<&str>) -> LedgerEntry {
        LedgerEntry {
            id: id.to_owned(),
            kind,
            amount: Fen(fen),
            gives_back: gives_back.map(str::to_owned),
            reason: None,
            actor: "operator".to_owned(),
            at: 0,
        }
    }

    #[test]
    fn what_is_owed_follows_the_ledger() {
        let mut account = Account { price: Fen(2_000), entries: Vec::new() };
        let owed = [2_000, 500, 0, 800, 0];
        let entries = [
            entry("a", PaymentKind::Cash, 1_500, None),
            entry("b", PaymentKind::Wechat, 500, None),
            entry("c", PaymentKind::Cash, 800, Some("a")),
            entry("d", PaymentKind::Waived, 800, None),
        ];
        assert_eq!(account.owing(), Fen(owed[0]));
        for (entry, owed) in entries.into_iter().zip(&owed[1..]) {
            account.entries.push(entry);
            assert_eq!(account.owing(), Fen(*owed));
        }
        assert_eq!(account.left_of("a"), Some(Fen(700)));
        assert_eq!(account.left_of("c"), None, "what gives back is not given back");
        assert_eq!(account.may_give_back("a", Fen(700)), Ok(PaymentKind::Cash));
        assert_eq!(account.may_give_back("a", Fen(701)), Err(MoneyError::MoreThanTaken { left: Fen(700) }));
        assert_eq!(account.may_give_back("x", Fen(1)), Err(MoneyError::NoSuchEntry));
        assert_eq!(account.may_give_back("b", Fen::ZERO), Err(MoneyError::Nothing));
    }

    #[test]
    fn nobody_pays_too_much_and_a_waiver_says_why() {
        let account = Account { price: Fen(1_500), entries: Vec::new() };
        let staff = Some(WaiverReason::Staff);
        for (kind, fen, reason, expected) in [
            (PaymentKind::Cash, 1_500, None, Ok(())),
            (PaymentKind::Alipay, 1, None, Ok(())),
            (PaymentKind::Cash, 0, None, Err(MoneyError::Nothing)),
            (PaymentKind::Cash, 1_501, None, Err(MoneyError::MoreThanOwed { owed: Fen(1_500) })),
            (PaymentKind::Cash, 1_500, staff, Err(MoneyError::Reason)),
            (PaymentKind::Waived, 1_500, None, Err(MoneyError::Reason)),
            (PaymentKind::Waived, 1_500, staff, Ok(())),
        ] {
            assert_eq!(account.may_take(kind, Fen(fen), reason), expected, "{kind:?} {fen}");
        }
        assert_eq!(Account::default().owing(), Fen::ZERO, "an order without a price owes nothing");
    }

    #[test]
    fn a_settlement_sums_by_kind_and_operator() {
        let by = |entry: LedgerEntry, actor: &str| LedgerEntry { actor: actor.to_owned(), ..entry };
        let entries = [
            by(entry("a", PaymentKind::Wechat, 2_000, None), "chen"),
            by(entry("b", PaymentKind::Cash, 1_500, None), "li"),
            by(entry("c", PaymentKind::Cash, 2_000, None), "chen"),
            by(entry("d", PaymentKind::Cash, 2_000, None), "chen"),
            by(entry("e", PaymentKind::Cash, 500, Some("b")), "chen"),
        ];
        let lines: Vec<_> = settle(&entries)
            .into_iter()
            .map(|l| (l.kind, l.actor, l.payments, l.taken.0, l.refunds, l.given_back.0))
            .collect();
        assert_eq!(
            lines,
            [
                (PaymentKind::Cash, "chen".to_owned(), 2, 4_000, 1, 500),
                (PaymentKind::Cash, "li".to_owned(), 1, 1_500, 0, 0),
                (PaymentKind::Wechat, "chen".to_owned(), 1, 2_000, 0, 0),
            ]
        );
    }

    #[test]
    fn names_are_those_on_the_wire() {
        for kind in PaymentKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for reason in WaiverReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert_eq!(reason.as_str().parse(), Ok(reason));
        }
        assert_eq!(
            [Fen(1_500), Fen(5), Fen(120_050)].map(|fen| fen.to_string()),
            ["15.00", "0.05", "1200.50"]
        );
    }
}
