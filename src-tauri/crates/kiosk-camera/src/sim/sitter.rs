//! Who sits: looks chosen by a seed. Nobody real.

use super::rng::Rng;

/// An invented person's looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Sitter {
    /// Chooses everything that has no field here: shape of the face, strands, folds.
    pub seed: u64,
    /// Colour of the skin, sRGB.
    pub skin: [u8; 3],
    /// Colour of the hair, sRGB.
    pub hair_colour: [u8; 3],
    /// Cut of the hair.
    pub hair: HairStyle,
    /// What is worn.
    pub garment: Garment,
    /// Colour of the garment, sRGB.
    pub garment_colour: [u8; 3],
    /// Glasses, if worn.
    pub glasses: Option<Glasses>,
    /// A narrower jaw, fuller lips, thinner brows.
    pub soft_features: bool,
}

/// Cut of the hair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HairStyle {
    /// Short back and sides, brushed aside.
    Short,
    /// Short, parted at the side, a little longer.
    SideParted,
    /// To the jaw, the ears showing.
    Bob,
    /// Behind the shoulders.
    Long,
    /// Tied up.
    Bun,
    /// Long, with a fringe that ends above the brows.
    Fringe,
    /// Long, with a fringe over the brows, which the standard forbids. No seed chooses it.
    OverBrows,
}

/// What is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Garment {
    /// A sweater or T-shirt with a round neck.
    CrewNeck,
    /// A shirt with a collar.
    Shirt,
    /// A jacket over a white shirt.
    Blazer,
}

/// Glasses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glasses {
    /// Colour of the frame, sRGB.
    pub frame: [u8; 3],
    /// Reflection on the lenses, 0–1.
    pub glare: f32,
    /// Darkness of the lenses, 0–1.
    pub tint: f32,
}

const SKIN: [[u8; 3]; 6] =
    [[240, 209, 186], [233, 198, 172], [226, 188, 160], [216, 175, 145], [203, 160, 130], [186, 142, 112]];
const HAIR: [[u8; 3]; 4] = [[26, 22, 21], [36, 28, 25], [52, 37, 29], [70, 49, 36]];
const CLOTHES: [[u8; 3]; 8] = [
    [38, 46, 66],
    [92, 34, 42],
    [48, 78, 70],
    [58, 62, 68],
    [112, 94, 76],
    [36, 72, 104],
    [86, 66, 96],
    [30, 32, 36],
];

impl Sitter {
    /// The sitter of a seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x51_77E2);
        let soft_features = rng.next() & 1 == 0;
        let hair = if soft_features {
            [HairStyle::Long, HairStyle::Bun, HairStyle::Bob, HairStyle::Fringe][rng.below(4)]
        } else {
            [HairStyle::Short, HairStyle::SideParted][rng.below(2)]
        };
        let garment = [Garment::CrewNeck, Garment::Shirt, Garment::Blazer][rng.below(3)];
        let glasses = (rng.unit() < 0.3).then(|| Glasses {
            frame: [[28, 26, 28], [70, 48, 38], [92, 96, 104]][rng.below(3)],
            glare: 0.0,
            tint: 0.0,
        });
        Self {
            seed,
            skin: SKIN[rng.below(SKIN.len())],
            hair_colour: HAIR[rng.below(HAIR.len())],
            hair,
            garment,
            garment_colour: CLOTHES[rng.below(CLOTHES.len())],
            glasses,
            soft_features,
        }
    }
}
