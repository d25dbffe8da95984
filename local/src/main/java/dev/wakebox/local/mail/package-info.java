/** Plays SES where the emulator doesn't: faults, and the mailbox simulator. */
@NullMarked
package dev.wakebox.local.mail;

import org.jspecify.annotations.NullMarked;
