/** The watchdog: a run that never ended is ended, an instance that runs without reason is stopped. */
@NullMarked
package dev.wakebox.functions.reaper;

import org.jspecify.annotations.NullMarked;
