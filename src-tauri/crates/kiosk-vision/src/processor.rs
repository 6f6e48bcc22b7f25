//! What of the machine the work may use. None of it shows in a result: tests make photos with all of it and compare the bytes.

use fast_image_resize::{CpuExtensions, Resizer};
use pulp::Arch;

/// Vector instructions and threads.
#[derive(Clone, Copy, Debug)]
pub struct Processor {
    /// Instructions of the nets.
    pub(crate) nets: Arch,
    /// Instructions of the resampling.
    resampling: CpuExtensions,
    /// Whether a second thread helps.
    pub(crate) helped: bool,
}

impl Default for Processor {
    /// Everything that this machine has.
    fn default() -> Self {
        let helped = std::thread::available_parallelism().is_ok_and(|threads| threads.get() > 1);
        Self { nets: Arch::new(), resampling: CpuExtensions::default(), helped }
    }
}

impl Processor {
    /// Every choice that this machine offers, the plainest first; each with one thread and with two.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut instructions = vec![(Arch::Scalar, CpuExtensions::None)];
        #[cfg(target_arch = "x86_64")]
        {
            let older = pulp::x86::V3::try_new().map_or(Arch::Scalar, Arch::V3);
            instructions.extend([(older, CpuExtensions::Sse4_1), (older, CpuExtensions::Avx2)]);
        }
        instructions.push((Arch::new(), CpuExtensions::default()));
        instructions.retain(|(_, resampling)| resampling.is_supported());
        let choices = instructions.into_iter();
        choices
            .flat_map(|(nets, resampling)| [false, true].map(|helped| Self { nets, resampling, helped }))
            .collect()
    }

    /// Both results, the second found meanwhile where a second thread helps.
    pub(crate) fn both<A, B: Send>(
        self,
        first: impl FnOnce() -> A,
        second: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        if self.helped { both(first, second) } else { (first(), second()) }
    }

    /// A resizer that keeps to the chosen instructions.
    pub(crate) fn resizer(self) -> Resizer {
        let mut resizer = Resizer::new();
        if self.resampling.is_supported() {
            // SAFETY: the machine has these instructions, as was just asked.
            unsafe { resizer.set_cpu_extensions(self.resampling) };
        }
        resizer
    }
}

/// Both results, found at the same time.
pub(crate) fn both<A, B: Send>(first: impl FnOnce() -> A, second: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let second = scope.spawn(second);
        let first = first();
        (first, second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
