//! A file that can be written over near its end only: what lies before is gone for good.

use std::io::{self, Seek, SeekFrom, Write};

/// Holds the last bytes back, because an entry of a zip gets its size and checksum once its content is there. So a zip is written into
/// something that only takes bytes one after the other, such as a cipher.
pub(super) struct Held<W> {
    behind: W,
    /// Bytes that were let go of.
    gone: u64,
    tail: Vec<u8>,
    /// Where in the tail is written next.
    at: usize,
    keep: usize,
}

impl<W: Write> Held<W> {
    /// At least the last `keep` bytes can be written over.
    pub(super) fn new(behind: W, keep: usize) -> Self {
        Self { behind, gone: 0, tail: Vec::new(), at: 0, keep }
    }

    /// Lets everything go.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.behind.write_all(&self.tail)
    }
}

impl<W: Write> Write for Held<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let over = bytes.len().min(self.tail.len() - self.at);
        self.tail[self.at..self.at + over].copy_from_slice(&bytes[..over]);
        self.tail.extend_from_slice(&bytes[over..]);
        self.at += bytes.len();
        if self.at == self.tail.len() && self.tail.len() > 2 * self.keep {
            let free = self.tail.len() - self.keep;
            self.behind.write_all(&self.tail[..free])?;
            self.tail.drain(..free);
            self.gone += free as u64;
            self.at = self.keep;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W> Seek for Held<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.gone + self.tail.len() as u64;
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(offset) => end.checked_add_signed(offset),
            SeekFrom::Current(offset) => (self.gone + self.at as u64).checked_add_signed(offset),
        };
        let within = place.filter(|place| (self.gone..=end).contains(place));
        let place = within.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "already let go of"))?;
        self.at = (place - self.gone) as usize;
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bytes_can_be_written_over_and_earlier_ones_not() {
        let mut behind = Vec::new();
        let mut held = Held::new(&mut behind, 4);
        held.write_all(b"0123456789").unwrap();
        assert_eq!(held.stream_position().unwrap(), 10);
        assert!(held.seek(SeekFrom::Start(5)).is_err(), "let go of");
        assert_eq!(held.seek(SeekFrom::Start(6)).unwrap(), 6);
        held.write_all(b"ab").unwrap();
        held.seek(SeekFrom::Current(1)).unwrap();
        held.write_all(b"cde").unwrap();
        assert!(held.seek(SeekFrom::End(1)).is_err());
        held.finish().unwrap();
        assert_eq!(behind, b"012345ab8cde");
    }
}
