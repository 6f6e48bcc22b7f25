import type { SessionView } from '../ipc/generated/SessionView';

/** The view of one screen. */
export type Screen<Name extends SessionView['screen']> = Extract<SessionView, { screen: Name }>;
