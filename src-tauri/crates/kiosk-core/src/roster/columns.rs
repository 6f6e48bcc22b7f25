use std::fmt;

use serde::{Deserialize, Serialize};

/// What a column of a list tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RosterColumn"))]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// 学号.
    StudentNumber,
    /// 姓名.
    Name,
    /// 证件号码, whole or masked.
    IdNumber,
    /// 证件号后四位.
    IdLast4,
    /// 学校.
    School,
    /// 学院.
    College,
    /// 专业.
    Major,
    /// 班级.
    Class,
    /// 层次.
    Level,
    /// 考生号.
    ExamNumber,
    /// 采集码.
    Code,
    /// 照片.
    Photo,
}

/// Name for messages, then the headers that mean the column, as [`header_key`] folds them. Upper-case Latin
/// initials are the field names of the DBF files that student-record systems exchange.
const TABLE: [(Column, &str, &[&str]); 12] = [
    (
        Column::StudentNumber,
        "student number",
        &["学号", "学生学号", "xh", "studentnumber", "studentno", "studentid", "sid"],
    ),
    (Column::Name, "name", &["姓名", "学生姓名", "xm", "name", "fullname", "studentname"]),
    (
        Column::IdNumber,
        "id number",
        &[
            "证件号码",
            "证件号",
            "身份证",
            "身份证号",
            "身份证号码",
            "身份证件号",
            "身份证件号码",
            "sfzh",
            "sfzjh",
            "zjhm",
            "idnumber",
            "idno",
            "idcard",
            "idcardnumber",
        ],
    ),
    (
        Column::IdLast4,
        "last four",
        &[
            "后四位",
            "后4位",
            "证件号后四位",
            "证件号后4位",
            "证件号码后四位",
            "证件号码后4位",
            "身份证后四位",
            "身份证后4位",
            "身份证号后四位",
            "身份证号后4位",
            "lastfour",
            "last4",
            "idlast4",
            "idlastfour",
        ],
    ),
    (
        Column::School,
        "school",
        &["学校", "学校名称", "院校", "院校名称", "xxmc", "yxmc", "school", "university"],
    ),
    (
        Column::College,
        "college",
        &[
            "学院",
            "学院名称",
            "分院",
            "院系",
            "系所",
            "所属院系",
            "fy",
            "xy",
            "college",
            "faculty",
            "department",
        ],
    ),
    (Column::Major, "major", &["专业", "专业名称", "zy", "zymc", "major", "subject"]),
    (
        Column::Class,
        "class",
        &["班级", "班级名称", "班号", "行政班", "行政班级", "bh", "bj", "bjmc", "class", "classname"],
    ),
    (Column::Level, "level", &["层次", "学历层次", "培养层次", "cc", "level"]),
    (Column::ExamNumber, "exam number", &["考生号", "ksh", "examnumber", "examno"]),
    (Column::Code, "collection code", &["采集码", "图像采集码", "cjm", "code", "collectioncode"]),
    (
        Column::Photo,
        "photo",
        &[
            "照片",
            "相片",
            "照片名",
            "照片文件",
            "照片文件名",
            "文件名",
            "图片",
            "photo",
            "photofile",
            "file",
            "filename",
            "image",
        ],
    ),
];

impl Column {
    /// The column that a header cell names.
    pub(super) fn of_header(cell: &str) -> Option<Self> {
        let key = header_key(cell);
        TABLE.iter().find(|(_, _, headers)| headers.contains(&key.as_str())).map(|(column, ..)| *column)
    }

    /// Whether the column alone tells whom a line is about.
    pub(super) fn identifies(self) -> bool {
        matches!(self, Self::StudentNumber | Self::IdNumber | Self::Code | Self::Photo)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = TABLE.iter().find(|(column, ..)| column == self).map_or("", |(_, name, _)| *name);
        f.write_str(name)
    }
}

/// `*学号（必填）`, `Student_Number` and `student number` are how people write `学号` and `studentnumber`.
fn header_key(cell: &str) -> String {
    let end = cell.find(['(', '（', '[', '【']).unwrap_or(cell.len());
    cell[..end].chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A picture's file name without its folders, for comparison on systems that do and do not mind case.
pub(super) fn photo_key(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_lowercase()
}
