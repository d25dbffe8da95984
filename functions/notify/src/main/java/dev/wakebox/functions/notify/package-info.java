/** Sends the outcomes of runs, uploads and trainings as signed webhooks. */
@NullMarked
package dev.wakebox.functions.notify;

import org.jspecify.annotations.NullMarked;
