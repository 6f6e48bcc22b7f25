import type { CheckId } from './ipc/generated/CheckId';
import type { Instruction } from './ipc/generated/Instruction';
import type { Language } from './i18n/language.svelte';

/** The one thing to do now, short and in big letters, and why. */
export type InstructionWords = { say: string; why: string };

/**
 * One row for every instruction in every language: an unworded one does not compile. Directions are the sitter's own,
 * which the mirrored preview shows on the same side.
 */
export const INSTRUCTIONS: Record<Language, Record<Instruction, InstructionWords>> = {
  'zh-CN': {
    come_into_view: { say: '请坐到镜头前', why: '画面里还没有看到您的脸。' },
    one_person_only: { say: '请其他人离开画面', why: '照片里只能有您一个人。' },
    real_person_only: { say: '请本人坐到镜头前', why: '不能对着照片或手机屏幕拍。' },
    more_light: { say: '请打开两边的灯', why: '光线太暗，看不清脸。' },
    come_closer: { say: '请靠近镜头一点', why: '脸在画面中太小。' },
    step_back: { say: '请往后退一点', why: '离镜头太近，头和肩膀放不下。' },
    move_left: { say: '请向左移一点', why: '您在画面中偏右。' },
    move_right: { say: '请向右移一点', why: '您在画面中偏左。' },
    sit_higher: { say: '请坐高一点', why: '头在画面中太低。' },
    sit_lower: { say: '请坐低一点', why: '头在画面中太高。' },
    turn_left: { say: '请把脸向左转一点', why: '脸转向了右边，请正对镜头。' },
    turn_right: { say: '请把脸向右转一点', why: '脸转向了左边，请正对镜头。' },
    raise_chin: { say: '请把下巴抬高一点', why: '头低得太多。' },
    lower_chin: { say: '请把下巴收低一点', why: '头仰得太高。' },
    tilt_left: { say: '请把头向左摆正', why: '头歪向了右肩。' },
    tilt_right: { say: '请把头向右摆正', why: '头歪向了左肩。' },
    level_shoulders: { say: '请放平双肩', why: '肩膀一高一低。' },
    left_lamp: { say: '请打开左边的灯', why: '左侧偏暗：左半边脸的光不够。' },
    right_lamp: { say: '请打开右边的灯', why: '右侧偏暗：右半边脸的光不够。' },
    less_light: { say: '请把灯调暗一点', why: '光线太亮，脸上发白。' },
    lower_lamps: { say: '请把灯降到肩膀高度', why: '灯太高：头发和额头反光。' },
    lamp_colour: { say: '请只开白色的灯', why: '肤色偏黄或偏蓝：请关掉彩色的灯，拉上窗帘。' },
    move_from_wall: { say: '请离墙远一点', why: '您的影子落在了墙上。' },
    clear_background: { say: '请换到干净的墙前', why: '身后有花纹或杂物。' },
    show_brows: { say: '请露出眉毛', why: '头发遮住了眉毛：请把刘海拨到旁边。' },
    show_ears: { say: '请露出双耳', why: '头发遮住了耳朵：请拨到耳后。' },
    no_glare: { say: '请消除镜片反光', why: '请略微低头或抬高镜腿，还不行就摘下眼镜。' },
    clear_glasses: { say: '请摘下有色眼镜', why: '镜片有颜色，看不清眼睛。' },
    bare_head: { say: '请摘下帽子或头饰', why: '头上不能有遮盖。' },
    change_clothes: { say: '请换一件深色上衣', why: '衣服和照片的浅蓝背景太接近。' },
    open_eyes: { say: '请睁开双眼', why: '眼睛闭着，或没有完全睁开。' },
    look_at_lens: { say: '请看镜头', why: '不要看屏幕，镜头在屏幕上方。' },
    close_mouth: { say: '请闭上嘴', why: '嘴唇张开了，不要露出牙齿。' },
    relax_face: { say: '请放松表情', why: '不要大笑，也不要皱眉。' },
    sit_still: { say: '请坐稳别动', why: '您在晃动，画面会模糊。' },
    hold_still: { say: '很好，请保持不动', why: '请看着镜头。' },
  },
  en: {
    come_into_view: { say: 'Sit in front of the camera', why: 'Your face is not in the picture yet.' },
    one_person_only: { say: 'Others, please step aside', why: 'Only you may be in the picture.' },
    real_person_only: { say: 'Sit here yourself', why: 'A print or a phone screen cannot be photographed.' },
    more_light: { say: 'Turn on both lamps', why: 'It is too dark to see your face.' },
    come_closer: { say: 'Come a little closer', why: 'Your face is too small in the picture.' },
    step_back: { say: 'Move back a little', why: 'Too close: head and shoulders do not fit.' },
    move_left: { say: 'Move a little to the left', why: 'You are too far right in the picture.' },
    move_right: { say: 'Move a little to the right', why: 'You are too far left in the picture.' },
    sit_higher: { say: 'Sit a little higher', why: 'Your head is too low in the picture.' },
    sit_lower: { say: 'Sit a little lower', why: 'Your head is too high in the picture.' },
    turn_left: { say: 'Turn your face to the left', why: 'It is turned to the right. Face the camera.' },
    turn_right: { say: 'Turn your face to the right', why: 'It is turned to the left. Face the camera.' },
    raise_chin: { say: 'Raise your chin a little', why: 'Your head is bent too far down.' },
    lower_chin: { say: 'Lower your chin a little', why: 'Your head is tipped too far back.' },
    tilt_left: { say: 'Tip your head to the left', why: 'It leans towards your right shoulder.' },
    tilt_right: { say: 'Tip your head to the right', why: 'It leans towards your left shoulder.' },
    level_shoulders: { say: 'Level your shoulders', why: 'One shoulder is higher than the other.' },
    left_lamp: { say: 'Turn on the left lamp', why: 'The left half of your face is too dark.' },
    right_lamp: { say: 'Turn on the right lamp', why: 'The right half of your face is too dark.' },
    less_light: { say: 'Dim the lamps a little', why: 'Too bright: your face is washed out.' },
    lower_lamps: { say: 'Lower the lamps to shoulder height', why: 'Light from too high: hair and forehead shine.' },
    lamp_colour: { say: 'Use white light only', why: 'Coloured light tints your skin: turn it off, close the curtain.' },
    move_from_wall: { say: 'Move away from the wall', why: 'Your shadow falls on the wall.' },
    clear_background: { say: 'Sit in front of a plain wall', why: 'There are patterns or things behind you.' },
    show_brows: { say: 'Show your eyebrows', why: 'Hair covers them: brush your fringe aside.' },
    show_ears: { say: 'Show both ears', why: 'Hair covers them: tuck it behind your ears.' },
    no_glare: { say: 'Avoid glare on your glasses', why: 'Lower your chin or tip the glasses, else take them off.' },
    clear_glasses: { say: 'Take off tinted glasses', why: 'Your eyes cannot be seen through coloured lenses.' },
    bare_head: { say: 'Take off your hat', why: 'Nothing may cover your head.' },
    change_clothes: { say: 'Put on a darker top', why: "Your clothes look like the photo's light blue background." },
    open_eyes: { say: 'Open your eyes', why: 'They are closed or not fully open.' },
    look_at_lens: { say: 'Look into the lens', why: 'Not at the screen: the lens is above it.' },
    close_mouth: { say: 'Close your lips', why: 'Your lips are apart. Show no teeth.' },
    relax_face: { say: 'Relax your face', why: 'No wide smile and no frown.' },
    sit_still: { say: 'Sit still', why: 'You are moving, which blurs the picture.' },
    hold_still: { say: 'Very good, hold still', why: 'Look into the lens.' },
  },
};

type Reasons = Partial<Record<Instruction, Partial<Record<CheckId, string>>>>;

/** Where several checks lead to the same instruction, the check behind it says more than the instruction. */
const REASONS: Record<Language, Reasons> = {
  'zh-CN': {
    more_light: { noise: '光线太暗，画面有噪点。', contrast: '光线太暗，脸部没有层次。' },
    come_closer: { resolution: '离镜头太远，像素不够。' },
    step_back: { shoulders_complete: '离镜头太近，双肩没有完整入镜。', head_top: '离镜头太近，头顶没有完整入镜。' },
    move_left: { shoulders_complete: '右肩没有完整入镜。' },
    move_right: { shoulders_complete: '左肩没有完整入镜。' },
    less_light: { highlights: '皮肤有反光：也可以擦去额头和鼻翼的油光。' },
    lower_lamps: { highlights: '灯太高：皮肤有反光。' },
    clear_background: { background_shadow: '身后的墙上有影子。' },
  },
  en: {
    more_light: { noise: 'Too dark: the picture is grainy.', contrast: 'Too dark: your face looks flat.' },
    come_closer: { resolution: 'Too far away: too few pixels.' },
    step_back: { shoulders_complete: 'Too close: your shoulders do not fit.', head_top: 'Too close: the top of your head does not fit.' },
    move_left: { shoulders_complete: 'Your right shoulder is cut off.' },
    move_right: { shoulders_complete: 'Your left shoulder is cut off.' },
    less_light: { highlights: 'Your skin shines. Dabbing forehead and nose dry helps, too.' },
    lower_lamps: { highlights: 'The lamps are too high: your skin shines.' },
    clear_background: { background_shadow: 'There is a shadow on the wall behind you.' },
  },
};

/** The words for an instruction, with the reason that the check behind it gives. */
export function instructionWords(language: Language, instruction: Instruction, reason: CheckId | null): InstructionWords {
  const words = INSTRUCTIONS[language][instruction];
  const why = reason === null ? undefined : REASONS[language][instruction]?.[reason];
  return { say: words.say, why: why ?? words.why };
}
