import type { Component } from 'svelte';

import type { Instruction } from '../ipc/generated/Instruction';
import BareHead from './BareHead.svelte';
import ChangeClothes from './ChangeClothes.svelte';
import ClearBackground from './ClearBackground.svelte';
import ClearGlasses from './ClearGlasses.svelte';
import CloseMouth from './CloseMouth.svelte';
import ComeCloser from './ComeCloser.svelte';
import ComeIntoView from './ComeIntoView.svelte';
import HoldStill from './HoldStill.svelte';
import LampColour from './LampColour.svelte';
import LeftLamp from './LeftLamp.svelte';
import LessLight from './LessLight.svelte';
import LevelShoulders from './LevelShoulders.svelte';
import LookAtLens from './LookAtLens.svelte';
import LowerChin from './LowerChin.svelte';
import LowerLamps from './LowerLamps.svelte';
import MoreLight from './MoreLight.svelte';
import MoveFromWall from './MoveFromWall.svelte';
import MoveLeft from './MoveLeft.svelte';
import NoGlare from './NoGlare.svelte';
import OnePersonOnly from './OnePersonOnly.svelte';
import OpenEyes from './OpenEyes.svelte';
import RaiseChin from './RaiseChin.svelte';
import RealPersonOnly from './RealPersonOnly.svelte';
import RelaxFace from './RelaxFace.svelte';
import ShowBrows from './ShowBrows.svelte';
import ShowEars from './ShowEars.svelte';
import SitHigher from './SitHigher.svelte';
import SitLower from './SitLower.svelte';
import SitStill from './SitStill.svelte';
import StepBack from './StepBack.svelte';
import TiltLeft from './TiltLeft.svelte';
import TurnLeft from './TurnLeft.svelte';

/** A drawing of 200×120, as it is or as in a mirror. */
type Pictogram = { drawing: Component; mirrored?: true };

/** One for every instruction: an undrawn one does not compile. Left is drawn, right is its mirror image. */
export const PICTOGRAMS: Record<Instruction, Pictogram> = {
  come_into_view: { drawing: ComeIntoView },
  one_person_only: { drawing: OnePersonOnly },
  real_person_only: { drawing: RealPersonOnly },
  more_light: { drawing: MoreLight },
  come_closer: { drawing: ComeCloser },
  step_back: { drawing: StepBack },
  move_left: { drawing: MoveLeft },
  move_right: { drawing: MoveLeft, mirrored: true },
  sit_higher: { drawing: SitHigher },
  sit_lower: { drawing: SitLower },
  turn_left: { drawing: TurnLeft },
  turn_right: { drawing: TurnLeft, mirrored: true },
  raise_chin: { drawing: RaiseChin },
  lower_chin: { drawing: LowerChin },
  tilt_left: { drawing: TiltLeft },
  tilt_right: { drawing: TiltLeft, mirrored: true },
  level_shoulders: { drawing: LevelShoulders },
  left_lamp: { drawing: LeftLamp },
  right_lamp: { drawing: LeftLamp, mirrored: true },
  less_light: { drawing: LessLight },
  lower_lamps: { drawing: LowerLamps },
  lamp_colour: { drawing: LampColour },
  move_from_wall: { drawing: MoveFromWall },
  clear_background: { drawing: ClearBackground },
  show_brows: { drawing: ShowBrows },
  show_ears: { drawing: ShowEars },
  no_glare: { drawing: NoGlare },
  clear_glasses: { drawing: ClearGlasses },
  bare_head: { drawing: BareHead },
  change_clothes: { drawing: ChangeClothes },
  open_eyes: { drawing: OpenEyes },
  look_at_lens: { drawing: LookAtLens },
  close_mouth: { drawing: CloseMouth },
  relax_face: { drawing: RelaxFace },
  sit_still: { drawing: SitStill },
  hold_still: { drawing: HoldStill },
};
