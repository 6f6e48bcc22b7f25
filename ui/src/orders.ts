import type { Language } from './i18n/language.svelte';
import type { AlarmKind } from './ipc/generated/AlarmKind';
import type { Likeness } from './ipc/generated/Likeness';
import type { OrderState } from './ipc/generated/OrderState';

export const ORDER_STATES: Record<Language, Record<OrderState, string>> = {
  'zh-CN': {
    captured: '待审核',
    approved: '已通过',
    returned: '已退回',
    printed: '已打印',
    delivered: '已交付',
    purged: '已清除',
  },
  en: {
    captured: 'To review',
    approved: 'Approved',
    returned: 'Returned',
    printed: 'Printed',
    delivered: 'Delivered',
    purged: 'Purged',
  },
};

/** What a comparison with the enrolment photo suggests. The operator decides; the words must not. */
export const LIKENESS: Record<Language, Record<Likeness, string>> = {
  'zh-CN': {
    alike: '与入学照片相近',
    unsure: '看不准，请自行对照',
    unlike: '与入学照片差别较大，请核对是否本人',
    no_photo: '学校没有提供入学照片',
    unusable: '照片无法比对',
  },
  en: {
    alike: 'Resembles the enrolment photo',
    unsure: 'Cannot tell; please compare by eye',
    unlike: 'Differs from the enrolment photo; please check that it is the student',
    no_photo: 'The school supplied no enrolment photo',
    unusable: 'The photos cannot be compared',
  },
};

/** What the matter is, and what may be behind it. */
export const ALARMS: Record<Language, Record<AlarmKind, { title: string; meaning: string }>> = {
  'zh-CN': {
    same_document: {
      title: '同一证件号码，两个采集码',
      meaning: '可能是同一学生有两条记录，也可能用了别人的采集码。请对照后退回不该有的订单。',
    },
    same_face: {
      title: '相似的面孔，两个采集码',
      meaning: '证件号码不同，两张照片却可能是同一个人：可能替别人拍了，也可能只是长得像。请对照照片和证件再决定。',
    },
  },
  en: {
    same_document: {
      title: 'One ID number under two codes',
      meaning: "A second record of the same student, or somebody used another student's code. Compare, and return the order that should not be.",
    },
    same_face: {
      title: 'Much the same face under two codes',
      meaning: 'The ID numbers differ, yet the photos may show one person: somebody sat for another, or they only look alike. Compare photos and documents before deciding.',
    },
  },
};

export const ALL_STATES: readonly OrderState[] = ['captured', 'approved', 'returned', 'printed', 'delivered', 'purged'];

/** The usual ways to hand an order over; others are shown as the studio calls them. */
const HANDOVERS: Record<Language, Record<string, string>> = {
  'zh-CN': { counter: '柜台自取', class: '按班级发放', post: '邮寄' },
  en: { counter: 'At the counter', class: 'With the class', post: 'By post' },
};

export function handoverName(way: string, language: Language): string {
  return HANDOVERS[language][way] ?? way;
}

const APPROVABLE: readonly OrderState[] = ['captured'];
const RETURNABLE: readonly OrderState[] = ['captured', 'approved', 'printed', 'delivered'];

/** Day and time of an order: `11/21 09:12`. */
export function timeText(language: Language, ms: number): string {
  return new Intl.DateTimeFormat(language, { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false }).format(ms);
}

/** Which buttons an order offers; the order log has the last word. */
export function mayApprove(state: OrderState): boolean {
  return APPROVABLE.includes(state);
}

export function mayReturn(state: OrderState): boolean {
  return RETURNABLE.includes(state);
}
