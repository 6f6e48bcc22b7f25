import type { OrderState } from './ipc/generated/OrderState';
import type { Language } from './i18n/language.svelte';

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

/** Which buttons an order offers; the order log has the last word. */
export function mayApprove(state: OrderState): boolean {
  return APPROVABLE.includes(state);
}

export function mayReturn(state: OrderState): boolean {
  return RETURNABLE.includes(state);
}
