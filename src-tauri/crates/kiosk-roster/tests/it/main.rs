//! Files as schools bring them, and files as nobody should.
#![allow(clippy::unwrap_used, reason = "tests")]

mod formats;
mod hostile;
mod old_workbook;

/// A list of two students in rows of cells.
pub const ROWS: [[&str; 5]; 3] = [
    ["XH", "XM", "SFZH", "FY", "BH"],
    ["2099000001", "测试甲", "11010519491231002X", "示例学院", "示例01班"],
    ["2099000002", "测试乙", "440524188001010014", "示例学院", "示例02班"],
];
