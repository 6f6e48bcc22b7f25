use proptest::prelude::*;

use super::*;
use crate::session::fixtures::WELL_PLACED;

fn seen(face: FaceMeasures) -> FramingMeasures {
    FramingMeasures { brightness: 0.5, face: Some(face), checks: Vec::new() }
}

/// A frame of a well-placed face with these checks.
fn with(checks: Vec<Check>) -> FramingMeasures {
    FramingMeasures { checks, ..seen(WELL_PLACED) }
}

/// A check whose limits are −8 to 8 with warning zones of 2.
fn check(id: CheckId, value: f64) -> Check {
    Check::judge(id, value, "", [-8.0, 8.0], 2.0)
}

fn told(measures: &FramingMeasures) -> Instruction {
    let mut coach = Coach::default();
    coach.observe(measures, 0, &Policy::default());
    coach.told().instruction
}

#[test]
fn each_place_has_its_instruction_in_the_sitters_own_directions() {
    use Instruction as I;
    type Case = (fn(&mut FaceMeasures), Instruction);
    let cases: [Case; 7] = [
        (|f| f.size = 0.5, I::ComeCloser),
        (|f| f.size = 3.0, I::StepBack),
        (|f| f.offset_x = 0.2, I::MoveRight),
        (|f| f.offset_x = -0.2, I::MoveLeft),
        (|f| f.offset_y = 0.2, I::SitHigher),
        (|f| f.offset_y = -0.2, I::SitLower),
        (|f| f.crop_fits = false, I::StepBack),
    ];
    for (spoil, expected) in cases {
        let mut face = WELL_PLACED;
        spoil(&mut face);
        assert_eq!(told(&seen(face)), expected);
    }
    assert_eq!(told(&seen(WELL_PLACED)), I::HoldStill);
}

#[test]
fn each_check_has_its_instruction_and_is_named_as_the_reason() {
    use CheckId as C;
    use Instruction as I;
    let cases = [
        (C::SingleFace, 20.0, I::OnePersonOnly),
        (C::Recapture, 20.0, I::RealPersonOnly),
        (C::UnderExposure, 20.0, I::MoreLight),
        (C::Yaw, 15.0, I::TurnRight),
        (C::Yaw, -15.0, I::TurnLeft),
        (C::Pitch, -20.0, I::RaiseChin),
        (C::Pitch, 20.0, I::LowerChin),
        (C::Roll, 9.0, I::TiltRight),
        (C::Roll, -9.0, I::TiltLeft),
        (C::ShouldersLevel, -20.0, I::LevelShoulders),
        (C::OverExposure, 20.0, I::LessLight),
        (C::Highlights, 20.0, I::LowerLamps),
        (C::ColourCast, 20.0, I::LampColour),
        (C::BackgroundShadow, 20.0, I::MoveFromWall),
        (C::BackgroundUniform, 20.0, I::ClearBackground),
        (C::HairOverBrows, 20.0, I::ShowBrows),
        (C::EarsVisible, -20.0, I::ShowEars),
        (C::GlassesGlare, 20.0, I::NoGlare),
        (C::GlassesTint, -20.0, I::ClearGlasses),
        (C::HeadCovering, 20.0, I::BareHead),
        (C::ClothesVsBackground, -20.0, I::ChangeClothes),
        (C::EyesOpen, -20.0, I::OpenEyes),
        (C::Gaze, 20.0, I::LookAtLens),
        (C::MouthClosed, 20.0, I::CloseMouth),
        (C::Expression, 20.0, I::RelaxFace),
        (C::Sharpness, -20.0, I::SitStill),
    ];
    for (id, value, expected) in cases {
        let mut coach = Coach::default();
        coach.observe(&with(vec![check(id, value)]), 0, &Policy::default());
        assert_eq!(coach.told(), Told { instruction: expected, reason: Some(id) });
    }
    for id in [C::FileBytes, C::FileFormat, C::Dpi, C::Resolution, C::RedEye] {
        assert_eq!(told(&with(vec![check(id, 20.0)])), I::HoldStill, "{id}");
    }
}

#[test]
fn the_lamp_on_the_darker_side_is_named() {
    let lit = |balance| FramingMeasures {
        face: Some(FaceMeasures { light_balance: balance, ..WELL_PLACED }),
        ..with(vec![check(CheckId::LeftRightLight, -20.0)])
    };
    assert_eq!(told(&lit(Some(0.3))), Instruction::RightLamp);
    assert_eq!(told(&lit(Some(-0.3))), Instruction::LeftLamp);
    assert_eq!(told(&lit(None)), Instruction::MoreLight);
}

#[test]
fn presence_comes_before_distance_and_distance_before_expression() {
    let mouth = || vec![check(CheckId::MouthClosed, 20.0)];
    let far = FramingMeasures { checks: mouth(), ..seen(FaceMeasures { size: 0.4, ..WELL_PLACED }) };
    assert_eq!(told(&far), Instruction::ComeCloser);
    assert_eq!(told(&FramingMeasures { brightness: 0.02, ..far.clone() }), Instruction::MoreLight);
    let two = FramingMeasures { checks: vec![check(CheckId::SingleFace, 20.0)], brightness: 0.02, ..far };
    assert_eq!(told(&two), Instruction::OnePersonOnly);
    assert_eq!(told(&with(mouth())), Instruction::CloseMouth);
    assert_eq!(told(&FramingMeasures { brightness: 0.02, ..Default::default() }), Instruction::MoreLight);
    assert_eq!(told(&FramingMeasures { brightness: 0.5, ..Default::default() }), Instruction::ComeIntoView);
}

#[test]
fn words_stay_long_enough_to_be_read() {
    let policy = Policy::default();
    let mut coach = Coach::default();
    let roll = with(vec![check(CheckId::Roll, 20.0)]);
    coach.observe(&with(vec![check(CheckId::Yaw, 20.0)]), 0, &policy);
    coach.observe(&roll, policy.instruction_ms - 1, &policy);
    assert_eq!(coach.told().instruction, Instruction::TurnRight);
    coach.observe(&roll, policy.instruction_ms, &policy);
    assert_eq!(coach.told().instruction, Instruction::TiltRight);
    coach.observe(&FramingMeasures::default(), policy.instruction_ms + 1, &policy);
    assert_eq!(coach.told().instruction, Instruction::TiltRight, "darkness can wait");
    coach.observe(&seen(WELL_PLACED), policy.instruction_ms + 2, &policy);
    assert_eq!(coach.told().instruction, Instruction::HoldStill, "good news cannot");
}

#[test]
fn a_blink_is_not_named_but_breaks_the_hold() {
    let policy = Policy::default();
    let mut coach = Coach::default();
    let blink = with(vec![check(CheckId::EyesOpen, -20.0)]);
    coach.observe(&seen(WELL_PLACED), 0, &policy);
    for ms in [2_000, 2_100, 2_200] {
        coach.observe(&blink, ms, &policy);
        assert_eq!(coach.told().instruction, Instruction::HoldStill);
        assert!(coach.coaching(ms, &policy).hold.abs() < 1e-9);
    }
    coach.observe(&blink, 2_000 + BLINK_MS, &policy);
    assert_eq!(coach.told().instruction, Instruction::OpenEyes);
}

#[test]
fn a_fault_is_entered_at_its_limit_and_left_at_its_warning_zone() {
    let policy = Policy::default();
    let mut coach = Coach::default();
    let mut say = |value: f64, ms: i64| {
        coach.observe(&with(vec![check(CheckId::Yaw, value)]), ms, &policy);
        coach.told().instruction
    };
    assert_eq!(say(7.0, 0), Instruction::HoldStill, "a warning alone is no fault");
    assert_eq!(say(8.1, 5_000), Instruction::HoldStill);
    assert_eq!(say(8.1, 6_000), Instruction::TurnRight);
    assert_eq!(say(7.0, 10_000), Instruction::TurnRight);
    assert_eq!(say(5.9, 15_000), Instruction::HoldStill);
    assert_eq!(say(7.0, 20_000), Instruction::HoldStill);
}

#[test]
fn a_whole_look_is_forgotten_when_it_is_old_or_the_sitter_moved() {
    let policy = Policy::default();
    let ears = WholeLook {
        at: 1_000,
        face: WELL_PLACED,
        checks: vec![check(CheckId::EarsVisible, -20.0)],
        whose: None,
    };
    let told = |face: FaceMeasures, now: i64| {
        let mut coach = Coach::default();
        coach.inspect(ears.clone(), 1_000);
        coach.observe(&seen(face), now, &policy);
        coach.told().instruction
    };
    assert_eq!(told(WELL_PLACED, 1_500), Instruction::ShowEars);
    assert_eq!(told(WELL_PLACED, 1_000 + policy.look_fresh_ms + 1), Instruction::HoldStill);
    assert_eq!(told(FaceMeasures { offset_x: 0.1, ..WELL_PLACED }, 1_500), Instruction::HoldStill);
    assert_eq!(told(FaceMeasures { size: 1.5, ..WELL_PLACED }, 1_500), Instruction::HoldStill);
    // What the frame itself shows is newer.
    let mut coach = Coach::default();
    coach.inspect(ears, 1_400);
    coach.observe(&with(vec![check(CheckId::EarsVisible, 0.0)]), 1_500, &policy);
    assert_eq!(coach.told().instruction, Instruction::HoldStill);
}

#[test]
fn a_late_look_does_not_replace_a_newer_one() {
    let policy = Policy::default();
    let mut coach = Coach::default();
    coach.inspect(WholeLook { at: 1_000, face: WELL_PLACED, checks: Vec::new(), whose: None }, 1_050);
    let late = WholeLook {
        at: 900,
        face: WELL_PLACED,
        checks: vec![check(CheckId::EarsVisible, -20.0)],
        whose: None,
    };
    coach.inspect(late, 1_060);
    coach.observe(&seen(WELL_PLACED), 1_100, &policy);
    assert_eq!(coach.told().instruction, Instruction::HoldStill);
}

#[test]
fn help_is_offered_without_progress_until_there_is_some() {
    let policy = Policy::default();
    let mut coach = Coach::default();
    let offered = |coach: &Coach, now| coach.coaching(now, &policy).offer_operator;
    let far = seen(FaceMeasures { size: 0.4, ..WELL_PLACED });
    let turned = with(vec![check(CheckId::Yaw, 20.0)]);
    coach.observe(&far, 0, &policy);
    coach.observe(&turned, 5_000, &policy);
    coach.observe(&far, 10_000, &policy);
    coach.observe(&turned, 15_000, &policy);
    assert!(!offered(&coach, 24_999));
    assert!(offered(&coach, 25_000), "coming back to where one was is no progress");
    coach.observe(&with(vec![check(CheckId::MouthClosed, 20.0)]), 26_000, &policy);
    assert!(!offered(&coach, 26_000));
}

#[test]
fn the_shutter_waits_for_the_whole_holding_time() {
    let policy = Policy::default();
    let mut coach = Coach::default();
    coach.inspect(WholeLook { at: 0, face: WELL_PLACED, checks: Vec::new(), whose: None }, 0);
    assert!(!coach.observe(&seen(WELL_PLACED), 0, &policy));
    assert!(!coach.observe(&seen(WELL_PLACED), policy.hold_ms - 1, &policy));
    assert!(coach.observe(&seen(WELL_PLACED), policy.hold_ms, &policy));
    assert!(!coach.observe(&with(vec![check(CheckId::Yaw, 20.0)]), policy.hold_ms + 1, &policy));
    assert!(!coach.observe(&seen(WELL_PLACED), policy.hold_ms + 2, &policy));
}

fn any_frame() -> impl Strategy<Value = FramingMeasures> {
    let ids = prop::sample::subsequence(CheckId::ALL, 0..6);
    let face = (0.3f64..3.0, -0.3f64..0.3, -0.3f64..0.3, any::<bool>());
    (ids, prop::collection::vec(-20.0f64..20.0, 6), prop::option::of(face), 0.0f64..1.0).prop_map(
        |(ids, values, face, brightness)| FramingMeasures {
            brightness,
            face: face.map(|(size, offset_x, offset_y, crop_fits)| FaceMeasures {
                size,
                crop_fits,
                offset_x,
                offset_y,
                ..WELL_PLACED
            }),
            checks: ids.into_iter().zip(values).map(|(id, value)| check(id, value)).collect(),
        },
    )
}

proptest! {
    /// Whatever is seen: nothing less urgent is asked for than what is wrong, words that are not urgent stay for their time,
    /// and the shutter never releases on a frame with something to mend.
    #[test]
    fn any_order_of_frames_is_coached_calmly(
        frames in prop::collection::vec((any_frame(), 1i64..600, any::<bool>()), 1..60)
    ) {
        let policy = Policy::default();
        let mut coach = Coach::default();
        let (mut now, mut changed) = (0, 0);
        for (frame, pause, looked) in frames {
            now += pause;
            if looked {
                let look = WholeLook { at: now, face: frame.face.unwrap_or(WELL_PLACED), checks: Vec::new(), whose: None };
                coach.inspect(look, now);
            }
            let before = coach.told().instruction;
            let first = coach.shown.is_none();
            let released = coach.observe(&frame, now, &policy);
            let blocked = frame.checks.iter().any(super::super::blocks);
            prop_assert!(!(released && (blocked || frame.face.is_none_or(|face| !face.crop_fits))));
            let wished = coach.wished.map(|(told, _)| told.instruction);
            if let (Some(wished), Some(_)) = (wished, frame.face) {
                for check in frame.checks.iter().filter(|check| check.verdict == Verdict::Fail) {
                    prop_assert!(remedy(check, Some(0.0)).is_none_or(|needed| wished <= needed));
                }
            }
            let after = coach.told().instruction;
            if after != before && !first {
                prop_assert!(is_urgent(after) || now - changed >= policy.instruction_ms);
            }
            if after != before || first {
                changed = now;
            }
        }
    }
}
