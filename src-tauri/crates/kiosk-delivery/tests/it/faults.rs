//! Every way in which a medium lets one down: named, nothing counted, and continued afterwards.

use std::ops::ControlFlow;

use kiosk_core::{Fault, FaultCode};
use kiosk_delivery::export::{Delivered, DeliveryPlan, ExportError, Stage, write};
use kiosk_delivery::medium::Space;

use crate::stand_in::{StandIn, Trouble};
use crate::support;

fn deliver(plan: &DeliveryPlan, medium: &mut StandIn) -> Result<Delivered, ExportError> {
    write(plan, medium, &mut |_| ControlFlow::Continue(()))
}

fn code(error: ExportError) -> FaultCode {
    Fault::from(error).code
}

fn is_delivered(plan: &DeliveryPlan, medium: &StandIn) -> bool {
    let whole = plan.files.iter().all(|file| {
        let place = format!("{}/{}", plan.title, file.path);
        medium.files.get(&place).is_some_and(|content| **content == *file.content)
    });
    whole && medium.files.len() == plan.files.len()
}

#[test]
fn a_whole_delivery_takes_so_many_calls_and_leaves_nothing_else() {
    let plan = support::planned(&support::orders(3));
    let mut medium = StandIn::default();
    let delivered = deliver(&plan, &mut medium).unwrap();
    assert!(is_delivered(&plan, &medium));
    assert_eq!((delivered.photos, delivered.resumed, delivered.bytes), (3, 0, plan.bytes));
}

/// The plug is pulled in each call of the whole run, one after the other: the call's own work is half done.
#[test]
fn unplugged_anywhere_it_is_named_and_can_be_continued() {
    let plan = support::planned(&support::orders(3));
    let mut whole = StandIn::default();
    deliver(&plan, &mut whole).unwrap();
    let mut later = plan.clone();
    later.files.clone_from(&support::planned_at(&support::orders(3), support::CREATED + 60_000).files);
    for call in 1..=whole.calls {
        let mut medium = StandIn::with(Trouble::UnpluggedAt(call));
        let fault = code(deliver(&plan, &mut medium).unwrap_err());
        assert_eq!(fault, FaultCode::MediumMissing, "call {call}");
        // Only the very last call, the renaming itself, can have given the name.
        let named = medium.folders.contains(&plan.title);
        assert!(!named || call == whole.calls, "call {call}: a half delivery has the name");
        let mut medium = medium.mended();
        if named {
            assert!(matches!(deliver(&plan, &mut medium), Err(ExportError::Exists)));
            assert!(is_delivered(&plan, &medium));
            continue;
        }
        // A minute later the lists have another date; the photos are the same.
        deliver(&later, &mut medium).unwrap_or_else(|e| panic!("call {call}: {e}"));
        assert!(is_delivered(&later, &medium), "call {call}: {:?}", medium.files.keys());
    }
}

/// The medium stays, but cannot do what it was asked to in one call after the other.
#[test]
fn an_input_output_error_anywhere_is_named_and_the_next_attempt_goes_on() {
    let plan = support::planned(&support::orders(3));
    let mut whole = StandIn::default();
    deliver(&plan, &mut whole).unwrap();
    for call in 1..=whole.calls {
        let mut medium = StandIn::with(Trouble::FailsIn(call));
        let fault = code(deliver(&plan, &mut medium).unwrap_err());
        // Before anything of ours is there, nobody can tell an ailing medium from one that is gone.
        let ours = medium.folders.iter().any(|folder| folder.ends_with(".partial"));
        let named = medium.folders.contains(&plan.title);
        let expected = if ours { FaultCode::MediumFailing } else { FaultCode::MediumMissing };
        assert_eq!(fault, expected, "call {call}");
        let mut medium = medium.mended();
        if named {
            assert!(call == whole.calls && is_delivered(&plan, &medium));
            continue;
        }
        deliver(&plan, &mut medium).unwrap_or_else(|e| panic!("call {call}: {e}"));
        assert!(is_delivered(&plan, &medium), "call {call}");
    }
}

/// Whoever finds the folder of a delivery that did not end is told so, by its name and by the file in it.
#[test]
fn until_everything_was_read_back_the_folder_says_that_it_is_not_finished() {
    let plan = support::planned(&support::orders(3));
    let mut whole = StandIn::default();
    deliver(&plan, &mut whole).unwrap();
    let (mut marked, mut unmarked) = (0, 0);
    for call in 1..=whole.calls {
        let mut medium = StandIn::with(Trouble::UnpluggedAt(call));
        deliver(&plan, &mut medium).unwrap_err();
        let marker = medium.files.keys().any(|path| path.ends_with("未完成-UNFINISHED.txt"));
        marked += usize::from(marker);
        let photos = medium.files.len();
        if !marker && photos > 0 {
            unmarked += 1;
            assert_eq!(photos, plan.files.len(), "call {call}: unmarked and not whole");
        }
    }
    assert!(marked > plan.files.len() && unmarked <= 3, "{marked} marked, {unmarked} unmarked");
}

#[test]
fn a_full_medium_is_named_wherever_the_room_ends() {
    let plan = support::planned(&support::orders(3));
    for room in (0..plan.bytes).step_by(plan.bytes as usize / 20) {
        let mut medium = StandIn::with(Trouble::FullAfter(room));
        assert_eq!(code(deliver(&plan, &mut medium).unwrap_err()), FaultCode::MediumFull);
        assert!(!medium.folders.contains(&plan.title));
        let mut medium = medium.mended();
        deliver(&plan, &mut medium).unwrap();
        assert!(is_delivered(&plan, &medium));
    }
}

#[test]
fn too_little_room_is_known_before_anything_is_written() {
    let plan = support::planned(&support::orders(3));
    let cluster = 128 * 1024;
    // Enough for the bytes, not for the clusters that they take.
    let mut medium =
        StandIn { space: Some(Space { free: plan.bytes + 4 * cluster, cluster }), ..StandIn::default() };
    assert!(matches!(deliver(&plan, &mut medium), Err(ExportError::Full { needed }) if needed == plan.bytes));
    assert!(medium.files.len() <= 1, "only the marker");
    let free = (plan.files.len() as u64 + 4) * cluster;
    let mut medium = StandIn { space: Some(Space { free, cluster }), ..StandIn::default() };
    deliver(&plan, &mut medium).unwrap();
}

#[test]
fn a_read_only_medium_is_named() {
    let plan = support::planned(&support::orders(1));
    let mut medium = StandIn::with(Trouble::ReadOnly);
    assert_eq!(code(deliver(&plan, &mut medium).unwrap_err()), FaultCode::MediumReadOnly);
}

/// A medium that writes wrongly without saying so is only found out by reading back.
#[test]
fn a_single_wrong_bit_in_any_file_is_found_and_mended_by_the_next_attempt() {
    let plan = support::planned(&support::orders(3));
    let mut whole = StandIn::default();
    deliver(&plan, &mut whole).unwrap();
    let mut found = 0;
    for call in 1..=whole.calls {
        let mut medium = StandIn::with(Trouble::FlipsABitIn(call));
        match deliver(&plan, &mut medium) {
            Ok(_) => assert!(is_delivered(&plan, &medium)),
            Err(error) => {
                assert!(matches!(error, ExportError::ReadBackDiffers(1)), "call {call}: {error}");
                assert!(!medium.folders.contains(&plan.title));
                found += 1;
                let mut medium = medium.mended();
                let delivered = deliver(&plan, &mut medium).unwrap();
                assert_eq!(delivered.resumed, plan.files.len() - 1);
                assert!(is_delivered(&plan, &medium));
            }
        }
    }
    assert_eq!(found, plan.files.len());
}

#[test]
fn what_lies_there_already_is_never_touched() {
    let (ours, others) = (support::planned(&support::orders(2)), support::planned(&support::orders(3)));
    let mut medium = StandIn::with(Trouble::UnpluggedAt(12));
    deliver(&others, &mut medium).unwrap_err();
    let mut medium = medium.mended();
    let before = medium.files.clone();
    assert!(matches!(deliver(&ours, &mut medium), Err(ExportError::OtherUnfinished)));
    assert!(medium.files == before);
    deliver(&others, &mut medium).unwrap();
    assert_eq!(code(deliver(&ours, &mut medium).unwrap_err()), FaultCode::PathUnusable);
}

#[test]
fn the_operator_may_stop_it_and_go_on_later() {
    let plan = support::planned(&support::orders(3));
    for stage in [Stage::Writing, Stage::Flushing, Stage::ReadingBack] {
        let mut medium = StandIn::default();
        let stopped = write(&plan, &mut medium, &mut |progress| {
            if progress.stage == stage { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(ExportError::Stopped)));
        assert!(!medium.folders.contains(&plan.title));
        let delivered = deliver(&plan, &mut medium).unwrap();
        assert_eq!(delivered.resumed > 0, stage != Stage::Writing);
        assert!(is_delivered(&plan, &medium));
    }
}

#[test]
fn progress_goes_forward_and_ends_at_the_last_file() {
    let plan = support::planned(&support::orders(3));
    let mut seen = Vec::new();
    write(&plan, &mut StandIn::default(), &mut |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    })
    .unwrap();
    for pair in seen.windows(2).filter(|pair| pair[0].stage == pair[1].stage) {
        assert!(pair[1].files == pair[0].files + 1 && pair[1].bytes > pair[0].bytes, "{pair:?}");
    }
    assert!(seen.iter().all(|p| p.of_bytes == plan.bytes && p.bytes <= p.of_bytes && p.files <= p.of_files));
}
