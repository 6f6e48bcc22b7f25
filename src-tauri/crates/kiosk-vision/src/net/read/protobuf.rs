//! The protobuf wire format (<https://protobuf.dev/programming-guides/encoding/>), as far as face geometry needs it.

use super::{Broken, Read, bytes_at};

/// One field of a message.
pub enum Value<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 5, also used for `float`.
    Fixed32(u32),
    /// Wire type 2: a string, a nested message or packed numbers.
    Bytes(&'a [u8]),
}

/// Calls `visit(field number, value)` for every field of `message`. 64-bit fixed fields are skipped.
pub fn for_each_field<'a>(message: &'a [u8], mut visit: impl FnMut(u64, Value<'a>) -> Read<()>) -> Read<()> {
    let mut rest = message;
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        match tag & 7 {
            0 => visit(tag >> 3, Value::Varint(varint(&mut rest)?))?,
            1 => drop(take(&mut rest, 8)?),
            2 => {
                let length = usize::try_from(varint(&mut rest)?).map_err(|_| Broken("protobuf length"))?;
                visit(tag >> 3, Value::Bytes(take(&mut rest, length)?))?;
            }
            5 => visit(tag >> 3, Value::Fixed32(u32::from_le_bytes(bytes_at(take(&mut rest, 4)?, 0)?)))?,
            _ => return Err(Broken("protobuf wire type")),
        }
    }
    Ok(())
}

/// Numbers of a packed repeated varint field.
pub fn packed_varints(mut bytes: &[u8]) -> Read<Vec<u64>> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        numbers.push(varint(&mut bytes)?);
    }
    Ok(numbers)
}

fn varint(rest: &mut &[u8]) -> Read<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(rest, 1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(Broken("protobuf varint too long"))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Read<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length).ok_or(Broken("protobuf too short"))?;
    *rest = left;
    Ok(taken)
}
