//! Tables of a FlatBuffers file (<https://flatbuffers.dev/internals/>), read without generated code.

use super::{Broken, Read, bytes_at};

/// A table: fields are found through its vtable by their number in the schema.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Table<'a> {
    /// The root table of a file with the given identifier.
    pub fn root(file: &'a [u8], identifier: [u8; 4]) -> Read<Self> {
        if bytes_at(file, 4)? != identifier {
            return Err(Broken("wrong file identifier"));
        }
        Ok(Self { file, at: u32_at(file, 0)? })
    }

    /// A signed 32-bit field, or `default` when absent.
    pub fn i32(&self, field: usize, default: i32) -> Read<i32> {
        match self.position(field)? {
            Some(at) => Ok(i32::from_le_bytes(bytes_at(self.file, at)?)),
            None => Ok(default),
        }
    }

    /// An unsigned 32-bit field used as an index, or 0 when absent.
    pub fn index(&self, field: usize) -> Read<usize> {
        self.position(field)?.map_or(Ok(0), |at| u32_at(self.file, at))
    }

    /// A one-byte field, or 0 when absent.
    pub fn u8(&self, field: usize) -> Read<u8> {
        match self.position(field)? {
            Some(at) => Ok(bytes_at::<1>(self.file, at)?[0]),
            None => Ok(0),
        }
    }

    /// A nested table, if present.
    pub fn table(&self, field: usize) -> Read<Option<Table<'a>>> {
        self.position(field)?.map(|at| self.follow(at)).transpose()
    }

    /// A vector of bytes (also a string); empty when absent.
    pub fn bytes(&self, field: usize) -> Read<&'a [u8]> {
        self.vector(field, 1)
    }

    /// A vector of signed 32-bit numbers; empty when absent.
    pub fn i32s(&self, field: usize) -> Read<Vec<i32>> {
        let (words, _) = self.vector(field, 4)?.as_chunks::<4>();
        Ok(words.iter().map(|word| i32::from_le_bytes(*word)).collect())
    }

    /// A vector of tables; empty when absent.
    pub fn tables(&self, field: usize) -> Read<Vec<Table<'a>>> {
        let Some(at) = self.position(field)? else {
            return Ok(Vec::new());
        };
        let start = offset(at, u32_at(self.file, at)?)? + 4;
        let count = self.vector(field, 4)?.len() / 4;
        (0..count).map(|index| self.follow(start + 4 * index)).collect()
    }

    fn follow(&self, at: usize) -> Read<Table<'a>> {
        Ok(Self { file: self.file, at: offset(at, u32_at(self.file, at)?)? })
    }

    fn vector(&self, field: usize, element: usize) -> Read<&'a [u8]> {
        let Some(at) = self.position(field)? else {
            return Ok(&[]);
        };
        let start = offset(at, u32_at(self.file, at)?)?;
        let length = u32_at(self.file, start)?.checked_mul(element).ok_or(Broken("vector too long"))?;
        let body = self.file.get(start + 4..).ok_or(Broken("vector beyond the end"))?;
        body.get(..length).ok_or(Broken("vector beyond the end"))
    }

    /// Where `field` is stored. The vtable lies at a signed offset before the table and holds one 16-bit offset a field.
    fn position(&self, field: usize) -> Read<Option<usize>> {
        let back = i64::from(i32::from_le_bytes(bytes_at(self.file, self.at)?));
        let vtable = usize::try_from(self.at as i64 - back).map_err(|_| Broken("vtable before the file"))?;
        let entry = 4 + 2 * field;
        if entry + 2 > u16_at(self.file, vtable)? {
            return Ok(None);
        }
        let within = u16_at(self.file, offset(vtable, entry)?)?;
        Ok((within != 0).then_some(self.at + within))
    }
}

fn offset(base: usize, by: usize) -> Read<usize> {
    base.checked_add(by).filter(|at| *at < usize::MAX - 8).ok_or(Broken("offset overflows"))
}

fn u16_at(bytes: &[u8], at: usize) -> Read<usize> {
    Ok(u16::from_le_bytes(bytes_at(bytes, at)?) as usize)
}

/// A little-endian 32-bit number as an offset or a count.
pub fn u32_at(bytes: &[u8], at: usize) -> Read<usize> {
    Ok(u32::from_le_bytes(bytes_at(bytes, at)?) as usize)
}
