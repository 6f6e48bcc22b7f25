//! "Never a wrong payload": one read is a candidate, two agreeing reads are a code.

use std::time::Duration;

use super::CodeReading;

/// Reads further apart than this belong to different presentations of a phone.
pub const AGREEMENT_WINDOW: Duration = Duration::from_secs(2);

/// Holds a live code back until two frames in a row of reads say the same bytes.
///
/// Reed–Solomon already makes a wrong read improbable (below one in a million for a random version 1 symbol, far less
/// above it); a second, independent frame squares that, and costs one frame of time.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    candidate: Option<(Vec<u8>, Duration)>,
}

impl Agreement {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the readings of one frame; `at` is the frame's time since the source opened.
    ///
    /// Returns the code when this frame and an earlier one, at most [`AGREEMENT_WINDOW`] before it, carry the same
    /// payload with no other payload between them. Frames without a code change nothing. A frame that shows two
    /// different codes is ambiguous and starts over.
    pub fn observe<'r>(&mut self, readings: &'r [CodeReading], at: Duration) -> Option<&'r CodeReading> {
        let reading = readings.first()?;
        if readings.iter().any(|other| other.payload != reading.payload) {
            self.candidate = None;
            return None;
        }
        let agreed = self.candidate.as_ref().is_some_and(|(payload, seen)| {
            *payload == reading.payload && at > *seen && at <= *seen + AGREEMENT_WINDOW
        });
        self.candidate = Some((reading.payload.clone(), at));
        agreed.then_some(reading)
    }

    /// Forgets the candidate: call it when a session ends.
    pub fn reset(&mut self) {
        self.candidate = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::Encoding;

    fn read(payload: &[u8]) -> CodeReading {
        CodeReading {
            payload: payload.to_vec(),
            corners: [[0.0; 2]; 4],
            version: 7,
            encoding: Encoding::Unstated,
            text: None,
        }
    }

    /// Feeds frames 100 ms apart and returns which of them were accepted.
    fn accepted(frames: &[&[&[u8]]]) -> Vec<usize> {
        let mut agreement = Agreement::new();
        let times = (0u64..).map(|frame| Duration::from_millis(100 * frame));
        let mut hits = Vec::new();
        for ((frame, payloads), at) in frames.iter().enumerate().zip(times) {
            let readings: Vec<_> = payloads.iter().map(|payload| read(payload)).collect();
            if agreement.observe(&readings, at).is_some() {
                hits.push(frame);
            }
        }
        hits
    }

    #[test]
    fn two_equal_reads_count_and_one_does_not() {
        assert_eq!(accepted(&[&[b"a"]]), [] as [usize; 0]);
        assert_eq!(accepted(&[&[b"a"], &[b"a"]]), [1]);
        assert_eq!(accepted(&[&[b"a"], &[], &[], &[b"a"]]), [3], "frames without a code change nothing");
        assert_eq!(accepted(&[&[b"a"], &[b"b"], &[b"a"]]), [] as [usize; 0]);
        assert_eq!(accepted(&[&[b"a"], &[b"b"], &[b"b"]]), [2]);
    }

    #[test]
    fn two_codes_in_a_frame_are_ambiguous() {
        assert_eq!(accepted(&[&[b"a"], &[b"a", b"b"], &[b"a"]]), [] as [usize; 0]);
        assert_eq!(accepted(&[&[b"a"], &[b"a", b"a"]]), [1], "the same code shown twice is one code");
    }

    #[test]
    fn old_and_repeated_frames_do_not_agree() {
        let mut agreement = Agreement::new();
        let reading = [read(b"a")];
        assert!(agreement.observe(&reading, Duration::ZERO).is_none());
        assert!(agreement.observe(&reading, Duration::ZERO).is_none(), "the same frame twice is one read");
        assert!(agreement.observe(&reading, Duration::from_secs(3)).is_none());
        assert!(agreement.observe(&reading, Duration::from_secs(4)).is_some());
        agreement.reset();
        assert!(agreement.observe(&reading, Duration::from_secs(5)).is_none());
    }
}
