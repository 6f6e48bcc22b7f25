use serde::{Deserialize, Serialize};

use crate::Fen;
use crate::collection_code::CodeKey;
use crate::consent::ShownNotice;
use crate::face::OTHER_FACE_DISTANCE;
use crate::id_document::BracketRule;
use crate::money::PaymentTime;

/// What the studio may choose about a visit. Times are milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a choice of its own, by its name in a file")]
pub struct Policy {
    /// The notice that is on the screen; not read from the file.
    #[serde(skip)]
    pub notice: ShownNotice,
    /// Whether brackets count in the last four characters of a document number.
    pub last_four_rule: BracketRule,
    /// From this distance on two faces are two persons' (Euclidean, between embeddings): [`crate::face::OTHER_FACE_DISTANCE`].
    pub other_face_distance: f32,
    /// Whether photos are compared with enrolment photos, for those who agree; not read from the file.
    #[serde(skip)]
    pub comparison: bool,
    /// Public keys of those who sign codes in the open format. With any, an open code without a valid signature opens no visit.
    pub code_keys: Vec<CodeKey>,
    /// Wrong identifications before the visit ends.
    pub identification_tries: u8,
    /// Retakes before an operator is asked.
    pub retakes: u8,
    /// Whether the shutter releases by itself once the framing holds.
    pub automatic_shutter: bool,
    /// How long the framing must hold before the shutter releases.
    pub hold_ms: i64,
    /// Countdown of a shutter that is released by hand.
    pub countdown_ms: i64,
    /// Frames of a burst, of which the best becomes the shot.
    pub burst_frames: u8,
    /// Pause between two whole looks at the sitter while framing.
    pub look_ms: i64,
    /// How long the result of a whole look counts.
    pub look_fresh_ms: i64,
    /// Time without progress after which the operator is offered.
    pub help_after_ms: i64,
    /// Shortest time that an instruction stays on the screen.
    pub instruction_ms: i64,
    /// When the price is taken.
    pub payment: PaymentTime,
    /// Whether an order that is not paid is neither printed nor delivered.
    pub unpaid_waits: bool,
    /// What an order costs; not read from a file, but from the recipient's profile.
    #[serde(skip)]
    pub price: Fen,
    /// Whether the camera's own picture is kept with the order.
    pub keep_shot: bool,
    /// Silence allowed while typing.
    pub identify_timeout_ms: i64,
    /// Silence allowed on the notice.
    pub consent_timeout_ms: i64,
    /// Time to get the framing right.
    pub framing_timeout_ms: i64,
    /// Longest that shot and standardisation may take.
    pub standardise_timeout_ms: i64,
    /// Time to look at the photo.
    pub review_timeout_ms: i64,
    /// Longest that the order log may take.
    pub commit_timeout_ms: i64,
    /// How long the order number stays on the screen.
    pub done_timeout_ms: i64,
}

impl Policy {
    /// What is agreed when a visit opens an order.
    #[must_use]
    pub fn agreed_price(&self) -> Fen {
        if self.payment == PaymentTime::Never { Fen::ZERO } else { self.price }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            notice: ShownNotice::default(),
            last_four_rule: BracketRule::Counted,
            other_face_distance: OTHER_FACE_DISTANCE,
            comparison: false,
            code_keys: Vec::new(),
            identification_tries: 5,
            retakes: 5,
            automatic_shutter: true,
            hold_ms: 800,
            countdown_ms: 3_000,
            burst_frames: 8,
            look_ms: 700,
            look_fresh_ms: 2_000,
            help_after_ms: 20_000,
            instruction_ms: 900,
            payment: PaymentTime::default(),
            unpaid_waits: false,
            price: Fen::ZERO,
            keep_shot: false,
            identify_timeout_ms: 90_000,
            consent_timeout_ms: 60_000,
            framing_timeout_ms: 120_000,
            standardise_timeout_ms: 20_000,
            review_timeout_ms: 60_000,
            commit_timeout_ms: 30_000,
            done_timeout_ms: 12_000,
        }
    }
}
