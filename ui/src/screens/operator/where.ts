import type { DeliveryMedium } from '../../ipc/generated/DeliveryMedium';
import type { DeliveryRequest } from '../../ipc/generated/DeliveryRequest';

/** Where a delivery goes and as what, while it is being chosen. */
export type Where = {
  kind: DeliveryMedium['kind'];
  /** Takes the new folder or file. */
  folder: string;
  /** Burns the disc. */
  drive: string;
  passphrase: string;
  again: string;
};

export const KINDS: DeliveryMedium['kind'][] = ['folder', 'zip', 'image', 'disc'];

/** Whether enough is said to look at a plan. Whether a passphrase is strong enough, the kiosk says. */
export function isComplete({ kind, folder, drive, passphrase, again }: Where): boolean {
  if (kind === 'disc') return drive !== '';
  return folder.trim() !== '' && (kind !== 'zip' || (passphrase !== '' && passphrase === again));
}

export function destination({ kind, folder, drive, passphrase }: Where): Pick<DeliveryRequest, 'to' | 'medium'> {
  return { to: kind === 'disc' ? drive : folder.trim(), medium: kind === 'zip' ? { kind, passphrase } : { kind } };
}
