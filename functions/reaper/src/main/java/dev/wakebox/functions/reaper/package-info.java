/** The reaper: ends runs that have not ended themselves, and stops instances that are not needed. */
@NullMarked
package dev.wakebox.functions.reaper;

import org.jspecify.annotations.NullMarked;
