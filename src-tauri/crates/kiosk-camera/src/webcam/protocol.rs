//! What a camera worker says on its standard output.
//!
//! A message is F5 and `KCAM`, a kind (one byte), a length (u32, little endian) and that many bytes. Frames
//! carry 24 bytes (seq u64, nanoseconds u64, width u32, height u32, little endian) before the JPEG; everything else is
//! JSON. A reader skips what is not a message: drivers print what they like.

use std::io::{self, Read, Write};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Device;
use crate::{CameraError, Frame, SourceInfo};

/// The first byte is in no UTF-8 text.
const MAGIC: [u8; 5] = *b"\xF5KCAM";
const FRAME_HEADER: usize = 24;
/// No message is longer: a raw 4K frame would fit.
const LONGEST: u32 = 32 << 20;

/// A message of the worker.
#[derive(Debug, Clone)]
pub(super) enum Message {
    /// The camera is open; frames follow.
    Opened(SourceInfo),
    /// A frame, counted and timed by the worker.
    Frame(Frame),
    /// Something went wrong; the worker goes on when the error is about one frame, else it ends.
    Fault(CameraError),
    /// The webcams that there are.
    Devices(Vec<Device>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Words {
    Opened(SourceInfo),
    Fault(CameraError),
    Devices(Vec<Device>),
}

impl Message {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Frame(frame) => {
                let length = (FRAME_HEADER + frame.jpeg.len()) as u32;
                out.write_all(&[&MAGIC[..], b"F", &length.to_le_bytes()].concat())?;
                out.write_all(&frame.seq.to_le_bytes())?;
                out.write_all(&(frame.at.as_nanos() as u64).to_le_bytes())?;
                out.write_all(&frame.width.to_le_bytes())?;
                out.write_all(&frame.height.to_le_bytes())?;
                out.write_all(&frame.jpeg)?;
            }
            Self::Opened(info) => write_words(out, &Words::Opened(info.clone()))?,
            Self::Fault(error) => write_words(out, &Words::Fault(error.clone()))?,
            Self::Devices(devices) => write_words(out, &Words::Devices(devices.clone()))?,
        }
        out.flush()
    }

    /// The next message.
    ///
    /// # Errors
    /// `UnexpectedEof` when the worker is gone, `InvalidData` when a message makes no sense.
    pub(super) fn read(input: &mut impl Read) -> io::Result<Self> {
        skip_to_magic(input)?;
        let mut head = [0; 5];
        input.read_exact(&mut head)?;
        let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        if length > LONGEST {
            return Err(invalid("a message is too long"));
        }
        let mut body = vec![0; length as usize];
        input.read_exact(&mut body)?;
        match head[0] {
            b'F' => read_frame(&body),
            b'J' => Ok(match serde_json::from_slice(&body).map_err(|error| invalid(&error.to_string()))? {
                Words::Opened(info) => Self::Opened(info),
                Words::Fault(error) => Self::Fault(error),
                Words::Devices(devices) => Self::Devices(devices),
            }),
            _ => Err(invalid("unknown kind of message")),
        }
    }
}

fn write_words(out: &mut impl Write, words: &Words) -> io::Result<()> {
    let body = serde_json::to_vec(words)?;
    out.write_all(&[&MAGIC[..], b"J", &(body.len() as u32).to_le_bytes(), &body].concat())
}

fn skip_to_magic(input: &mut impl Read) -> io::Result<()> {
    let mut seen = 0;
    let mut byte = [0];
    while seen < MAGIC.len() {
        input.read_exact(&mut byte)?;
        seen = if byte[0] == MAGIC[seen] { seen + 1 } else { usize::from(byte[0] == MAGIC[0]) };
    }
    Ok(())
}

fn read_frame(body: &[u8]) -> io::Result<Message> {
    let Some((header, jpeg)) = body.split_at_checked(FRAME_HEADER) else {
        return Err(invalid("a frame is too short"));
    };
    let long = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| header[at + i]));
    let short = |at: usize| u32::from_le_bytes(std::array::from_fn(|i| header[at + i]));
    Ok(Message::Frame(Frame {
        seq: long(0),
        at: Duration::from_nanos(long(8)),
        width: short(16),
        height: short(20),
        jpeg: jpeg.into(),
    }))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        let jpeg = b"KCAM no picture".as_slice().into();
        Frame { seq: 7, at: Duration::from_micros(33_333), width: 4, height: 3, jpeg }
    }

    #[test]
    fn messages_come_back_through_noise() {
        let mut stream = b"running 1 test\nKCAM \xF5KCA".to_vec();
        Message::Frame(frame()).write(&mut stream).unwrap();
        stream.extend(b"driver: hello\n");
        Message::Fault(CameraError::Unplugged).write(&mut stream).unwrap();
        let mut input = &stream[..];
        let Message::Frame(read) = Message::read(&mut input).unwrap() else { panic!() };
        assert_eq!((read.seq, read.at, read.width, read.height), (7, frame().at, 4, 3));
        assert_eq!(read.jpeg, frame().jpeg);
        assert!(matches!(Message::read(&mut input).unwrap(), Message::Fault(CameraError::Unplugged)));
        assert_eq!(Message::read(&mut input).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn nonsense_is_an_error_and_never_a_panic() {
        let mut whole = Vec::new();
        Message::Frame(frame()).write(&mut whole).unwrap();
        for end in 0..whole.len() {
            assert!(Message::read(&mut &whole[..end]).is_err());
        }
        for bad in [&b"X\0\0\0\0"[..], b"F\0\0\0\0", b"J\x02\0\0\0{}", b"F\xff\xff\xff\xff"] {
            let message = [&MAGIC[..], bad].concat();
            assert_eq!(Message::read(&mut &message[..]).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }
}
