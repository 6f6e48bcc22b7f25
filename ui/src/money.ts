import type { PaymentKind } from './ipc/generated/PaymentKind';
import type { WaiverReason } from './ipc/generated/WaiverReason';
import type { Language } from './i18n/language.svelte';

export const PAYMENT_KINDS: Record<Language, Record<PaymentKind, string>> = {
  'zh-CN': { cash: '现金', wechat: '微信支付', alipay: '支付宝', school_account: '学校账户', waived: '免收' },
  en: { cash: 'Cash', wechat: 'WeChat Pay', alipay: 'Alipay', school_account: 'School account', waived: 'Waived' },
};

export const WAIVER_REASONS: Record<Language, Record<WaiverReason, string>> = {
  'zh-CN': { studio_error: '影棚失误', staff: '教职工', hardship: '困难学生', agreement: '校方约定', other: '其他（写入备注）' },
  en: { studio_error: "Studio's mistake", staff: 'Staff', hardship: 'Hardship', agreement: 'Agreed with the school', other: 'Other (in a note)' },
};

/** What takes money, in the order of the buttons. */
export const TAKING: readonly PaymentKind[] = ['cash', 'wechat', 'alipay', 'school_account'];
export const REASONS: readonly WaiverReason[] = ['studio_error', 'staff', 'hardship', 'agreement', 'other'];

/** Fen as `¥15.00`. */
export function yuan(fen: number): string {
  return `¥${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

/** What somebody typed, in fen; null when it is no amount. */
export function fenOf(text: string): number | null {
  const match = /^\s*[¥￥]?(\d{1,5})(?:[.。](\d{1,2}))?\s*$/.exec(text);
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}
