//! Who may do what at the operator's desk.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody who works at the desk may do. A manager may do all that an operator may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The day's work: look at orders, approve them, print, import lists, see to camera and wall.
    Operator,
    /// Besides: return orders, reveal ID numbers (every delivery does), delete what is due, say who works here, see the recovery code.
    Manager,
}

impl Role {
    /// The name in the order log and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Manager => "manager",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        [Self::Operator, Self::Manager].into_iter().find(|role| role.as_str() == name).ok_or(UnknownRole)
    }
}

/// A role that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown role")]
pub struct UnknownRole;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manager_may_do_what_an_operator_may() {
        assert!(Role::Manager > Role::Operator);
        for role in [Role::Operator, Role::Manager] {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }
}
