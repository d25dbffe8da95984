/** Sends errors to Sentry, without personal data. */
@NullMarked
package dev.wakebox.sentry;

import org.jspecify.annotations.NullMarked;
