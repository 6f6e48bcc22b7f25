import type { Check } from './ipc/generated/Check';
import type { CheckId } from './ipc/generated/CheckId';
import type { Verdict } from './ipc/generated/Verdict';
import type { Language } from './i18n/language.svelte';

/** A check's name, what is wrong when it fails, and what the sitter can do. */
export type CheckWords = { name: string; problem: string; remedy: string };

export const CHECKS: Record<Language, Record<CheckId, CheckWords>> = {
  'zh-CN': {
    single_face: { name: '单人', problem: '画面中不是恰好一人', remedy: '请让其他人离开画面。' },
    head_top: { name: '头顶位置', problem: '头顶离照片上边过近或过远', remedy: '请正对镜头坐直后重拍。' },
    eye_line: { name: '眼睛高度', problem: '眼睛位置偏高或偏低', remedy: '请平视镜头后重拍。' },
    face_width: { name: '脸部宽度', problem: '脸在照片中过大或过小', remedy: '请按提示调整与镜头的距离。' },
    centred: { name: '左右居中', problem: '脸没有居中', remedy: '请坐到画面正中。' },
    yaw: { name: '左右转头', problem: '脸偏向一侧', remedy: '请正对镜头，两耳同样可见。' },
    pitch: { name: '抬头低头', problem: '头抬得过高或低得过低', remedy: '请平视镜头。' },
    roll: { name: '头部歪斜', problem: '头歪向一侧', remedy: '请摆正头部，双眼同高。' },
    eyes_open: { name: '睁眼', problem: '眼睛没有完全睁开', remedy: '请自然睁大双眼再拍。' },
    gaze: { name: '视线', problem: '没有看向镜头', remedy: '请看着镜头，不要看屏幕。' },
    mouth_closed: { name: '闭唇', problem: '嘴唇没有闭合', remedy: '请自然闭上嘴唇，不露齿。' },
    expression: { name: '表情', problem: '表情不够自然', remedy: '请放松面部，不要大笑。' },
    sharpness: { name: '清晰度', problem: '照片不够清晰', remedy: '请保持不动，等拍摄完成。' },
    noise: { name: '噪点', problem: '画面噪点过多', remedy: '请打开灯光后重拍。' },
    under_exposure: { name: '亮度充足', problem: '脸部偏暗', remedy: '请打开两侧的灯。' },
    over_exposure: { name: '没有过曝', problem: '脸部过亮', remedy: '请离灯远一点，或请工作人员调暗灯光。' },
    contrast: { name: '反差', problem: '脸部反差不合适', remedy: '请避免身后有强光。' },
    left_right_light: { name: '左右光线', problem: '脸部左右亮度不均', remedy: '请确认两侧的灯都已打开。' },
    highlights: { name: '皮肤无反光', problem: '皮肤有反光', remedy: '请擦去额头和鼻翼的油光。' },
    colour_cast: { name: '肤色', problem: '肤色偏色', remedy: '请工作人员重新校准白平衡。' },
    red_eye: { name: '没有红眼', problem: '瞳孔发红', remedy: '请关闭闪光灯后重拍。' },
    background_uniform: { name: '背景均匀', problem: '背景颜色不均匀', remedy: '请在纯色背景前重拍。' },
    background_shadow: { name: '背景无影', problem: '背景上有影子', remedy: '请离墙远一点。' },
    clothes_vs_background: { name: '衣服与背景', problem: '衣服与背景颜色太接近', remedy: '请换深色衣服，不要穿浅蓝或白色。' },
    hair_over_brows: { name: '露出眉毛', problem: '头发遮住了眉毛', remedy: '请把刘海拨开。' },
    ears_visible: { name: '露出双耳', problem: '耳朵被遮住', remedy: '请把头发拨到耳后。' },
    glasses_glare: { name: '镜片无反光', problem: '镜片上有反光', remedy: '请略微低头，或摘下眼镜。' },
    glasses_tint: { name: '镜片无色', problem: '镜片有颜色', remedy: '请摘下有色眼镜。' },
    head_covering: { name: '头部无遮盖', problem: '头上有帽子或头巾', remedy: '请摘下帽子或头饰。' },
    shoulders_level: { name: '双肩水平', problem: '双肩一高一低', remedy: '请坐正，放平双肩。' },
    shoulders_complete: { name: '双肩完整', problem: '双肩没有完整入镜', remedy: '请坐到画面正中并略微后退。' },
    subject_size: { name: '人像大小', problem: '人在画面中太小', remedy: '请靠近镜头。' },
    recapture: { name: '真人实拍', problem: '疑似拍摄屏幕或照片', remedy: '请本人坐到镜头前拍摄。' },
    resolution: { name: '分辨率', problem: '像素不足', remedy: '请靠近镜头，或请工作人员调整摄像头。' },
    file_bytes: { name: '文件大小', problem: '文件大小不符合要求', remedy: '请重拍一次。' },
    file_format: { name: '文件格式', problem: '文件格式不符合要求', remedy: '请联系工作人员。' },
    dpi: { name: '打印分辨率', problem: '分辨率标记不符合要求', remedy: '请联系工作人员。' },
  },
  en: {
    single_face: { name: 'One person', problem: 'Not exactly one person in the picture', remedy: 'Ask others to step aside.' },
    head_top: { name: 'Top of head', problem: 'Too much or too little room above the head', remedy: 'Sit upright, facing the camera.' },
    eye_line: { name: 'Eye line', problem: 'The eyes are too high or too low', remedy: 'Look straight ahead.' },
    face_width: { name: 'Face width', problem: 'The face is too large or too small', remedy: 'Adjust your distance as shown.' },
    centred: { name: 'Centred', problem: 'The face is not in the middle', remedy: 'Sit in the middle of the picture.' },
    yaw: { name: 'Head turn', problem: 'The face is turned to one side', remedy: 'Face the camera; both ears should show alike.' },
    pitch: { name: 'Head nod', problem: 'The head is too far up or down', remedy: 'Look straight ahead.' },
    roll: { name: 'Head tilt', problem: 'The head leans to one side', remedy: 'Hold your head straight, both eyes level.' },
    eyes_open: { name: 'Eyes open', problem: 'The eyes are not fully open', remedy: 'Open your eyes naturally.' },
    gaze: { name: 'Gaze', problem: 'Not looking into the camera', remedy: 'Look into the lens, not at the screen.' },
    mouth_closed: { name: 'Lips closed', problem: 'The lips are apart', remedy: 'Close your lips naturally.' },
    expression: { name: 'Expression', problem: 'The expression is not neutral', remedy: 'Relax your face.' },
    sharpness: { name: 'Sharpness', problem: 'The photo is not sharp', remedy: 'Hold still until the photo is taken.' },
    noise: { name: 'Noise', problem: 'The picture is grainy', remedy: 'Turn on the lamps.' },
    under_exposure: { name: 'Bright enough', problem: 'The face is too dark', remedy: 'Turn on both lamps.' },
    over_exposure: { name: 'Not burnt out', problem: 'The face is too bright', remedy: 'Move away from the lamp or have it dimmed.' },
    contrast: { name: 'Contrast', problem: "The face's contrast is off", remedy: 'Avoid strong light behind you.' },
    left_right_light: { name: 'Even light', problem: 'One half of the face is darker', remedy: 'Check that both lamps are on.' },
    highlights: { name: 'No shine', problem: 'The skin shines', remedy: 'Dab forehead and nose dry.' },
    colour_cast: { name: 'Skin colour', problem: 'The skin has a colour cast', remedy: 'Ask the staff to calibrate the white balance.' },
    red_eye: { name: 'No red eyes', problem: 'The pupils are red', remedy: 'Turn the flash off.' },
    background_uniform: { name: 'Even background', problem: 'The background is not even', remedy: 'Sit in front of a plain wall.' },
    background_shadow: { name: 'No shadow', problem: 'There is a shadow on the wall', remedy: 'Move away from the wall.' },
    clothes_vs_background: { name: 'Clothes', problem: 'Clothes look like the background', remedy: 'Wear something dark, not light blue or white.' },
    hair_over_brows: { name: 'Brows visible', problem: 'Hair covers the brows', remedy: 'Brush the fringe aside.' },
    ears_visible: { name: 'Ears visible', problem: 'An ear is covered', remedy: 'Put your hair behind your ears.' },
    glasses_glare: { name: 'No glare', problem: 'The glasses reflect light', remedy: 'Lower your head slightly or take them off.' },
    glasses_tint: { name: 'Clear glasses', problem: 'The glasses are tinted', remedy: 'Take tinted glasses off.' },
    head_covering: { name: 'Head uncovered', problem: 'The head is covered', remedy: 'Take the hat or scarf off.' },
    shoulders_level: { name: 'Level shoulders', problem: 'One shoulder is higher', remedy: 'Sit straight, shoulders level.' },
    shoulders_complete: { name: 'Both shoulders', problem: 'The shoulders are not wholly in the picture', remedy: 'Sit in the middle and move back a little.' },
    subject_size: { name: 'Size in shot', problem: 'You are too small in the picture', remedy: 'Come closer.' },
    recapture: { name: 'Live person', problem: 'Looks like a photo of a print or screen', remedy: 'Sit in front of the camera yourself.' },
    resolution: { name: 'Resolution', problem: 'Too few pixels', remedy: 'Come closer or have the camera adjusted.' },
    file_bytes: { name: 'File size', problem: 'The file is outside the required size', remedy: 'Take another photo.' },
    file_format: { name: 'File format', problem: 'The file format is not right', remedy: 'Call the staff.' },
    dpi: { name: 'Print density', problem: 'The dpi mark is not right', remedy: 'Call the staff.' },
  },
};

/** Families in which checks are shown. */
export type CheckFamily = 'placement' | 'pose' | 'light' | 'background' | 'appearance' | 'file';

export const FAMILIES: readonly CheckFamily[] = ['placement', 'pose', 'light', 'background', 'appearance', 'file'];

const FAMILY_OF: Record<CheckId, CheckFamily> = {
  single_face: 'placement',
  head_top: 'placement',
  eye_line: 'placement',
  face_width: 'placement',
  centred: 'placement',
  subject_size: 'placement',
  shoulders_complete: 'placement',
  yaw: 'pose',
  pitch: 'pose',
  roll: 'pose',
  eyes_open: 'pose',
  gaze: 'pose',
  mouth_closed: 'pose',
  expression: 'pose',
  shoulders_level: 'pose',
  sharpness: 'light',
  noise: 'light',
  under_exposure: 'light',
  over_exposure: 'light',
  contrast: 'light',
  left_right_light: 'light',
  highlights: 'light',
  colour_cast: 'light',
  red_eye: 'light',
  background_uniform: 'background',
  background_shadow: 'background',
  clothes_vs_background: 'background',
  hair_over_brows: 'appearance',
  ears_visible: 'appearance',
  glasses_glare: 'appearance',
  glasses_tint: 'appearance',
  head_covering: 'appearance',
  recapture: 'appearance',
  resolution: 'file',
  file_bytes: 'file',
  file_format: 'file',
  dpi: 'file',
};

/** What a person should look at first. */
const SEVERITY: Record<Verdict, number> = { fail: 0, warn: 1, unknown: 2, pass: 3 };

export function byFamily(checks: readonly Check[]): { family: CheckFamily; worst: Verdict; checks: Check[] }[] {
  return FAMILIES.map((family) => {
    const members = worstFirst(checks.filter((check) => FAMILY_OF[check.id] === family));
    return { family, worst: members[0]?.verdict ?? 'unknown', checks: members };
  }).filter((group) => group.checks.length > 0);
}

/** Failed checks first; otherwise in the report's own order. */
export function worstFirst(checks: readonly Check[]): Check[] {
  return [...checks].sort((a, b) => SEVERITY[a.verdict] - SEVERITY[b.verdict]);
}

const UNITS: Record<string, string> = { px: ' px', deg: '°', bytes: ' B', count: '', ratio: '' };

/** `250 px (200–300)`: the measure with its limits, or nothing when there is no measure. */
export function measureText(check: Check): string {
  if (check.value === null) return '';
  const unit = UNITS[check.unit] ?? ` ${check.unit}`;
  const value = `${shortNumber(check.value)}${unit}`;
  return check.limit === null ? value : `${value} (${shortNumber(check.limit[0])}–${shortNumber(check.limit[1])})`;
}

function shortNumber(value: number): string {
  const digits = Math.abs(value) >= 20 || Number.isInteger(value) ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  return value.toFixed(digits);
}
