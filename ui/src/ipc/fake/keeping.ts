import type { OperatorBackend } from '../backend';
import type { DeskPerson } from '../generated/DeskPerson';
import type { Fault } from '../generated/Fault';
import type { FaultCode } from '../generated/FaultCode';
import type { RetentionView } from '../generated/RetentionView';

const DAY_MS = 86_400_000;
const DAYS = 180;
const PHOTO_BYTES = 31_240;
const CODE = '411840-053274-720335-296201\n005164-331612-480717-098450\n612909-274560-038313-555115\n120486-707842-063981-349079';

const fault = (code: FaultCode, detail = ''): Fault => ({ code, detail });

export const MANAGER: DeskPerson = { name: '店长', role: 'manager' };

/** Who works at the fake desk, what is due there, and its recovery code. */
export class FakeKeeping {
  readonly #pins = new Map<string, { person: DeskPerson; pin: string }>();
  #shown = false;
  #purged = false;
  onDuty: DeskPerson | null = null;

  get people(): DeskPerson[] {
    const people = [...this.#pins.values()].map(({ person }) => person);
    return people.sort((a, b) => Number(a.role === 'operator') - Number(b.role === 'operator'));
  }

  get recoveryCodeShown(): boolean {
    return this.#shown;
  }

  put(person: DeskPerson, pin: string): void {
    this.#pins.set(person.name, { person, pin });
  }

  isRight(name: string, pin: string): boolean {
    return this.#pins.get(name)?.pin === pin;
  }

  manager(): void {
    if (this.onDuty?.role !== 'manager') throw fault('manager_needed');
  }

  setPerson: OperatorBackend['setPerson'] = async (person, pin) => {
    this.manager();
    const others = this.people.filter((each) => each.name !== person.name);
    if (person.name.trim() === '' || ![...others, person].some((each) => each.role === 'manager')) throw fault('operator_name_unusable');
    this.put(person, pin);
  };

  removePerson: OperatorBackend['removePerson'] = async (name) => {
    this.manager();
    if (!this.people.some((each) => each.name !== name && each.role === 'manager')) throw fault('operator_name_unusable');
    this.#pins.delete(name);
  };

  recoveryCode: OperatorBackend['recoveryCode'] = async (again) => {
    this.manager();
    if (this.#shown && !again) return null;
    this.#shown = true;
    return CODE;
  };

  retention = async (): Promise<RetentionView> => {
    this.manager();
    const since = Date.now() - 200 * DAY_MS;
    const young = Date.now() - 20 * DAY_MS;
    const batches = [
      { medium: 'degree-photos-20260505-1', since, due_at: since + DAYS * DAY_MS, orders: 312, due: 312 },
      { medium: 'degree-photos-20261101-1', since: young, due_at: young + DAYS * DAY_MS, orders: 96, due: 0 },
      { medium: null, since: young, due_at: young + DAYS * DAY_MS, orders: 4, due: 0 },
    ];
    const left = this.#purged ? batches.slice(1) : batches;
    return { days: DAYS, due: this.#purged ? 0 : 312, batches: left, elsewhere: ['deliveries/degree-photos-20260505-1', 'sheets/sheet-20260504-6r-5f31.pdf'] };
  };

  purge: OperatorBackend['purge'] = async () => {
    const { due, elsewhere } = await this.retention();
    if (due === 0) return null;
    this.#purged = true;
    const certificate = '/home/kiosk/kiosk-data/certificates/purge-20261121-101500.txt';
    return { orders: due, pictures: due, bytes: due * PHOTO_BYTES, certificate, swept: true, elsewhere };
  };
}
