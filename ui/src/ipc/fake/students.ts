import type { DemoStudent } from '../generated/DemoStudent';
import type { Guardian } from '../generated/Guardian';
import type { MaskedRecord } from '../generated/MaskedRecord';

/** GB 11643-1999: weights of the first 17 digits, and the check character by the sum modulo 11. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';

export function withCheck(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0);
  return first17 + CHECK[sum % 11];
}

export function isResidentNumber(text: string): boolean {
  return /^\d{17}[\dX]$/.test(text) && withCheck(text.slice(0, 17)) === text;
}

export function isPassport(text: string): boolean {
  return /^E\d{8}$/.test(text);
}

export type Student = DemoStudent & { school: string; college: string; class: string; level: string };

const STEMS = '甲乙丙丁戊己庚辛壬癸';
const COLLEGES = ['信息工程学院', '文学院', '护理学院', '土木工程学院'];

/** What the invented students carry: the ID card of a grown-up or of a child, or a passport, which does not tell the age here. */
export type FakeDocument = 'adult' | 'child' | 'passport';

const BORN = { adult: 2004, child: 2014 };

/** The `n`-th invented student: region 999999 exists nowhere. */
export function student(n: number, document: FakeDocument = 'adult'): Student {
  const id = document === 'passport' ? `E${12_345_678 + n}` : residentNumber(n, BORN[document]);
  return {
    name: `测试·${STEMS[n % STEMS.length]}`,
    student_number: `T2022${String(1000 + n)}`,
    id_number: id,
    last_four: id.slice(-4),
    school: '示例大学（虚构）',
    college: COLLEGES[n % COLLEGES.length] ?? '',
    class: `2022 级 ${(n % 6) + 1} 班`,
    level: '本科',
  };
}

function residentNumber(n: number, born: number): string {
  const birthday = `${String(born)}${String((n % 12) + 1).padStart(2, '0')}${String((n % 28) + 1).padStart(2, '0')}`;
  return withCheck(`999999${birthday}${String((n * 7) % 1000).padStart(3, '0')}`);
}

const OF_AGE = 14;

/** Whether a guardian has to agree at `now`, by the birthday in the number. */
export function guardianOf(id: string, now: number): Guardian {
  if (!isResidentNumber(id)) return 'offered';
  const [year, month, day] = [id.slice(6, 10), id.slice(10, 12), id.slice(12, 14)].map(Number) as [number, number, number];
  return now < Date.UTC(year + OF_AGE, month - 1, day) ? 'needed' : 'not_needed';
}

/** What the glass may show before (`known` false) and after identification. */
export function masked(of: Student, known: boolean): MaskedRecord {
  return {
    name: `${of.name[0]}**`,
    student_number: of.student_number,
    last_four: known ? of.last_four : null,
    school: of.school,
    college: of.college,
    class: of.class,
    level: of.level,
  };
}

export function maskedId(id: string): string {
  return `${id.slice(0, 6)}********${id.slice(-4)}`;
}
