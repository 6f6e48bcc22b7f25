import type { OperatorBackend } from '../backend';
import type { Fault } from '../generated/Fault';
import type { RosterOverview } from '../generated/RosterOverview';
import type { RosterPreview } from '../generated/RosterPreview';
import type { RosterStudent } from '../generated/RosterStudent';
import { maskedId, student } from './students';

const STUDENTS = 86;
const TOKEN = 'f'.repeat(64);

const fault = (code: Fault['code']): Fault => ({ code, detail: '' });
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

type RosterBackend = Pick<
  OperatorBackend,
  'previewRoster' | 'previewRosterFor' | 'importRoster' | 'rosterProgress' | 'rosters' | 'rosterStudents'
>;

/** One invented list, whatever file is given; an empty file is none. */
export class FakeRosters implements RosterBackend {
  #school = '示例大学';
  #imported = false;
  #done = 0;

  async previewRoster(bytes: Uint8Array<ArrayBuffer>): Promise<RosterPreview> {
    await pause(300);
    if (bytes.length === 0) throw fault('list_unreadable');
    return this.#preview();
  }

  async previewRosterFor(token: string, school: string): Promise<RosterPreview> {
    if (token !== TOKEN) throw fault('list_gone');
    this.#school = school;
    return this.#preview();
  }

  async importRoster(token: string) {
    if (token !== TOKEN) throw fault('list_gone');
    for (this.#done = 0; this.#done < STUDENTS; this.#done += 2) await pause(20);
    this.#imported = true;
    this.#done = 0;
    return { added: STUDENTS, changed: 0, unchanged: 0, absent: 0 };
  }

  async rosterProgress() {
    return { done: this.#done, total: this.#done > 0 ? STUDENTS : 0 };
  }

  async rosters(): Promise<RosterOverview> {
    if (!this.#imported) return { schools: [], classes: [] };
    const names = [...new Set(LISTED.map((one) => one.class))];
    const classes = names.map((name) => {
      const students = LISTED.filter((one) => one.class === name);
      return { college: '示例学院', class: name, students: students.length, captured: students.filter((one) => one.order).length };
    });
    const captured = LISTED.filter((one) => one.order).length;
    return { schools: [{ school: this.#school, students: STUDENTS, captured, imported_at: Date.UTC(2026, 10, 21, 1) }], classes };
  }

  rosterStudents: OperatorBackend['rosterStudents'] = async ({ captured, class: only, offset, limit }) => {
    const rows = LISTED.filter((one) => (one.order !== null) === captured && (only === null || (one.class ?? '') === only));
    return { rows: rows.slice(offset, offset + limit), more: rows.length > offset + limit };
  };

  #preview(): RosterPreview {
    return {
      token: TOKEN,
      school: this.#school,
      columns: [
        { header: '学号', means: 'student_number' },
        { header: '姓名', means: 'name' },
        { header: '证件号码', means: 'id_number' },
        { header: '学院', means: 'college' },
        { header: '班级', means: 'class' },
        { header: '民族', means: null },
      ],
      students: STUDENTS,
      bad: 3,
      bad_lines: [
        { line: 17, kind: 'bad_checksum', column: 'id_number', other_line: null, reason: '' },
        { line: 42, kind: 'repeated', column: 'student_number', other_line: 8, reason: '' },
        { line: 60, kind: 'shortened', column: 'id_number', other_line: null, reason: '' },
      ],
      changes: this.#imported
        ? { added: 0, changed: 0, unchanged: STUDENTS, absent: 0 }
        : { added: STUDENTS, changed: 0, unchanged: 0, absent: 0 },
    };
  }
}

const LISTED: RosterStudent[] = Array.from({ length: STUDENTS }, (_, n) => {
  const of = student(n);
  return {
    student_number: of.student_number,
    name: of.name,
    id_number_masked: maskedId(of.id_number),
    college: '示例学院',
    class: `示例${String(1 + Math.floor(n / 30)).padStart(2, '0')}班`,
    order: n % 3 === 0 ? `261121-A${String(n / 3 + 1).padStart(3, '0')}` : null,
  };
});
