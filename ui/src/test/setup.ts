// Runs before every test file. The DOM of the tests draws nothing: there are no frames and no measures in pixels.
import { afterEach } from 'vitest';

import { resetLanguage } from '../i18n/language.svelte';

afterEach(() => resetLanguage());
