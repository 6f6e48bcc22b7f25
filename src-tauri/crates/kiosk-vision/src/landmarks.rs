//! Names for the 478 landmarks of MediaPipe's face mesh.
//!
//! *Right* and *left* are the sitter's: the sitter's right eye lies on the image's left. Numbers follow
//! `mediapipe/python/solutions/face_mesh_connections.py` (contours) and
//! `tensors_to_face_landmarks_with_attention.pbtxt` (refined sets); the canonical drawing is
//! `canonical_face_model_uv_visualization.png` in `mediapipe/modules/face_geometry/data`.

/// Landmarks 0..468 are the face; 468..478 the irises.
pub const FACE_COUNT: usize = 468;
/// All landmarks.
pub const COUNT: usize = 478;

/// Centre of the sitter's right pupil.
pub const RIGHT_PUPIL: usize = 468;
/// Centre of the sitter's left pupil.
pub const LEFT_PUPIL: usize = 473;
/// Rim of the right iris: four points a quarter turn apart, from the image's right, counter-clockwise.
pub const RIGHT_IRIS: [usize; 4] = [469, 470, 471, 472];
/// Rim of the left iris, in the same order.
pub const LEFT_IRIS: [usize; 4] = [474, 475, 476, 477];

/// Outer corner of the right eye.
pub const RIGHT_EYE_OUTER_CORNER: usize = 33;
/// Inner corner of the right eye.
pub const RIGHT_EYE_INNER_CORNER: usize = 133;
/// Outer corner of the left eye.
pub const LEFT_EYE_OUTER_CORNER: usize = 263;
/// Inner corner of the left eye.
pub const LEFT_EYE_INNER_CORNER: usize = 362;

/// Upper lid of the right eye, outer corner to inner corner, without the corners.
pub const RIGHT_UPPER_LID: [usize; 7] = [246, 161, 160, 159, 158, 157, 173];
/// Lower lid of the right eye, outer to inner; each point lies below its partner in [`RIGHT_UPPER_LID`].
pub const RIGHT_LOWER_LID: [usize; 7] = [7, 163, 144, 145, 153, 154, 155];
/// Upper lid of the left eye, outer to inner.
pub const LEFT_UPPER_LID: [usize; 7] = [466, 388, 387, 386, 385, 384, 398];
/// Lower lid of the left eye, outer to inner; each point lies below its partner in [`LEFT_UPPER_LID`].
pub const LEFT_LOWER_LID: [usize; 7] = [249, 390, 373, 374, 380, 381, 382];

/// Upper edge of the right brow, outer to inner.
pub const RIGHT_BROW_UPPER: [usize; 5] = [70, 63, 105, 66, 107];
/// Lower edge of the right brow, outer to inner.
pub const RIGHT_BROW_LOWER: [usize; 5] = [46, 53, 52, 65, 55];
/// Upper edge of the left brow, outer to inner.
pub const LEFT_BROW_UPPER: [usize; 5] = [300, 293, 334, 296, 336];
/// Lower edge of the left brow, outer to inner.
pub const LEFT_BROW_LOWER: [usize; 5] = [276, 283, 282, 295, 285];

/// Right corner of the mouth (outer contour).
pub const MOUTH_RIGHT_CORNER: usize = 61;
/// Left corner of the mouth (outer contour).
pub const MOUTH_LEFT_CORNER: usize = 291;
/// Outer contour of the lips, from the right corner along the lower lip, back along the upper lip.
pub const LIPS_OUTER: [usize; 20] =
    [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185];
/// Inner contour of the lips, in the same order.
pub const LIPS_INNER: [usize; 20] =
    [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191];
/// Middle of the upper lip's inner edge.
pub const UPPER_LIP_INNER: usize = 13;
/// Middle of the lower lip's inner edge.
pub const LOWER_LIP_INNER: usize = 14;

/// Tip of the nose.
pub const NOSE_TIP: usize = 1;
/// Root of the nose, between the eyes.
pub const NOSE_ROOT: usize = 168;
/// Lowest point of the chin.
pub const CHIN: usize = 152;
/// Highest point of the mesh: the middle of the forehead, below the hair.
pub const FOREHEAD_TOP: usize = 10;
/// Widest point of the right cheek, before the ear.
pub const RIGHT_CHEEK: usize = 234;
/// Widest point of the left cheek, before the ear. The distance to [`RIGHT_CHEEK`] is 0.98 (0.93–1.02) of the hand-placed
/// width of the face on 82 frontal portraits.
pub const LEFT_CHEEK: usize = 454;

/// Outline of the face, clockwise as seen from the forehead's top.
pub const FACE_OVAL: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

/// The first entries of the refined eye sets are the eye's own contour, which gives the iris its depth.
pub const EYE_CONTOUR_COUNT: usize = 16;

/// Landmarks that the attention net's second look at the lips replaces, in the order of its output.
pub const LIPS_REFINED: [usize; 80] = [
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78, 95, 88,
    178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77, 90, 180, 85, 16,
    315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89, 179, 86, 15, 316, 403, 319,
    325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407,
];

/// Landmarks that the second look at the right eye replaces.
pub const RIGHT_EYE_REFINED: [usize; 71] = [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24, 23, 22,
    26, 112, 243, 247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224,
    223, 222, 221, 189, 35, 124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63,
    105, 66, 107, 55, 193,
];

/// Landmarks that the second look at the left eye replaces.
pub const LEFT_EYE_REFINED: [usize; 71] = [
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339, 254, 253,
    252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451, 452, 453, 464, 342,
    445, 444, 443, 442, 441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465,
    383, 300, 293, 334, 296, 336, 285, 417,
];
