import type { Instruction } from './ipc/generated/Instruction';
import type { Language } from './i18n/language.svelte';

/**
 * The words for the one thing to do now. Directions are the sitter's own, and so are the arrows: in the
 * mirrored preview one's own left is the left of the glass.
 */
export const INSTRUCTIONS: Record<Language, Record<Instruction, string>> = {
  'zh-CN': {
    come_into_view: '请坐到镜头前',
    one_person_only: '请只留一人在画面中',
    more_light: '光线太暗，请开灯',
    come_closer: '请靠近一点',
    step_back: '请后退一点',
    move_left: '请向左移一点',
    move_right: '请向右移一点',
    sit_higher: '请坐高一点',
    sit_lower: '请坐低一点',
    turn_left: '请把脸向左转一点',
    turn_right: '请把脸向右转一点',
    raise_chin: '请微微抬头',
    lower_chin: '请微微低头',
    tilt_left: '请把头向左摆正',
    tilt_right: '请把头向右摆正',
    open_eyes: '请睁开双眼',
    close_mouth: '请闭合嘴唇',
    hold_still: '很好，请保持不动',
  },
  en: {
    come_into_view: 'Sit in front of the camera',
    one_person_only: 'One person only, please',
    more_light: 'Too dark: more light, please',
    come_closer: 'Come a little closer',
    step_back: 'Move back a little',
    move_left: 'Move a little to your left',
    move_right: 'Move a little to your right',
    sit_higher: 'Sit a little higher',
    sit_lower: 'Sit a little lower',
    turn_left: 'Turn your face a little left',
    turn_right: 'Turn your face a little right',
    raise_chin: 'Raise your chin a little',
    lower_chin: 'Lower your chin a little',
    tilt_left: 'Straighten your head to the left',
    tilt_right: 'Straighten your head to the right',
    open_eyes: 'Open both eyes',
    close_mouth: 'Close your lips',
    hold_still: 'Very good. Hold still',
  },
};

/** The picture that goes with each instruction: a name in `components/Arrow.svelte`. */
export type ArrowName =
  | 'left' | 'right' | 'up' | 'down' | 'nearer' | 'farther'
  | 'turn-left' | 'turn-right' | 'tilt-left' | 'tilt-right' | 'nod-up' | 'nod-down'
  | 'person' | 'people' | 'light' | 'eye' | 'lips' | 'hold';

export const ARROWS: Record<Instruction, ArrowName> = {
  come_into_view: 'person',
  one_person_only: 'people',
  more_light: 'light',
  come_closer: 'nearer',
  step_back: 'farther',
  move_left: 'left',
  move_right: 'right',
  sit_higher: 'up',
  sit_lower: 'down',
  turn_left: 'turn-left',
  turn_right: 'turn-right',
  raise_chin: 'nod-up',
  lower_chin: 'nod-down',
  tilt_left: 'tilt-left',
  tilt_right: 'tilt-right',
  open_eyes: 'eye',
  close_mouth: 'lips',
  hold_still: 'hold',
};
