//! Names of delivered files, made from a profile's template.
//!
//! A template has fields in braces and `/` between folders: `{college}/{class}/{student_number}`. The result must be
//! a name on everything that a school may read it with: Windows, FAT, exFAT, ISO 9660 with Joliet. What would not
//! be is an error that names the field; a name is never changed silently, because the recipient
//! looks for the number that it knows.

mod safe;

use std::collections::HashMap;

use crate::profile::Naming;
use crate::{Fault, FaultCode};

pub use safe::Unsafe;

/// A value that a template may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Number of the ID document.
    IdNumber,
    /// Student number.
    StudentNumber,
    /// Full name.
    Name,
    /// School.
    School,
    /// College.
    College,
    /// Class.
    Class,
    /// Collection code's own number.
    Code,
}

impl Field {
    const ALL: [Self; 7] = [
        Self::IdNumber,
        Self::StudentNumber,
        Self::Name,
        Self::School,
        Self::College,
        Self::Class,
        Self::Code,
    ];

    /// The name between the braces.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::StudentNumber => "student_number",
            Self::Name => "name",
            Self::School => "school",
            Self::College => "college",
            Self::Class => "class",
            Self::Code => "code",
        }
    }
}

/// One student's values for a template.
#[derive(Clone, Copy, Default)]
pub struct NameValues<'a> {
    /// Number of the ID document, canonical.
    pub id_number: Option<&'a str>,
    /// Student number.
    pub student_number: Option<&'a str>,
    /// Full name.
    pub name: Option<&'a str>,
    /// School.
    pub school: Option<&'a str>,
    /// College.
    pub college: Option<&'a str>,
    /// Class.
    pub class: Option<&'a str>,
    /// Collection code's own number.
    pub code: Option<&'a str>,
}

impl<'a> NameValues<'a> {
    fn get(&self, field: Field) -> Option<&'a str> {
        match field {
            Field::IdNumber => self.id_number,
            Field::StudentNumber => self.student_number,
            Field::Name => self.name,
            Field::School => self.school,
            Field::College => self.college,
            Field::Class => self.class,
            Field::Code => self.code,
        }
    }
}

/// A template that was read once and makes any number of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate {
    /// Folders, then the file.
    components: Vec<Vec<Part>>,
    extension: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Field),
}

/// A template that can make no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its partner.
    #[error("a brace without its partner")]
    LooseBrace,
    /// A field that does not exist.
    #[error("unknown field {{{0}}}")]
    UnknownField(String),
    /// No field at all: every student would get the same name.
    #[error("the file's name has no field")]
    NoField,
    /// Nothing between two slashes, or before the first or after the last.
    #[error("an empty folder or file name")]
    EmptyComponent,
    /// More folders than ISO 9660 allows.
    #[error("more than {} folders", safe::DEEPEST)]
    TooDeep,
    /// Text of the template, or the extension, is not safe in a name.
    #[error("{0}")]
    Unsafe(Unsafe),
}

/// A student who cannot be given a name. Holds no value, only which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The template asks for what is not known.
    #[error("{} is not known", .0.as_str())]
    Missing(Field),
    /// A value holds what a name must not.
    #[error("{}: {why}", .field.as_str())]
    Value {
        /// Which value.
        field: Field,
        /// What is wrong with it.
        why: Unsafe,
    },
    /// Values and text together make a name that does not do.
    #[error("the whole name: {0}")]
    Whole(Unsafe),
}

impl From<TemplateError> for Fault {
    fn from(error: TemplateError) -> Self {
        Self::new(FaultCode::ProfileUnknown, format!("naming: {error}"))
    }
}

impl From<NameError> for Fault {
    fn from(error: NameError) -> Self {
        Self::new(FaultCode::PathUnusable, error.to_string())
    }
}

impl NameTemplate {
    /// Reads a profile's naming.
    ///
    /// # Errors
    /// Names what the template gets wrong.
    pub fn parse(naming: &Naming) -> Result<Self, TemplateError> {
        let extension = naming.extension.clone();
        if extension.is_empty() || !extension.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(TemplateError::Unsafe(Unsafe::Character));
        }
        let components = naming.template.split('/').map(parts).collect::<Result<Vec<_>, _>>()?;
        if components.len() > safe::DEEPEST {
            return Err(TemplateError::TooDeep);
        }
        let names_somebody =
            components.last().is_some_and(|file| file.iter().any(|p| matches!(p, Part::Value(_))));
        if !names_somebody {
            return Err(TemplateError::NoField);
        }
        Ok(Self { components, extension })
    }

    /// The path below the delivery's folder, with `/` between folders and with the extension.
    ///
    /// # Errors
    /// Names the value that is missing or unsafe.
    pub fn path(&self, values: &NameValues<'_>) -> Result<String, NameError> {
        let mut path = String::new();
        for (at, parts) in self.components.iter().enumerate() {
            let mut component = String::new();
            for part in parts {
                component.push_str(text(part, values)?);
            }
            if at + 1 == self.components.len() {
                component.push('.');
                component.push_str(&self.extension);
            } else {
                component.push('/');
            }
            safe::check_component(component.trim_end_matches('/')).map_err(NameError::Whole)?;
            path.push_str(&component);
        }
        safe::check_path(&path).map_err(NameError::Whole)?;
        Ok(path)
    }
}

fn text<'a>(part: &'a Part, values: &NameValues<'a>) -> Result<&'a str, NameError> {
    match part {
        Part::Text(text) => Ok(text),
        Part::Value(field) => {
            let value = values.get(*field).filter(|v| !v.is_empty()).ok_or(NameError::Missing(*field))?;
            safe::check_text(value).map_err(|why| NameError::Value { field: *field, why })?;
            Ok(value)
        }
    }
}

/// Text and fields of one folder or file.
fn parts(component: &str) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut rest = component;
    while !rest.is_empty() {
        let (text, after) = rest.split_once('{').unwrap_or((rest, ""));
        if text.contains('}') || (after.is_empty() && rest.len() > text.len()) {
            return Err(TemplateError::LooseBrace);
        }
        if !text.is_empty() {
            safe::check_text(text).map_err(TemplateError::Unsafe)?;
            parts.push(Part::Text(text.to_owned()));
        }
        if after.is_empty() {
            break;
        }
        let (name, after) = after.split_once('}').ok_or(TemplateError::LooseBrace)?;
        let field = Field::ALL.into_iter().find(|f| f.as_str() == name);
        parts.push(Part::Value(field.ok_or_else(|| TemplateError::UnknownField(name.to_owned()))?));
        rest = after;
    }
    if parts.is_empty() { Err(TemplateError::EmptyComponent) } else { Ok(parts) }
}

/// Two names that are one file where case does not count (Windows, FAT, exFAT, macOS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// Place of the name that came first.
    pub first: usize,
    /// Place of the name that would overwrite it.
    pub second: usize,
}

/// Every name that equals an earlier one when case is folded, by place in `names`.
pub fn clashes<S: AsRef<str>>(names: &[S]) -> Vec<Clash> {
    let mut seen = HashMap::new();
    let mut clashes = Vec::new();
    for (second, name) in names.iter().enumerate() {
        match seen.entry(safe::fold_case(name.as_ref())) {
            std::collections::hash_map::Entry::Occupied(first) => {
                clashes.push(Clash { first: *first.get(), second });
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(second);
            }
        }
    }
    clashes
}

#[cfg(test)]
mod tests;
