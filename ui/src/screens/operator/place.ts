/** Where the desk may open at when it is entered. */
export type DeskPlace = 'alarms';
