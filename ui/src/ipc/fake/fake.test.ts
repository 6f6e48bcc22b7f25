import { expect, test } from 'vitest';

import { optionsFromAddress } from '.';
import { FakeVisit } from './visit';

const SECOND = 1_000;

function framing(options: ConstructorParameters<typeof FakeVisit>[0]): FakeVisit {
  const visit = new FakeVisit(options);
  visit.tick(0);
  visit.jump('framing');
  return visit;
}

function coaching(visit: FakeVisit) {
  return visit.view.screen === 'framing' ? visit.view.coaching : null;
}

test('an address stops the coaching at one instruction', () => {
  const { pinned } = optionsFromAddress('?instruction=show_ears&reason=ears_visible&countdown=2&help=1');
  expect(pinned).toEqual({ instruction: 'show_ears', reason: 'ears_visible', hold: 0, countdown: 2, offer_operator: true });
  expect(optionsFromAddress('?instruction=stand_on_head').pinned).toBeUndefined();
  const visit = framing({ automatic: true, pinned });
  visit.tick(3_600 * SECOND);
  expect(coaching(visit)).toEqual(pinned);
});

test('the shutter by hand counts three seconds; pressed again it does not release', () => {
  const visit = framing({ automatic: false });
  visit.intent({ intent: 'shutter' });
  const digits = [0, 1, 2].map((seconds) => {
    visit.tick(seconds * SECOND + 1);
    return coaching(visit)?.countdown;
  });
  expect(digits).toEqual([3, 2, 1]);
  visit.intent({ intent: 'shutter' });
  expect(coaching(visit)?.countdown).toBeNull();
  visit.tick(4 * SECOND);
  expect(visit.view.screen).toBe('framing');
  visit.intent({ intent: 'shutter' });
  visit.tick(7 * SECOND);
  expect(visit.view.screen).toBe('standardising');
});

test('help is offered after twenty seconds', () => {
  const visit = framing({ automatic: false });
  visit.tick(19 * SECOND);
  expect(coaching(visit)?.offer_operator).toBe(false);
  visit.tick(20 * SECOND);
  expect(coaching(visit)?.offer_operator).toBe(true);
});

test('a failed photo may be taken once it was let pass', () => {
  const visit = framing({ automatic: false, fails: true });
  visit.jump('review');
  expect(visit.view).toMatchObject({ screen: 'review', may_accept: false, override: null });
  visit.override('seen');
  expect(visit.view).toMatchObject({ may_accept: true, override: { reason: 'seen' } });
  visit.intent({ intent: 'accept' });
  expect(visit.view.screen).toBe('committing');
});

test('an imported file is reviewed as a file', () => {
  const visit = framing({ automatic: false, fails: false });
  visit.import();
  visit.tick(SECOND);
  visit.tick(3 * SECOND);
  expect(visit.view).toMatchObject({ screen: 'review', photo: { source: 'file', burst: null } });
});

const AGREED = { face_data: true, guardian: false, comparison: false };

test('nobody is photographed without the separate consent, and no child without a guardian', () => {
  for (const [document, guardian, ticks, screen] of [
    ['adult', 'not_needed', { ...AGREED, face_data: false }, 'consenting'],
    ['adult', 'not_needed', AGREED, 'framing'],
    ['child', 'needed', AGREED, 'consenting'],
    ['child', 'needed', { ...AGREED, guardian: true }, 'framing'],
    ['passport', 'offered', AGREED, 'framing'],
  ] as const) {
    const visit = new FakeVisit({ automatic: false, document });
    visit.tick(Date.UTC(2026, 10, 21));
    visit.jump('consenting');
    expect(visit.view).toMatchObject({ guardian });
    visit.intent({ intent: 'consent', ...ticks });
    expect(visit.view.screen, `${document} ${JSON.stringify(ticks)}`).toBe(screen);
  }
});

test("another person's number ends the visit, a slip of the finger does not", () => {
  const visit = new FakeVisit({ automatic: false });
  visit.tick(0);
  visit.jump('identifying');
  const typed = { intent: 'identify', student_number: '', name: '' } as const;
  visit.intent({ ...typed, last_four: '0000', id_number: visit.student.id_number });
  expect(visit.view).toMatchObject({ screen: 'identifying', tries_left: 4 });
  visit.intent({ ...typed, last_four: '002X', id_number: '11010519491231002X' });
  expect(visit.view).toMatchObject({ screen: 'scanning', fault: { code: 'id_number_mismatch' } });
});
