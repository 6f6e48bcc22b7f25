import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { Backend } from './backend';
import type { KioskView } from './generated/KioskView';

/** Whether the page runs in the kiosk's window. */
export function inWindow(): boolean {
  return '__TAURI_INTERNALS__' in globalThis;
}

/** The real kiosk. This is the only file that knows Tauri. */
export const tauri: Backend = {
  view: () => invoke('kiosk_view'),
  onView: (listener) => listen<KioskView>('kiosk_view', (event) => listener(event.payload)),
  send: (intent) => invoke('send', { intent }),
  nextFrame: (after) => invoke('next_frame', { after }),
  notice: () => invoke('notice'),
  reviewPhoto: (session, attempt) => invoke('review_photo', { session, attempt }),
  operator: {
    access: () => invoke('operator_access'),
    setPin: (pin, current) => invoke('operator_set_pin', { pin, current }),
    unlock: (name, pin) => invoke('operator_unlock', { name, pin }),
    setPerson: (person, pin) => invoke('operator_set_person', { person, pin }),
    removePerson: (name) => invoke('operator_remove_person', { name }),
    recoveryCode: (again) => invoke('operator_recovery_code', { again }),
    retention: () => invoke('operator_retention'),
    purge: () => invoke('operator_purge'),
    lock: () => invoke('operator_lock'),
    orders: (query) => invoke('operator_orders', { query }),
    photo: (number) => invoke('operator_photo', { number }),
    mark: (numbers, state) => invoke('operator_mark', { numbers, state }),
    alarms: () => invoke('operator_alarms'),
    seeAlarm: (id) => invoke('operator_see_alarm', { id }),
    orderDesk: (number) => invoke('operator_order_desk', { number }),
    takePayment: (request) => invoke('operator_take_payment', { request }),
    payVisit: (request) => invoke('operator_pay_visit', { request }),
    refund: (request) => invoke('operator_refund', { request }),
    review: (request) => invoke('operator_review', { request }),
    note: (request) => invoke('operator_note', { request }),
    arrange: (request) => invoke('operator_arrange', { request }),
    settlement: (day) => invoke('operator_settlement', { day }),
    settle: (day, to) => invoke('operator_settle', { day, to }),
    backUp: (to) => invoke('operator_back_up', { to }),
    sheet: (request) => invoke('operator_sheet', { request }),
    sheetPreview: (request, page) => invoke('operator_sheet_preview', { request, page }),
    printers: () => invoke('operator_printers'),
    print: (request) => invoke('operator_print', { request }),
    prints: () => invoke('operator_prints'),
    planDelivery: (request) => invoke('operator_plan_delivery', { request }),
    deliver: (request) => invoke('operator_deliver', { request }),
    deliveryGroups: () => invoke('operator_delivery_groups'),
    deliveryProgress: () => invoke('operator_delivery_progress'),
    stopDelivery: () => invoke('operator_stop_delivery'),
    drives: () => invoke('operator_drives'),
    burners: () => invoke('operator_burners'),
    suggestPassphrase: () => invoke('operator_suggest_passphrase'),
    eject: (path) => invoke('operator_eject', { path }),
    status: () => invoke('operator_status'),
    previewRoster: (bytes) => invoke('operator_preview_roster', bytes),
    previewRosterFor: (token, school) => invoke('operator_preview_roster_for', { token, school }),
    importRoster: (token) => invoke('operator_import_roster', { token }),
    rosterProgress: () => invoke('operator_roster_progress'),
    rosters: () => invoke('operator_rosters'),
    rosterStudents: (query) => invoke('operator_roster_students', { query }),
    studio: () => invoke('operator_studio'),
    takePlate: () => invoke('operator_take_plate'),
    discardPlate: () => invoke('operator_discard_plate'),
    plate: () => invoke('operator_plate'),
    overridePhoto: (session, attempt, reason) => invoke('override_photo', { session, attempt, reason }),
    // The body of the request is the file itself.
    importShot: (session, bytes) => invoke('import_shot', bytes, { headers: { session } }),
  },
};
